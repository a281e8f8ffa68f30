/*
 * ld_block: one block from a matrix made elsewhere, once its entries are in.
 */
#ifndef DW_FOREIGN_LD_BLOCK_H
#define DW_FOREIGN_LD_BLOCK_H

#include "base/err.h"
#include "base/log.h"
#include "data/ldblock.h"
#include "data/variant.h"
#include "foreign/ld_order.h"
#include "ld/corr.h"
#include "ld/factor.h"
#include "ld/factor_corr.h"

/* What one item works with; {0} is an empty one. */
typedef struct dw_ld_block {
    dw_ld_order order;
    dw_corr corr;
    dw_corr_ws *ws;
    const char **why;
    size_t cap_why;
} dw_ld_block;

void dw_ld_block_clear(dw_ld_block *w);

/* order is made: an empty matrix for it. */
int dw_ld_block_begin(dw_ld_block *w, dw_err *err) DW_MUST_CHECK;

/*
 * The entries are in: mends the matrix
 * and makes the variants and their factor. Eigenvalues below -min_eigen, which
 * no true correlations have, are cut off and counted as `negative_eigen`; their
 * sum is told, and counted in millionths of the trace as `negative_trace_1e6`;
 * where it is above a tenth of the trace the block is refused.  If nothing is
 * left of the core, v and b have no variant.
 */
int dw_ld_block_make(dw_ld_block *w, const dw_ld_list *list, size_t begin,
                     const dw_factor_cut *cut, dw_variants *v, dw_ldblock *b,
                     dw_tally *tally, dw_err *err) DW_MUST_CHECK;

#endif
