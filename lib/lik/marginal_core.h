/*
 * marginal_core: what marginal and posterior have in common.  Private to lik.
 *
 * With A = D^-1/2 Q F^1/2 and D scaled away (S = I + A A', y <- D^-1/2 y), the
 * evidence, its gradient and the posterior are all made of
 *
 *     h_j = a_j' S^-1 a_j = F_j q_j' S^-1 q_j     and     r_j = a_j' S^-1 y
 */
#ifndef DW_LIK_MARGINAL_CORE_H
#define DW_LIK_MARGINAL_CORE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "lik/lik_factor.h"
#include "lik/marginal.h"

struct dw_marginal_ws {
    size_t max_m, max_k;
    size_t max_side; /* of s: the larger of the systems that may be solved */
    enum dw_solver solver;
    double *s; /* (side x side) I + A A' or I + A'A, then its factor */
    double *a; /* (k x n_active) */
    double *d; /* (k) D */
    double *y; /* (k) D^-1/2 y */
    double *u; /* (k) D^-1/2, later S^-1 y */
    double *t; /* (k or m) scratch */

    /* The solution. */
    double *h, *r;  /* (n_active) */
    double *dd;     /* (k) d log p / d D_i (10) */
    size_t *active; /* (n_active) the variants with F_j > 0, ascending */
    size_t n_active;
};

enum {
    DW_MARGINAL_VARIANTS = 1, /* h and r are wanted */
    DW_MARGINAL_NOISE = 2,    /* dd is wanted */
};

/* Fills in the solution, and (7).  Returns as dw_marginal_block. */
int dw_marginal_solve(dw_marginal_ws *ws, const dw_factor *b, const double *f,
                      dw_noise noise, unsigned want,
                      double *loglik) DW_MUST_CHECK;

#endif
