/*
 * Misfits among z-scores: expectations and variances against dense algebra on
 * those that stay, planted flips and errors found, signals left alone.
 */
#include "tap.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "lik/check_z.h"
#include "linalg/blas.h"
#include "linalg/eigen.h"

enum { MAX = 200 };

static const double P = 5e-8;

typedef struct problem {
    size_t n, k;
    double r[MAX * MAX], lambda[MAX], q[MAX * MAX], z[MAX];
} problem;

/* The factor of p->r, of its eigenvalues above 1e-4. */
static void factor(problem *p)
{
    static double v[MAX * MAX];
    dw_eigen_ws *ws = dw_eigen_ws_new(p->n);

    memcpy(v, p->r, p->n * p->n * sizeof *v);
    if (dw_eigen_symmetric(ws, p->n, v, p->n, p->lambda) != 0)
        abort();
    p->k = 0;
    while (p->k < p->n && p->lambda[p->k] > 1e-4)
        p->k++;
    for (size_t j = 0; j < p->n; j++) {
        for (size_t i = 0; i < p->k; i++)
            p->q[i + j * p->k] = sqrt(p->lambda[i]) * v[j + i * p->n];
    }
    dw_eigen_ws_free(ws);
}

/* z <- R b + R^1/2 e, of what is in the factor; b is all 0 but at `at`. */
static void simulate(problem *p, uint64_t seed, size_t at, double b)
{
    dw_rng rng = dw_rng_init(seed, 1);
    double e[MAX];

    for (size_t i = 0; i < p->k; i++)
        e[i] = dw_rng_normal(&rng) + p->q[i + at * p->k] * b;
    for (size_t j = 0; j < p->n; j++) {
        p->z[j] = 0;
        for (size_t i = 0; i < p->k; i++)
            p->z[j] += p->q[i + j * p->k] * e[i];
    }
}

/* Runs of 20 variants, of which neighbours have r = 0.95, and lone ones behind
 * them; signs alternate every 7. */
static void make(problem *p, size_t n, size_t lone)
{
    p->n = n;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            size_t apart = i > j ? i - j : j - i;
            bool near = i / 20 == j / 20 && i + lone < n && j + lone < n;
            double sign = (i / 7 + j / 7) % 2 ? -1 : 1;

            p->r[i + j * n] =
                near ? sign * pow(0.95, (double)apart) : (double)(i == j);
        }
    }
    factor(p);
}

static int run(dw_check_z_ws *ws, const problem *p, uint64_t people,
               dw_check_z *out)
{
    return dw_check_z_block(ws, p->n, p->k, p->lambda, p->q, p->z, people, P,
                            out);
}

/* a (n x n) <- its inverse, by elimination. */
static void invert(size_t n, double *a)
{
    for (size_t i = 0; i < n; i++) {
        double pivot = a[i + i * n];

        a[i + i * n] = 1;
        for (size_t j = 0; j < n; j++)
            a[i + j * n] /= pivot;
        for (size_t h = 0; h < n; h++) {
            double by = a[h + i * n];

            if (h == i)
                continue;
            a[h + i * n] = 0;
            for (size_t j = 0; j < n; j++)
                a[h + j * n] -= by * a[i + j * n];
        }
    }
}

/* Of those that stay: E and Var from P = (R + h I)^-1 of them alone. */
static void hold_against_dense(const problem *p, const dw_check_z *got,
                               const char *what)
{
    static double a[MAX * MAX];
    size_t at[MAX], n = 0;
    double worst = 0;

    for (size_t j = 0; j < p->n; j++) {
        if (got->verdict[j] == DW_Z_FINE || got->verdict[j] == DW_Z_UNTESTED)
            at[n++] = j;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            a[i + j * n] =
                p->r[at[i] + at[j] * p->n] + (i == j ? got->ridge : 0);
    }
    invert(n, a);
    for (size_t j = 0; j < n; j++) {
        const double *c = a + j * n;
        double pz = 0, two = 0, e, var;

        for (size_t i = 0; i < n; i++) {
            pz += c[i] * p->z[at[i]];
            two += c[i] * c[i];
        }
        e = p->z[at[j]] - pz / c[j];
        var = (got->told * (c[j] - got->ridge * two) + got->alone * two) /
              (c[j] * c[j]);
        worst = fmax(worst, fabs(e - got->expected[at[j]]));
        worst = fmax(worst, fabs(sqrt(var + 1e-6) / got->sd[at[j]] - 1));
    }
    OK(n > 0 && worst < 1e-7, "%s: %zu as dense algebra has them, off by %.1g",
       what, n, worst);
}

static void test_clean(dw_check_z_ws *ws)
{
    static problem p;
    dw_check_z got;
    size_t misfits = 0;

    make(&p, 120, 10);
    for (uint64_t seed = 0; seed < 50; seed++) {
        simulate(&p, seed, 30, seed % 2 ? 25 : 0);
        if (run(ws, &p, 0, &got) != 0)
            misfits += 1000;
        misfits += p.n - got.n[DW_Z_FINE] - got.n[DW_Z_UNTESTED];
    }
    OK(misfits == 0, "50 clean studies: %zu misfits", misfits);
    OK(got.n[DW_Z_UNTESTED] >= 10, "lone variants are not tested");
    OK(got.tau < 0.01 && got.s2 > 0.5, "s2 %.2f, tau %.2g", got.s2, got.tau);
    hold_against_dense(&p, &got, "clean");
}

static void test_planted(dw_check_z_ws *ws)
{
    static problem p;
    dw_check_z got;

    make(&p, 120, 10);
    simulate(&p, 7, 30, 12);
    p.z[33] = -p.z[33]; /* a flip among neighbours of the signal */
    p.z[70] = 9;        /* an error */
    p.z[115] = 15;      /* a lone signal: nobody contradicts it */
    OK(run(ws, &p, 0, &got) == 0, "runs");
    OK(got.verdict[33] == DW_Z_FLIP, "the flip: verdict %d", got.verdict[33]);
    OK(got.verdict[70] == DW_Z_MISFIT, "the error: %d", got.verdict[70]);
    OK(got.verdict[30] == DW_Z_FINE, "not the signal");
    OK(got.verdict[115] == DW_Z_UNTESTED, "nor one that stands alone");
    OK(got.n[DW_Z_FLIP] + got.n[DW_Z_MISFIT] + got.n[DW_Z_PAIR] == 2,
       "and nothing else");
    hold_against_dense(&p, &got, "without two");
}

/* Two alike, of which one is wrong: which, nobody can tell. */
static void test_pair(dw_check_z_ws *ws)
{
    static problem p;
    dw_check_z got;

    make(&p, 120, 10);
    for (size_t i = 0; i < 120; i++)
        p.r[118 + i * 120] = p.r[i + 118 * 120] = i == 117 || i == 118;
    p.r[117 + 118 * 120] = p.r[118 + 117 * 120] = 0.999;
    factor(&p);
    simulate(&p, 3, 117, 6);
    p.z[117] = -p.z[117];
    OK(run(ws, &p, 0, &got) == 0, "runs");
    OK(got.verdict[117] == DW_Z_PAIR && got.verdict[118] == DW_Z_PAIR,
       "a pair: %d %d", got.verdict[117], got.verdict[118]);
    OK(got.n[DW_Z_PAIR] == 2 && got.n[DW_Z_FLIP] + got.n[DW_Z_MISFIT] == 0,
       "and nothing else");
    hold_against_dense(&p, &got, "without a pair");
}

/* More than one in ten: a study of other alleles altogether. */
static void test_stopped(dw_check_z_ws *ws)
{
    static problem p;
    dw_check_z got;
    size_t out;

    make(&p, 200, 0);
    simulate(&p, 4, 30, 5);
    for (size_t j = 5; j < 200; j += 25) { /* 24 of them, side by side */
        p.z[j] = p.z[j + 2] = 40;
        p.z[j + 1] = -40;
    }
    OK(run(ws, &p, 0, &got) == 0 && got.stopped, "stops");
    out = got.n[DW_Z_FLIP] + got.n[DW_Z_MISFIT] + got.n[DW_Z_PAIR];
    OK(out >= 20 && out <= 21, "with %zu of 200 taken out", out);
}

static void test_broken(void)
{
    static problem p;
    dw_check_z_ws *ws = dw_check_z_ws_new();
    dw_check_z got;

    make(&p, 40, 0);
    simulate(&p, 1, 0, 8);
    p.z[5] = -p.z[5];
    for (unsigned long i = 1; i <= 14; i++) {
        dw_check_z_ws *fresh = dw_check_z_ws_new();

        dw_mem_fail_at(i);
        OK(run(fresh, &p, 0, &got) == DW_ENOMEM, "allocation %lu", i);
        dw_mem_fail_at(0);
        dw_check_z_ws_free(fresh);
    }
    OK(run(ws, &p, 0, &got) == 0 && got.verdict[5] != DW_Z_FINE, "goes");
    p.z[3] = NAN;
    OK(run(ws, &p, 0, &got) == DW_EDEGENERATE, "NaN is refused");
    make(&p, DW_CHECK_Z_LEAST - 1, 0);
    simulate(&p, 1, 0, 8);
    OK(run(ws, &p, 0, &got) == 0 && got.n[DW_Z_UNTESTED] == p.n &&
           isnan(got.expected[0]),
       "too few are not tested");
    p.k = 0;
    OK(run(ws, &p, 0, &got) == 0 && got.n[DW_Z_UNTESTED] == p.n, "nor rank 0");
    dw_check_z_ws_free(ws);
    dw_check_z_ws_free(NULL);
}

/* Numbers of a table, its first line passed over; how many there were. */
static size_t read_numbers(const char *path, double *x, size_t max)
{
    char command[256];
    FILE *f;
    size_t n = 0;

    snprintf(command, sizeof command, "gzip -dc %s | tail -n +2", path);
    f = popen(command, "r");
    while (f && n < max && fscanf(f, "%lf", &x[n]) == 1)
        n++;
    if (f)
        pclose(f);
    return n;
}

/* susieR's data: one flip planted at SNP 158, a signal at 51. */
static void test_real(dw_check_z_ws *ws)
{
    static const char *const dir = "../shared/data/ld/susie_SummaryConsistency";
    static problem p;
    dw_check_z got;
    char path[256];
    FILE *f;

    snprintf(path, sizeof path, "%s/ld.tsv.gz", dir);
    f = fopen(path, "r");
    if (!f) {
        printf("ok %d - # skip the real data (../shared/data) are not here\n",
               ++tap_n);
        return;
    }
    fclose(f);
    p.n = 200;
    OK(read_numbers(path, p.r, MAX * MAX) == MAX * MAX, "LD is there");
    snprintf(path, sizeof path, "%s/z.tsv.gz", dir);
    OK(read_numbers(path, p.z, MAX) == MAX, "z is there");
    factor(&p);
    OK(run(ws, &p, 0, &got) == 0, "runs");
    OK(got.verdict[157] == DW_Z_FLIP, "SNP 158 is a flip");
    OK(got.verdict[50] == DW_Z_FINE, "SNP 51 is none: a signal");
    OK(got.n[DW_Z_FLIP] == 1 && got.n[DW_Z_MISFIT] + got.n[DW_Z_PAIR] == 0,
       "and no other");
}

int main(void)
{
    dw_check_z_ws *ws = dw_check_z_ws_new();

    dw_linalg_single_thread();
    test_clean(ws);
    test_planted(ws);
    test_pair(ws);
    test_stopped(ws);
    test_broken();
    test_real(ws);
    dw_check_z_ws_free(ws);
    return tap_done();
}
