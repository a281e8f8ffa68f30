/* sum_scores: against adding up person by person. */
#include "score/sum_scores.h"

#include <stdbool.h>

#include "base/mem.h"
#include "base/rng.h"
#include "tap.h"

static const int ALT_OF[4] = {2, -1, 1, 0};

/* The same scores, one person and one variant after the other. */
static void add_plainly(dw_geno_kind kind, size_t n, const void *column,
                        double weight, int other, double *score,
                        uint32_t *missing)
{
    const unsigned char *p = column;
    const float *x = column;
    double sum = 0, seen = 0;

    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < n; i++) {
            int code =
                ALT_OF[kind == DW_GENO_PACKED ? p[i / 4] >> i % 4 * 2 & 3 : 0];
            double g =
                kind == DW_GENO_PACKED ? (code < 0 ? NAN : code) : (double)x[i];

            if (pass == 0) {
                sum += isnan(g) ? 0 : g;
                seen += !isnan(g);
                continue;
            }
            missing[i] += isnan(g);
            if (isnan(g))
                g = seen > 0 ? sum / seen : 0;
            score[i] += weight * (other ? 2 - g : g);
        }
    }
}

static void draw(dw_rng *rng, dw_geno_kind kind, size_t n, double gone,
                 void *column)
{
    unsigned char *p = column;
    float *x = column;

    memset(column, 0, dw_geno_bytes(kind, n));
    for (size_t i = 0; i < n; i++) {
        bool missing = dw_rng_uniform(rng) < gone;
        unsigned g = (unsigned)dw_rng_below(rng, 3);
        unsigned code = missing  ? DW_GENO_MISSING
                        : g == 2 ? DW_GENO_ALT2
                        : g == 1 ? DW_GENO_ALT1
                                 : DW_GENO_ALT0;

        if (kind == DW_GENO_PACKED)
            p[i / 4] |= (unsigned char)(code << i % 4 * 2);
        else
            x[i] = missing ? NAN : (float)dw_rng_uniform(rng) * 2;
    }
}

static void test_sums(dw_geno_kind kind, size_t n, size_t m, double gone,
                      size_t threads)
{
    dw_rng rng = dw_rng_init(5, n * m);
    dw_pool *pool = threads ? dw_pool_new(threads) : NULL;
    dw_sums *s = dw_sums_new(kind, n, pool);
    double *score = dw_alloc(n, sizeof *score), worst = 0;
    uint32_t *missing = dw_alloc(n, sizeof *missing);
    void *column = dw_alloc(dw_geno_bytes(kind, n), 1);
    size_t wrong = 0;

    for (size_t j = 0; j < m; j++) {
        double weight = dw_rng_normal(&rng);
        int other = dw_rng_below(&rng, 3) == 0;

        /* A column in which nobody is seen adds its mean: none. */
        draw(&rng, kind, n, j == 1 ? 2 : gone, column);
        dw_sums_add(s, column, weight, other);
        add_plainly(kind, n, column, weight, other, score, missing);
    }
    dw_sums_finish(s);
    for (size_t i = 0; i < n; i++) {
        worst = fmax(worst, fabs(dw_sums_score(s)[i] - score[i]));
        wrong += dw_sums_missing(s)[i] != missing[i];
    }
    OK(worst < 1e-11 && wrong == 0 && dw_sums_variants(s) == m,
       "%s, %zu people, %zu variants, %zu threads: to %.1e, %zu miscounted",
       kind == DW_GENO_PACKED ? "packed" : "dosages", n, m, threads, worst,
       wrong);
    dw_sums_free(s);
    dw_pool_free(pool);
    dw_free(score);
    dw_free(missing);
    dw_free(column);
}

static void test_same_bytes(void)
{
    enum { N = 9001, M = 133 };
    double *first = dw_alloc(N, sizeof *first);

    for (size_t threads = 1; threads <= 3; threads++) {
        dw_rng rng = dw_rng_init(2, 0);
        dw_pool *pool = dw_pool_new(threads);
        dw_sums *s = dw_sums_new(DW_GENO_PACKED, N, pool);
        unsigned char column[N / 4 + 1];

        for (size_t j = 0; j < M; j++) {
            draw(&rng, DW_GENO_PACKED, N, 0.01, column);
            dw_sums_add(s, column, dw_rng_normal(&rng), 0);
        }
        dw_sums_finish(s);
        if (threads == 1)
            memcpy(first, dw_sums_score(s), N * sizeof *first);
        OK(memcmp(first, dw_sums_score(s), N * sizeof *first) == 0,
           "the same bytes for %zu threads", threads);
        dw_sums_free(s);
        dw_pool_free(pool);
    }
    dw_free(first);
}

static void test_memory(void)
{
    for (unsigned long i = 1; i <= 3; i++) {
        dw_sums *s;

        dw_mem_fail_at(i);
        s = dw_sums_new(DW_GENO_PACKED, 10, NULL);
        OK(!s, "allocation %lu fails", i);
        dw_mem_fail_at(0);
        dw_sums_free(s);
    }
}

int main(void)
{
    static const size_t n[] = {1, 3, 4, 5, 130, 4096, 4097, 9001};
    static const size_t m[] = {1, 3, 4, 63, 64, 65, 130};

    for (size_t i = 0; i < DW_COUNT(n); i++) {
        for (size_t j = 0; j < DW_COUNT(m); j++)
            test_sums(DW_GENO_PACKED, n[i], m[j], j % 2 ? 0.1 : 0, i % 3);
    }
    test_sums(DW_GENO_DOSAGE, 77, 70, 0.1, 2);
    test_sums(DW_GENO_DOSAGE, 5000, 7, 0, 2);
    test_same_bytes();
    test_memory();
    return tap_done();
}
