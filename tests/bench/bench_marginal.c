/*
 * bench_marginal: the rate of (7) and (8), and of what they are made of,
 * against the DGEMM and DSYRK of the same BLAS in the same run.  Asserts
 * nothing.
 *
 *     bench_marginal [M [K [REPEATS [FILE]]]]
 *
 * A rate counts the flops that the primal needs, 2 k^2 m + k^3 / 3, whatever
 * was done; medians of REPEATS, CPU time of one thread.  FILE holds Q (k x m),
 * y (k) and F (m) as doubles: then one line comes out, the seconds of (7) and
 * (8) in double and in single, log p, and the sum of the gradient, with s2 = 1
 * and tau = 0; see torch_window.py.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/rng.h"
#include "lik/ldsr.h"
#include "lik/marginal.h"
#include "linalg/blas.h"
#include "linalg/chol.h"
#include "linalg/dense.h"
#include "linalg/mat.h"
#include "median.h"

enum { MAX_REPEATS = 101 };

typedef struct bench {
    size_t m, k, repeats;
    double *q, *a, *s, *f, *grad, *lambda, *y;
    float *q32;
    double gemm; /* GFLOP/s, what all is held against */
} bench;

typedef void task(bench *b, void *ctx);

/* The median, in CPU time of this thread. */
static double seconds(bench *b, task *work, void *ctx)
{
    double t[MAX_REPEATS];

    work(b, ctx); /* touches the memory */
    for (size_t i = 0; i < b->repeats; i++) {
        double start = dw_clock_thread();

        work(b, ctx);
        t[i] = dw_clock_thread() - start;
    }
    return median(b->repeats, t);
}

static double report(bench *b, const char *what, double flops, task *work,
                     void *ctx)
{
    double s = seconds(b, work, ctx), rate = flops / s * 1e-9;

    if (b->gemm == 0)
        b->gemm = rate;
    printf("%-34s %9.2f ms %8.2f GFLOP/s %7.2f of DGEMM\n", what, 1e3 * s, rate,
           rate / b->gemm);
    return s;
}

static void gemm(bench *b, void *ctx)
{
    (void)ctx;
    dw_gemm(false, true, b->k, b->k, b->m, 1, b->q, b->k, b->a, b->k, 0, b->s,
            b->k);
}

static void syrk(bench *b, void *ctx)
{
    (void)ctx;
    dw_syrk(false, b->k, b->m, 1, b->q, b->k, 0, b->s, b->k);
}

/* s <- a positive definite matrix, cheaply. */
static void easy(bench *b)
{
    for (size_t i = 0; i < b->k * b->k; i++)
        b->s[i] = 1e-3;
    for (size_t i = 0; i < b->k; i++)
        b->s[i + i * b->k] = 2;
}

static void potrf(bench *b, void *ctx)
{
    (void)ctx;
    easy(b);
    if (dw_chol_factor(b->k, b->s, b->k))
        abort();
}

static void inverse_diagonal(bench *b, void *ctx)
{
    (void)ctx;
    dw_mat_inverse_diagonal(b->k, dw_mat_of(b->s, b->k), dw_mat_of(b->a, b->k),
                            b->m, b->grad);
}

static void trsm(bench *b, void *ctx)
{
    (void)ctx;
    memcpy(b->a, b->q, b->k * b->m * sizeof(double));
    dw_trsm(false, b->k, b->m, b->s, b->k, b->a, b->k);
}

typedef struct step {
    dw_marginal_ws *ws;
    dw_factor fac;
    dw_noise at;
    int grad, noise;
    double loglik;
} step;

static void marginal(bench *b, void *ctx)
{
    step *s = ctx;
    dw_noise d;

    if (dw_marginal_block(s->ws, &s->fac, b->f, s->at, &s->loglik,
                          s->grad ? b->grad : NULL, s->noise ? &d : NULL))
        abort();
}

static void ldsr(bench *b, void *ctx)
{
    dw_ldsr_block block = {.m = b->m,
                           .k = b->k,
                           .core = b->m / 3,
                           .l = b->m / 3,
                           .q = b->q32,
                           .z = b->q32};
    double loss;
    size_t n;

    if (dw_ldsr_loss(ctx, &block, b->f, b->f, (dw_noise){1, 0.3}, 0.1, &loss,
                     &n, b->grad, NULL))
        abort();
}

static void fill(bench *b)
{
    dw_rng r = dw_rng_init(1, 0);

    for (size_t i = 0; i < b->k * b->m; i++) {
        b->q[i] = dw_rng_normal(&r) / 30;
        b->q32[i] = (float)b->q[i];
        b->a[i] = b->q[i];
    }
    for (size_t i = 0; i < b->k; i++) {
        b->lambda[i] = 20.0 / (double)(1 + i);
        b->y[i] = dw_rng_normal(&r);
    }
    for (size_t j = 0; j < b->m; j++)
        b->f[j] = 0.01 * (1 + dw_rng_uniform(&r));
}

static const struct way {
    const char *what;
    dw_solving how;
} WAYS[] = {
    {"primal", {.solver = DW_SOLVER_PRIMAL}},
    {"primal, single",
     {.solver = DW_SOLVER_PRIMAL, .precision = DW_PRECISION_SINGLE}},
    {"dual", {.solver = DW_SOLVER_DUAL}},
    {"dual, single",
     {.solver = DW_SOLVER_DUAL, .precision = DW_PRECISION_SINGLE}},
};

static void run_way(bench *b, const struct way *way, double need, double *last)
{
    step s = {.ws = dw_marginal_ws_new(b->m, b->k, &way->how),
              .fac = {.m = b->m,
                      .k = b->k,
                      .lambda = b->lambda,
                      .y = b->y,
                      .q32 = b->q32},
              .at = {1, 0.3},
              .grad = 1};
    char what[64];
    double took;

    if (!s.ws)
        abort();
    snprintf(what, sizeof what, "%s, (7) (8)", way->what);
    took = report(b, what, need, marginal, &s);
    if (way->how.precision == DW_PRECISION_SINGLE)
        printf("%-34s %9.2f x\n", "    against double", *last / took);
    *last = took;
    s.noise = 1;
    snprintf(what, sizeof what, "%s, (7) (8) (10)", way->what);
    report(b, what, need, marginal, &s);
    dw_marginal_ws_free(s.ws);
}

static void run(bench *b)
{
    const double m = (double)b->m, k = (double)b->k;
    const double need = 2 * k * k * m + k * k * k / 3;
    dw_ldsr_ws *lws = dw_ldsr_ws_new(b->m, b->k);
    double last = 0;

    if (!lws)
        abort();
    printf("m %zu, k %zu, medians of %zu, %s\n", b->m, b->k, b->repeats,
           dw_linalg_library());
    report(b, "DGEMM k x k x m", 2 * k * k * m, gemm, NULL);
    report(b, "DSYRK", k * k * m, syrk, NULL);
    report(b, "DPOTRF", k * k * k / 3, potrf, NULL);
    report(b, "DTRSM", k * k * m, trsm, NULL);
    report(b, "diag(S^-1)", k * k * k / 3, inverse_diagonal, NULL);
    for (size_t i = 0; i < sizeof WAYS / sizeof *WAYS; i++)
        run_way(b, &WAYS[i], need, &last);
    report(b, "LD-score regression", need, ldsr, lws);
    dw_ldsr_ws_free(lws);
}

/* The window of a file, in a line for torch_window.py. */
static int run_window(bench *b, const char *path)
{
    FILE *in = fopen(path, "rb");
    double took[2], sum = 0, loglik = 0;

    if (!in || fread(b->q, sizeof(double), b->k * b->m, in) != b->k * b->m ||
        fread(b->y, sizeof(double), b->k, in) != b->k ||
        fread(b->f, sizeof(double), b->m, in) != b->m) {
        fprintf(stderr, "bench_marginal: %s: not k m + k + m doubles\n", path);
        return 1;
    }
    fclose(in);
    for (size_t i = 0; i < b->k * b->m; i++)
        b->q32[i] = (float)b->q[i];
    for (int single = 1; single >= 0; single--) {
        dw_solving how = {.precision = single ? DW_PRECISION_SINGLE
                                              : DW_PRECISION_DOUBLE};
        step s = {.ws = dw_marginal_ws_new(b->m, b->k, &how),
                  .fac = {.m = b->m, .k = b->k, .lambda = b->lambda, .y = b->y},
                  .at = {1, 0},
                  .grad = 1};

        if (single)
            s.fac.q32 = b->q32;
        else
            s.fac.q = b->q;
        if (!s.ws)
            abort();
        took[single] = seconds(b, marginal, &s);
        loglik = s.loglik;
        dw_marginal_ws_free(s.ws);
    }
    for (size_t j = 0; j < b->m; j++)
        sum += b->grad[j];
    printf("%.6f %.6f %.12g %.12g\n", took[0], took[1], loglik, sum);
    return 0;
}

int main(int argc, char **argv)
{
    bench b = {.m = argc > 1 ? strtoul(argv[1], NULL, 10) : 4000,
               .k = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000,
               .repeats = argc > 3 ? strtoul(argv[3], NULL, 10) : 5};

    int rc = 0;

    if (b.m < 3 || b.k == 0 || b.repeats == 0 || b.repeats > MAX_REPEATS) {
        fputs("usage: bench_marginal [M [K [REPEATS [FILE]]]]\n", stderr);
        return 2;
    }
    dw_linalg_single_thread();
    b.q = calloc(b.k * b.m, sizeof(double));
    b.a = calloc(b.k * b.m, sizeof(double));
    b.q32 = calloc(b.k * b.m, sizeof(float));
    b.s = calloc(b.k * b.k, sizeof(double));
    b.f = calloc(b.m, sizeof(double));
    b.grad = calloc(b.m + b.k, sizeof(double));
    b.lambda = calloc(b.k, sizeof(double));
    b.y = calloc(b.k, sizeof(double));
    if (!b.q || !b.a || !b.q32 || !b.s || !b.f || !b.grad || !b.lambda || !b.y)
        return 1;
    fill(&b);
    if (argc > 4)
        rc = run_window(&b, argv[4]);
    else
        run(&b);
    free(b.q);
    free(b.a);
    free(b.q32);
    free(b.s);
    free(b.f);
    free(b.grad);
    free(b.lambda);
    free(b.y);
    return rc;
}
