/*
 * simulate: effects of variants, and the z-scores of a study, by the model
 * itself: DESIGN (1) to (3), dw-model(7).
 */
#ifndef DW_SIM_SIMULATE_H
#define DW_SIM_SIMULATE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/ldblock.h"
#include "data/variant.h"

typedef struct dw_study {
    uint64_t seed;
    double n;   /* sample size */
    double tau; /* variance of noise that no LD ties together */
} dw_study;

/* The effect of variant i, standardised, when its variance is var: the same in
 * whatever block, stream or thread it stands. */
double dw_simulate_effect(const dw_study *study, const dw_variants *v, size_t i,
                          double var);

/*
 * z-scores of a block's core, in the range of its factor:
 *
 *     z = Q_l' (sqrt(N) Q b + eps) + sqrt(tau) e
 *
 * whose mean is sqrt(N) R_l b and whose covariance is R_ll + tau I, since
 * Q_l' Q = R_l and Q_l' Q_l = R_ll.  eps is drawn for the block (by its contig
 * and core), e for each variant.
 *
 *   effect (m)   b of the block's variants      z (l)   set
 *
 * DW_ENOMEM, or 0.
 */
int dw_simulate_block(const dw_study *study, const dw_variants *v,
                      const dw_ldblock *b, const double *effect,
                      double *z) DW_MUST_CHECK;

/*
 * Gives a block's variants a simulated trait as column t, 0 <= t <= v->t, and
 * drops the columns behind it.  Core variants get z and N, flanks NAN: their z
 * is drawn where they are core.
 *
 *   var (m)   variances      effect (m)   set: the effects drawn
 *
 * DW_ENOMEM, or 0.
 */
int dw_simulate_trait(const dw_study *study, dw_variants *v,
                      const dw_ldblock *b, size_t t, const double *var,
                      double *effect) DW_MUST_CHECK;

#endif
