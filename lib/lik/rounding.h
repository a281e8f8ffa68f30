/*
 * rounding: what it costs to store a block factor in fewer bits.
 *
 * Of the core alone, with one variance F for all its variants, s2 = 1 and tau =
 * 0, where (6) has S = F L + I: Q_l Q_l' = L is diagonal, and so is that of a
 * rounded Q but for terms of second order.  So (7) and (8) take k l products,
 * and each block can be asked.
 */
#ifndef DW_LIK_ROUNDING_H
#define DW_LIK_ROUNDING_H

#include <stddef.h>

/* The mean of z^2 over the core has the expectation F sum L^2 / l + 1: F by
 * that, or 0 if the z are no larger than noise. */
double dw_rounding_variance(size_t k, size_t l, const double *lambda,
                            const float *z);

typedef struct dw_rounding {
    double loglik;   /* (7) of the rounded Q less that of Q */
    double gradient; /* |change of (8)| / |(8)|, as vectors over the core */
} dw_rounding;

/*
 *   q, rounded  (k x l)  of the core, ld k      lambda (k)      z (l)
 *   work        (4 k)
 */
dw_rounding dw_rounding_of(size_t k, size_t l, const float *q,
                           const float *rounded, const double *lambda,
                           const float *z, double f, double *work);

#endif
