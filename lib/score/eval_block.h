/*
 * eval_block: what one LD block says of given prior variances.
 */
#ifndef DW_SCORE_EVAL_BLOCK_H
#define DW_SCORE_EVAL_BLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "data/ldblock.h"
#include "lik/marginal.h"

typedef struct dw_eval_opts {
    dw_solving how;
    dw_noise noise;
    double spread[2]; /* v of lik/own_noise; 0: the same noise in all */
    bool gradient;    /* is `grad` wanted? */
    bool posterior;   /* is `mean` wanted? */
} dw_eval_opts;

/* Of one block; {0} to begin with. */
typedef struct dw_eval {
    size_t m, k;         /* k as used: of the observed part */
    size_t n_observed;   /* core variants with a z */
    double loglik, null; /* or the evidence; null: at the same noise */
    dw_solved solved;    /* how loglik was found */
    double ldsr;         /* sum of the terms of lik/ldsr.h */
    double *f;           /* (m) F_j: set by the caller */
    double *grad;        /* (m) d log p / d log F_j */
    double *mean;        /* (m) posterior mean of sqrt(N) b_j */
    double *expected;    /* (l) of z_j^2 */
    size_t cap;
} dw_eval;

/* Makes the arrays fit a block of m variants. */
int dw_eval_resize(dw_eval *e, size_t m, dw_err *err) DW_MUST_CHECK;
void dw_eval_clear(dw_eval *e);

/* Workspace of one thread; grows with the blocks that it is given. */
typedef struct dw_eval_ws dw_eval_ws;

dw_eval_ws *dw_eval_ws_new(void);
void dw_eval_ws_free(dw_eval_ws *ws); /* NULL is fine */

/*
 *   z      (l)  of the core, NAN where there is none
 *   nh2m        N h2 / M, the weight of lik/ldsr.h
 *   e           resized to ld->m, with e->f set
 *
 * 0, or negative with a message that does not name the block.
 */
int dw_eval_block(dw_eval_ws *ws, const dw_eval_opts *opts,
                  const dw_ldblock *ld, const float *z, double nh2m, dw_eval *e,
                  dw_err *err) DW_MUST_CHECK;

#endif
