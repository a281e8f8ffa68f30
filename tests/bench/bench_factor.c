/*
 * bench_factor: the rate at which block factors are made, and of what they are
 * made of, against the DSYRK of the same BLAS in the same run.  Asserts
 * nothing.
 *
 *     bench_factor [PEOPLE CORE FLANKS [REPEATS]]
 *
 * Flops are those that a factor needs when R is made in floating point, with
 * g distinct columns in the core, f distinct ones in the flanks and k
 * eigenvalues kept; those of the divide and conquer are not counted, as they
 * hang on the spectrum:
 *
 *     people >= g:  n g^2 + 2 n g f + (4/3 g^3 + 2 g^2 k) + 2 g k f
 *     people <  g:  n^2 g + (4/3 n^3 + 2 n^2 k) + 2 n k (g + f)
 *
 * Medians of REPEATS, CPU time of one thread.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "ld/counts.h"
#include "ld/distinct.h"
#include "ld/factor.h"
#include "linalg/blas.h"
#include "linalg/dense.h"
#include "median.h"

enum { MAX_REPEATS = 101 };

typedef struct bench {
    size_t n, l, flanks, repeats;
    dw_genotypes g;
    double syrk; /* GFLOP/s, what all is held against */
} bench;

typedef void task(bench *b, void *ctx);

static void report(bench *b, const char *what, double flops, task *work,
                   void *ctx)
{
    double t[MAX_REPEATS], s, rate;

    work(b, ctx); /* touches the memory */
    for (size_t i = 0; i < b->repeats; i++) {
        double start = dw_clock_thread();

        work(b, ctx);
        t[i] = dw_clock_thread() - start;
    }
    s = median(b->repeats, t);
    rate = flops / s * 1e-9;
    if (b->syrk == 0)
        b->syrk = rate;
    printf("%-34s %9.1f ms %8.2f GFLOP/s %7.2f of DSYRK\n", what, 1e3 * s, rate,
           rate / b->syrk);
}

/* People are mosaics of 40 haplotypes, so that r falls with distance. */
static void fill(bench *b)
{
    enum { FOUNDERS = 40 };
    const size_t m = b->l + b->flanks;
    dw_rng rng = dw_rng_init(1, 0);
    unsigned char *from = calloc(2 * b->n, 1), *packed;
    dw_err err = {0};

    dw_genotypes_init(&b->g, DW_GENO_PACKED, b->n);
    packed = calloc(b->g.bytes, 1);
    if (!from || !packed)
        exit(1);
    for (size_t j = 0; j < m; j++) {
        uint64_t alt = dw_rng_u64(&rng) & dw_rng_u64(&rng);
        dw_geno_stats s;

        memset(packed, 0, b->g.bytes);
        for (size_t i = 0; i < b->n; i++) {
            unsigned dose = 0;

            for (size_t h = 2 * i; h < 2 * i + 2; h++) {
                if (j == 0 || dw_rng_uniform(&rng) < 0.02)
                    from[h] = (unsigned char)dw_rng_below(&rng, FOUNDERS);
                dose += (alt >> from[h] & 1) ^ (dw_rng_uniform(&rng) < 0.001);
            }
            packed[i / 4] |= (unsigned char)((dose == 2   ? DW_GENO_ALT2
                                              : dose == 1 ? DW_GENO_ALT1
                                                          : DW_GENO_ALT0)
                                             << i % 4 * 2);
        }
        s = dw_geno_stats_of(DW_GENO_PACKED, b->n, packed);
        if (s.ss > 0 && dw_genotypes_push(&b->g, packed, &s, &err) < 0)
            exit(1);
    }
    free(from);
    free(packed);
}

struct matrices {
    double *x, *r;
};

static void syrk(bench *b, void *ctx)
{
    struct matrices *m = ctx;

    dw_syrk(true, b->l, b->n, 1, m->x, b->n, 0, m->r, b->l);
}

struct product {
    enum dw_counts_way way;
    dw_counts_column *column;
    float *work, *c;
};

static void count(bench *b, void *ctx)
{
    struct product *p = ctx;
    const dw_counts_side side = {&b->g, b->l, p->column};

    dw_counts_product(p->way, &side, &side, p->work, p->c);
}

struct made {
    dw_factor_ws *ws;
    dw_ldblock out;
};

static void factor(bench *b, void *ctx)
{
    static const dw_factor_cut cut = {.min_eigen = 1e-4, .keep_rank = 1};
    struct made *made = ctx;
    dw_err err = {0};

    if (dw_factor_genotypes(made->ws, &b->g, 0, b->g.m, b->g.m - b->l, b->l,
                            &cut, &made->out, &err) < 0) {
        fprintf(stderr, "bench_factor: %s\n", err.msg);
        exit(1);
    }
}

/* What the factor of this block needs; see above. */
static double needed(bench *b, double k)
{
    const double n = (double)b->n;
    dw_distinct d = {0};
    double g, f, s, l;

    if (dw_distinct_find(&d, &b->g, 0, b->g.m, b->g.m - b->l, b->l) < 0)
        exit(1);
    g = (double)d.n_core;
    f = (double)d.n - g;
    s = n < g ? n : g;
    l = n < g ? g : n;
    printf("%zu people, core %zu (%zu distinct), flanks %zu (%.0f distinct), k "
           "%.0f, medians of %zu, %s\n",
           b->n, b->l, d.n_core, b->g.m - b->l, f, k, b->repeats,
           dw_linalg_library());
    dw_distinct_clear(&d);
    return l * s * s + 4 / 3.0 * s * s * s + 2 * s * s * k +
           (n < g ? 2 * n * k * (g + f) : 2 * n * g * f + 2 * g * k * f);
}

static void run(bench *b)
{
    const double all = (double)b->n * (double)b->l * (double)b->l;
    struct matrices m = {calloc(b->n * b->l, sizeof(double)),
                         calloc(b->l * b->l, sizeof(double))};
    struct product p = {
        .column = calloc(b->l, sizeof(dw_counts_column)),
        .work = calloc(dw_counts_work(b->l, b->l), sizeof(float)),
        .c = calloc(b->l * b->l, sizeof(float)),
    };
    struct made made = {.ws = dw_factor_ws_new()};
    double flops;

    if (!m.x || !m.r || !p.column || !p.work || !p.c)
        exit(1);
    factor(b, &made);
    flops = needed(b, (double)made.out.k);
    for (size_t i = 0; i < b->n * b->l; i++)
        m.x[i] = (double)(i % 3);
    for (size_t i = 0; i < b->l; i++)
        p.column[i].variant = b->g.m - b->l + i;
    report(b, "DSYRK of the core", all, syrk, &m);
    p.way = DW_COUNTS_PLAIN;
    report(b, "counts, plain (SGEMM)", 2 * all, count, &p);
    if (dw_counts_best() == DW_COUNTS_AVX2) {
        p.way = DW_COUNTS_AVX2;
        report(b, "counts, AVX2", 2 * all, count, &p);
    }
    report(b, "the factor", flops, factor, &made);
    dw_factor_ws_free(made.ws);
    dw_ldblock_clear(&made.out);
    free(m.x);
    free(m.r);
    free(p.column);
    free(p.work);
    free(p.c);
}

int main(int argc, char **argv)
{
    bench b = {.n = argc > 1 ? strtoul(argv[1], NULL, 10) : 5000,
               .l = argc > 2 ? strtoul(argv[2], NULL, 10) : 1500,
               .flanks = argc > 3 ? strtoul(argv[3], NULL, 10) : 3000,
               .repeats = argc > 4 ? strtoul(argv[4], NULL, 10) : 3};

    if (b.n < 2 || b.l == 0 || b.repeats == 0 || b.repeats > MAX_REPEATS) {
        fputs("usage: bench_factor [PEOPLE CORE FLANKS [REPEATS]]\n", stderr);
        return 2;
    }
    dw_linalg_single_thread();
    fill(&b);
    if (b.g.m < b.l)
        b.l = b.g.m;
    run(&b);
    dw_genotypes_clear(&b.g);
    return 0;
}
