/*
 * factor: the block factor of DESIGN (4), from genotypes.
 *
 *     X (n x m) standardised over sqrt(n), so that X'X = R has a diagonal of 1
 *     X_l = W L^1/2 U'   the core's columns
 *     Q = W' X = L^-1/2 U' R_l.                                    (k x m)
 *
 * With fewer people than distinct core variants, W and L come from X_l X_l' (n
 * x n), and nothing of the size l x l or m x m is ever made; otherwise U and L
 * come from R_ll (l x l), and of R only the core's rows; of packed genotypes
 * these are counted in whole numbers (count_corr.h).  Columns that are copies
 * of one another are worked out once.  A missing genotype counts as its
 * variant's mean.
 */
#ifndef DW_LD_FACTOR_H
#define DW_LD_FACTOR_H

#include <stddef.h>

#include "base/err.h"
#include "data/genotype.h"
#include "data/ldblock.h"

typedef struct dw_factor_cut {
    double min_eigen; /* eigenvalues below are cut off; at least 1e-8, the
                       * rounding of the largest ones */
    double keep_rank; /* of the others the largest, until they make up this
                       * share of the trace; 1: all */
} dw_factor_cut;

/* Workspace of one thread; grows to the largest block that it has seen. */
typedef struct dw_factor_ws dw_factor_ws;

dw_factor_ws *dw_factor_ws_new(void);
void dw_factor_ws_free(dw_factor_ws *ws); /* NULL is fine */

/*
 * The factor of variants [begin, begin + m) of the window, of which the core is
 * the l from begin + core on; none of them may be monomorphic (ss = 0).  Sets
 * all of `out` but the contig and its range; l > 0.
 *
 * DW_ENOMEM, or DW_EDEGENERATE when the eigenproblem does not converge.  The
 * window is only read: calls on distinct workspaces may run at the same time.
 */
int dw_factor_genotypes(dw_factor_ws *ws, const dw_genotypes *g, size_t begin,
                        size_t m, size_t core, size_t l,
                        const dw_factor_cut *cut, dw_ldblock *out,
                        dw_err *err) DW_MUST_CHECK;

#endif
