/*
 * bench_linalg: what a flop costs in the parts of dense algebra that the
 * likelihood is made of, by size, against a flop of DGEMM; and the fit
 *
 *     cost = a (1 + b / n)
 *
 * whose constants lib/lik/solver_cost.c holds.  Asserts nothing.
 *
 *     bench_linalg [LARGEST]
 *
 * Best of several, CPU time of one thread; square matrices of 200 to LARGEST
 * (2000; 4000 takes a minute).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "linalg/blas.h"
#include "linalg/mat.h"

enum { REPEATS = 5, MAX_SIZES = 16 };

typedef struct bench {
    size_t n;
    dw_mat a, b, s;
    double *x; /* (n) */
} bench;

/* s <- something well conditioned; b <- a. */
static void reset(bench *b)
{
    double *column = calloc(b->n, sizeof *column);

    for (size_t j = 0; j < b->n; j++) {
        for (size_t i = 0; i < b->n; i++)
            column[i] = i == j ? 2 : 1e-3;
        dw_mat_put(b->n, column, b->s, j);
    }
    free(column);
    dw_mat_copy(b->n, b->n, b->a, b->b);
}

static void gemm(bench *b)
{
    dw_mat_gemm(false, true, b->n, b->n, b->n, 1, b->a, b->a, 0, b->b);
}

static void syrk(bench *b)
{
    dw_mat_syrk(false, b->n, b->n, b->a, 0, b->b);
}

static void solve(bench *b)
{
    dw_mat_solve(false, b->n, b->n, b->s, b->b);
}

static void solve_right(bench *b)
{
    dw_mat_solve_right(true, b->n, b->n, b->s, b->b);
}

static void factor(bench *b)
{
    if (dw_mat_factor(b->n, b->s))
        abort();
}

static void inverse(bench *b)
{
    dw_mat_inverse_diagonal(b->n, b->s, b->b, b->n, b->x);
}

static const struct part {
    const char *name;
    double flops; /* of n^3 */
    void (*work)(bench *b);
} PARTS[] = {
    {"gemm", 2, gemm},           {"syrk", 1, syrk},
    {"solve", 1, solve},         {"solve_right", 1, solve_right},
    {"factor", 1 / 3.0, factor}, {"inverse", 1 / 3.0, inverse},
};
enum { N_PARTS = sizeof PARTS / sizeof *PARTS };

static double best(bench *b, const struct part *part)
{
    double least = INFINITY;

    for (int i = 0; i < REPEATS; i++) {
        reset(b);
        double start = dw_clock_thread();

        part->work(b);
        least = fmin(least, dw_clock_thread() - start);
    }
    return least / (part->flops * pow((double)b->n, 3));
}

/* Least squares of y = a + ab x, x = 1 / n. */
static void fit(size_t n, const double *x, const double *y, double *a,
                double *b)
{
    double sx = 0, sy = 0, sxx = 0, sxy = 0, slope;

    for (size_t i = 0; i < n; i++) {
        sx += x[i] / (double)n;
        sy += y[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        sxx += (x[i] - sx) * (x[i] - sx);
        sxy += (x[i] - sx) * (y[i] - sy);
    }
    slope = sxy / sxx;
    *a = sy - slope * sx;
    *b = slope / *a;
}

static void run(bool single, size_t largest)
{
    double cost[N_PARTS][MAX_SIZES], x[MAX_SIZES], a, b;
    size_t n_sizes = 0;

    printf("%s, %s\n%6s", dw_linalg_library(), single ? "single" : "double",
           "n");
    for (size_t p = 0; p < N_PARTS; p++)
        printf(" %12s", PARTS[p].name);
    puts("  GFLOP/s");
    for (size_t n = 200; n <= largest && n_sizes < MAX_SIZES;
         n = n * 3 / 2 / 50 * 50) {
        bench m = {n, dw_mat_alloc(n, n, single), dw_mat_alloc(n, n, single),
                   dw_mat_alloc(n, n, single), calloc(n, sizeof(double))};

        if (!m.a.at || !m.b.at || !m.s.at || !m.x)
            exit(1);
        reset(&m);
        dw_mat_copy(n, n, m.s, m.a);
        x[n_sizes] = 1 / (double)n;
        printf("%6zu", n);
        for (size_t p = 0; p < N_PARTS; p++) {
            cost[p][n_sizes] = best(&m, &PARTS[p]);
            printf(" %12.2f", 1e-9 / cost[p][n_sizes]);
        }
        putchar('\n');
        for (size_t p = N_PARTS; p-- > 0;)
            cost[p][n_sizes] /= cost[0][n_sizes];
        fflush(stdout);
        n_sizes++;
        free(m.a.at);
        free(m.b.at);
        free(m.s.at);
        free(m.x);
    }
    for (size_t p = 1; p < N_PARTS && n_sizes > 1; p++) {
        fit(n_sizes, x, cost[p], &a, &b);
        printf("  %-12s a = %.2f, b = %.0f\n", PARTS[p].name, a, b);
    }
}

int main(int argc, char **argv)
{
    size_t largest = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000;

    if (largest < 300) {
        fputs("usage: bench_linalg [LARGEST]\n", stderr);
        return 2;
    }
    dw_linalg_single_thread();
    run(false, largest);
    run(true, largest);
    return 0;
}
