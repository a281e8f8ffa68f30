/* mat: single against double, double against linalg/dense and linalg/chol. */
#include "tap.h"

#include "base/mem.h"
#include "base/rng.h"
#include "linalg/blas.h"
#include "linalg/chol.h"
#include "linalg/dense.h"
#include "linalg/mat.h"

enum { N = 37, C = 5, LD = 41 };

/* Of float32 sums over some 40 terms of size 1. */
static const double TOL = 2e-5;

typedef struct pair {
    dw_mat d, s;
} pair;

static pair draw(uint64_t seed, size_t cols)
{
    dw_rng r = dw_rng_init(seed, 3);
    pair p = {dw_mat_alloc(LD, cols, false), dw_mat_alloc(LD, cols, true)};
    double x[LD];

    for (size_t j = 0; j < cols; j++) {
        for (size_t i = 0; i < LD; i++)
            x[i] = dw_rng_normal(&r);
        dw_mat_put(LD, x, p.d, j);
        dw_mat_put(LD, x, p.s, j);
    }
    return p;
}

static void drop(pair p)
{
    dw_free(p.d.at);
    dw_free(p.s.at);
}

/* The largest difference of the two, lower triangles only if `lower`. */
static double apart(pair p, size_t m, size_t n, bool lower)
{
    double worst = 0;

    for (size_t j = 0; j < n; j++)
        for (size_t i = lower ? j : 0; i < m; i++) {
            double d = dw_mat_entry(p.d, i, j) - dw_mat_entry(p.s, i, j);

            worst = isnan(d) ? INFINITY : fmax(worst, fabs(d));
        }
    return worst;
}

static void test_columns(void)
{
    pair a = draw(1, C);
    double x[LD], y[LD], w[LD], sum = 0;
    dw_mat part = dw_mat_from(a.s, 2, 1);

    for (size_t i = 0; i < LD; i++)
        w[i] = 1 + (double)i;
    dw_mat_get(N, a.d, 2, x);
    OK(x[3] == dw_mat_entry(a.d, 3, 2), "a column is what it is made of");
    dw_mat_get(N, part, 1, y);
    OK(y[1] == (float)x[3], "a part begins where it is told");
    NEAR(dw_mat_dot(N, a.s, 1, a.s, 2), dw_mat_dot(N, a.d, 1, a.d, 2), TOL, 1,
         "dot");
    for (size_t i = 0; i < N; i++)
        sum += w[i] * x[i] * x[i];
    NEAR(dw_mat_weighted_squares(N, w, a.d, 2), sum, 1e-13, 1, "squares");
    NEAR(dw_mat_weighted_squares(N, w, a.s, 2), sum, TOL, 1, "squares, single");
    for (int single = 0; single < 2; single++) {
        dw_mat m = single ? a.s : a.d;
        double bound = single ? TOL : 1e-13;

        memcpy(y, w, sizeof y);
        dw_mat_axpy(N, 2, m, 2, y);
        dw_mat_add_squares(N, -1, m, 2, y);
        NEAR(y[5], w[5] + 2 * x[5] - x[5] * x[5], bound, 1, "axpy, squares");
        OK(y[N] == w[N], "and no further");
        for (int to = 0; to < 2; to++) {
            dw_mat b = dw_mat_alloc(LD, 2, to);

            dw_mat_put_scaled(N, 3, w, m, 2, b, 1);
            NEAR(dw_mat_entry(b, 7, 1), 3 * w[7] * x[7], TOL, 1, "scaled");
            dw_mat_copy(N, 2, dw_mat_from(m, 0, 1), b);
            NEAR(dw_mat_entry(b, 7, 1), x[7], TOL, 1, "copied");
            dw_free(b.at);
        }
    }
    dw_mat_scale_rows(N, C, w, a.d);
    dw_mat_scale_rows(N, C, w, a.s);
    OK(dw_mat_entry(a.d, 4, 2) == w[4] * x[4] && apart(a, N, C, false) < 1e-4,
       "rows scaled");
    drop(a);
}

static void test_products(void)
{
    pair a = draw(2, N), b = draw(3, N), c = draw(4, N);

    for (int t = 0; t < 4; t++) {
        dw_mat_gemm(t & 1, t & 2, N, C, N, -0.5, a.d, b.d, 0.25, c.d);
        dw_mat_gemm(t & 1, t & 2, N, C, N, -0.5, a.s, b.s, 0.25, c.s);
        OK(apart(c, N, C, false) < TOL, "gemm %d", t);
    }
    for (int t = 0; t < 2; t++) {
        double before = dw_mat_entry(c.s, 0, 3);

        dw_mat_syrk(t, N, N, a.d, 0.5, c.d);
        dw_mat_syrk(t, N, N, a.s, 0.5, c.s);
        OK(apart(c, N, N, true) < TOL && before == dw_mat_entry(c.s, 0, 3),
           "syrk %d, of the lower triangle", t);
    }
    drop(a);
    drop(b);
    drop(c);
}

static void test_factor(void)
{
    pair a = draw(5, N), s = draw(6, N), b = draw(7, N);
    double d[N], e[N];

    dw_mat_syrk(false, N, N, a.d, 0, s.d);
    dw_mat_syrk(false, N, N, a.s, 0, s.s);
    dw_mat_add_identity(N, 20, s.d);
    dw_mat_add_identity(N, 20, s.s);
    OK(dw_mat_factor(N, s.d) == 0 && dw_mat_factor(N, s.s) == 0 &&
           apart(s, N, N, true) < TOL,
       "factor");
    NEAR(dw_mat_logdet(N, s.s), dw_mat_logdet(N, s.d), TOL, 1, "determinant");
    for (int t = 0; t < 2; t++) {
        dw_mat_solve(t, N, C, s.d, b.d);
        dw_mat_solve(t, N, C, s.s, b.s);
        OK(apart(b, N, C, false) < TOL, "solve %d", t);
        dw_mat_solve_right(t, C, N, s.d, b.d);
        dw_mat_solve_right(t, C, N, s.s, b.s);
        OK(apart(b, C, N, false) < TOL, "solve from the right %d", t);
    }
    OK(dw_mat_invert_factor(N, s.d) == 0 && dw_mat_invert_factor(N, s.s) == 0,
       "inverse");
    dw_mat_inverse_diagonal(N, s.d, d);
    dw_mat_inverse_diagonal(N, s.s, e);
    for (size_t i = 0; i < N; i += 9)
        NEAR(e[i], d[i], TOL, 1, "its diagonal");
    drop(a);
    drop(s);
    drop(b);
}

static void test_edges(void)
{
    float bad[4] = {1, 0, 0, -1}, nan[4] = {1, NAN, 0, 1};
    float inf[4] = {1, 0, 0, INFINITY};

    OK(dw_mat_factor(2, (dw_mat){bad, 2, true}) == 2, "not positive definite");
    OK(dw_mat_factor(2, (dw_mat){nan, 2, true}) == 1, "NaN");
    OK(dw_mat_factor(2, (dw_mat){inf, 2, true}) == 2, "infinity");
    OK(dw_mat_factor(0, (dw_mat){bad, 0, true}) == 0 &&
           dw_mat_logdet(0, (dw_mat){bad, 0, true}) == 0,
       "the empty matrix");
    dw_mat_syrk(false, 0, 2, (dw_mat){bad, 0, true}, 0, (dw_mat){bad, 0, true});
    dw_mat_solve(false, 2, 0, (dw_mat){bad, 2, true}, (dw_mat){bad, 2, true});
    OK(dw_mat_dot(0, (dw_mat){bad, 2, true}, 0, (dw_mat){bad, 2, true}, 1) == 0,
       "empty columns");
    OK(!dw_mat_alloc((size_t)1 << 40, 2, true).at, "past BLAS integers");
    dw_mem_fail_at(1);
    OK(!dw_mat_alloc(2, 2, true).at, "no memory");
    dw_mem_fail_at(0);
}

int main(void)
{
    dw_linalg_single_thread();
    test_columns();
    test_products();
    test_factor();
    test_edges();
    return tap_done();
}
