/*
 * hold: tables of variants put aside on disk until it is known what the HEAD
 * before them says (a trait's N is the median over all of them).
 *
 * An unnamed temporary file in $TMPDIR, of VARS as they are written in the end,
 * or of their payloads where that is not yet certain.
 */
#ifndef DW_RECORD_HOLD_H
#define DW_RECORD_HOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/crew.h"
#include "base/err.h"
#include "data/reason.h"
#include "data/variant.h"
#include "record/rec_stream.h"

typedef struct dw_hold dw_hold;

dw_hold *dw_hold_new(dw_err *err) DW_MUST_CHECK;
void dw_hold_free(dw_hold *h); /* NULL is fine */
/* From now on the crew puts tables aside while the caller makes the next one,
 * and compresses at once those whose N are all above this share of their
 * largest: these will hardly fall. */
void dw_hold_share(dw_hold *h, dw_crew *crew, double min_n_share);

/* Forgets all tables. */
int dw_hold_reset(dw_hold *h, dw_err *err) DW_MUST_CHECK;
/* Takes the table, and leaves another one in its place: its memory is there to
 * be used again, what it holds is not said. */
int dw_hold_put(dw_hold *h, dw_variants *v, dw_err *err) DW_MUST_CHECK;

/* Back to the first table; and the next one, into v: 1, 0, negative. */
int dw_hold_rewind(dw_hold *h, dw_err *err) DW_MUST_CHECK;
int dw_hold_next(dw_hold *h, dw_variants *v, dw_err *err) DW_MUST_CHECK;

/* missing (p) <- how many of the variants whose N is below the limit lack each
 * of the p annotations. */
int dw_hold_low_missing(dw_hold *h, double limit, size_t p, uint64_t *missing,
                        dw_err *err) DW_MUST_CHECK;

/* Called by dw_hold_write behind each VARS, to write what belongs to it. */
typedef int dw_hold_behind(void *ctx, const dw_variants *v, dw_sink *sink,
                           dw_err *err);
void dw_hold_put_behind(dw_hold *h, dw_hold_behind *behind, void *ctx);

/* Writes all tables as VARS, less the variants whose N is below the limit (as
 * dw_low_n_drop does it); *dropped is their number. */
int dw_hold_write(dw_hold *h, dw_sink *sink, double limit, bool keep,
                  dw_fates *fates, size_t *dropped, dw_err *err) DW_MUST_CHECK;

#endif
