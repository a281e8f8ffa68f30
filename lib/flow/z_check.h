/*
 * z_check: the z-scores of blocks on their way out, held against what their
 * neighbours in LD say: dw-ldblock --check-z.
 */
#ifndef DW_FLOW_Z_CHECK_H
#define DW_FLOW_Z_CHECK_H

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "data/ldblock.h"
#include "data/variant.h"
#include "record/rec_head.h"

enum dw_z_check_action { DW_Z_CHECK_OFF, DW_Z_CHECK_DROP, DW_Z_CHECK_MARK };

typedef struct dw_z_check_opts {
    enum dw_z_check_action action;
    double p;            /* see lik/check_z.h */
    const char *report;  /* a line a misfit; NULL: not wanted */
    const char *summary; /* a line a block and trait; NULL: not wanted */
} dw_z_check_opts;

typedef struct dw_z_check dw_z_check;

/* Opens the reports; options are borrowed. */
dw_z_check *dw_z_check_open(const dw_z_check_opts *o,
                            dw_err *err) DW_MUST_CHECK;
void dw_z_check_free(dw_z_check *c); /* removes reports; NULL is fine */
/* A run begins, all blocks before it are over.  DW_EMISMATCH if it has no
 * trait. */
int dw_z_check_begin(dw_z_check *c, const dw_head *head,
                     dw_err *err) DW_MUST_CHECK;

/*
 * In any thread.  `seen` becomes a table that shares all with `v` but z, of
 * which core misfits are missing if they are to be dropped.  What was found is
 * appended to `found`, to be put behind the bytes of the block.
 */
int dw_z_check_block(const dw_z_check *c, const dw_variants *v,
                     const dw_ldblock *b, dw_variants *seen, dw_buf *found,
                     dw_err *err) DW_MUST_CHECK;
void dw_z_check_done(dw_variants *seen); /* frees that z */

/* In order: takes what was found from behind the bytes of a block, which are
 * returned; they are still those of `packed`. */
dw_buf dw_z_check_collect(dw_z_check *c, const dw_buf *packed);

/* Adds what was found since the last call: check_z_flip, check_z_misfit,
 * check_z_pair, check_z_untested, check_z_stopped (blocks). */
void dw_z_check_tell(dw_z_check *c, dw_tally *run);
/* Makes the reports last. */
int dw_z_check_finish(dw_z_check *c, dw_err *err) DW_MUST_CHECK;

#endif
