/*
 * bench_solvers: the ways to the evidence of a block against each other: time,
 * and how far each is from dense algebra in double.  Asserts nothing.
 *
 *     bench_solvers [K [M [PROBES]]]         a made-up block
 *     bench_solvers STREAM           the blocks of a stream, its first trait
 *
 * The made-up Q has independent columns, rows of which the squared lengths are
 * the eigenvalues, falling off as those of a real block do.  F is log-normal,
 * its logarithm of standard deviation 1.5, its mean that of a heritability of
 * 0.5 over 1.1 million variants at N = 450,000; s2 = 1, tau = 0.35.  CPU time
 * of one thread, best of three where it takes less than a second.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/apart.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "lik/marginal.h"
#include "lik/observe.h"
#include "linalg/blas.h"
#include "record/rec_stream.h"

/* Larger ranks are not done densely: a dense S and A would not fit. */
enum { DENSE_MAX_K = 6000 };
static const double MEAN_F = 0.5 / 1.1e6 * 450000, SD_LOG_F = 1.5;
static const dw_noise NOISE = {1, 0.35};

typedef struct answer {
    double loglik, *grad;
    dw_noise d;
    double seconds;
    dw_solved solved;
} answer;

static void *need(size_t n, size_t size)
{
    void *p = dw_try_alloc(n, size);

    if (!p) {
        fputs("bench_solvers: no memory\n", stderr);
        exit(1);
    }
    return p;
}

static answer solve(const dw_factor *b, const double *f, const dw_solving *how)
{
    dw_marginal_ws *ws = dw_marginal_ws_new(b->m, b->k, how);
    answer a = {.seconds = INFINITY};

    a.grad = need(b->m, sizeof(double));
    for (int i = 0; i < 3 && (i == 0 || a.seconds < 1); i++) {
        double start = dw_clock_thread();

        if (!ws ||
            dw_marginal_block(ws, b, f, NOISE, &a.loglik, a.grad, &a.d) != 0) {
            fputs("bench_solvers: no answer\n", stderr);
            exit(1);
        }
        a.seconds = fmin(a.seconds, dw_clock_thread() - start);
    }
    a.solved = dw_marginal_solved(ws);
    dw_marginal_ws_free(ws);
    return a;
}

static void report(const char *what, size_t m, const answer *a,
                   const answer *exact)
{
    printf("  %-26s %9.1f ms", what, 1e3 * a->seconds);
    if (exact)
        printf(" %6.1f x  log p %+.2g  gradient %.1e  by s2 %.1e  by tau %.1e",
               exact->seconds / a->seconds, a->loglik - exact->loglik,
               apart(m, a->grad, exact->grad), fabs(a->d.s2 / exact->d.s2 - 1),
               fabs(a->d.tau / exact->d.tau - 1));
    if (a->solved.solver == DW_SOLVER_CG)
        printf("  %zu steps to %.1e", a->solved.steps, a->solved.residual);
    puts(a->solved.again ? "  (again in double)" : "");
}

static void compare(const dw_factor *b, const double *f, size_t probes)
{
    static const double tol[] = {1e-2, 1e-3};
    bool dense = b->k <= DENSE_MAX_K;
    answer exact, single, cg;

    if (dense) {
        exact = solve(b, f, &(dw_solving){.solver = DW_SOLVER_AUTO});
        single = solve(b, f,
                       &(dw_solving){.solver = DW_SOLVER_AUTO,
                                     .precision = DW_PRECISION_SINGLE});
        report(exact.solved.solver == DW_SOLVER_DUAL ? "dual, double"
                                                     : "primal, double",
               b->m, &exact, NULL);
        report("the same, single", b->m, &single, &exact);
        free(single.grad);
    }
    for (size_t p = probes ? probes : 8; p <= (probes ? probes : 32); p *= 2)
        for (size_t i = 0; i < DW_COUNT(tol); i++) {
            char what[64];

            cg = solve(b, f,
                       &(dw_solving){.solver = DW_SOLVER_CG,
                                     .precision = DW_PRECISION_SINGLE,
                                     .cg_tol = tol[i],
                                     .cg_probes = p});
            snprintf(what, sizeof what, "cg, single, %zu, %g", p, tol[i]);
            report(what, b->m, &cg, dense ? &exact : NULL);
            free(cg.grad);
        }
    if (dense)
        free(exact.grad);
    fflush(stdout);
}

static double *draw_f(size_t m, uint64_t seed)
{
    dw_rng r = dw_rng_init(seed, 1);
    double *f = need(m, sizeof *f);

    for (size_t j = 0; j < m; j++)
        f[j] = MEAN_F *
               exp(SD_LOG_F * dw_rng_normal(&r) - SD_LOG_F * SD_LOG_F / 2);
    return f;
}

static void made_up(size_t k, size_t m, size_t probes)
{
    dw_rng r = dw_rng_init(7, k);
    float *q = need(k * m, sizeof *q);
    double *lambda = need(k, sizeof *lambda), *y = need(k, sizeof *y);
    double *f = draw_f(m, 7), total = 0;
    dw_factor b = {m, k, lambda, y, NULL, q, 1};

    for (size_t i = 0; i < k; i++)
        total += lambda[i] = exp(-8.0 * sqrt((double)i / (double)k));
    for (size_t i = 0; i < k; i++) {
        lambda[i] *= (double)m / total;
        y[i] =
            sqrt(1 + 0.35 / lambda[i] + MEAN_F * lambda[i]) * dw_rng_normal(&r);
    }
    for (size_t j = 0; j < m; j++)
        for (size_t i = 0; i < k; i++)
            q[i + j * k] = (float)(sqrt(lambda[i] / (double)m) * 1.7320508 *
                                   (2 * dw_rng_uniform(&r) - 1));
    printf("made up: k %zu, m %zu\n", k, m);
    compare(&b, f, probes);
    free(q);
    free(lambda);
    free(y);
    free(f);
}

static int of_stream(const char *path, dw_err *err)
{
    dw_source *src = dw_source_open(path, err);
    dw_block b = {0};
    int rc = src ? 0 : err->code;

    while (rc == 0 && (rc = dw_source_block(src, &b, err)) > 0) {
        const dw_ldblock *ld = &b.ld;
        dw_observe_ws *ws = dw_observe_ws_new(ld->m, ld->k);
        double *f = draw_f(ld->m, b.index);
        dw_factor fac;

        rc = ws ? dw_observe(ws, ld->m, ld->k, ld->core, ld->l, ld->q,
                             ld->lambda, b.var.z + ld->core,
                             DW_OBSERVE_MIN_EIGEN, &fac, NULL)
                : DW_ENOMEM;
        fac.id = b.index;
        printf("%s:%u: k %zu, m %zu\n", ld->contig, ld->start, fac.k, fac.m);
        if (rc == 0)
            compare(&fac, f, 0);
        dw_observe_ws_free(ws);
        free(f);
    }
    dw_block_clear(&b);
    dw_source_close(src);
    return rc;
}

int main(int argc, char **argv)
{
    size_t k = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
    size_t m = argc > 2 ? strtoul(argv[2], NULL, 10) : 3 * k;
    dw_err err = {0};

    dw_linalg_single_thread();
    if (argc > 1 && k == 0 && of_stream(argv[1], &err) < 0) {
        fprintf(stderr, "bench_solvers: %s\n", err.msg);
        return 1;
    }
    if (k)
        made_up(k, m, argc > 3 ? strtoul(argv[3], NULL, 10) : 0);
    return 0;
}
