/* Products and correlations of packed genotypes, by whole numbers. */
#include "ld/counts.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "ld/count_corr.h"
#include "ld/distinct.h"
#include "linalg/blas.h"
#include "tap.h"

/* m variants of n people, each genotype by chance, missing where asked. */
static void fill(dw_genotypes *g, size_t n, size_t m, double missing)
{
    dw_rng rng = dw_rng_init(11, n);
    dw_err err = {0};

    dw_genotypes_init(g, DW_GENO_PACKED, n);
    for (size_t j = 0; j < m; j++) {
        unsigned char *packed = dw_alloc(g->bytes, 1);
        dw_geno_stats s;

        for (size_t i = 0; i < n; i++) {
            static const unsigned code[] = {DW_GENO_ALT2, DW_GENO_ALT1,
                                            DW_GENO_ALT0};
            bool gone = j % 3 && dw_rng_uniform(&rng) < missing;
            unsigned c = gone ? DW_GENO_MISSING : code[dw_rng_below(&rng, 3)];

            packed[i / 4] |= (unsigned char)(c << i % 4 * 2);
        }
        s = dw_geno_stats_of(DW_GENO_PACKED, n, packed);
        if (dw_genotypes_push(g, packed, &s, &err) < 0)
            exit(1);
        dw_free(packed);
    }
}

/* ALT alleles of person i, or whether he is missing. */
static int value(const dw_genotypes *g, const dw_counts_column *c, size_t i)
{
    const unsigned char *p = dw_genotypes_column(g, c->variant);
    unsigned code = p[i / 4] >> i % 4 * 2 & 3;

    if (c->missing)
        return code == DW_GENO_MISSING;
    return code == DW_GENO_ALT2 ? 2 : code == DW_GENO_ALT1;
}

/* Sizes around those of tiles, of people at a time, and of bytes. */
static void test_products(enum dw_counts_way way, const char *name)
{
    static const struct {
        size_t n, a, b;
    } shape[] = {{1, 1, 1},    {5, 16, 6},   {511, 17, 7},  {512, 15, 5},
                 {513, 33, 1}, {1023, 1, 9}, {1030, 40, 13}};

    for (size_t s = 0; s < DW_COUNT(shape); s++) {
        const size_t n = shape[s].n, a = shape[s].a, b = shape[s].b;
        dw_counts_column left[64], right[64];
        float *work, *c = dw_alloc(a * b, sizeof *c);
        dw_genotypes g;
        size_t wrong = 0;

        fill(&g, n, a + b, 0.2);
        work = dw_alloc(dw_counts_work(a, b), sizeof *work);
        for (size_t i = 0; i < a; i++)
            left[i] = (dw_counts_column){a - 1 - i, i % 4 == 1};
        for (size_t j = 0; j < b; j++)
            right[j] = (dw_counts_column){a + j, j % 3 == 2};
        for (size_t i = 0; i < a * b; i++)
            c[i] = NAN; /* is overwritten */
        dw_counts_product(way, &(dw_counts_side){&g, a, left},
                          &(dw_counts_side){&g, b, right}, work, c);
        for (size_t j = 0; j < b; j++) {
            for (size_t i = 0; i < a; i++) {
                int sum = 0;

                for (size_t p = 0; p < n; p++)
                    sum += value(&g, &left[i], p) * value(&g, &right[j], p);
                wrong += !(c[i + j * a] == (float)sum);
            }
        }
        OK(wrong == 0, "%s: %zu people, %zu x %zu columns", name, n, a, b);
        dw_free(work);
        dw_free(c);
        dw_genotypes_clear(&g);
    }
}

/* A missing genotype counts as its variant's mean. */
static double correlation(const dw_genotypes *g, size_t a, size_t b)
{
    const dw_geno_stats *s = dw_genotypes_stats(g, a);
    const dw_geno_stats *r = dw_genotypes_stats(g, b);
    const dw_counts_column x = {a, false}, y = {b, false};
    const dw_counts_column mx = {a, true}, my = {b, true};
    double sum = 0;

    for (size_t i = 0; i < g->n; i++) {
        if (!value(g, &mx, i) && !value(g, &my, i))
            sum += (value(g, &x, i) - s->mean) * (value(g, &y, i) - r->mean);
    }
    return sum / sqrt(s->ss * r->ss);
}

static void test_correlations(double missing)
{
    enum { A = 20, B = 9, LD = 23 };
    dw_count_corr *ws = dw_count_corr_new();
    double *r = dw_alloc((size_t)LD * B, sizeof *r), worst = 0;
    double weight[A];
    size_t left[A], right[B];
    unsigned long fails = 0, told = 0;
    dw_genotypes g;

    fill(&g, 1030, A + B, missing);
    for (size_t i = 0; i < A; i++) {
        left[i] = i;
        weight[i] = sqrt((double)(i + 1));
    }
    for (size_t j = 0; j < B; j++)
        right[j] = A - 2 + j; /* two of them are on the left too */
    for (;;) {
        int rc;

        dw_mem_fail_at(++fails);
        rc = dw_count_corr_make(ws, &(dw_corr_side){&g, A, left, weight},
                                &(dw_corr_side){&g, B, right, NULL}, r, LD);
        dw_mem_fail_at(0);
        if (rc == 0)
            break;
        told += rc == DW_ENOMEM;
    }
    for (size_t j = 0; j < B; j++) {
        for (size_t i = 0; i < A; i++)
            worst = fmax(worst, fabs(r[i + j * LD] / weight[i] -
                                     correlation(&g, left[i], right[j])));
    }
    OK(worst < 1e-13, "correlations, %g missing: to %.1e", missing, worst);
    OK(fails > 3 && told == fails - 1, "each of %lu failed allocations is told",
       told);
    dw_count_corr_free(ws);
    dw_free(r);
    dw_genotypes_clear(&g);
}

static void test_distinct(void)
{
    dw_genotypes g, twice;
    dw_distinct d = {0};
    dw_err err = {0};
    /* Window: one variant before, then flank 0 1, core 2 3 4 5, flank 6 7. */
    static const size_t copy[] = {9, 0, 1, 2, 1, 1, 3, 3, 0};
    static const size_t of[] = {3, 1, 0, 1, 1, 2, 2, 3};

    fill(&g, 40, 10, 0);
    dw_genotypes_init(&twice, DW_GENO_PACKED, 40);
    for (size_t i = 0; i < DW_COUNT(copy); i++) {
        if (dw_genotypes_push(&twice, dw_genotypes_column(&g, copy[i]),
                              dw_genotypes_stats(&g, copy[i]), &err) < 0)
            exit(1);
    }
    OK(dw_distinct_find(&d, &twice, 1, 8, 2, 4) == 0 && d.n_core == 3 &&
           d.n == 4,
       "three columns in the core, one more in the flanks");
    OK(!memcmp(d.of, of, sizeof of), "which one each is");
    OK(d.first[0] == 3 && d.first[1] == 4 && d.first[2] == 6 && d.first[3] == 1,
       "the first one of each, in the core if there is one");
    NEAR(d.weight[0], 1, 0, 0, "one of the core");
    NEAR(d.weight[1], sqrt(2), 1e-15, 0, "two of the core");
    dw_distinct_clear(&d);
    for (unsigned long i = 1; i < 4; i++) {
        dw_mem_fail_at(i);
        OK(dw_distinct_find(&d, &twice, 1, 8, 2, 4) == DW_ENOMEM,
           "allocation %lu fails", i);
        dw_mem_fail_at(0);
        dw_distinct_clear(&d);
    }
    dw_genotypes_clear(&g);
    dw_genotypes_clear(&twice);
}

int main(void)
{
    dw_linalg_single_thread();
    test_products(DW_COUNTS_PLAIN, "plain");
    if (dw_counts_best() == DW_COUNTS_AVX2)
        test_products(DW_COUNTS_AVX2, "AVX2");
    else
        OK(1, "this processor has no AVX2 # skip");
    test_correlations(0);
    test_correlations(0.1);
    test_distinct();
    return tap_done();
}
