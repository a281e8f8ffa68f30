/* Conjugate gradients and Lanczos' quadrature against dense algebra. */
#include "tap.h"

#include "base/mem.h"
#include "base/rng.h"
#include "linalg/blas.h"
#include "linalg/cg.h"
#include "linalg/chol.h"
#include "linalg/dense.h"
#include "linalg/eigen.h"

enum { N = 40, C = 4, STEPS = 60 };

struct problem {
    double s[N * N], m[N]; /* S, and the diagonal M */
};

static void product(void *ctx, size_t c, const double *v, double *out)
{
    const struct problem *p = ctx;

    dw_gemm(false, false, N, c, N, 1, p->s, N, v, N, 0, out, N);
}

static void precondition(void *ctx, size_t c, double *v)
{
    const struct problem *p = ctx;

    for (size_t j = 0; j < c; j++)
        for (size_t i = 0; i < N; i++)
            v[i + j * N] /= p->m[i];
}

/* S = X X' + D, eigenvalues over four orders of magnitude. */
static void make(struct problem *p, double *b)
{
    dw_rng r = dw_rng_init(11, 0);
    static double x[N * N];

    for (size_t i = 0; i < N * N; i++)
        x[i] = dw_rng_normal(&r);
    memset(p->s, 0, sizeof p->s);
    dw_syrk(false, N, N, 0.1, x, N, 0, p->s, N);
    dw_symmetrise(N, p->s, N);
    for (size_t i = 0; i < N; i++) {
        p->s[i + i * N] += pow(10, (double)i / 10);
        p->m[i] = p->s[i + i * N];
    }
    for (size_t i = 0; i < N * C; i++)
        b[i] = dw_rng_normal(&r);
    memset(b + N, 0, N * sizeof *b); /* the second one is 0 */
}

/* b'M^-1/2 log(M^-1/2 S M^-1/2) M^-1/2 b by all eigenvectors. */
static double dense_log(const struct problem *p, const double *b)
{
    static double a[N * N];
    dw_eigen_ws *ws = dw_eigen_ws_new(N);
    double w[N], sum = 0;

    for (size_t j = 0; j < N; j++)
        for (size_t i = 0; i < N; i++)
            a[i + j * N] = p->s[i + j * N] / sqrt(p->m[i] * p->m[j]);
    if (dw_eigen_symmetric(ws, N, a, N, w) != 0)
        sum = NAN;
    for (size_t j = 0; j < N; j++) {
        double dot = 0;

        for (size_t i = 0; i < N; i++)
            dot += a[i + j * N] * b[i] / sqrt(p->m[i]);
        sum += dot * dot * log(w[j]);
    }
    dw_eigen_ws_free(ws);
    return sum;
}

static void test_solve(void)
{
    static struct problem p;
    static double b[N * C], x[N * C], want[N * C], l[N * N];
    dw_cg_system s = {N, &p, product, precondition};
    dw_cg *ws = dw_cg_new(N, C, STEPS);
    dw_cg_end end;
    double worst = 0;

    make(&p, b);
    memcpy(l, p.s, sizeof l);
    memcpy(want, b, sizeof want);
    OK(dw_chol_factor(N, l, N) == 0, "dense");
    dw_chol_solve(N, C, l, N, want, N);
    OK(dw_cg_solve(ws, &s, C, b, x, 1e-13, &end) == 0, "cg");
    for (size_t i = 0; i < N * C; i++)
        worst = isnan(x[i]) ? INFINITY : fmax(worst, fabs(x[i] - want[i]));
    OK(worst < 1e-11, "the solution, off by %.1g", worst);
    OK(x[N] == 0 && x[2 * N - 1] == 0, "of 0 it is 0");
    OK(end.steps > 5 && end.steps < STEPS && end.residual <= 1e-13,
       "%zu steps to %.1g", end.steps, end.residual);
    for (size_t c = 0; c < C; c++) {
        double dense = dense_log(&p, b + c * N);

        NEAR(dw_cg_quadrature(ws, c, log), dense, 1e-10, 1, "the logarithm");
    }
    OK(dw_cg_quadrature(ws, 1, log) == 0, "of 0 it is 0");

    OK(dw_cg_solve(ws, &s, C, b, x, 0.1, &end) == 0 && end.residual <= 0.1 &&
           end.steps < 20,
       "a coarse tolerance ends sooner");
    dw_cg_free(ws);
    ws = dw_cg_new(N, C, 3);
    OK(dw_cg_solve(ws, &s, C, b, x, 1e-13, &end) == 0 && end.steps == 3 &&
           end.residual > 1e-3,
       "when steps run out the residual says so: %.1g", end.residual);
    dw_cg_free(ws);
}

static void test_broken(void)
{
    static struct problem p;
    static double b[N * C], x[N * C];
    dw_cg_system s = {N, &p, product, precondition};
    dw_cg *ws = dw_cg_new(N, C, STEPS);
    dw_cg_end end;

    make(&p, b);
    p.s[0] = -1e6;
    OK(dw_cg_solve(ws, &s, C, b, x, 1e-8, &end) == 1, "S is indefinite");
    make(&p, b);
    p.m[0] = -1e-6;
    OK(dw_cg_solve(ws, &s, C, b, x, 1e-8, &end) == 1, "M is indefinite");
    make(&p, b);
    b[3] = NAN;
    OK(dw_cg_solve(ws, &s, C, b, x, 1e-8, &end) == 1, "NaN");
    make(&p, b);
    p.s[5] = INFINITY;
    OK(dw_cg_solve(ws, &s, C, b, x, 1e-8, &end) == 1, "infinity");
    s.n = N + 1;
    OK(dw_cg_solve(ws, &s, C, b, x, 1e-8, &end) == DW_EBUG,
       "larger than the workspace");
    dw_cg_free(ws);
    dw_cg_free(NULL);
    for (unsigned long i = 1; i <= 13; i++) {
        dw_mem_fail_at(i);
        OK(!dw_cg_new(8, 2, 4), "allocation %lu", i);
        dw_mem_fail_at(0);
    }
    OK(!dw_cg_new((size_t)1 << 40, 2, 4), "a size past BLAS integers");
}

int main(void)
{
    dw_linalg_single_thread();
    test_solve();
    test_broken();
    return tap_done();
}
