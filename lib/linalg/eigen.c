#include "linalg/eigen.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "linalg/dense.h"
#include "linalg/fortran.h"

/* 1 + 4 n + n^2 has to fit a BLAS integer. */
enum { EIGEN_MAX_N = 32000 };
/* Reflectors that are applied at once: enough for the speed of a product. */
enum { BLOCK = 128 };

struct dw_eigen_ws {
    size_t max_n;
    double *z;          /* (n x n) vectors of the tridiagonal matrix, then V */
    double *work;       /* of LAPACK; then V'Z and T V'Z of a block */
    double *e, *tau;    /* (n) */
    double *v;          /* (n x BLOCK) reflectors */
    double *gram, *top; /* (BLOCK x BLOCK) their products; T */
    dw_blasint *iwork;
};

static size_t work_of(size_t n)
{
    size_t lapack = 1 + 4 * n + n * n, ours = 2 * (size_t)BLOCK * n;

    return lapack > ours ? lapack : ours;
}

static size_t iwork_of(size_t n)
{
    return 3 + 5 * n;
}

dw_eigen_ws *dw_eigen_ws_new(size_t max_n)
{
    const size_t square = (size_t)BLOCK * BLOCK;
    dw_eigen_ws *ws;

    if (max_n > EIGEN_MAX_N)
        return NULL;
    ws = dw_alloc(1, sizeof(*ws));
    ws->max_n = max_n;
    ws->z = dw_try_alloc(max_n * max_n, sizeof(*ws->z));
    ws->work = dw_try_alloc(work_of(max_n), sizeof(*ws->work));
    ws->e = dw_try_alloc((2 + BLOCK) * max_n + 2 * square, sizeof(*ws->e));
    ws->iwork = dw_try_alloc(iwork_of(max_n), sizeof(*ws->iwork));
    if (!ws->z || !ws->work || !ws->e || !ws->iwork) {
        dw_eigen_ws_free(ws);
        return NULL;
    }
    ws->tau = ws->e + max_n;
    ws->v = ws->tau + max_n;
    ws->gram = ws->v + BLOCK * max_n;
    ws->top = ws->gram + square;
    return ws;
}

void dw_eigen_ws_free(dw_eigen_ws *ws)
{
    if (!ws)
        return;
    dw_free(ws->z);
    dw_free(ws->work);
    dw_free(ws->e);
    dw_free(ws->iwork);
    dw_free(ws);
}

int dw_eigen_ws_fit(dw_eigen_ws **ws, size_t n)
{
    if (*ws && (*ws)->max_n >= n)
        return 0;
    dw_eigen_ws_free(*ws);
    *ws = dw_eigen_ws_new(n);
    return *ws ? 0 : DW_ENOMEM;
}

/* ---- back from the tridiagonal matrix ---- */

/* Reflectors [first, first + count) as columns of ws->v (rows x count): 0 above
 * a 1, which stands in the reflector's own row. */
static void copy_reflectors(dw_eigen_ws *ws, const double *a, size_t lda,
                            size_t first, size_t count, size_t rows)
{
    for (size_t j = 0; j < count; j++) {
        const double *from = a + first + 1 + (first + j) * lda;
        double *to = ws->v + j * rows;

        memset(to, 0, j * sizeof(*to));
        to[j] = 1;
        memcpy(to + j + 1, from + j + 1, (rows - j - 1) * sizeof(*to));
    }
}

/* T (count x count, upper) of H_1 H_2 ... = I - V T V'. */
static void combine(dw_eigen_ws *ws, const double *tau, size_t count,
                    size_t rows)
{
    double *g = ws->gram, *t = ws->top;

    dw_gemm(true, false, count, count, rows, 1, ws->v, rows, ws->v, rows, 0, g,
            count);
    memset(t, 0, count * count * sizeof(*t));
    for (size_t j = 0; j < count; j++) {
        /* T_j <- -tau_j T V'v_j, of the columns before. */
        for (size_t h = 0; h < j; h++)
            dw_axpy(h + 1, -tau[j] * g[h + j * count], t + h * count,
                    t + j * count);
        t[j + j * count] = tau[j];
    }
}

/* z (n x k) <- H_1 H_2 ... H_n-1 z, by blocks from the last on. */
static void turn_back(dw_eigen_ws *ws, size_t n, const double *a, size_t lda,
                      size_t k, double *z)
{
    const size_t reflectors = n - 1;
    double *vz = ws->work, *tvz = ws->work + BLOCK * k;

    for (size_t end = reflectors, count; end > 0; end -= count) {
        count = end % BLOCK ? end % BLOCK : BLOCK;
        const size_t first = end - count, rows = n - first - 1;

        copy_reflectors(ws, a, lda, first, count, rows);
        combine(ws, ws->tau + first, count, rows);
        dw_gemm(true, false, count, k, rows, 1, ws->v, rows, z + first + 1, n,
                0, vz, count);
        dw_gemm(false, false, count, k, count, 1, ws->top, count, vz, count, 0,
                tvz, count);
        dw_gemm(false, false, rows, k, count, -1, ws->v, rows, tvz, count, 1,
                z + first + 1, n);
    }
}

/* ---- vectors ---- */

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

static void swap(double *x, double *y)
{
    double t = *x;

    *x = *y;
    *y = t;
}

int dw_eigen_above(dw_eigen_ws *ws, size_t n, double *a, size_t lda,
                   double least, double *w, size_t *k)
{
    dw_blasint bn = dw_blasint_of(n), blda = dw_blasint_of(lda), info = 0;
    /* What n needs, however large the workspace is: LAPACK cuts its blocks by
     * it, and other blocks give other last bits. */
    dw_blasint n_work = dw_blasint_of(work_of(n));
    dw_blasint n_iwork = dw_blasint_of(iwork_of(n));

    *k = 0;
    if (n > ws->max_n)
        return DW_EBUG;
    if (n == 0)
        return 0;
    for (size_t j = 0; j < n; j++)
        if (!dw_all_finite(n - j, a + j + j * lda))
            return (int)j + 1;
    dsytrd_("L", &bn, a, &blda, w, ws->e, ws->tau, ws->work, &n_work, &info, 1);
    if (info == 0)
        dstedc_("I", &bn, w, ws->e, ws->z, &bn, ws->work, &n_work, ws->iwork,
                &n_iwork, &info, 1);
    if (info != 0)
        return info > 0 ? info : DW_EBUG;
    /* LAPACK's ascending order turned round. */
    for (size_t i = 0; i < n / 2; i++)
        swap(&w[i], &w[n - 1 - i]);
    while (*k < n && w[*k] >= least)
        (*k)++;
    turn_back(ws, n, a, lda, *k, ws->z + (n - *k) * n);
    for (size_t j = 0; j < *k; j++) {
        memcpy(a + j * lda, ws->z + (n - 1 - j) * n, n * sizeof(*a));
        fix_sign(n, a + j * lda);
    }
    return 0;
}

int dw_eigen_symmetric(dw_eigen_ws *ws, size_t n, double *a, size_t lda,
                       double *w)
{
    size_t k;

    return dw_eigen_above(ws, n, a, lda, -INFINITY, w, &k);
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
