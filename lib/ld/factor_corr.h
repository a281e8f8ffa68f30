/*
 * factor_corr: the block factor of DESIGN (4), from correlations.
 *
 *     R_ll = U L U',   Q = L^-1/2 U' R_l.                          (k x m)
 *
 * Correlations of fewer people than variants have a rank far below l: then
 * R_ll = C C' by a pivoted Cholesky (l x rank), C'C = V L V', U = C V L^-1/2,
 * in about l rank^2 flops where a full eigen-decomposition takes 9 l^3.  What
 * C C' leaves of R_ll is measured, and stands if it is below the cut, or, once
 * C was made anew on its range, no more than 10 times the cut: that is then
 * what R was rounded by.  Otherwise, and when the rank is not small, the full
 * decomposition is taken.
 *
 * R need not be positive semidefinite, having been rounded, or made pair by
 * pair: eigenvalues below -min_eigen are told, and cut off with the rest.
 */
#ifndef DW_LD_FACTOR_CORR_H
#define DW_LD_FACTOR_CORR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "data/ldblock.h"
#include "ld/factor.h"

typedef enum dw_corr_way {
    DW_CORR_AUTO,
    DW_CORR_PIVOTED, /* for measuring: whatever the rank, and unchecked */
    DW_CORR_FULL,
} dw_corr_way;

typedef struct dw_corr_found {
    bool pivoted;         /* by the pivoted Cholesky */
    bool refined;         /* and C made anew on its range */
    size_t rank;          /* of C */
    double left;          /* the largest eigenvalue that it left, about */
    size_t negative;      /* eigenvalues below -min_eigen */
    double negative_part; /* their sum, without the sign, as share of l */
} dw_corr_found;

/* Workspace of one thread; grows to the largest block that it has seen. */
typedef struct dw_corr_ws dw_corr_ws;

dw_corr_ws *dw_corr_ws_new(void);
void dw_corr_ws_free(dw_corr_ws *ws); /* NULL is fine */

/*
 * r (l x m), ld l: the correlations of the core, variants [core, core + l) of
 * the block, with all m; finite, a diagonal of 1, symmetric within the core.
 * Sets all of `out` but the contig, its range and the people; l > 0.
 *
 * DW_ENOMEM, or DW_EDEGENERATE when the eigenproblem does not converge.  Calls
 * on distinct workspaces may run at the same time.
 */
int dw_factor_corr(dw_corr_ws *ws, size_t l, size_t m, size_t core,
                   const float *r, const dw_factor_cut *cut, dw_corr_way way,
                   dw_corr_found *found, dw_ldblock *out,
                   dw_err *err) DW_MUST_CHECK;

#endif
