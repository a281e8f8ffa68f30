/*
 * observe: a block factor and one trait's z-scores to what (6) needs.
 *
 * A factor is made for the whole core.  If every core variant has a z, y is
 * (5) and Q stays as it is.  If only the variants `o` have one, let Q_o Q_o' =
 * V G V'; then Q <- V'Q, L <- G, y <- G^-1 V' Q_o z_o is (6) again, exactly,
 * but for eigenvalues of G below the cut, which are dropped.
 */
#ifndef DW_LIK_OBSERVE_H
#define DW_LIK_OBSERVE_H

#include <stddef.h>

#include "base/err.h"
#include "lik/lik_factor.h"

/* What dw-ldblock drops by default: the numerical null space. */
#define DW_OBSERVE_MIN_EIGEN 1e-4

/* Workspace of one thread, for blocks up to max_m, max_k.  What only missing
 * z-scores need is taken at the first of them. */
typedef struct dw_observe_ws dw_observe_ws;

/* NULL when memory is exhausted. */
dw_observe_ws *dw_observe_ws_new(size_t max_m, size_t max_k) DW_MUST_CHECK;
void dw_observe_ws_free(dw_observe_ws *ws); /* NULL is fine */

/*
 *   m, k          size of the factor
 *   core, l       the core are the variants [core, core + l) of the m
 *   q (k x m)     the factor (4)         lambda (k)  its eigenvalues, > 0
 *   z (l)         the core's z-scores, NAN where there is none
 *   min_eigen     the cut for G
 *   out           set: m and k as they now are (k may be 0), and arrays that
 *                 are lent from ws until its next use, or from q and lambda
 *   n_observed    set: how many of z are there; may be NULL
 *
 * 0; DW_ENOMEM; DW_EBUG if the block is larger than the workspace; DW_EFORMAT
 * if z or q holds an infinity or the eigenproblem does not converge.
 */
int dw_observe(dw_observe_ws *ws, size_t m, size_t k, size_t core, size_t l,
               const float *q, const double *lambda, const float *z,
               double min_eigen, dw_factor *out,
               size_t *n_observed) DW_MUST_CHECK;

#endif
