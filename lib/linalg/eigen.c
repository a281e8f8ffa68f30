#include "linalg/eigen.h"

#include <math.h>

#include "base/mem.h"
#include "linalg/dense.h"
#include "linalg/fortran.h"

/* 1 + 6 n + 2 n^2 has to fit a BLAS integer. */
enum { EIGEN_MAX_N = 32000 };

struct dw_eigen_ws {
    size_t max_n;
    double *work;
    dw_blasint *iwork;
};

static size_t work_of(size_t n)
{
    return 1 + 6 * n + 2 * n * n;
}

static size_t iwork_of(size_t n)
{
    return 3 + 5 * n;
}

dw_eigen_ws *dw_eigen_ws_new(size_t max_n)
{
    dw_eigen_ws *ws;

    if (max_n > EIGEN_MAX_N)
        return NULL;
    ws = dw_alloc(1, sizeof(*ws));
    ws->max_n = max_n;
    ws->work = dw_try_alloc(work_of(max_n), sizeof(*ws->work));
    ws->iwork = dw_try_alloc(iwork_of(max_n), sizeof(*ws->iwork));
    if (!ws->work || !ws->iwork) {
        dw_eigen_ws_free(ws);
        return NULL;
    }
    return ws;
}

void dw_eigen_ws_free(dw_eigen_ws *ws)
{
    if (!ws)
        return;
    dw_free(ws->work);
    dw_free(ws->iwork);
    dw_free(ws);
}

static void swap(double *x, double *y)
{
    double t = *x;

    *x = *y;
    *y = t;
}

/* LAPACK's ascending order turned round. */
static void reverse(size_t n, double *v, size_t ldv, double *w)
{
    for (size_t i = 0, j = n - 1; i < j; i++, j--) {
        swap(&w[i], &w[j]);
        for (size_t r = 0; r < n; r++)
            swap(&v[r + i * ldv], &v[r + j * ldv]);
    }
}

/* An eigenvector's sign is free; fixed, so that it does not hang on the BLAS
 * that was found. */
static void fix_sign(size_t n, double *v)
{
    size_t largest = 0;

    for (size_t i = 1; i < n; i++)
        if (fabs(v[i]) > fabs(v[largest]))
            largest = i;
    if (v[largest] < 0)
        dw_scal(n, -1, v);
}

int dw_eigen_symmetric(dw_eigen_ws *ws, size_t n, double *a, size_t lda,
                       double *w)
{
    dw_blasint bn = dw_blasint_of(n), blda = dw_blasint_of(lda), info = 0;
    /* What n needs, however large the workspace is: LAPACK cuts its blocks by
     * it, and other blocks give other last bits. */
    dw_blasint n_work = dw_blasint_of(work_of(n));
    dw_blasint n_iwork = dw_blasint_of(iwork_of(n));

    if (n > ws->max_n)
        return DW_EBUG;
    if (n == 0)
        return 0;
    for (size_t j = 0; j < n; j++)
        if (!dw_all_finite(n - j, a + j + j * lda))
            return (int)j + 1;
    dsyevd_("V", "L", &bn, a, &blda, w, ws->work, &n_work, ws->iwork, &n_iwork,
            &info, 1, 1);
    if (info != 0)
        return info > 0 ? info : DW_EBUG;
    reverse(n, a, lda, w);
    for (size_t j = 0; j < n; j++)
        fix_sign(n, a + j * lda);
    return 0;
}

int dw_eigen_tridiagonal(size_t n, double *d, double *e, double *v,
                         double *work)
{
    dw_blasint bn = dw_blasint_of(n), info = 0;

    if (n == 0)
        return 0;
    if (!dw_all_finite(n, d) || !dw_all_finite(n - 1, e))
        return 1;
    dstev_("V", &bn, d, e, v, &bn, work, &info, 1);
    return info;
}
