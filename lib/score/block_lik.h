/*
 * block_lik: a stored block as lik takes it: workspaces that grow with the
 * blocks, and words for what kernels return.
 */
#ifndef DW_SCORE_BLOCK_LIK_H
#define DW_SCORE_BLOCK_LIK_H

#include <stddef.h>

#include "base/err.h"
#include "data/ldblock.h"
#include "lik/marginal.h"
#include "lik/observe.h"
#include "lik/own_noise.h"

/* Of one thread; {0} to begin with. */
typedef struct dw_block_lik {
    size_t max_m, max_k;
    dw_observe_ws *observe;
    dw_marginal_ws *marginal;
    dw_own_noise_ws *own; /* once it is asked for */
} dw_block_lik;

/* Makes room for m variants of rank k, solved as told (NULL: auto, in double;
 * the same at every call): 0 when there was enough, 1 when all was
 * made anew, for the largest m and k so far; DW_ENOMEM, and it is empty. */
int dw_block_lik_fit(dw_block_lik *b, size_t m, size_t k,
                     const dw_solving *how) DW_MUST_CHECK;
void dw_block_lik_clear(dw_block_lik *b);

/* dw_observe of a block that there is room for: z (l) of its core. */
int dw_block_lik_observe(dw_block_lik *b, const dw_ldblock *ld, const float *z,
                         dw_factor *out, size_t *n_observed) DW_MUST_CHECK;

/* *noise <- that of the block, which f (m) and v say (lik/own_noise), *evidence
 * what is to be added to log p; v 0: as it was, and 0.  As dw_own_noise_find;
 * DW_ENOMEM. */
int dw_block_lik_noise(dw_block_lik *b, const dw_factor *factor,
                       const double *f, const double v[2], dw_noise *noise,
                       double *evidence) DW_MUST_CHECK;

/* What a kernel returned, in words: 0 for 0, else a fault.  What bears on the
 * variances, rc > 0 and DW_EDEGENERATE, is the caller's to tell. */
int dw_block_lik_fault(int rc, dw_err *err);

#endif
