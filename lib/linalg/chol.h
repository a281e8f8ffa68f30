/*
 * chol: A = L L' for a symmetric positive definite A, and what follows from it.
 *
 * Column-major, lower triangles; what is above the diagonal is neither read
 * nor written.  Nothing allocates; safe from many threads.
 */
#ifndef DW_LINALG_CHOL_H
#define DW_LINALG_CHOL_H

#include <stddef.h>

#include "base/err.h"

/* a (n x n) becomes L.  0; or i > 0 if A is not positive definite at its i-th
 * column (from 1) or holds a NaN or infinity in that column: a is then
 * destroyed.  (OpenBLAS's dpotrf lets NaN through; this does not.) */
int dw_chol_factor(size_t n, double *a, size_t lda) DW_MUST_CHECK;

/* log |A| */
double dw_chol_logdet(size_t n, const double *l, size_t ldl);

/* B <- A^-1 B,  B (n x nrhs).  For L^-1 B and L'^-1 B alone: dw_trsm. */
void dw_chol_solve(size_t n, size_t nrhs, const double *l, size_t ldl,
                   double *b, size_t ldb);

/* l becomes A^-1 (lower).  0; or i > 0 if L_ii is 0. */
int dw_chol_inverse(size_t n, double *l, size_t ldl) DW_MUST_CHECK;

#endif
