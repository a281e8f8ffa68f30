/*
 * store_cost: how blocks are stored, and what that costs in the likelihood:
 * counted over the blocks of a run, for its TAIL and a note.
 *
 * Sums are of whole numbers, so that they are the same for any order in which
 * threads add to them.
 */
#ifndef DW_FLOW_STORE_COST_H
#define DW_FLOW_STORE_COST_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "data/ldblock.h"
#include "data/variant.h"
#include "record/rec_ldbk.h"

typedef struct dw_store_cost {
    enum dw_store store; /* set by the caller; all else begins as 0 */
    /* Of the run in hand: blocks, and sums in billionths. */
    _Atomic uint64_t blocks, loglik, gradient;
    /* Of all runs: the largest. */
    _Atomic uint64_t most_loglik, most_gradient;
    uint64_t all_blocks, all_loglik, all_gradient;
} dw_store_cost;

/*
 * Packs LDBK into an empty buffer, sets its version, and adds what the rounding
 * costs: at the block's own z of the first trait that has all of the core's,
 * with the variance that those have on average; without such, at z drawn for it
 * with F = 0.05.  In any thread.
 */
int dw_store_cost_pack(dw_store_cost *c, const dw_variants *v,
                       const dw_ldblock *b, dw_buf *payload, unsigned *version,
                       dw_err *err) DW_MUST_CHECK;
/* Ends a run: adds to its tally store_f16 or store_i8, the blocks; and
 * store_log_p_millionths, store_gradient_millionths, the sums over them of the
 * change in log p and of the relative one in its gradient. */
void dw_store_cost_end(dw_store_cost *c, dw_tally *tally);
/* After the last run: means and largest. */
void dw_store_cost_note(const dw_store_cost *c);

#endif
