/*
 * own_noise: a block's own s2 and tau, shrunk towards those of all.
 *
 *     s2_b = s2 exp(u_1),  tau_b = tau exp(u_2),  u_a ~ N(0, v_a)
 *
 * u is at the maximum of log p - 1/2 sum_a u_a^2 / v_a, found by Newton's
 * method with the average information H of (10).  The evidence is log p with u
 * integrated out, by Laplace:
 *
 *     log p(u) - 1/2 sum_a u_a^2 / v_a - 1/2 log det(I + V H)
 *
 * Where v_a is 0, u_a is 0 and takes no part.
 */
#ifndef DW_LIK_OWN_NOISE_H
#define DW_LIK_OWN_NOISE_H

#include <stddef.h>

#include "base/err.h"
#include "lik/lik_factor.h"

/* {0}: a block without. */
typedef struct dw_own_noise {
    double u[2];
    double h[2][2];  /* average information by u; 0 where v_a is 0 */
    double evidence; /* less log p(u) */
} dw_own_noise;

/* Workspace of one thread: 4 max_k^2 doubles. */
typedef struct dw_own_noise_ws dw_own_noise_ws;

/* NULL when memory is exhausted, or a size is no BLAS integer. */
dw_own_noise_ws *dw_own_noise_ws_new(size_t max_k) DW_MUST_CHECK;
void dw_own_noise_ws_free(dw_own_noise_ws *ws); /* NULL is fine */

/* f (m) F_j; own->u is where it begins.  k^2 m flops, and k^3 a step.  Returns
 * as dw_components_block. */
int dw_own_noise_find(dw_own_noise_ws *ws, const dw_factor *b, const double *f,
                      dw_noise noise, const double v[2],
                      dw_own_noise *own) DW_MUST_CHECK;

/* s2_b and tau_b. */
dw_noise dw_own_noise_of(const dw_own_noise *own, dw_noise noise);

/* var <- the diagonal of (H + V^-1)^-1: what is not known of u. */
void dw_own_noise_variance(const dw_own_noise *own, const double v[2],
                           double var[2]);

#endif
