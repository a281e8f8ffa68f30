/*
 * cg: S x = b by preconditioned conjugate gradients, for several b at once, so
 * that a product with S is one of matrices.
 *
 * S (n x n) and its preconditioner M are symmetric, positive definite, and
 * known by what they do.  The same steps are those of Lanczos: they give
 * b'M^-1/2 fn(M^-1/2 S M^-1/2) M^-1/2 b by Gauss quadrature.  Column-major;
 * safe from many threads on distinct workspaces.
 */
#ifndef DW_LINALG_CG_H
#define DW_LINALG_CG_H

#include <stddef.h>

#include "base/err.h"

typedef struct dw_cg_system {
    size_t n;
    void *ctx;
    /* out (n x c) <- S V */
    void (*product)(void *ctx, size_t c, const double *v, double *out);
    /* V (n x c) <- M^-1 V */
    void (*precondition)(void *ctx, size_t c, double *v);
} dw_cg_system;

typedef struct dw_cg_end {
    size_t steps;    /* of the slowest b */
    double residual; /* the largest |b - S x| / |b|, both in the norm of M^-1 */
} dw_cg_end;

/* Workspace of one thread: 4 max_n max_c + 2 max_steps max_c + max_steps^2
 * doubles. */
typedef struct dw_cg dw_cg;

/* NULL when memory is exhausted, or a size is no BLAS integer. */
dw_cg *dw_cg_new(size_t max_n, size_t max_c, size_t max_steps) DW_MUST_CHECK;
void dw_cg_free(dw_cg *ws); /* NULL is fine */

/*
 *   b (n x c)   right-hand sides      x (n x c)  set, from 0
 *   tol         of end->residual: what is reached in max_steps, or not, is told
 *
 * 0; 1 if S or M is found not to be positive definite or not finite; DW_EBUG
 * if n or c is larger than the workspace.
 */
int dw_cg_solve(dw_cg *ws, const dw_cg_system *s, size_t c, const double *b,
                double *x, double tol, dw_cg_end *end) DW_MUST_CHECK;

/* The quadrature for right-hand side `column` of the last solve; NAN if the
 * small eigenproblem does not converge. */
double dw_cg_quadrature(dw_cg *ws, size_t column, double (*fn)(double));

#endif
