#include "linalg/mat.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "linalg/chol.h"
#include "linalg/dense.h"
#include "linalg/fortran.h"

static double *d_of(dw_mat a, size_t i, size_t j)
{
    return (double *)a.at + i + j * a.ld;
}

static float *s_of(dw_mat a, size_t i, size_t j)
{
    return (float *)a.at + i + j * a.ld;
}

static dw_blasint leading(dw_mat a)
{
    return dw_blasint_of(a.ld ? a.ld : 1);
}

static const dw_blasint ONE = 1;

dw_mat dw_mat_alloc(size_t n_rows, size_t n_cols, bool single)
{
    size_t size = dw_mat_size(single);
    /* n_rows * size cannot wrap: dimensions are BLAS integers. */
    void *at =
        dw_linalg_fits(n_rows) ? dw_try_alloc(n_cols, n_rows * size) : NULL;

    return (dw_mat){at, n_rows, single};
}

/* ---- columns ---- */

void dw_mat_put(size_t n, const double *x, dw_mat a, size_t j)
{
    if (a.single)
        for (size_t i = 0; i < n; i++)
            s_of(a, 0, j)[i] = (float)x[i];
    else
        for (size_t i = 0; i < n; i++)
            d_of(a, 0, j)[i] = x[i];
}

void dw_mat_get(size_t n, dw_mat a, size_t j, double *x)
{
    if (a.single)
        for (size_t i = 0; i < n; i++)
            x[i] = s_of(a, 0, j)[i];
    else
        for (size_t i = 0; i < n; i++)
            x[i] = d_of(a, 0, j)[i];
}

void dw_mat_copy(size_t m, size_t n, dw_mat from, dw_mat to)
{
    for (size_t j = 0; j < n; j++) {
        if (from.single && to.single)
            memcpy(s_of(to, 0, j), s_of(from, 0, j), m * sizeof(float));
        else if (from.single)
            for (size_t i = 0; i < m; i++)
                d_of(to, 0, j)[i] = s_of(from, 0, j)[i];
        else
            dw_mat_put(m, d_of(from, 0, j), to, j);
    }
}

void dw_mat_put_scaled(size_t n, double alpha, const double *x, dw_mat from,
                       size_t i, dw_mat to, size_t j)
{
    const float *fs = s_of(from, 0, i);
    const double *fd = d_of(from, 0, i);
    float *ts = s_of(to, 0, j);
    double *td = d_of(to, 0, j);

    if (from.single && to.single)
        for (size_t h = 0; h < n; h++)
            ts[h] = (float)(fs[h] * (alpha * x[h]));
    else if (from.single)
        for (size_t h = 0; h < n; h++)
            td[h] = fs[h] * x[h] * alpha;
    else if (to.single)
        for (size_t h = 0; h < n; h++)
            ts[h] = (float)(fd[h] * (alpha * x[h]));
    else
        for (size_t h = 0; h < n; h++)
            td[h] = fd[h] * x[h] * alpha;
}

void dw_mat_scale_rows(size_t m, size_t n, const double *x, dw_mat a)
{
    for (size_t j = 0; j < n; j++) {
        float *s = s_of(a, 0, j);
        double *d = d_of(a, 0, j);

        if (a.single)
            for (size_t i = 0; i < m; i++)
                s[i] *= (float)x[i];
        else
            for (size_t i = 0; i < m; i++)
                d[i] *= x[i];
    }
}

void dw_mat_axpy(size_t n, double alpha, dw_mat a, size_t j, double *x)
{
    const float *s = s_of(a, 0, j);

    if (!a.single) {
        dw_axpy(n, alpha, d_of(a, 0, j), x);
        return;
    }
    for (size_t i = 0; i < n; i++)
        x[i] += alpha * s[i];
}

double dw_mat_dot(size_t n, dw_mat a, size_t i, dw_mat b, size_t j)
{
    dw_blasint bn = dw_blasint_of(n);

    if (n == 0)
        return 0;
    return a.single ? dsdot_(&bn, s_of(a, 0, i), &ONE, s_of(b, 0, j), &ONE)
                    : dw_dot(n, d_of(a, 0, i), d_of(b, 0, j));
}

void dw_mat_add_squares(size_t n, double alpha, dw_mat a, size_t j, double *x)
{
    const float *s = s_of(a, 0, j);
    const double *d = d_of(a, 0, j);

    if (a.single)
        for (size_t i = 0; i < n; i++)
            x[i] += alpha * s[i] * s[i];
    else
        for (size_t i = 0; i < n; i++)
            x[i] += alpha * d[i] * d[i];
}

double dw_mat_weighted_squares(size_t n, const double *x, dw_mat a, size_t j)
{
    const float *s = s_of(a, 0, j);
    const double *d = d_of(a, 0, j);
    double sum = 0;

    if (a.single)
        for (size_t i = 0; i < n; i++)
            sum += x[i] * s[i] * s[i];
    else
        for (size_t i = 0; i < n; i++)
            sum += x[i] * d[i] * d[i];
    return sum;
}

/* ---- products ---- */

void dw_mat_gemm(bool transa, bool transb, size_t m, size_t n, size_t k,
                 double alpha, dw_mat a, dw_mat b, double beta, dw_mat c)
{
    if (c.single)
        dw_sgemm(transa, transb, m, n, k, (float)alpha, a.at, a.ld, b.at, b.ld,
                 (float)beta, c.at, c.ld);
    else
        dw_gemm(transa, transb, m, n, k, alpha, a.at, a.ld, b.at, b.ld, beta,
                c.at, c.ld);
}

void dw_mat_syrk(bool trans, size_t n, size_t k, dw_mat a, double beta,
                 dw_mat c)
{
    dw_blasint bn = dw_blasint_of(n), bk = dw_blasint_of(k);
    dw_blasint lda = leading(a), ldc = leading(c);
    float one = 1, sbeta = (float)beta;

    if (!c.single)
        dw_syrk(trans, n, k, 1, a.at, a.ld, beta, c.at, c.ld);
    else if (n)
        ssyrk_("L", trans ? "T" : "N", &bn, &bk, &one, a.at, &lda, &sbeta, c.at,
               &ldc, 1, 1);
}

void dw_mat_add_identity(size_t n, double x, dw_mat a)
{
    for (size_t i = 0; i < n; i++) {
        if (a.single)
            *s_of(a, i, i) += (float)x;
        else
            *d_of(a, i, i) += x;
    }
}

/* ---- factors ---- */

/* As dw_all_finite. */
static bool all_finite(size_t n, const float *x)
{
    float sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += x[i] - x[i];
    return sum == 0;
}

int dw_mat_factor(size_t n, dw_mat a)
{
    dw_blasint bn = dw_blasint_of(n), lda = leading(a), info = 0;

    if (!a.single)
        return dw_chol_factor(n, a.at, a.ld);
    for (size_t j = 0; j < n; j++)
        if (!all_finite(n - j, s_of(a, j, j)))
            return (int)j + 1;
    if (n)
        spotrf_("L", &bn, a.at, &lda, &info, 1);
    return info;
}

double dw_mat_logdet(size_t n, dw_mat l)
{
    double sum = 0;

    if (!l.single)
        return dw_chol_logdet(n, l.at, l.ld);
    for (size_t i = 0; i < n; i++)
        sum += log(*s_of(l, i, i));
    return 2 * sum;
}

int dw_mat_invert_factor(size_t n, dw_mat l)
{
    dw_blasint bn = dw_blasint_of(n), ldl = leading(l), info = 0;

    if (!l.single)
        return dw_chol_invert_factor(n, l.at, l.ld);
    if (n)
        strtri_("L", "N", &bn, l.at, &ldl, &info, 1, 1);
    return info;
}

void dw_mat_inverse_diagonal(size_t n, dw_mat linv, double *x)
{
    for (size_t i = 0; i < n; i++) {
        dw_mat below = dw_mat_from(linv, i, i);

        x[i] = dw_mat_dot(n - i, below, 0, below, 0);
    }
}

static void single_solve(const char *side, bool trans, size_t m, size_t n,
                         dw_mat l, dw_mat b)
{
    dw_blasint bm = dw_blasint_of(m), bn = dw_blasint_of(n);
    dw_blasint ldl = leading(l), ldb = leading(b);
    float one = 1;

    if (m && n)
        strsm_(side, "L", trans ? "T" : "N", "N", &bm, &bn, &one, l.at, &ldl,
               b.at, &ldb, 1, 1, 1, 1);
}

void dw_mat_solve(bool trans, size_t m, size_t n, dw_mat l, dw_mat b)
{
    if (b.single)
        single_solve("L", trans, m, n, l, b);
    else
        dw_trsm(trans, m, n, l.at, l.ld, b.at, b.ld);
}

void dw_mat_solve_right(bool trans, size_t m, size_t n, dw_mat l, dw_mat b)
{
    if (b.single)
        single_solve("R", trans, m, n, l, b);
    else
        dw_trsm_right(trans, m, n, l.at, l.ld, b.at, b.ld);
}
