/*
 * dense: products of dense vectors and matrices.
 *
 * Column-major; ldX is the distance between columns of X.  Sizes of 0 are
 * fine.  Nothing allocates; all may be called by many threads at once.  A NaN
 * or infinity goes through as IEEE arithmetic has it, but for beta = 0, which
 * overwrites whatever was there.
 */
#ifndef DW_LINALG_DENSE_H
#define DW_LINALG_DENSE_H

#include <stdbool.h>
#include <stddef.h>

/* The largest dimension that BLAS integers hold.  Whoever takes memory for a
 * matrix refuses larger ones; a kernel given one aborts. */
bool dw_linalg_fits(size_t n);

/* ---- vectors (n) ---- */

double dw_dot(size_t n, const double *x, const double *y);
double dw_nrm2(size_t n, const double *x);
/* y <- y + alpha x */
void dw_axpy(size_t n, double alpha, const double *x, double *y);
void dw_scal(size_t n, double alpha, double *x);
bool dw_all_finite(size_t n, const double *x);

/* ---- matrices ---- */

/* y <- alpha op(A) x + beta y;  A (m x n), op(A) = A' if `trans`. */
void dw_gemv(bool trans, size_t m, size_t n, double alpha, const double *a,
             size_t lda, const double *x, double beta, double *y);

/* C <- alpha op(A) op(B) + beta C;  op(A) (m x k), op(B) (k x n), C (m x n). */
void dw_gemm(bool transa, bool transb, size_t m, size_t n, size_t k,
             double alpha, const double *a, size_t lda, const double *b,
             size_t ldb, double beta, double *c, size_t ldc);
void dw_sgemm(bool transa, bool transb, size_t m, size_t n, size_t k,
              float alpha, const float *a, size_t lda, const float *b,
              size_t ldb, float beta, float *c, size_t ldc);

/* Lower triangle of C <- alpha op(A) op(A)' + beta C;  op(A) (n x k), C (n x
 * n).  What is above the diagonal stays as it was. */
void dw_syrk(bool trans, size_t n, size_t k, double alpha, const double *a,
             size_t lda, double beta, double *c, size_t ldc);

/* B <- op(L)^-1 B;  L (m x m) lower triangular, B (m x n). */
void dw_trsm(bool trans, size_t m, size_t n, const double *l, size_t ldl,
             double *b, size_t ldb);

/* B <- B op(L)^-1;  L (n x n) lower triangular, B (m x n). */
void dw_trsm_right(bool trans, size_t m, size_t n, const double *l, size_t ldl,
                   double *b, size_t ldb);

/* Copies the lower triangle of A (n x n) to the upper one. */
void dw_symmetrise(size_t n, double *a, size_t lda);

#endif
