#include "linalg/dense.h"

#include <math.h>
#include <stdlib.h>

#include "linalg/fortran.h"

bool dw_linalg_fits(size_t n)
{
    return n <= DW_BLASINT_MAX;
}

dw_blasint dw_blasint_of(size_t n)
{
    if (!dw_linalg_fits(n))
        abort();
    return (dw_blasint)n;
}

/* BLAS refuses a leading dimension of 0 even where the matrix is empty. */
static dw_blasint leading(size_t ld)
{
    return dw_blasint_of(ld ? ld : 1);
}

static const dw_blasint ONE = 1;

double dw_dot(size_t n, const double *x, const double *y)
{
    dw_blasint bn = dw_blasint_of(n);

    return n ? ddot_(&bn, x, &ONE, y, &ONE) : 0;
}

double dw_nrm2(size_t n, const double *x)
{
    dw_blasint bn = dw_blasint_of(n);

    return n ? dnrm2_(&bn, x, &ONE) : 0;
}

void dw_axpy(size_t n, double alpha, const double *x, double *y)
{
    dw_blasint bn = dw_blasint_of(n);

    if (n)
        daxpy_(&bn, &alpha, x, &ONE, y, &ONE);
}

void dw_scal(size_t n, double alpha, double *x)
{
    dw_blasint bn = dw_blasint_of(n);

    if (n)
        dscal_(&bn, &alpha, x, &ONE);
}

bool dw_all_finite(size_t n, const double *x)
{
    /* x - x is 0 for a finite x and NaN for any other; a NaN stays in the
     * sum.  No branch in the loop, so that it runs at the speed of memory. */
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += x[i] - x[i];
    return sum == 0;
}

void dw_gemv(bool trans, size_t m, size_t n, double alpha, const double *a,
             size_t lda, const double *x, double beta, double *y)
{
    dw_blasint bm = dw_blasint_of(m), bn = dw_blasint_of(n);
    dw_blasint blda = leading(lda);
    size_t len = trans ? n : m;

    if (m && n) {
        dgemv_(trans ? "T" : "N", &bm, &bn, &alpha, a, &blda, x, &ONE, &beta, y,
               &ONE, 1);
        return;
    }
    /* BLAS leaves y alone when either size is 0. */
    for (size_t i = 0; i < len; i++)
        y[i] = beta == 0 ? 0 : beta * y[i];
}

void dw_gemm(bool transa, bool transb, size_t m, size_t n, size_t k,
             double alpha, const double *a, size_t lda, const double *b,
             size_t ldb, double beta, double *c, size_t ldc)
{
    dw_blasint bm = dw_blasint_of(m), bn = dw_blasint_of(n);
    dw_blasint bk = dw_blasint_of(k);
    dw_blasint blda = leading(lda), bldb = leading(ldb), bldc = leading(ldc);

    if (m && n)
        dgemm_(transa ? "T" : "N", transb ? "T" : "N", &bm, &bn, &bk, &alpha, a,
               &blda, b, &bldb, &beta, c, &bldc, 1, 1);
}

void dw_sgemm(bool transa, bool transb, size_t m, size_t n, size_t k,
              float alpha, const float *a, size_t lda, const float *b,
              size_t ldb, float beta, float *c, size_t ldc)
{
    dw_blasint bm = dw_blasint_of(m), bn = dw_blasint_of(n);
    dw_blasint bk = dw_blasint_of(k);
    dw_blasint blda = leading(lda), bldb = leading(ldb), bldc = leading(ldc);

    if (m && n)
        sgemm_(transa ? "T" : "N", transb ? "T" : "N", &bm, &bn, &bk, &alpha, a,
               &blda, b, &bldb, &beta, c, &bldc, 1, 1);
}

void dw_syrk(bool trans, size_t n, size_t k, double alpha, const double *a,
             size_t lda, double beta, double *c, size_t ldc)
{
    dw_blasint bn = dw_blasint_of(n), bk = dw_blasint_of(k);
    dw_blasint blda = leading(lda), bldc = leading(ldc);

    if (n)
        dsyrk_("L", trans ? "T" : "N", &bn, &bk, &alpha, a, &blda, &beta, c,
               &bldc, 1, 1);
}

static void trsm(const char *side, bool trans, size_t m, size_t n,
                 const double *l, size_t ldl, double *b, size_t ldb)
{
    dw_blasint bm = dw_blasint_of(m), bn = dw_blasint_of(n);
    dw_blasint bldl = leading(ldl), bldb = leading(ldb);
    double one = 1;

    if (m && n)
        dtrsm_(side, "L", trans ? "T" : "N", "N", &bm, &bn, &one, l, &bldl, b,
               &bldb, 1, 1, 1, 1);
}

void dw_trsm(bool trans, size_t m, size_t n, const double *l, size_t ldl,
             double *b, size_t ldb)
{
    trsm("L", trans, m, n, l, ldl, b, ldb);
}

void dw_trsm_right(bool trans, size_t m, size_t n, const double *l, size_t ldl,
                   double *b, size_t ldb)
{
    trsm("R", trans, m, n, l, ldl, b, ldb);
}

void dw_symmetrise(size_t n, double *a, size_t lda)
{
    /* Tile by tile: a whole row at a time would miss the cache at each step. */
    enum { TILE = 32 };

    for (size_t j0 = 0; j0 < n; j0 += TILE) {
        size_t j1 = j0 + TILE < n ? j0 + TILE : n;

        for (size_t i0 = j0; i0 < n; i0 += TILE) {
            size_t i1 = i0 + TILE < n ? i0 + TILE : n;

            for (size_t j = j0; j < j1; j++)
                for (size_t i = i0 > j ? i0 : j + 1; i < i1; i++)
                    a[j + i * lda] = a[i + j * lda];
        }
    }
}
