/*
 * block_noise: noise of each block's own (lik/own_noise), and what all blocks
 * have in common.
 *
 * s2 and tau, the middle of all blocks, and v, how they vary about it, are
 * found by EM over the training blocks, u of each taken as normal about its
 * maximum.
 */
#ifndef DW_FIT_BLOCK_NOISE_H
#define DW_FIT_BLOCK_NOISE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/par.h"
#include "fit/dataset.h"
#include "fit/keeper.h"
#include "fit/objective.h"
#include "nn/model.h"

/*
 * Sets `own` of a trait in all blocks of the data that have a z of it, those
 * that are not trained on too.
 *
 *   o, model   of that trait alone: the F that stands, s2, tau and v
 *   improve    the latter three then take a step of EM
 *
 * DW_ENOMEM; DW_EDEGENERATE, DW_EIO (naming the block); what keeper->save
 * returns.
 */
int dw_block_noise_fit(dw_dataset *data, size_t trait, dw_pool *pool,
                       dw_keeper *keeper, dw_objective *o, dw_model *model,
                       bool improve, dw_err *err) DW_MUST_CHECK;

#endif
