/*
 * information: of one block, on the parameters of a linear model.
 *
 * With u = S^-1 y, S_i = dS / d theta_i, w_j = [1 x_j] and F_j = N c g(a_j),
 * a_j = b + v'x_j, the average information A and the bend B are
 *
 *     A_ij = 1/2 (S_i u)' S^-1 (S_j u)
 *     B    = - sum_j (d log p / d a_j) (g''/g')(a_j) w_j w_j'
 *
 *     S_i u = Q (F o (g'/g)(a) o w_i o Q'u) for b and v
 *     S_i u = s2 u and tau L^-1 u for log s2 and log tau
 *
 * B is there because F is no linear function of b and v: with the expected
 * information E_ij = 1/2 tr(S^-1 S_i S^-1 S_j) the observed one, minus the
 * second derivatives of log p, is 2 A - E + B, and its mean with the expected
 * is A + B/2.  (For the noise the bend is minus the score; it is left out.)
 */
#ifndef DW_FIT_INFORMATION_H
#define DW_FIT_INFORMATION_H

#include <stddef.h>

#include "base/err.h"
#include "fit/objective.h"

/* Workspace of one thread, for blocks up to max_k and d = 1 + p coefficients:
 * 2 k^2 + k (d + 2) doubles and some. */
typedef struct dw_information_ws dw_information_ws;

dw_information_ws *dw_information_ws_new(size_t max_k, size_t d) DW_MUST_CHECK;
void dw_information_ws_free(dw_information_ws *ws); /* NULL is fine */

/*
 *   at       what dw_objective_block left, of one head
 *   x        (p x m)      inputs, d - 1 of them
 *   average  (d+2 x d+2)  set to A, both triangles: b, v (p), log s2, log tau
 *   bend     (d+2 x d+2)  set to B, likewise
 *
 * 0; i > 0 if S is not positive definite; DW_EBUG.
 */
int dw_information_block(dw_information_ws *ws, const dw_factor *b,
                         dw_noise noise, const dw_gradient *at, const float *x,
                         double *average, double *bend) DW_MUST_CHECK;

#endif
