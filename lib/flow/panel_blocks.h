/*
 * panel_blocks: a stream of variants (or none) and the LD of a panel, from its
 * genotypes or made before, become a stream of blocks: what dw-ldblock does.
 */
#ifndef DW_FLOW_PANEL_BLOCKS_H
#define DW_FLOW_PANEL_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/log.h"
#include "flow/store_cost.h"
#include "flow/z_check.h"
#include "ld/admit.h"
#include "ld/blocks.h"
#include "ld/factor.h"

/* Of --min-eigen: below is what is zero but for rounding. */
#define DW_MIN_EIGEN 1e-4

/* Of --memory: 5,000 core variants among 15,000, of as many people or more. */
#define DW_BLOCK_MEMORY 2000000000

typedef struct dw_panel_blocks_opts {
    const char *geno, *ld;       /* one of them; the other is NULL */
    const char *ld_snps;         /* see open_foreign.h; or NULL */
    const char *samples;         /* NULL: all people */
    const char *region, *except; /* NULL: everywhere; a BED, nowhere */
    const char *cores;           /* a BED; NULL: by windows */
    const char *build;           /* of the panel, without a stream; or NULL */
    const char *version, *args;  /* for the history */
    bool dosage;
    size_t window, flank; /* window > 2 flank, unless there are cores */
    size_t max_variants;  /* of a core; 0: no bound */
    size_t memory;        /* bytes that one block may take; 0: no bound */
    size_t threads;
    dw_factor_cut cut;
    dw_admit admit;
    double shrink; /* see ld/shrink.h */
    dw_z_check_opts check;
    int store; /* enum dw_store */
} dw_panel_blocks_opts;

typedef struct dw_panel_blocks dw_panel_blocks;

/* Opens all inputs and the output (NULL: stdout).  Options are borrowed. */
dw_panel_blocks *dw_panel_blocks_open(const dw_panel_blocks_opts *o,
                                      const char *out,
                                      dw_err *err) DW_MUST_CHECK;
/* Blocks of the variants of a stream (NULL: stdin), run by run.  What cannot
 * have been meant (next to no variant was found, no block came out) is refused
 * before the last TAIL is written: downstream, the stream is one cut short. */
int dw_panel_blocks_of_stream(dw_panel_blocks *b, const char *path,
                              dw_err *err) DW_MUST_CHECK;
/* Blocks of all variants of the panel, without a trait; likewise. */
int dw_panel_blocks_of_panel(dw_panel_blocks *b, dw_err *err) DW_MUST_CHECK;
/* Makes the output last. */
int dw_panel_blocks_finish(dw_panel_blocks *b, dw_err *err) DW_MUST_CHECK;
/* What was done, as notes; once finished. */
void dw_panel_blocks_report(const dw_panel_blocks *b);
void dw_panel_blocks_free(dw_panel_blocks *b); /* NULL is fine */

#endif
