/*
 * information: score and average information of one block for the parameters
 * of a linear model.
 *
 *     H_ij = 1/2 (S_i u)' S^-1 (S_j u),   u = S^-1 y,  S_i = dS / d theta_i
 *     S_i u = Q (F o w_i o Q'u) for log F_j = ... + theta_i w_ij
 *     S_i u = s2 u and tau L^-1 u for log s2 and log tau
 */
#ifndef DW_FIT_INFORMATION_H
#define DW_FIT_INFORMATION_H

#include <stddef.h>

#include "base/err.h"
#include "lik/lik_factor.h"

/* Workspace of one thread, for blocks up to max_k and d = 1 + p coefficients:
 * 2 k^2 + k (d + 2) doubles and some. */
typedef struct dw_information_ws dw_information_ws;

dw_information_ws *dw_information_ws_new(size_t max_k, size_t d) DW_MUST_CHECK;
void dw_information_ws_free(dw_information_ws *ws); /* NULL is fine */

/*
 *   f      (m)        F_j           slope (m)  d log F_j / d a_j
 *   x      (p x m)    inputs, d - 1 of them
 *   h      (d+2 x d+2) set, both triangles: b, v (p), log s2, log tau
 *
 * 0; i > 0 if S is not positive definite; DW_EBUG.
 */
int dw_information_block(dw_information_ws *ws, const dw_factor *b,
                         dw_noise noise, const double *f, const double *slope,
                         const float *x, double *h) DW_MUST_CHECK;

#endif
