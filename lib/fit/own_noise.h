/*
 * own_noise: how the noise of single blocks differs from that of all.
 *
 *     s2_b = s2 exp(u_b),  u_b ~ N(0, sd^2)      tau_b likewise
 *
 * A panel fits some regions of the genome less well than others.  Under the
 * constant model each training block finds its u_b where likelihood and prior
 * together are largest; sd is where the u_b of all blocks are likeliest, each
 * known as well as its block knows it.  Where blocks do not differ, or hold
 * little, all are shrunken to what they have in common.
 */
#ifndef DW_FIT_OWN_NOISE_H
#define DW_FIT_OWN_NOISE_H

#include "base/err.h"
#include "base/par.h"
#include "fit/constant.h"
#include "fit/dataset.h"
#include "fit/keeper.h"

/* Sets log_own of the trait in all training blocks, as `noise` wants it, given
 * what is common to them; sd (2) of s2 and of tau, 0 where it is not wanted.
 * DW_ENOMEM, DW_EDEGENERATE (naming the block), DW_EIO. */
int dw_own_noise_fit(dw_dataset *data, size_t trait, dw_pool *pool,
                     dw_keeper *keeper, const dw_fit_noise *noise,
                     const dw_constant *common, double sd[2],
                     dw_err *err) DW_MUST_CHECK;

#endif
