/*
 * components: one LD block under three variances, for the constant model.
 *
 *     S = c G + s2 I + tau L^-1,     G = Q diag(w) Q'   (k x k)
 *
 * With w = N for all variants, c is the variance per variant of the constant
 * model.  G is made once a block; each evaluation then costs k^3 and no longer
 * k^2 m.  theta = (c, s2, tau), and derivatives are by these, not by their
 * logarithms, so that they exist at 0: multiply by theta_i for those.
 */
#ifndef DW_LIK_COMPONENTS_H
#define DW_LIK_COMPONENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "lik/lik_factor.h"

enum { DW_COMPONENTS_N = 3 };

typedef struct dw_components {
    double loglik;                 /* (7) */
    double score[DW_COMPONENTS_N]; /* d log p / d theta_i */
    /* Average information, 1/2 y' P S_i P S_j P y, P = S^-1, S_i = dS/dtheta_i:
     * what Newton's method divides the score by. */
    double average[DW_COMPONENTS_N][DW_COMPONENTS_N];
    /* Expected information, 1/2 tr(P S_i P S_j): its inverse, summed over the
     * blocks, holds the squares of standard errors. */
    double expected[DW_COMPONENTS_N][DW_COMPONENTS_N];
} dw_components;

/* Workspace of one thread: 3 max_k^2 doubles. */
typedef struct dw_components_ws dw_components_ws;

/* NULL when memory is exhausted, or a size is no BLAS integer. */
dw_components_ws *dw_components_ws_new(size_t max_k) DW_MUST_CHECK;
void dw_components_ws_free(dw_components_ws *ws); /* NULL is fine */

/* g (k x k, ld k) <- Q diag(w) Q', both triangles; w (m) >= 0.  0, or DW_EBUG
 * if the block is larger than the workspace. */
int dw_components_gram(dw_components_ws *ws, const dw_factor *b,
                       const double *w, double *g) DW_MUST_CHECK;

/*
 *   g (k x k)   symmetric, both triangles      lambda (k), y (k)
 *   expected    whether out->expected is wanted (2 k^3 more); else it is 0
 *
 * Returns as dw_marginal_block.
 */
int dw_components_block(dw_components_ws *ws, size_t k, const double *g,
                        const double *lambda, const double *y,
                        const double theta[DW_COMPONENTS_N], bool expected,
                        dw_components *out) DW_MUST_CHECK;

#endif
