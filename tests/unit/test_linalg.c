/* linalg against plain loops, known spectra and broken input. */
#include "tap.h"

#include <dirent.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "linalg/blas.h"
#include "linalg/chol.h"
#include "linalg/dense.h"
#include "linalg/eigen.h"
#include "linalg/mat.h"

enum { MAX = 64 };

static void draw(dw_rng *r, double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = dw_rng_normal(r);
}

/* The reference: C <- alpha op(A) op(B) + beta C by three loops. */
static void plain_gemm(int ta, int tb, size_t m, size_t n, size_t k,
                       double alpha, const double *a, size_t lda,
                       const double *b, size_t ldb, double beta, double *c,
                       size_t ldc)
{
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < m; i++) {
            double s = 0;

            for (size_t h = 0; h < k; h++)
                s += (ta ? a[h + i * lda] : a[i + h * lda]) *
                     (tb ? b[j + h * ldb] : b[h + j * ldb]);
            c[i + j * ldc] = alpha * s + beta * c[i + j * ldc];
        }
}

static double distance(const double *x, const double *y, size_t n)
{
    double worst = 0;

    for (size_t i = 0; i < n; i++)
        worst = fmax(worst, fabs(x[i] - y[i]));
    return worst;
}

static void test_products(void)
{
    dw_rng r = dw_rng_init(1, 0);
    double a[MAX * MAX], b[MAX * MAX], c[MAX * MAX], d[MAX * MAX];
    float fa[MAX * MAX], fb[MAX * MAX], fc[MAX * MAX];
    const size_t m = 7, n = 5, k = 3, ld = 9;

    draw(&r, a, MAX * MAX);
    draw(&r, b, MAX * MAX);
    for (int t = 0; t < 4; t++) {
        draw(&r, c, MAX * MAX);
        memcpy(d, c, sizeof(d));
        for (size_t i = 0; i < MAX * MAX; i++) {
            fa[i] = (float)a[i];
            fb[i] = (float)b[i];
            fc[i] = (float)c[i];
        }
        dw_gemm(t & 1, t & 2, m, n, k, 1.5, a, ld, b, ld, 0.5, c, ld);
        dw_sgemm(t & 1, t & 2, m, n, k, 1.5F, fa, ld, fb, ld, 0.5F, fc, ld);
        plain_gemm(t & 1, t & 2, m, n, k, 1.5, a, ld, b, ld, 0.5, d, ld);
        OK(distance(c, d, MAX * MAX) < 1e-13, "gemm %d", t);
        double worst = 0;
        for (size_t i = 0; i < MAX * MAX; i++)
            worst = fmax(worst, fabs(fc[i] - d[i]));
        OK(worst < 1e-5, "sgemm %d", t);
    }
    for (int t = 0; t < 2; t++) {
        draw(&r, c, MAX * MAX);
        memcpy(d, c, sizeof(d));
        dw_syrk(t, n, k, 2, a, ld, 0.25, c, ld);
        double above = c[0 + 3 * ld];
        plain_gemm(t, !t, n, n, k, 2, a, ld, a, ld, 0.25, d, ld);
        OK(above != d[0 + 3 * ld], "syrk %d leaves the upper triangle", t);
        dw_symmetrise(n, c, ld);
        dw_symmetrise(n, d, ld);
        OK(distance(c, d, MAX * MAX) < 1e-13, "syrk %d", t);

        draw(&r, c, MAX);
        memcpy(d, c, sizeof(double) * MAX);
        dw_gemv(t, m, n, -1, a, ld, b, 2, c);
        plain_gemm(t, 0, t ? n : m, 1, t ? m : n, -1, a, ld, b, ld, 2, d, ld);
        OK(distance(c, d, MAX) < 1e-13, "gemv %d", t);
    }
    NEAR(dw_dot(3, a, b), a[0] * b[0] + a[1] * b[1] + a[2] * b[2], 1e-14, 1,
         "dot");
    NEAR(dw_nrm2(3, a), sqrt(dw_dot(3, a, a)), 1e-14, 1, "nrm2");
}

static void test_empty(void)
{
    double a[4] = {1, 2, 3, 4}, c[4] = {1, 2, 3, 4};

    dw_gemm(false, false, 2, 2, 0, 1, a, 2, a, 0, 0.5, c, 2);
    OK(c[0] == 0.5 && c[3] == 2, "gemm with k = 0 scales C");
    dw_gemm(false, false, 0, 2, 2, 1, a, 0, a, 2, 0.5, c, 0);
    dw_gemv(true, 0, 2, 1, a, 0, a, 0, c);
    OK(c[0] == 0 && c[1] == 0 && c[2] == 1.5, "gemv over nothing sets y");
    OK(dw_chol_factor(0, a, 0) == 0 && dw_chol_logdet(0, a, 0) == 0,
       "the empty matrix has determinant 1");
    OK(dw_dot(0, a, a) == 0 && dw_all_finite(0, a), "empty vectors");
    OK(!dw_linalg_fits((size_t)1 << 31) && dw_linalg_fits(INT32_MAX),
       "2^31 is no BLAS integer");
}

static void test_symmetrise(void)
{
    double a[MAX * MAX];
    size_t wrong = 0;

    for (size_t j = 0; j < MAX; j++)
        for (size_t i = 0; i < MAX; i++)
            a[i + j * MAX] = i >= j ? (double)(i * 1000 + j) : -1;
    dw_symmetrise(MAX - 1, a, MAX);
    for (size_t j = 0; j < MAX; j++)
        for (size_t i = 0; i < j; i++)
            wrong +=
                a[i + j * MAX] != (j == MAX - 1 ? -1 : (double)(j * 1000 + i));
    OK(wrong == 0, "symmetrise, across tiles, and not past n");
}

/* a <- B B' + ridge I, B (n x rank). */
static void make_spd(dw_rng *r, size_t n, size_t rank, double ridge, double *a)
{
    double b[MAX * MAX];

    draw(r, b, n * rank);
    plain_gemm(0, 1, n, n, rank, 1, b, n, b, n, 0, a, n);
    for (size_t i = 0; i < n; i++)
        a[i + i * n] += ridge;
}

static void test_chol(void)
{
    dw_rng r = dw_rng_init(2, 0);
    double a[MAX * MAX] = {0}, l[MAX * MAX], x[MAX], y[MAX], d[MAX], e[MAX];
    double b[MAX * MAX] = {0}, inv[MAX * MAX], lower[MAX * MAX];
    const size_t n = 20;

    make_spd(&r, n, n, 0.1, a);
    memcpy(l, a, sizeof(l));
    OK(dw_chol_factor(n, l, n) == 0, "positive definite");
    draw(&r, x, n);
    plain_gemm(0, 0, n, 1, n, 1, a, n, x, n, 0, memset(y, 0, sizeof(y)), n);
    dw_chol_solve(n, 1, l, n, y, n);
    OK(distance(x, y, n) < 1e-10, "solve");
    double logdet = dw_chol_logdet(n, l, n);
    for (size_t j = 0; j < n; j++) { /* A^-1 column by column */
        memset(y, 0, sizeof(y));
        y[j] = 1;
        dw_chol_solve(n, 1, l, n, y, n);
        d[j] = y[j];
    }
    memcpy(inv, l, sizeof(inv));
    OK(dw_chol_inverse(n, inv, n) == 0, "invert");
    dw_symmetrise(n, inv, n);
    plain_gemm(0, 0, n, n, n, 1, a, n, inv, n, 0, memset(b, 0, sizeof(b)), n);
    for (size_t i = 0; i < n; i++)
        b[i + i * n] -= 1;
    OK(dw_nrm2(n * n, b) < 1e-10, "A A^-1 = I");
    draw(&r, b, n * n);
    memcpy(inv, b, sizeof(inv));
    dw_trsm_right(true, n, n, l, n, b, n);
    for (size_t j = 0; j < n; j++) /* the strict upper triangle is not L */
        memset(lower + j * MAX, 0, sizeof(double) * MAX);
    for (size_t j = 0; j < n; j++)
        memcpy(lower + j + j * n, l + j + j * n, sizeof(double) * (n - j));
    plain_gemm(0, 1, n, n, n, -1, b, n, lower, n, 1, inv, n);
    OK(dw_nrm2(n * n, inv) < 1e-11, "B L'^-1 L' = B");
    dw_mat_inverse_diagonal(n, dw_mat_of(l, n), dw_mat_of(lower, n), 7, e);
    OK(distance(d, e, n) < 1e-11, "diagonal of the inverse");

    dw_eigen_ws *ws = dw_eigen_ws_new(n);
    double w[MAX], sum = 0;
    OK(dw_eigen_symmetric(ws, n, a, n, w) == 0, "converges");
    for (size_t i = 0; i < n; i++)
        sum += log(w[i]);
    NEAR(logdet, sum, 1e-12, 1, "logdet is the sum of logs of eigenvalues");
    dw_eigen_ws_free(ws);

    make_spd(&r, 4, 4, 1, a);
    a[2 + 2 * 4] = -1;
    OK(dw_chol_factor(4, a, 4) == 3, "not positive definite at column 3");
    for (int where = 0; where < 2; where++) {
        make_spd(&r, 4, 4, 1, a);
        a[where ? 3 + 1 * 4 : 1 + 1 * 4] = where ? (double)INFINITY : NAN;
        OK(dw_chol_factor(4, a, 4) == 2, "NaN or infinity in column 2");
    }
}

/* V' V = I and V diag(w) V' = A, w descending, signs fixed. */
static void check_eigen(const char *what, size_t n, const double *a,
                        const double *v, const double *w)
{
    double g[MAX * MAX], vw[MAX * MAX] = {0};
    double off = 0;
    int order = 1, sign = 1;

    plain_gemm(1, 0, n, n, n, 1, v, n, v, n, 0, memset(g, 0, sizeof(g)), n);
    for (size_t i = 0; i < n * n; i++)
        off = fmax(off, fabs(g[i] - (i % (n + 1) == 0)));
    OK(off < 1e-13, "%s: orthonormal, %g", what, off);
    for (size_t i = 0; i < n * n; i++)
        vw[i] = v[i] * w[i / n];
    plain_gemm(0, 1, n, n, n, 1, vw, n, v, n, 0, memset(g, 0, sizeof(g)), n);
    OK(distance(g, a, n * n) < 1e-12 * fmax(1, w[0]), "%s: V w V' = A", what);
    for (size_t j = 0; j < n; j++) {
        double top = 0;

        order &= j == 0 || w[j] <= w[j - 1];
        for (size_t i = 0; i < n; i++)
            if (fabs(v[i + j * n]) > fabs(top))
                top = v[i + j * n];
        sign &= top > 0;
    }
    OK(order, "%s: descending", what);
    OK(sign, "%s: largest element positive", what);
}

/* Which thread, with a workspace grown to what block, must not be seen. */
static void check_roomy(dw_rng *r)
{
    double a[MAX * MAX] = {0}, v[MAX * MAX], w[MAX], lambda[MAX];
    dw_eigen_ws *roomy = dw_eigen_ws_new(20 * MAX);

    for (size_t n = 20; n <= MAX; n += 11) {
        dw_eigen_ws *just = dw_eigen_ws_new(n);
        bool done;

        make_spd(r, n, n, 0, a);
        memcpy(v, a, sizeof(v));
        done = dw_eigen_symmetric(roomy, n, v, n, w) == 0 &&
               dw_eigen_symmetric(just, n, a, n, lambda) == 0;
        OK(done && memcmp(a, v, n * n * sizeof *a) == 0 &&
               memcmp(w, lambda, n * sizeof *w) == 0,
           "n = %zu: the same bits in a large workspace", n);
        dw_eigen_ws_free(just);
    }
    dw_eigen_ws_free(roomy);
}

static void test_eigen(void)
{
    dw_rng r = dw_rng_init(3, 0);
    double a[MAX * MAX], v[MAX * MAX], w[MAX], pivot[4] = {1, 0, 0, 1};
    dw_eigen_ws *ws = dw_eigen_ws_new(MAX);

    for (size_t n = 1; n <= MAX; n = n * 2 + (n > 3)) {
        make_spd(&r, n, n, 0, a);
        memcpy(v, a, sizeof(v));
        OK(dw_eigen_symmetric(ws, n, v, n, w) == 0, "n = %zu", n);
        check_eigen("full rank", n, a, v, w);
    }
    make_spd(&r, 40, 7, 0, a);
    memcpy(v, a, sizeof(v));
    OK(dw_eigen_symmetric(ws, 40, v, 40, w) == 0, "rank 7 of 40");
    check_eigen("rank 7 of 40", 40, a, v, w);
    OK(w[6] > 0.1 && fabs(w[7]) < 1e-12, "7 eigenvalues and zeros");

    check_roomy(&r);

    memset(a, 0, sizeof(a));
    for (size_t i = 0; i < 9; i++)
        a[i + i * 9] = 2;
    memcpy(v, a, sizeof(v));
    OK(dw_eigen_symmetric(ws, 9, v, 9, w) == 0, "2 I");
    check_eigen("2 I", 9, a, v, w);

    pivot[1] = NAN;
    OK(dw_eigen_symmetric(ws, 2, pivot, 2, w) == 1, "NaN told by column");
    OK(dw_eigen_symmetric(ws, 0, pivot, 0, w) == 0, "nothing");
    OK(dw_eigen_symmetric(ws, MAX + 1, a, MAX + 1, w) == DW_EBUG,
       "larger than the workspace");
    dw_eigen_ws_free(ws);
    OK(!dw_eigen_ws_new(40000), "a workspace that LAPACK could not address");
    for (unsigned long i = 1; i <= 2; i++) {
        dw_mem_fail_at(i);
        OK(!dw_eigen_ws_new(8), "allocation %lu fails", i);
        dw_mem_fail_at(0);
    }
    dw_eigen_ws_free(NULL);
}

static void test_library(void)
{
    dw_err err = {0};

    OK(dw_linalg_check(&err) == 0, "self-test %s", err.msg);
    OK(strstr(dw_linalg_library(), "BLAS"), "%s", dw_linalg_library());
    dw_mem_fail_at(1);
    OK(dw_linalg_check(&err) == DW_ENOMEM, "self-test without memory");
    dw_mem_fail_at(0);
}

/* The threads of this process; 0: this system does not say. */
static size_t count_threads(void)
{
    DIR *tasks = opendir("/proc/self/task");
    size_t n = 0;

    for (struct dirent *d; tasks && (d = readdir(tasks));)
        n += d->d_name[0] != '.';
    if (tasks)
        closedir(tasks);
    return n;
}

static void test_threads(void)
{
#ifdef __SANITIZE_THREAD__
    const size_t ours = 2; /* the sanitizer has one */
#else
    const size_t ours = 1;
#endif
    size_t n = count_threads();

    OK(n == 0 || n == ours, "no thread of the BLAS is left (%zu)", n);
}

int main(void)
{
    dw_linalg_single_thread();
    test_threads();
    test_products();
    test_empty();
    test_symmetrise();
    test_chol();
    test_eigen();
    test_library();
    return tap_done();
}
