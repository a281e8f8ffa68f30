/*
 * fortran: the symbols of BLAS and LAPACK, and nothing else.
 *
 * Private to linalg: the one place that knows how Fortran passes arguments (by
 * address; the hidden length of each text argument at the end).  32-bit
 * integers, as every distribution's libblas and liblapack have them.
 */
#ifndef DW_LINALG_FORTRAN_H
#define DW_LINALG_FORTRAN_H

#include <stddef.h>
#include <stdint.h>

typedef int32_t dw_blasint;

enum { DW_BLASINT_MAX = INT32_MAX };

/* The one way from size_t to a BLAS integer.  Whoever takes memory for a
 * matrix bounds it (dw_blasint_fits); past that, a size that does not fit is a
 * bug, and must not wrap. */
dw_blasint dw_blasint_of(size_t n);

double ddot_(const dw_blasint *n, const double *x, const dw_blasint *incx,
             const double *y, const dw_blasint *incy);
double dnrm2_(const dw_blasint *n, const double *x, const dw_blasint *incx);
void daxpy_(const dw_blasint *n, const double *alpha, const double *x,
            const dw_blasint *incx, double *y, const dw_blasint *incy);
void dscal_(const dw_blasint *n, const double *alpha, double *x,
            const dw_blasint *incx);
void dgemv_(const char *trans, const dw_blasint *m, const dw_blasint *n,
            const double *alpha, const double *a, const dw_blasint *lda,
            const double *x, const dw_blasint *incx, const double *beta,
            double *y, const dw_blasint *incy, size_t);
void dgemm_(const char *transa, const char *transb, const dw_blasint *m,
            const dw_blasint *n, const dw_blasint *k, const double *alpha,
            const double *a, const dw_blasint *lda, const double *b,
            const dw_blasint *ldb, const double *beta, double *c,
            const dw_blasint *ldc, size_t, size_t);
void sgemm_(const char *transa, const char *transb, const dw_blasint *m,
            const dw_blasint *n, const dw_blasint *k, const float *alpha,
            const float *a, const dw_blasint *lda, const float *b,
            const dw_blasint *ldb, const float *beta, float *c,
            const dw_blasint *ldc, size_t, size_t);
void dsyrk_(const char *uplo, const char *trans, const dw_blasint *n,
            const dw_blasint *k, const double *alpha, const double *a,
            const dw_blasint *lda, const double *beta, double *c,
            const dw_blasint *ldc, size_t, size_t);
void ssyrk_(const char *uplo, const char *trans, const dw_blasint *n,
            const dw_blasint *k, const float *alpha, const float *a,
            const dw_blasint *lda, const float *beta, float *c,
            const dw_blasint *ldc, size_t, size_t);
void dtrsm_(const char *side, const char *uplo, const char *transa,
            const char *diag, const dw_blasint *m, const dw_blasint *n,
            const double *alpha, const double *a, const dw_blasint *lda,
            double *b, const dw_blasint *ldb, size_t, size_t, size_t, size_t);

void strsm_(const char *side, const char *uplo, const char *transa,
            const char *diag, const dw_blasint *m, const dw_blasint *n,
            const float *alpha, const float *a, const dw_blasint *lda, float *b,
            const dw_blasint *ldb, size_t, size_t, size_t, size_t);
/* The sum in double. */
double dsdot_(const dw_blasint *n, const float *x, const dw_blasint *incx,
              const float *y, const dw_blasint *incy);

void dpotrf_(const char *uplo, const dw_blasint *n, double *a,
             const dw_blasint *lda, dw_blasint *info, size_t);
void dpotri_(const char *uplo, const dw_blasint *n, double *a,
             const dw_blasint *lda, dw_blasint *info, size_t);
void spotrf_(const char *uplo, const dw_blasint *n, float *a,
             const dw_blasint *lda, dw_blasint *info, size_t);
void dstev_(const char *jobz, const dw_blasint *n, double *d, double *e,
            double *z, const dw_blasint *ldz, double *work, dw_blasint *info,
            size_t);
void dsytrd_(const char *uplo, const dw_blasint *n, double *a,
             const dw_blasint *lda, double *d, double *e, double *tau,
             double *work, const dw_blasint *lwork, dw_blasint *info, size_t);
void dstedc_(const char *compz, const dw_blasint *n, double *d, double *e,
             double *z, const dw_blasint *ldz, double *work,
             const dw_blasint *lwork, dw_blasint *iwork,
             const dw_blasint *liwork, dw_blasint *info, size_t);

/* OpenBLAS only: weak, so NULL under any other BLAS. */
extern void openblas_set_num_threads(int n) __attribute__((weak));
extern char *openblas_get_config(void) __attribute__((weak));
extern int blas_thread_shutdown_(void) __attribute__((weak));

#endif
