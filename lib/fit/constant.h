/*
 * constant: the model in which all variants have the same variance c, fitted
 * together with the noise (s2, tau) of DESIGN (3) by average information.
 *
 * It is a model of its own, the start of all others, and what they are held
 * against.
 */
#ifndef DW_FIT_CONSTANT_H
#define DW_FIT_CONSTANT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/par.h"
#include "fit/dataset.h"
#include "fit/keeper.h"

/* What of the noise is learned; where it is not, its value stays. */
typedef struct dw_fit_noise {
    bool learn_s2, learn_tau;
    double s2, tau;
    bool block_s2, block_tau; /* each block has its own (fit/block_noise) */
} dw_fit_noise;

/* Learned variances are held within these. */
enum { DW_FIT_S2, DW_FIT_TAU };
extern const double dw_fit_noise_bounds[2][2];

typedef struct dw_constant {
    double c, s2, tau;
    double c_se, s2_se, tau_se; /* 0 where not learned, NAN where unknown */
    double loglik;              /* of the training blocks */
    size_t steps;
    bool converged;
    bool no_signal; /* c ended at its lower bound */
} dw_constant;

/* Of one trait, from the training blocks that have a z of it, of which there is
 * one at least.  DW_ENOMEM, DW_EDEGENERATE (naming the block). */
int dw_constant_fit(const dw_dataset *data, size_t trait, dw_pool *pool,
                    dw_keeper *keeper, const dw_fit_noise *noise,
                    dw_constant *out, dw_err *err) DW_MUST_CHECK;

#endif
