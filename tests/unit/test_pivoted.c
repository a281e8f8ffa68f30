/* pivoted: what it leaves of matrices whose rank is known. */
#include "linalg/pivoted.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "linalg/blas.h"
#include "linalg/dense.h"
#include "tap.h"

/* R = X'X of n people and m variants, of length 1 each, plus noise of that
 * size in each pair; every third variant is its neighbour again. */
static float *correlations(size_t n, size_t m, double noise)
{
    dw_rng rng = dw_rng_init(n, m);
    double *x = dw_alloc(n * m, sizeof *x), *r = dw_alloc(m * m, sizeof *r);
    float *out = dw_alloc(m * m, sizeof *out);

    for (size_t j = 0; j < m; j++) {
        double size;

        for (size_t i = 0; i < n; i++)
            x[i + j * n] = j && j % 3 == 2 ? x[i + (j - 1) * n]
                           : j && dw_rng_uniform(&rng) < 0.8
                               ? x[i + (j - 1) * n]
                               : dw_rng_normal(&rng);
        size = dw_nrm2(n, x + j * n);
        dw_scal(n, 1 / size, x + j * n);
    }
    dw_gemm(true, false, m, m, n, 1, x, n, x, n, 0, r, m);
    for (size_t j = 0; j < m; j++) {
        for (size_t i = j; i < m; i++)
            out[i + j * m] = out[j + i * m] =
                (float)(r[i + j * m] + noise * (dw_rng_uniform(&rng) - 0.5));
        out[j + j * m] = 1;
    }
    dw_free(x);
    dw_free(r);
    return out;
}

/* The largest |R - C C'|. */
static double error(size_t m, const float *r, const double *c, size_t rank)
{
    double worst = 0;

    for (size_t j = 0; j < m; j++) {
        for (size_t i = 0; i < m; i++) {
            double x = (double)r[i + j * m];

            for (size_t t = 0; t < rank; t++)
                x -= c[i + t * m] * c[j + t * m];
            worst = fmax(worst, fabs(x));
        }
    }
    return worst;
}

static void test_ranks(void)
{
    static const struct {
        size_t n, m;
    } shape[] = {{5, 40}, {50, 200}, {100, 400}, {300, 100}, {1, 7}, {9, 1}};
    dw_pivoted_ws *ws = dw_pivoted_ws_new();

    for (size_t s = 0; s < DW_COUNT(shape); s++) {
        size_t n = shape[s].n, m = shape[s].m, rank;
        float *r = correlations(n, m, 0);
        double *c = dw_alloc(m * m, sizeof *c), left;
        int rc = dw_pivoted_factor(ws, m, r, m, 1e-6, m, c, &rank);

        OK(rc == 0 && rank <= (n < m ? n : m), "%zu x %zu: rank %zu", n, m,
           rank);
        OK(error(m, r, c, rank) < 1e-4, "%zu x %zu: R to %.1e", n, m,
           error(m, r, c, rank));
        left = dw_pivoted_left(ws, m, r, m, c, rank);
        OK(left >= 0 && left < 1e-3, "%zu x %zu: %.1e is left", n, m, left);
        if (rank > 1) {
            double all = dw_pivoted_left(ws, m, r, m, c, 0);
            double sum = 0;

            for (size_t i = 0; i < m * m; i++)
                sum += (double)r[i] * (double)r[i];
            OK(all <= sqrt(sum) * (1 + 1e-6) && all > sqrt(sum / (double)rank),
               "%zu x %zu: the largest eigenvalue is about %g", n, m, all);
            rc = dw_pivoted_factor(ws, m, r, m, 1e-6, rank - 1, c, &rank);
            OK(rc == 1, "%zu x %zu: not within a rank too small", n, m);
        }
        dw_free(r);
        dw_free(c);
    }
    dw_pivoted_ws_free(ws);
}

/* What is below 0 by rounding stops it: no column is made of noise. */
static void test_rounded(void)
{
    dw_pivoted_ws *ws = dw_pivoted_ws_new();
    float *r = correlations(50, 400, 1e-6); /* six digits of text */
    double *c = dw_alloc(400 * 400, sizeof *c);
    size_t rank;
    int rc = dw_pivoted_factor(ws, 400, r, 400, 1e-9, 400, c, &rank);

    OK(rc == 0 && rank <= 60, "rounded: rank %zu of 50", rank);
    dw_free(r);
    dw_free(c);
    dw_pivoted_ws_free(ws);
}

/* The same each time, whatever the workspace was used for before. */
static void test_same(void)
{
    dw_pivoted_ws *ws = dw_pivoted_ws_new();
    float *r = correlations(50, 200, 0), *other = correlations(20, 300, 0);
    double *c = dw_alloc(300 * 300, sizeof *c), *d;
    size_t rank, again;
    int rc = dw_pivoted_factor(ws, 200, r, 200, 1e-6, 200, c, &rank);

    d = dw_alloc(300 * 300, sizeof *d);
    rc |= dw_pivoted_factor(ws, 300, other, 300, 1e-6, 300, d, &again);
    rc |= dw_pivoted_factor(ws, 200, r, 200, 1e-6, 200, d, &again);
    OK(rc == 0 && rank == again && memcmp(c, d, 200 * rank * sizeof *c) == 0,
       "the same factor again");
    dw_free(r);
    dw_free(other);
    dw_free(c);
    dw_free(d);
    dw_pivoted_ws_free(ws);
}

static void test_memory(void)
{
    float *r = correlations(5, 40, 0);
    double *c = dw_alloc(40 * 40, sizeof *c);
    size_t failures = 0;

    for (unsigned long i = 1; i <= 7; i++) {
        dw_pivoted_ws *ws = dw_pivoted_ws_new();
        size_t rank = 0;
        int rc;

        dw_mem_fail_at(i);
        rc = dw_pivoted_factor(ws, 40, r, 40, 1e-6, 40, c, &rank);
        failures += rc == DW_ENOMEM;
        if (rc == 0)
            failures += dw_pivoted_left(ws, 40, r, 40, c, rank) < 0;
        dw_mem_fail_at(0);
        dw_pivoted_ws_free(ws);
    }
    OK(failures == 7, "%zu failed allocations are told", failures);
    dw_free(r);
    dw_free(c);
}

int main(void)
{
    dw_linalg_single_thread();
    test_ranks();
    test_rounded();
    test_same();
    test_memory();
    return tap_done();
}
