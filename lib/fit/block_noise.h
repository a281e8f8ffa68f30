/*
 * block_noise: s2 and tau of each block's own, shrunk towards the model's.
 *
 *     s2_b = s2 exp(u_b1),  tau_b = tau exp(u_b2),  u_ba ~ N(0, v_a)
 *
 * u_b is at the maximum of log p_b - 1/2 sum_a u_ba^2 / v_a, found by Newton's
 * method with the average information H_b; s2, tau and v, the middle of all
 * blocks and how they vary, are found by EM, what a block says taken as normal
 * about its maximum.  A block's evidence is p_b with u_b integrated out, by
 * Laplace:
 *
 *     log p_b - 1/2 sum_a u_ba^2 / v_a - 1/2 log det(I + V H_b)
 */
#ifndef DW_FIT_BLOCK_NOISE_H
#define DW_FIT_BLOCK_NOISE_H

#include <stddef.h>

#include "base/err.h"
#include "base/par.h"
#include "fit/constant.h"
#include "fit/dataset.h"
#include "fit/keeper.h"
#include "fit/objective.h"
#include "nn/model.h"

/*
 * Sets `own` of a trait in all blocks of the data that have a z of it, those
 * that are not trained on too.
 *
 *   o, model   of that trait alone: the F that stands
 *   noise      block_s2, block_tau: which of the two a block has of its own
 *   v          as above; where `improves`, what the training blocks then say
 *              of it, and of the model's s2 and tau, is put in its place
 *
 * DW_ENOMEM; DW_EDEGENERATE, DW_EIO (naming the block); what keeper->save
 * returns.
 */
int dw_block_noise_fit(dw_dataset *data, size_t trait, dw_pool *pool,
                       dw_keeper *keeper, dw_objective *o,
                       dw_model *model, const dw_fit_noise *noise,
                       double v[2], bool improves, dw_err *err) DW_MUST_CHECK;

#endif
