/*
 * gradsum: gradients of variants, summed over the blocks that each is in.
 *
 * Holds one contig at a time.  Fed block after block in the order of the
 * stream, so that sums are the same for any number of threads.
 */
#ifndef DW_SCORE_GRADSUM_H
#define DW_SCORE_GRADSUM_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "data/variant.h"
#include "score/eval_block.h"

typedef struct dw_gradsum dw_gradsum;

dw_gradsum *dw_gradsum_new(void);
void dw_gradsum_free(dw_gradsum *g); /* NULL is fine */

/*
 * Adds a block's variants; f_j is e->f / n.  If it is the first of a contig,
 * the lines of the contig before it are added to `out`: CHR POS ID REF ALT, f_j
 * and d log p / d log F_j, by position, REF, ALT.  DW_EMISMATCH if a contig
 * comes back after another one.
 */
int dw_gradsum_add(dw_gradsum *g, const dw_variants *v, const dw_eval *e,
                   double n, dw_buf *out, dw_err *err) DW_MUST_CHECK;
/* Adds the lines of the last contig to `out`. */
int dw_gradsum_finish(dw_gradsum *g, dw_buf *out, dw_err *err) DW_MUST_CHECK;

#endif
