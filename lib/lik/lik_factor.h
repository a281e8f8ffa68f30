/*
 * lik_factor: one block of LD with one trait's observations, as lik takes it.
 *
 * Plain arrays only: lik knows no variant, no net and no file.  Equations are
 * numbered as in dw-model(7).  Column-major throughout.
 */
#ifndef DW_LIK_LIK_FACTOR_H
#define DW_LIK_LIK_FACTOR_H

#include <stddef.h>
#include <stdint.h>

#include "linalg/mat.h"

/* y ~ N(0, Q F Q' + s2 I + tau L^-1) (6).  All pointers are borrowed. */
typedef struct dw_factor {
    size_t m, k;
    const double *lambda; /* (k) the diagonal of L, all > 0 */
    const double *y;      /* (k) */
    const double *q;      /* (k x m), ld k; or NULL, and then */
    const float *q32;     /* (k x m), ld k, widened where it is used */
    uint64_t id;          /* of the block: its probes (lik/iterative.h) */
} dw_factor;

/* The noise of (6): D_i = s2 + tau / L_i.  Both >= 0, not both 0. */
typedef struct dw_noise {
    double s2, tau;
} dw_noise;

/* Q as a matrix of the precision that it has: not to be written to. */
static inline dw_mat dw_factor_q(const dw_factor *b)
{
    return (dw_mat){(void *)(b->q ? (const void *)b->q : b->q32), b->k, !b->q};
}

/* Column j of Q in double: lent if Q is, else written to `to` (k). */
static inline const double *dw_factor_column(const dw_factor *b, size_t j,
                                             double *to)
{
    if (b->q)
        return b->q + j * b->k;
    for (size_t i = 0; i < b->k; i++)
        to[i] = b->q32[i + j * b->k];
    return to;
}

#endif
