/*
 * What dw-sim plants: variances that are those asked for, effects that belong
 * to a variant and not to a block, z-scores whose first two moments are those
 * of the model by dense algebra.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "linalg/eigen.h"
#include "sim/planted.h"
#include "sim/simulate.h"
#include "tap.h"

enum { M = 6, CORE = 1, L = 4, PEOPLE = 40 };

/* Variants first .. first + m - 1 of one made-up chromosome. */
static int make_variants(dw_variants *v, size_t first, size_t m, size_t p)
{
    dw_err err = {0};
    int rc = dw_variants_resize(v, m, 0, p, &err);

    strcpy(v->contig, "3");
    for (size_t i = 0; rc == 0 && i < m; i++) {
        v->pos[i] = (uint32_t)(1000 + 10 * (first + i));
        v->eaf[i] = 0.3f;
        rc |= dw_texts_add(&v->id, ".", 1);
        rc |= dw_texts_add(&v->ref, "A", 1);
        rc |= dw_texts_add(&v->alt, i % 2 ? "C" : "CTT", i % 2 ? 1 : 3);
    }
    return rc;
}

/* ---- z-scores ---- */

/* r (M x M) of random people, and the factor of its core. */
static int make_factor(double *r, dw_ldblock *b)
{
    static double x[PEOPLE * M];
    double u[L * L], w[L];
    dw_eigen_ws *ws = dw_eigen_ws_new(L);
    dw_rng rng = dw_rng_init(1, 1);
    dw_err err = {0};

    for (size_t i = 0; i < PEOPLE; i++) {
        double shared = dw_rng_normal(&rng);

        for (size_t j = 0; j < M; j++)
            x[j * PEOPLE + i] = shared + dw_rng_normal(&rng);
    }
    for (size_t j = 0; j < M; j++) {
        double sum = 0, sum2 = 0;

        for (size_t i = 0; i < PEOPLE; i++)
            sum += x[j * PEOPLE + i] / PEOPLE;
        for (size_t i = 0; i < PEOPLE; i++) {
            x[j * PEOPLE + i] -= sum;
            sum2 += x[j * PEOPLE + i] * x[j * PEOPLE + i];
        }
        for (size_t i = 0; i < PEOPLE; i++)
            x[j * PEOPLE + i] /= sqrt(sum2);
    }
    for (size_t a = 0; a < M; a++)
        for (size_t c = 0; c < M; c++) {
            r[c * M + a] = 0;
            for (size_t i = 0; i < PEOPLE; i++)
                r[c * M + a] += x[a * PEOPLE + i] * x[c * PEOPLE + i];
        }
    for (size_t a = 0; a < L; a++)
        for (size_t c = 0; c < L; c++)
            u[c * L + a] = r[(CORE + c) * M + CORE + a];
    if (dw_eigen_symmetric(ws, L, u, L, w) || dw_ldblock_resize(b, M, L, &err))
        return -1;
    dw_eigen_ws_free(ws);
    strcpy(b->contig, "3");
    b->start = 1009;
    b->end = 1050;
    b->core = CORE;
    b->l = L;
    for (size_t i = 0; i < L; i++) {
        b->lambda[i] = w[i];
        for (size_t j = 0; j < M; j++) {
            double sum = 0;

            for (size_t a = 0; a < L; a++)
                sum += u[i * L + a] * r[j * M + CORE + a];
            b->q[j * L + i] = (float)(sum / sqrt(w[i]));
        }
    }
    return 0;
}

/* Over many seeds: E z = 0, E z z' = N R F R + R + tau I, of the core.  Bounds
 * are 5 standard errors of a product of two normals. */
static void test_moments(void)
{
    static const double f[M] = {0.01, 0, 0.05, 0.002, 0.02, 0.03};
    const dw_study base = {.n = 100, .tau = 0.5};
    const size_t times = 20000;
    double r[M * M], got[L * L] = {0}, mean[L] = {0};
    dw_variants v = {0};
    dw_ldblock b = {0};
    size_t off = 0, off_mean = 0;

    if (make_variants(&v, 0, M, 0) || make_factor(r, &b)) {
        OK(0, "a block");
        return;
    }
    for (size_t s = 0; s < times; s++) {
        dw_study study = base;
        double effect[M], z[L];

        study.seed = s;
        for (size_t i = 0; i < M; i++)
            effect[i] = dw_simulate_effect(&study, &v, i, f[i]);
        if (dw_simulate_block(&study, &v, &b, effect, z))
            break;
        for (size_t i = 0; i < L; i++) {
            mean[i] += z[i] / (double)times;
            for (size_t j = 0; j < L; j++)
                got[j * L + i] += z[i] * z[j] / (double)times;
        }
    }
    double want[L * L], worst = 0;

    for (size_t i = 0; i < L; i++)
        for (size_t j = 0; j < L; j++) {
            double *w = &want[j * L + i];

            *w = r[(CORE + j) * M + CORE + i] + (i == j ? base.tau : 0);
            for (size_t k = 0; k < M; k++)
                *w += base.n * f[k] * r[k * M + CORE + i] * r[k * M + CORE + j];
        }
    for (size_t i = 0; i < L; i++) {
        off_mean += fabs(mean[i]) > 5 * sqrt(want[i * L + i] / (double)times);
        for (size_t j = 0; j < L; j++) {
            double se = sqrt((want[i * L + i] * want[j * L + j] +
                              want[j * L + i] * want[j * L + i]) /
                             (double)times);

            worst = fmax(worst, fabs(got[j * L + i] - want[j * L + i]) / se);
            off += fabs(got[j * L + i] - want[j * L + i]) > 5 * se;
        }
    }
    OK(off_mean == 0, "z has mean 0");
    OK(off == 0, "and covariance N R F R + R + tau I: %.1f SE at worst", worst);
    dw_variants_clear(&v);
    dw_ldblock_clear(&b);
}

/* A variant in two blocks has one effect, and one that is its own. */
static void test_effects(void)
{
    const dw_study study = {.seed = 9, .n = 100, .tau = 0};
    dw_variants a = {0}, b = {0};
    double sum = 0, sum2 = 0;
    size_t same = 0;

    if (make_variants(&a, 0, 20, 0) || make_variants(&b, 10, 4000, 0))
        return;
    for (size_t i = 10; i < 20; i++)
        same += dw_simulate_effect(&study, &a, i, 0.3) ==
                dw_simulate_effect(&study, &b, i - 10, 0.3);
    OK(same == 10, "the same variant in two tables has the same effect");
    for (size_t i = 0; i < b.m; i++) {
        double x = dw_simulate_effect(&study, &b, i, 4);

        sum += x / (double)b.m;
        sum2 += x * x / (double)b.m;
    }
    OK(fabs(sum) < 4 * 2 / sqrt((double)b.m), "effects have mean 0: %.3f", sum);
    OK(fabs(sum2 / 4 - 1) < 4 * sqrt(2 / (double)b.m),
       "and the variance asked for: %.3f of 4", sum2);
    dw_variants_clear(&a);
    dw_variants_clear(&b);
}

/* Noise is drawn for the block's core: other seeds, other noise. */
static void test_noise(void)
{
    dw_study study = {.seed = 3, .n = 100, .tau = 0};
    double r[M * M], zero[M] = {0}, a[L], b[L], c[L];
    dw_variants v = {0};
    dw_ldblock block = {0};

    if (make_variants(&v, 0, M, 0) || make_factor(r, &block))
        return;
    int rc = dw_simulate_block(&study, &v, &block, zero, a) |
             dw_simulate_block(&study, &v, &block, zero, b);

    study.seed = 4;
    rc |= dw_simulate_block(&study, &v, &block, zero, c);
    OK(rc == 0 && memcmp(a, b, sizeof a) == 0, "drawn twice, the same");
    OK(memcmp(a, c, sizeof a) != 0, "of another seed, another");

    const double var[M] = {1e-300, 1e-300, 1e-300, 1e-300, 1e-300, 1e-300};
    double effect[M];
    size_t odd = 0;

    rc = dw_simulate_trait(&study, &v, &block, 0, var, effect) |
         dw_simulate_trait(&study, &v, &block, 1, var, effect);
    for (size_t i = 0; i < M; i++) {
        bool core = i >= CORE && i < CORE + L;

        odd += effect[i] == 0 || isnan(v.z[i]) == core ||
               isnan(v.n[M + i]) == core;
        odd += core && (v.z[M + i] != (float)c[i - CORE] ||
                        v.z[i] != v.z[M + i] || v.n[i] != 100);
    }
    OK(rc == 0 && v.t == 2 && odd == 0,
       "a trait is a column: z and N of the core, nothing of flanks");
    for (unsigned long n = 1; n < 5; n++) {
        dw_mem_fail_at(n);
        odd +=
            dw_simulate_trait(&study, &v, &block, 0, var, effect) != DW_ENOMEM;
        dw_mem_fail_at(0);
    }
    OK(odd == 0 && dw_simulate_trait(&study, &v, &block, 0, var, effect) == 0 &&
           v.t == 1,
       "each allocation may fail");
    dw_mem_fail_at(1);
    OK(dw_simulate_block(&study, &v, &block, zero, a) == DW_ENOMEM,
       "no memory is told");
    dw_mem_fail_at(0);
    dw_variants_clear(&v);
    dw_ldblock_clear(&block);
}

/* ---- planted functions ---- */

static const char *const names[3] = {"base", "rare", "wide"};

/* base 1; rare 0/1 with one missing; wide: any number, one missing. */
static void make_annot(dw_variants *v)
{
    dw_rng rng = dw_rng_init(5, 5);

    for (size_t i = 0; i < v->m; i++) {
        v->annot[i] = 1;
        v->annot[v->m + i] = dw_rng_uniform(&rng) < 0.1;
        v->annot[2 * v->m + i] = (float)(7 + 3 * dw_rng_normal(&rng));
    }
    v->annot[v->m + 5] = NAN;
    v->annot[2 * v->m + 6] = NAN;
}

/* Shows it the variants in two parts, as two blocks would. */
static dw_planted *learn(const char *text, const dw_variants *v, dw_err *err)
{
    dw_planted *f = dw_planted_new(text, names, v->p, err);

    for (size_t pass = 0; f && pass < dw_planted_passes(f); pass++) {
        if (dw_planted_show(f, pass, v, 0, v->m / 3) ||
            dw_planted_show(f, pass, v, v->m / 3, v->m) ||
            dw_planted_learn(f, pass, err)) {
            dw_planted_free(f);
            return NULL;
        }
    }
    return f;
}

static void test_const(const dw_variants *v)
{
    dw_err err = {0};
    dw_planted *f = learn("const", v, &err);
    double out[2] = {7, 7}, want = 0.5 / (double)v->m;

    OK(f && dw_planted_passes(f) == 1, "const has but to count");
    dw_planted_variances(f, 0.5, v, 3, 5, out);
    OK(tap_near(out[0], want, 1e-12, 0) && out[1] == out[0],
       "const is constant: %g of %g", out[0], want);
    dw_planted_free(f);
}

static void test_enrich(const dw_variants *v)
{
    dw_err err = {0};
    dw_planted *f = learn("enrich:rare=5,wide=0.5", v, &err);
    double mean = 0, sd = 0, share = 0, worst = 0, n = (double)v->m - 1;
    double sum = 0, total = 0, *want, *got;

    if (!f) {
        OK(0, "enrich: %s", err.msg);
        return;
    }
    for (size_t i = 0; i < v->m; i++) {
        mean += i == 6 ? 0 : (double)v->annot[2 * v->m + i] / n;
        share += i == 5 ? 0 : (double)v->annot[v->m + i] / n;
    }
    for (size_t i = 0; i < v->m; i++)
        sd += i == 6 ? 0 : pow((double)v->annot[2 * v->m + i] - mean, 2) / n;
    sd = sqrt(sd);
    want = dw_alloc(v->m, sizeof *want);
    got = dw_alloc(v->m, sizeof *got);
    for (size_t i = 0; i < v->m; i++) {
        double rare = i == 5 ? share : (double)v->annot[v->m + i];
        double wide = i == 6 ? 0 : ((double)v->annot[2 * v->m + i] - mean) / sd;

        want[i] = pow(5, rare) * pow(0.5, wide);
        sum += want[i];
    }
    dw_planted_variances(f, 0.3, v, 0, v->m, got);
    for (size_t i = 0; i < v->m; i++) {
        worst = fmax(worst, fabs(got[i] * sum / (0.3 * want[i]) - 1));
        total += got[i];
    }
    NEAR(total, 0.3, 1e-12, 0, "variances add up to what was asked for");
    dw_free(want);
    dw_free(got);
    OK(worst < 1e-9,
       "enrichment: 5 times where it is 1, half for each SD: %.2g", worst);
    dw_planted_free(f);
}

/* Logarithms of all variances, less their mean. */
static void logs(const dw_planted *f, const dw_variants *v, double *x)
{
    double mean = 0;

    dw_planted_variances(f, 0.5, v, 0, v->m, x);
    for (size_t i = 0; i < v->m; i++) {
        x[i] = log(x[i]);
        mean += x[i] / (double)v->m;
    }
    for (size_t i = 0; i < v->m; i++)
        x[i] -= mean;
}

static void as_given(void *ctx, const dw_variants *v, size_t begin, size_t end,
                     double *out)
{
    for (size_t i = begin; i < end; i++)
        out[i - begin] = *(double *)ctx * v->pos[i];
}

static void test_given(const dw_variants *v)
{
    dw_err err = {0};
    double factor = 3, sum = 0, out[2];
    dw_planted *f = dw_planted_of(as_given, &factor);

    for (size_t i = 0; i < v->m; i++)
        sum += v->pos[i];
    OK(dw_planted_passes(f) == 1 && !dw_planted_show(f, 0, v, 0, v->m) &&
           !dw_planted_learn(f, 0, &err),
       "a function that is given");
    dw_planted_variances(f, 0.5, v, 7, 9, out);
    NEAR(out[1], 0.5 * v->pos[8] / sum, 1e-12, 0, "is scaled");
    dw_planted_free(f);
    factor = 0;
    f = dw_planted_of(as_given, &factor);
    OK(!dw_planted_show(f, 0, v, 0, v->m) &&
           dw_planted_learn(f, 0, &err) == DW_EDEGENERATE,
       "unless it is 0: %s", err.msg);
    dw_planted_free(f);
    f = dw_planted_of(as_given, &factor);
    dw_mem_fail_at(1);
    OK(dw_planted_show(f, 0, v, 0, v->m) == DW_ENOMEM, "no memory is told");
    dw_mem_fail_at(0);
    dw_planted_free(f);
}

static void test_mlp(const dw_variants *v)
{
    dw_err err = {0};
    dw_planted *f = learn("mlp:4,1.5", v, &err), *g = learn("mlp:5", v, &err);
    dw_planted *again = learn("mlp:4,1.5", v, &err);
    double *x = dw_alloc(v->m, sizeof *x), *y = dw_alloc(v->m, sizeof *y);
    double mean = 0, var = 0, differ = 0, odd = 0;

    if (!f || !g || !again) {
        OK(0, "mlp: %s", err.msg);
        return;
    }
    logs(f, v, x);
    logs(again, v, y);
    for (size_t i = 0; i < v->m; i++) {
        mean += x[i] / (double)v->m;
        var += x[i] * x[i] / (double)v->m;
        differ += x[i] != y[i];
        odd += !isfinite(x[i]);
    }
    OK(fabs(mean) < 1e-9 && fabs(sqrt(var) - 1.5) < 1e-9 && odd == 0,
       "mlp: log variance has mean %.2g and SD %.4f", mean, sqrt(var));
    OK(differ == 0, "the same seed gives the same function");
    logs(g, v, y);
    for (size_t i = 0; i < v->m; i++)
        differ += fabs(x[i] / 1.5 - y[i]) > 0.1;
    OK(differ > (double)v->m / 10, "another seed, another function");
    dw_planted_free(f);
    dw_planted_free(g);
    dw_planted_free(again);
    dw_free(x);
    dw_free(y);
}

static void refused(const char *text, int code, const char *why)
{
    dw_err err = {0};
    dw_planted *f = dw_planted_new(text, names, 3, &err);

    OK(!f && err.code == code && strstr(err.msg, why), "%s is refused: %s",
       text, err.msg);
    dw_planted_free(f);
}

static void test_refusals(void)
{
    dw_variants v = {0};
    dw_err err = {0};
    dw_planted *f;

    refused("", DW_EUSAGE, "is not const");
    refused("constant", DW_EUSAGE, "is not const");
    refused("enrich:", DW_EUSAGE, "needs COLUMN=X");
    refused("enrich:rare", DW_EUSAGE, "not COLUMN=X");
    refused("enrich:rare=2,=3", DW_EUSAGE, "not COLUMN=X");
    refused("enrich:rare=0", DW_EUSAGE, "> 0");
    refused("enrich:rare=-1", DW_EUSAGE, "> 0");
    refused("enrich:rare=nan", DW_EUSAGE, "> 0");
    refused("enrich:rare=", DW_EUSAGE, "> 0");
    refused("enrich:Rar=2", DW_EMISMATCH, "did you mean rare");
    refused("mlp:", DW_EUSAGE, "mlp:SEED");
    refused("mlp:-1", DW_EUSAGE, "mlp:SEED");
    refused("mlp:1,0", DW_EUSAGE, "mlp:SEED");
    refused("mlp:1,2,3", DW_EUSAGE, "mlp:SEED");
    if (make_variants(&v, 0, 10, 3))
        return;
    for (size_t i = 0; i < 30; i++)
        v.annot[i] = 0.1f;
    f = learn("mlp:1", &v, &err);
    OK(!f && err.code == DW_EDEGENERATE, "mlp of constants: %s", err.msg);
    dw_planted_free(f);
    dw_variants_clear(&v);
}

int main(void)
{
    dw_variants v = {0};

    test_moments();
    test_effects();
    test_noise();
    if (make_variants(&v, 0, 500, 3))
        return 1;
    make_annot(&v);
    test_const(&v);
    test_enrich(&v);
    test_mlp(&v);
    test_given(&v);
    test_refusals();
    dw_variants_clear(&v);
    return tap_done();
}
