/*
 * eigen: A = V diag(w) V' for a symmetric A, all of it or the top of it.
 *
 * Column-major.  LAPACK's dsytrd and dstedc, as its dsyevd; but the vectors are
 * turned back by blocks of more reflectors than dormtr has, and only those that
 * are asked for: at n = 2000 in two thirds of the time.  Orthogonal to rounding
 * whatever the spectrum.
 */
#ifndef DW_LINALG_EIGEN_H
#define DW_LINALG_EIGEN_H

#include <stddef.h>

#include "base/err.h"

/* Workspace of one thread: 2 n^2 + 300 n doubles for the largest n. */
typedef struct dw_eigen_ws dw_eigen_ws;

/* NULL when memory is exhausted or LAPACK's integers do not hold its size (n
 * above 32,000). */
dw_eigen_ws *dw_eigen_ws_new(size_t max_n) DW_MUST_CHECK;
void dw_eigen_ws_free(dw_eigen_ws *ws); /* NULL is fine */
/* Makes *ws, which may be NULL, one for n at least: 0, or DW_ENOMEM and NULL.
 */
int dw_eigen_ws_fit(dw_eigen_ws **ws, size_t n) DW_MUST_CHECK;

/*
 * a (n x n, lower triangle read) becomes V, one eigenvector a column; w (n)
 * its eigenvalues, DESCENDING.  The sign of each vector is such that its
 * element of largest absolute value (the first of these) is positive.
 *
 * 0; i > 0 if it did not converge, or if column i (from 1) holds a NaN or
 * infinity; DW_EBUG if n is larger than the workspace.  Allocates nothing.
 */
int dw_eigen_symmetric(dw_eigen_ws *ws, size_t n, double *a, size_t lda,
                       double *w) DW_MUST_CHECK;

/* The same, but for the vectors of eigenvalues below `least`: sets k to how
 * many of w are not; columns of a from k on are lost. */
int dw_eigen_above(dw_eigen_ws *ws, size_t n, double *a, size_t lda,
                   double least, double *w, size_t *k) DW_MUST_CHECK;

/*
 * The tridiagonal matrix with diagonal d (n) and d_i, d_i+1 joined by e_i (n -
 * 1): d becomes its eigenvalues, ascending, v (n x n) its eigenvectors, e is
 * destroyed; work: 2 n.  0, or i > 0 if it did not converge.
 */
int dw_eigen_tridiagonal(size_t n, double *d, double *e, double *v,
                         double *work) DW_MUST_CHECK;

#endif
