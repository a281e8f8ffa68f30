/* corr and factor_corr: what is left out and mended, and the factor against
 * plain algebra on the correlations, by both ways. */
#include "ld/corr.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "ld/factor_corr.h"
#include "linalg/blas.h"
#include "linalg/dense.h"
#include "tap.h"

/* ---- the rule ---- */

enum { M = 6 };

/* 0.9^|i - j|, which is positive definite. */
static float ar1(size_t i, size_t j)
{
    return powf(0.9f, (float)(i > j ? i - j : j - i));
}

/* A change made to one entry, (i, j) and where `both` (j, i). */
struct change {
    size_t i, j;
    bool both;
    float x;
};

/* Both triangles with changes; the core is variants 1 .. 4 of 6. */
static int settle(const struct change *change, size_t n, const char **why,
                  dw_corr *c, dw_tally *tally, dw_err *err)
{
    int rc = dw_corr_begin(c, M - 2, M, 1, err);

    for (size_t i = 0; rc == 0 && i < M; i++) {
        for (size_t j = 0; j < M; j++) {
            float x = ar1(i, j);

            for (size_t k = 0; k < n; k++) {
                if ((change[k].i == i && change[k].j == j) ||
                    (change[k].both && change[k].i == j && change[k].j == i))
                    x = change[k].x;
            }
            dw_corr_add(c, i, j, i > j, x);
        }
    }
    return rc == 0 ? dw_corr_settle(c, why, tally, err) : rc;
}

static void test_rule(void)
{
    static const struct {
        struct change change[5];
        size_t n, l, m;
        const char *reason;
        unsigned long count;
    } is[] = {
        {{{0, 0, false, 0}}, 0, 4, 6, NULL, 0},
        {{{2, 2, false, 0}}, 1, 3, 5, "monomorphic", 1},
        {{{5, 5, false, 0}}, 1, 4, 5, "monomorphic", 1},
        {{{2, 2, false, NAN}}, 1, 3, 5, "not_finite", 1},
        {{{0, 0, false, INFINITY}}, 1, 4, 5, "not_finite", 1},
        {{{3, 3, false, 0.5f}}, 1, 3, 5, "wrong_diagonal", 1},
        {{{3, 3, false, 1.005f}}, 1, 4, 6, NULL, 0},
        {{{1, 2, true, NAN}}, 1, 3, 5, "not_finite", 1},
        {{{1, 5, true, NAN}}, 1, 3, 5, "not_finite", 1},
        {{{2, 1, true, NAN}, {2, 3, true, NAN}, {2, 0, true, NAN}},
         3,
         3,
         5,
         "not_finite",
         1},
        {{{5, 1, true, NAN}, {5, 3, true, NAN}, {0, 1, true, 2}},
         3,
         2,
         4,
         "not_finite",
         2},
        {{{2, 3, true, 1.5f}}, 1, 3, 5, "above_one", 1},
        {{{2, 3, true, -1.5f}, {2, 4, true, 1.5f}}, 2, 3, 5, "above_one", 1},
        {{{2, 3, true, 1.0005f}}, 1, 4, 6, NULL, 0},
        {{{2, 3, false, 0.8f}}, 1, 4, 6, NULL, 0},
    };

    for (size_t t = 0; t < DW_COUNT(is); t++) {
        const char *why[M];
        dw_corr c = {0};
        dw_tally tally = {0};
        dw_err err = {0};
        int rc = settle(is[t].change, is[t].n, why, &c, &tally, &err);
        uint64_t count = is[t].reason ? dw_tally_get(&tally, is[t].reason) : 0;
        float worst = 0;

        /* One asymmetric pair of six is more than a tenth. */
        if (t == DW_COUNT(is) - 1) {
            OK(rc == DW_EFORMAT && strstr(err.msg, "1 of 6 pairs"),
               "asymmetric: %s", err.msg);
        } else {
            for (size_t i = 0; i < c.l * c.m; i++)
                worst = fmaxf(worst, fabsf(c.r[i]));
            OK(rc == 0 && c.l == is[t].l && c.m == is[t].m &&
                   count == is[t].count && worst <= 1,
               "case %zu: %zu of %zu left, %s %lu %s", t, c.l, c.m,
               is[t].reason ? is[t].reason : "nothing", (unsigned long)count,
               err.msg);
        }
        dw_corr_clear(&c);
        dw_tally_clear(&tally);
    }
}

/* What is left after a variant of the core and one of a flank are taken out. */
static void test_left(void)
{
    static const struct change change[] = {{2, 2, false, 0}, {0, 0, false, 0}};
    static const size_t left[] = {1, 3, 4, 5};
    const char *why[M];
    dw_corr c = {0};
    dw_tally tally = {0};
    dw_err err = {0};
    int rc = settle(change, 2, why, &c, &tally, &err);
    float worst = 0;

    OK(rc == 0 && c.core == 0 && c.l == 3 && c.m == 4 && why[0] && why[2] &&
           !why[1] && !why[5],
       "two taken out");
    for (size_t i = 0; rc == 0 && i < 3; i++) {
        for (size_t j = 0; j < 4; j++)
            worst = fmaxf(worst, fabsf(c.r[i + j * 3] - ar1(left[i], left[j])));
    }
    OK(worst < 1e-6f, "the others as they were: %g", (double)worst);
    dw_corr_clear(&c);
    dw_tally_clear(&tally);
}

static void refused(float diagonal, bool lopsided, const char *pattern)
{
    const char *why[M];
    dw_corr c = {0};
    dw_tally tally = {0};
    dw_err err = {0};
    int rc = dw_corr_begin(&c, M, M, 0, &err);

    for (size_t i = 0; i < M; i++) {
        for (size_t j = 0; j < M; j++) {
            if (!lopsided || i > j || (i == 0 && j < 4))
                dw_corr_add(&c, i, j, i > j, i == j ? diagonal : ar1(i, j));
        }
    }
    rc = rc == 0 ? dw_corr_settle(&c, why, &tally, &err) : rc;
    OK(rc == DW_EFORMAT && strstr(err.msg, pattern), "refused: %s", err.msg);
    dw_corr_clear(&c);
    dw_tally_clear(&tally);
}

static void test_refused(void)
{
    dw_corr c = {0};
    dw_err err = {0};

    refused(2, false, "no matrix of correlations");
    refused(0.5f, false, "no matrix of correlations");
    refused(1, true, "neither symmetric nor a triangle");
    OK(dw_corr_begin(&c, 32001, 32001, 0, &err) == DW_EFORMAT,
       "a core beyond the limit: %s", err.msg);
    OK(dw_corr_begin(&c, 30000, 1000000, 0, &err) == DW_EFORMAT,
       "a block beyond the limit: %s", err.msg);
    dw_mem_fail_at(1);
    OK(dw_corr_begin(&c, 3, 5, 0, &err) == DW_ENOMEM, "no memory: %s", err.msg);
    dw_mem_fail_at(0);
    dw_corr_clear(&c);
}

/* ---- the factor ---- */

/* R (m x m) of n people. */
static double *people(size_t n, size_t m)
{
    dw_rng rng = dw_rng_init(n, m);
    double *x = dw_alloc(n * m, sizeof *x), *r = dw_alloc(m * m, sizeof *r);

    for (size_t j = 0; j < m; j++) {
        for (size_t i = 0; i < n; i++)
            x[i + j * n] = j && dw_rng_uniform(&rng) < 0.8
                               ? x[i + (j - 1) * n]
                               : dw_rng_normal(&rng);
        dw_scal(n, 1 / dw_nrm2(n, x + j * n), x + j * n);
    }
    dw_gemm(true, false, m, m, n, 1, x, n, x, n, 0, r, m);
    dw_free(x);
    return r;
}

/* The core's rows, as float. */
static float *rows(const double *r, size_t m, size_t core, size_t l)
{
    float *out = dw_alloc(l * m, sizeof *out);

    for (size_t j = 0; j < m; j++) {
        for (size_t i = 0; i < l; i++)
            out[i + j * l] = core + i == j ? 1 : (float)r[core + i + j * m];
    }
    return out;
}

/* |Q_l' Q - R_l.| and |Q_l Q_l' - L|. */
static void check(const dw_ldblock *b, const float *r, double tol,
                  const char *what)
{
    double worst = 0, apart = 0;

    for (size_t i = 0; i < b->l; i++) {
        for (size_t j = 0; j < b->m; j++) {
            double x = -(double)r[i + j * b->l];

            for (size_t k = 0; k < b->k; k++)
                x += (double)b->q[(b->core + i) * b->k + k] *
                     (double)b->q[j * b->k + k];
            worst = fmax(worst, fabs(x));
        }
    }
    for (size_t x = 0; x < b->k; x++) {
        for (size_t y = 0; y <= x; y++) {
            double sum = x == y ? -b->lambda[x] : 0;

            for (size_t i = 0; i < b->l; i++)
                sum += (double)b->q[(b->core + i) * b->k + x] *
                       (double)b->q[(b->core + i) * b->k + y];
            apart = fmax(apart, fabs(sum) / b->lambda[0]);
        }
    }
    OK(worst < tol, "%s: Q_l' Q is R_l. to %.1e", what, worst);
    OK(apart < 3e-6, "%s: Q_l Q_l' is L to %.1e", what, apart);
}

static void test_factor(void)
{
    static const struct {
        size_t n, m, core, l;
        bool pivoted; /* by itself */
        const char *what;
    } shape[] = {
        {20, 100, 0, 100, true, "few people, no flanks"},
        {20, 100, 30, 60, true, "few people, flanks"},
        {300, 50, 0, 50, false, "many people, no flanks"},
        {300, 60, 20, 15, false, "many people, flanks"},
        {60, 400, 50, 300, true, "a larger one"},
        {9, 5, 2, 1, false, "a core of one"},
    };
    dw_corr_ws *ws = dw_corr_ws_new();
    const dw_factor_cut cut = {1e-4, 1};

    for (size_t s = 0; s < DW_COUNT(shape); s++) {
        size_t m = shape[s].m, l = shape[s].l, core = shape[s].core;
        double *r = people(shape[s].n, m);
        float *rl = rows(r, m, core, l);
        size_t k[3] = {0};

        for (int way = DW_CORR_AUTO; way <= DW_CORR_FULL; way++) {
            static const char *const word[] = {"auto", "pivoted", "full"};
            dw_corr_found found;
            dw_ldblock b = {0};
            dw_err err = {0};
            char what[80];
            int rc = dw_factor_corr(ws, l, m, core, rl, &cut, (dw_corr_way)way,
                                    &found, &b, &err);

            snprintf(what, sizeof what, "%s, %s", shape[s].what, word[way]);
            OK(rc == 0 && found.negative == 0 &&
                   found.pivoted == (way == DW_CORR_PIVOTED ||
                                     (way == DW_CORR_AUTO && shape[s].pivoted)),
               "%s: rank %zu %s", what, found.rank, err.msg);
            strcpy(b.contig, "1");
            b.end = 1;
            OK(dw_ldblock_check(&b, &err) == 0 && b.trace == (double)l,
               "%s: a good block %s", what, err.msg);
            check(&b, rl, 1e-5, what);
            k[way] = b.k;
            dw_ldblock_clear(&b);
        }
        OK(k[0] == k[2] && k[1] == k[2], "%s: k is %zu by all", shape[s].what,
           k[2]);
        dw_free(r);
        dw_free(rl);
    }
    dw_corr_ws_free(ws);
}

/* Off the diagonal all is a little too small, and rounded to six digits: what
 * is below the cut is not of the rank. */
static void test_rounded(void)
{
    enum { PEOPLE = 50, VARIANTS = 400 };
    const dw_factor_cut cut = {1e-4, 1};
    double *r = people(PEOPLE, VARIANTS);
    float *rl = rows(r, VARIANTS, 0, VARIANTS);
    dw_corr_ws *ws = dw_corr_ws_new();
    dw_corr_found found;
    dw_ldblock b = {0};
    dw_err err = {0};
    int rc;

    for (size_t i = 0; i < (size_t)VARIANTS * VARIANTS; i++) {
        if (i % (VARIANTS + 1) != 0)
            rl[i] = (float)(round(r[i] * (1 - 3e-6) * 1e6) * 1e-6);
    }
    rc = dw_factor_corr(ws, VARIANTS, VARIANTS, 0, rl, &cut, DW_CORR_AUTO,
                        &found, &b, &err);
    OK(rc == 0 && found.pivoted && found.rank < 60 && b.k <= PEOPLE,
       "rounded: rank %zu, k %zu of %d, %.1e left %s", found.rank, b.k, PEOPLE,
       found.left, err.msg);
    check(&b, rl, 2e-5, "rounded");
    dw_ldblock_clear(&b);
    dw_corr_ws_free(ws);
    dw_free(r);
    dw_free(rl);
}

/* R of three traits of which each pair is -0.9: eigenvalues 1.9, 1.9, -0.8. */
static void test_negative(void)
{
    static const float r[] = {1,     -0.9f, -0.9f, -0.9f, 1,
                              -0.9f, -0.9f, -0.9f, 1};
    const dw_factor_cut cut = {1e-4, 1};
    dw_corr_ws *ws = dw_corr_ws_new();
    dw_corr_found found;
    dw_ldblock b = {0};
    dw_err err = {0};
    int rc =
        dw_factor_corr(ws, 3, 3, 0, r, &cut, DW_CORR_AUTO, &found, &b, &err);

    OK(rc == 0 && b.k == 2 && found.negative == 1, "one eigenvalue below 0");
    NEAR(found.negative_part, 0.8 / 3, 1e-6, 0, "its share of the trace");
    NEAR(b.lambda[1], 1.9, 1e-6, 0, "the others are kept");
    dw_ldblock_clear(&b);
    dw_corr_ws_free(ws);
}

static void test_memory(void)
{
    const dw_factor_cut cut = {1e-4, 1};
    double *r = people(10, 60);
    float *rl = rows(r, 60, 10, 40);
    size_t failures = 0;

    for (int way = DW_CORR_AUTO; way <= DW_CORR_FULL; way += 2) {
        for (unsigned long i = 1; i < 24; i++) {
            dw_corr_ws *ws = dw_corr_ws_new();
            dw_corr_found found;
            dw_ldblock b = {0};
            dw_err err = {0};
            int rc;

            dw_mem_fail_at(i);
            rc = dw_factor_corr(ws, 40, 60, 10, rl, &cut, (dw_corr_way)way,
                                &found, &b, &err);
            dw_mem_fail_at(0);
            failures += rc == DW_ENOMEM && err.code == DW_ENOMEM;
            if (rc != 0 && rc != DW_ENOMEM)
                OK(0, "allocation %lu: %d %s", i, rc, err.msg);
            dw_ldblock_clear(&b);
            dw_corr_ws_free(ws);
        }
    }
    OK(failures >= 16, "%zu failed allocations are told", failures);
    dw_free(r);
    dw_free(rl);
}

int main(void)
{
    dw_linalg_single_thread();
    test_rule();
    test_left();
    test_refused();
    test_factor();
    test_rounded();
    test_negative();
    test_memory();
    return tap_done();
}
