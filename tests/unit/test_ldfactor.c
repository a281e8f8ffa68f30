/* factor: against plain algebra on the correlations of every pair. */
#include "ld/factor.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "linalg/blas.h"
#include "tap.h"

/* float32 is what Q is stored in: sums of up to 60 products of it. */
#define TOL 3e-6

/* A window of n people and m variants with LD, missing ones, and one in which
 * REF and ALT changed places. */
static void fill(dw_genotypes *g, dw_geno_kind kind, size_t n, size_t m,
                 double missing, uint64_t seed)
{
    dw_rng rng = dw_rng_init(seed, 0);
    double *dose = dw_alloc(n, sizeof *dose);
    dw_err err = {0};

    dw_genotypes_init(g, kind, n);
    for (size_t j = 0; j < m; j++) {
        unsigned char *packed = dw_alloc(g->bytes, 1);
        float *dosage = (float *)(void *)packed;
        dw_geno_stats s;

        for (size_t i = 0; i < n; i++) {
            /* Mostly the neighbour's genotype. */
            if (j == 0 || dw_rng_uniform(&rng) < 0.3)
                dose[i] = (double)dw_rng_below(&rng, 3);
            bool gone = dw_rng_uniform(&rng) < missing;
            unsigned code = gone           ? DW_GENO_MISSING
                            : dose[i] == 2 ? DW_GENO_ALT2
                            : dose[i] == 1 ? DW_GENO_ALT1
                                           : DW_GENO_ALT0;
            if (kind == DW_GENO_PACKED)
                packed[i / 4] |= (unsigned char)(code << i % 4 * 2);
            else
                dosage[i] = gone ? NAN : (float)dose[i] * 0.9f + 0.05f;
        }
        if (j % 7 == 6 && j > 20) /* as another one is */
            memcpy(packed, dw_genotypes_column(g, j - 2 - j % 3 * 5), g->bytes);
        else if (j % 5 == 3)
            dw_geno_flip(kind, n, packed);
        s = dw_geno_stats_of(kind, n, packed);
        if (s.ss <= 0 || dw_genotypes_push(g, packed, &s, &err) < 0)
            OK(0, "a variant of the test");
        dw_free(packed);
    }
    dw_free(dose);
}

/* Dosage of one person by the plainest way; NAN when missing. */
static double dose_of(const dw_genotypes *g, size_t j, size_t i)
{
    const void *column = dw_genotypes_column(g, j);
    const unsigned char *p = column;
    const float *x = column;

    if (g->kind == DW_GENO_DOSAGE)
        return (double)x[i];
    switch (p[i / 4] >> i % 4 * 2 & 3) {
    case DW_GENO_ALT2: return 2;
    case DW_GENO_ALT1: return 1;
    case DW_GENO_ALT0: return 0;
    default: return NAN;
    }
}

/* r of two variants, a missing one taken for its variant's mean. */
static double correlation(const dw_genotypes *g, size_t a, size_t b)
{
    double mean[2] = {0}, xx = 0, yy = 0, xy = 0;
    size_t which[2] = {a, b};

    for (int w = 0; w < 2; w++) {
        double n = 0;

        for (size_t i = 0; i < g->n; i++) {
            double x = dose_of(g, which[w], i);

            n += !isnan(x);
            mean[w] += isnan(x) ? 0 : x;
        }
        mean[w] /= n;
    }
    for (size_t i = 0; i < g->n; i++) {
        double x = dose_of(g, a, i), y = dose_of(g, b, i);

        x = isnan(x) ? 0 : x - mean[0];
        y = isnan(y) ? 0 : y - mean[1];
        xx += x * x;
        yy += y * y;
        xy += x * y;
    }
    return xy / sqrt(xx * yy);
}

/* Largest |Q_l' Q - R_l.| and largest |Q_l Q_l' - L| over the largest L. */
static void check(const dw_genotypes *g, size_t begin, const dw_ldblock *b,
                  double tol, const char *what)
{
    double worst = 0, apart = 0, trace = 0;

    for (size_t i = 0; i < b->l; i++) {
        const float *qi = b->q + (b->core + i) * b->k;

        for (size_t j = 0; j < b->m; j++) {
            const float *qj = b->q + j * b->k;
            double r = correlation(g, begin + b->core + i, begin + j);

            for (size_t x = 0; x < b->k; x++)
                r -= (double)qi[x] * (double)qj[x];
            worst = fmax(worst, fabs(r));
        }
    }
    for (size_t x = 0; x < b->k; x++) {
        trace += b->lambda[x];
        for (size_t y = 0; y <= x; y++) {
            double sum = x == y ? -b->lambda[x] : 0;

            for (size_t i = 0; i < b->l; i++) {
                const float *q = b->q + (b->core + i) * b->k;

                sum += (double)q[x] * (double)q[y];
            }
            apart = fmax(apart, fabs(sum) / b->lambda[0]);
        }
    }
    OK(worst < tol, "%s: Q_l' Q is R_l. to %.1e", what, worst);
    OK(apart < TOL, "%s: Q_l Q_l' is L to %.1e", what, apart);
    OK(trace <= b->trace * (1 + 1e-12), "%s: eigenvalues sum to %g of %g", what,
       trace, b->trace);
}

static void test_shapes(void)
{
    static const struct {
        size_t n, m, begin, core, l, size; /* window, block, core */
        double missing;
        dw_geno_kind kind;
        const char *what;
    } shape[] = {
        {40, 12, 0, 0, 12, 12, 0, DW_GENO_PACKED, "n > l, no flanks"},
        {40, 30, 2, 8, 11, 26, 0.1, DW_GENO_PACKED, "n > l, flanks, missing"},
        {13, 60, 0, 0, 60, 60, 0, DW_GENO_PACKED, "n < l, no flanks"},
        {13, 60, 3, 20, 25, 50, 0.1, DW_GENO_PACKED, "n < l, flanks, missing"},
        {41, 30, 1, 5, 20, 29, 0.05, DW_GENO_DOSAGE, "n > l, dosages"},
        {21, 60, 1, 9, 40, 59, 0.05, DW_GENO_DOSAGE, "n < l, dosages"},
        {1100, 8, 0, 2, 4, 8, 0.02, DW_GENO_PACKED, "people in parts"},
        {9, 600, 0, 0, 300, 600, 0, DW_GENO_PACKED, "columns in parts"},
        {700, 300, 0, 10, 5, 300, 0, DW_GENO_PACKED, "flanks in parts"},
        {30, 9, 4, 2, 1, 5, 0, DW_GENO_PACKED, "a core of one"},
    };
    const dw_factor_cut cut = {1e-8, 1};
    dw_factor_ws *ws = dw_factor_ws_new();

    for (size_t s = 0; s < DW_COUNT(shape); s++) {
        dw_genotypes g;
        dw_ldblock b = {0};
        dw_err err = {0};

        fill(&g, shape[s].kind, shape[s].n, shape[s].m, shape[s].missing, s);
        OK(dw_factor_genotypes(ws, &g, shape[s].begin, shape[s].size,
                               shape[s].core, shape[s].l, &cut, &b, &err) == 0,
           "%s: %s", shape[s].what, err.msg);
        strcpy(b.contig, "1");
        b.end = 1;
        OK(dw_ldblock_check(&b, &err) == 0, "%s: a good block %s",
           shape[s].what, err.msg);
        check(&g, shape[s].begin, &b, TOL, shape[s].what);
        dw_ldblock_clear(&b);
        dw_genotypes_clear(&g);
    }
    dw_factor_ws_free(ws);
}

/* What is cut, and that both ways agree on it. */
static void test_cut(void)
{
    static const size_t n[2] = {30, 50};
    dw_factor_ws *ws = dw_factor_ws_new();

    for (size_t w = 0; w < 2; w++) {
        dw_factor_cut all = {1e-8, 1}, floor = {0.2, 1}, share = {1e-8, 0.9};
        dw_ldblock a = {0}, b = {0};
        dw_genotypes g;
        dw_err err = {0};
        double sum = 0;
        int rc = 0;

        fill(&g, DW_GENO_PACKED, n[w], 60, 0, 7);
        rc |= dw_factor_genotypes(ws, &g, 0, 60, 5, 40, &all, &a, &err);
        rc |= dw_factor_genotypes(ws, &g, 0, 60, 5, 40, &floor, &b, &err);
        OK(rc == 0 && b.k < a.k && b.lambda[b.k - 1] >= 0.2 &&
               a.lambda[b.k] < 0.2,
           "n %zu: min_eigen keeps %zu of %zu", n[w], b.k, a.k);
        NEAR(b.lambda[0], a.lambda[0], 1e-12, 0, "the largest is the same");
        rc = dw_factor_genotypes(ws, &g, 0, 60, 5, 40, &share, &b, &err);
        for (size_t i = 0; i < b.k; i++)
            sum += b.lambda[i];
        OK(rc == 0 && sum >= 36 && sum - b.lambda[b.k - 1] < 36,
           "n %zu: keep_rank keeps %zu, %g of 40", n[w], b.k, sum);
        sum = 0;
        for (size_t i = 0; i < a.k; i++)
            sum += a.lambda[i];
        NEAR(sum, 40, 1e-12, 0, "all of them are the trace");
        dw_ldblock_clear(&a);
        dw_ldblock_clear(&b);
        dw_genotypes_clear(&g);
    }
    dw_factor_ws_free(ws);
}

/* REF and ALT of a variant change places: its column changes sign. */
static void test_sign(void)
{
    dw_factor_ws *ws = dw_factor_ws_new();
    const dw_factor_cut cut = {1e-4, 1};
    dw_ldblock a = {0}, b = {0};
    dw_genotypes g;
    dw_err err = {0};
    double worst = 0;
    int rc;

    fill(&g, DW_GENO_PACKED, 50, 20, 0.1, 3);
    rc = dw_factor_genotypes(ws, &g, 0, 20, 4, 10, &cut, &a, &err);
    dw_geno_flip(g.kind, g.n, g.data + 17 * g.bytes);
    g.stats[17] = dw_geno_stats_of(g.kind, g.n, g.data + 17 * g.bytes);
    rc |= dw_factor_genotypes(ws, &g, 0, 20, 4, 10, &cut, &b, &err);
    for (size_t i = 0; rc == 0 && i < a.k * a.m; i++) {
        double sign = i / a.k == 17 ? -1 : 1;

        worst = fmax(worst, fabs((double)a.q[i] - sign * (double)b.q[i]));
    }
    OK(rc == 0 && a.k == b.k && worst < 1e-6, "a swap turns one sign: %g",
       worst);
    dw_ldblock_clear(&a);
    dw_ldblock_clear(&b);
    dw_genotypes_clear(&g);
    dw_factor_ws_free(ws);
}

static void test_memory(void)
{
    static const size_t n[2] = {8, 40};
    const dw_factor_cut cut = {1e-4, 1};
    size_t failures = 0;

    for (size_t w = 0; w < 2; w++) {
        dw_genotypes g;

        fill(&g, DW_GENO_PACKED, n[w], 20, 0, 1);
        for (unsigned long i = 1; i < 20; i++) {
            dw_factor_ws *ws = dw_factor_ws_new();
            dw_ldblock b = {0};
            dw_err err = {0};
            int rc;

            dw_mem_fail_at(i);
            rc = dw_factor_genotypes(ws, &g, 0, 20, 3, 12, &cut, &b, &err);
            dw_mem_fail_at(0);
            failures += rc == DW_ENOMEM && err.code == DW_ENOMEM;
            if (rc != 0 && rc != DW_ENOMEM)
                OK(0, "allocation %lu: %d %s", i, rc, err.msg);
            dw_ldblock_clear(&b);
            dw_factor_ws_free(ws);
        }
        dw_genotypes_clear(&g);
    }
    OK(failures >= 10, "%zu failed allocations are told", failures);
}

int main(void)
{
    dw_linalg_single_thread();
    test_shapes();
    test_cut();
    test_sign();
    test_memory();
    return tap_done();
}
