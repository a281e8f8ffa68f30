/*
 * iterative: the evidence of a block too large for dense algebra.
 *
 * S = I + A A', A = D^-1/2 Q F^1/2, is known by its products with vectors, 4 k
 * m flops each.  Its preconditioner M = C C' takes the leading r columns of S's
 * Cholesky factor, those of the largest eigenvalues, and of the rest the
 * diagonal.  r counts the rows that have more signal than noise.  M is S where
 * F is constant and there are no flanks, for then S is diagonal (Q Q' = L).
 *
 *     S^-1 y            conjugate gradients
 *     log|S|            log|M| + E w'log(B)w, B = C^-1 S C'^-1, by Lanczos'
 *                       quadrature; with log(B) - (B - I) for log(B), since
 * tr(B
 *                       - I) = 0 is known
 *     a_j' S^-1 a_j     |C^-1 a_j|^2 + E (a_j' (S^-1 - M^-1) z) (a_j' M^-1 z)
 *     diag(S^-1)        likewise;  z = C w
 *
 * E is the mean over probes w of random signs.  What is estimated is a
 * difference to M, and vanishes with it.  Each block has its own probes
 * (dw_factor.id), the same at every call: the error is a smooth function of F,
 * and an optimiser sees one surface.
 */
#ifndef DW_LIK_ITERATIVE_H
#define DW_LIK_ITERATIVE_H

#include <stddef.h>

#include "base/err.h"
#include "lik/lik_factor.h"
#include "lik/marginal.h"

/* Workspace of one thread: about 5 max_k (1 + 2 probes) doubles; and, of the
 * precision, 256 columns of Q and max_k / 2 of S, at most 1024. */
typedef struct dw_iterative dw_iterative;
size_t dw_iterative_bytes(size_t max_m, size_t max_k, const dw_solving *how);

/* NULL when memory is exhausted, or a size is no BLAS integer. */
dw_iterative *dw_iterative_new(size_t max_m, size_t max_k,
                               const dw_solving *how) DW_MUST_CHECK;
void dw_iterative_free(dw_iterative *it); /* NULL is fine */
double dw_iterative_tol(const dw_iterative *it);

typedef struct dw_iterative_out {
    double logdet, quad; /* log|S|, y'S^-1 y */
    double *x;           /* (k) S^-1 y */
    double *h, *r;       /* (m) a_j'S^-1 a_j, a_j'S^-1 y; NULL: not wanted */
    double *diag;        /* (k) diag(S^-1); NULL: not wanted */
    size_t steps;
    double residual;
} dw_iterative_out;

/*
 *   f (m)  F_j      u (k)  D^-1/2      y (k)  D^-1/2 y
 *
 * 0; i > 0 if M is not positive definite at its i-th column, or S not at all
 * (1): both in the precision asked for.
 */
int dw_iterative_solve(dw_iterative *it, const dw_factor *b, const double *f,
                       const double *u, const double *y,
                       dw_iterative_out *out) DW_MUST_CHECK;

#endif
