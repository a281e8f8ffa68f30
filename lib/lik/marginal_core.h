/*
 * marginal_core: what marginal, its solvers and posterior have in common.
 * Private to lik.
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
#include "lik/iterative.h"
#include "lik/lik_factor.h"
#include "lik/marginal.h"
#include "linalg/mat.h"

struct dw_marginal_ws {
    size_t max_m, max_k;
    dw_solving how;
    double *d; /* (k) D */
    double *y; /* (k) D^-1/2 y */
    double *u; /* (k) D^-1/2 */
    double *x; /* (k) S^-1 y */

    /* Dense algebra, for blocks of rank dense_k at most. */
    size_t dense_k, max_side; /* of s: the larger of the two systems */
    dw_mat s;                 /* (side x side) I + A A' or I + A'A; a factor */
    dw_mat a;                 /* (k x n_active + 1) A, and one column more */
    dw_mat v;                 /* (k or m) a vector in their precision */

    dw_iterative *cg;          /* NULL unless it may be taken */
    dw_marginal_ws *in_double; /* for what single cannot do; NULL until then */

    /* The solution. */
    double *h, *r;  /* (n_active) */
    double *dd;     /* (k) d log p / d D_i (10) */
    size_t *active; /* (n_active) the variants with F_j > 0, ascending */
    size_t n_active;
    dw_solved solved;
};

enum {
    DW_MARGINAL_VARIANTS = 1, /* h and r are wanted */
    DW_MARGINAL_NOISE = 2,    /* dd is wanted */
};

/* Fills in the solution, and (7); *from is set to the workspace that holds the
 * solution, ws or one in double.  Returns as dw_marginal_block. */
int dw_marginal_solve(dw_marginal_ws *ws, const dw_factor *b, const double *f,
                      dw_noise noise, unsigned want, double *loglik,
                      const dw_marginal_ws **from) DW_MUST_CHECK;

/* What a solver finds of the scaled problem: it adds log|S| to *logdet, and
 * sets *quad to y'S^-1 y, x to S^-1 y (if DW_MARGINAL_NOISE), h and r, and dd
 * to diag(S^-1).  0, or i > 0: not positive definite. */
int dw_marginal_primal(dw_marginal_ws *ws, size_t k, unsigned want,
                       double *logdet, double *quad) DW_MUST_CHECK;
int dw_marginal_dual(dw_marginal_ws *ws, size_t k, unsigned want,
                     double *logdet, double *quad) DW_MUST_CHECK;

#endif
