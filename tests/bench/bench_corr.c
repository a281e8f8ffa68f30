/*
 * bench_corr: the factor from correlations, by a pivoted Cholesky against a
 * full eigen-decomposition, on the same matrix: time, rank, what is left of R,
 * and what the difference does to log p and its gradient.  Asserts nothing.
 *
 *     bench_corr PANEL.bed [VARIANTS]...
 *
 * R is that of the panel's first VARIANTS (1000), rounded to float as files
 * have it.  The z-scores are drawn with N f_j = 0.2, e from N(0, R).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/apart.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "input/read_geno.h"
#include "ld/factor_corr.h"
#include "lik/marginal.h"
#include "linalg/blas.h"
#include "linalg/dense.h"

enum { COLUMNS = 512 };

static void *memory(size_t n, size_t size)
{
    void *p = dw_try_alloc(n, size);

    if (!p) {
        fprintf(stderr, "bench_corr: not enough memory\n");
        exit(1);
    }
    return p;
}

/* The first m variants with genotypes that differ, X (n x m) standardised over
 * sqrt(n); sets m to what there is. */
static double *read_panel(dw_geno *geno, size_t *m, dw_err *err)
{
    dw_geno_kind kind = dw_geno_kind_of(geno);
    size_t n = dw_geno_people(geno), j = 0;
    double *x = memory(n, *m * sizeof *x);
    void *column = memory(dw_geno_bytes(kind, n), 1);
    dw_site site;

    while (j < *m && dw_geno_next(geno, &site, err) > 0) {
        dw_geno_stats s;

        if (dw_geno_column(geno, column, err) < 0)
            break;
        s = dw_geno_stats_of(kind, n, column);
        if (s.ss <= 0)
            continue;
        dw_geno_centre(kind, column, 0, n, s.mean, 1 / sqrt(s.ss), x + j * n);
        j++;
    }
    *m = j;
    dw_free(column);
    return x;
}

/* R (m x m) as float; root (n x m) is X. */
static float *correlations(const double *x, size_t n, size_t m)
{
    double *r = memory(m, m * sizeof *r);
    float *out = memory(m, m * sizeof *out);

    dw_syrk(true, m, n, 1, x, n, 0, r, m);
    for (size_t j = 0; j < m; j++) {
        for (size_t i = j; i < m; i++)
            out[i + j * m] = out[j + i * m] = (float)r[i + j * m];
        out[j + j * m] = 1;
    }
    dw_free(r);
    return out;
}

/* z = R b + X'e  (m), b ~ N(0, 0.2), e ~ N(0, I). */
static double *z_scores(const double *x, size_t n, size_t m)
{
    dw_rng rng = dw_rng_init(1, 0);
    double *z = memory(m, sizeof *z), *b = memory(m, sizeof *b);
    double *e = memory(n, sizeof *e);

    for (size_t j = 0; j < m; j++)
        b[j] = sqrt(0.2) * dw_rng_normal(&rng);
    for (size_t i = 0; i < n; i++)
        e[i] = dw_rng_normal(&rng);
    dw_gemv(false, n, m, 1, x, n, b, 1, e);
    dw_gemv(true, n, m, 1, x, n, e, 0, z);
    dw_free(b);
    dw_free(e);
    return z;
}

/* (7) and (8) of a factor without flanks. */
static double evidence(const dw_ldblock *b, const double *z, double tau,
                       double *grad)
{
    dw_marginal_ws *ws =
        dw_marginal_ws_new(b->m, b->k, &(dw_solving){.solver = DW_SOLVER_AUTO});
    double *y = memory(b->k, sizeof *y), *f = memory(b->m, sizeof *f), ll = NAN;
    const dw_factor factor = {
        .m = b->m, .k = b->k, .lambda = b->lambda, .y = y, .q32 = b->q};
    const dw_noise noise = {1, tau};

    for (size_t j = 0; j < b->m; j++) {
        f[j] = 0.2;
        grad[j] = 0;
        for (size_t i = 0; i < b->k; i++)
            y[i] += (double)b->q[i + j * b->k] * z[j];
    }
    for (size_t i = 0; i < b->k; i++)
        y[i] /= b->lambda[i];
    if (dw_marginal_block(ws, &factor, f, noise, &ll, grad, NULL) != 0)
        ll = NAN;
    dw_marginal_ws_free(ws);
    dw_free(y);
    dw_free(f);
    return ll;
}

/* The largest |(Q'Q - R)_ij|, and the root of the mean square. */
static void compare(const dw_ldblock *b, const float *r, double *worst,
                    double *root)
{
    size_t m = b->m, k = b->k;
    float *part = memory(m, COLUMNS * sizeof *part);
    double sum = 0;

    *worst = 0;
    for (size_t j = 0; j < m; j += COLUMNS) {
        size_t width = m - j < COLUMNS ? m - j : COLUMNS;

        dw_sgemm(true, false, m, width, k, 1, b->q, k, b->q + j * k, k, 0, part,
                 m);
        for (size_t i = 0; i < m * width; i++) {
            double d = (double)part[i] - (double)r[j * m + i];

            sum += d * d;
            *worst = fmax(*worst, fabs(d));
        }
    }
    *root = sqrt(sum) / (double)m;
    dw_free(part);
}

static void one_size(const char *path, size_t m)
{
    static const double taus[] = {0, 0.35};
    const dw_factor_cut cut = {1e-4, 1};
    const dw_geno_query query = {0};
    dw_err err = {0};
    dw_geno *geno = dw_geno_open(path, &query, &err);
    dw_ldblock b[2] = {{{0}, 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL},
                       {{0}, 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL}};
    double *x = geno ? read_panel(geno, &m, &err) : NULL, seconds[2] = {0};
    size_t n = geno ? dw_geno_people(geno) : 0;
    float *r = x ? correlations(x, n, m) : NULL;
    double *z = x ? z_scores(x, n, m) : NULL;

    for (int way = 0; way < 2 && !err.code; way++) {
        dw_corr_ws *ws = dw_corr_ws_new();
        dw_corr_found found;
        double start = dw_clock_thread(), worst, root;

        if (dw_factor_corr(ws, m, m, 0, r, &cut,
                           way ? DW_CORR_FULL : DW_CORR_AUTO, &found, &b[way],
                           &err) < 0)
            break;
        seconds[way] = dw_clock_thread() - start;
        compare(&b[way], r, &worst, &root);
        printf("%zu people, m %zu, %-8s %8.2f s   rank %5zu  k %5zu  left "
               "%.1e   |Q'Q - R| max %.1e, rms %.1e\n",
               n, m,
               found.pivoted ? found.refined ? "refined" : "pivoted" : "full",
               seconds[way], found.rank, b[way].k, found.left, worst, root);
        fflush(stdout);
        dw_corr_ws_free(ws);
    }
    for (size_t i = 0; i < DW_COUNT(taus) && !err.code; i++) {
        double *g = memory(2 * m, sizeof *g);
        double p = evidence(&b[0], z, taus[i], g);
        double q = evidence(&b[1], z, taus[i], g + m);

        printf("    tau %-5g log p %.6f, apart %.1e; gradient apart %.1e\n",
               taus[i], q, fabs(p - q), apart(m, g, g + m));
        dw_free(g);
    }
    if (err.code)
        fprintf(stderr, "bench_corr: %s\n", err.msg);
    else
        printf("    full / pivoted: %.1f\n", seconds[1] / seconds[0]);
    dw_geno_close(geno);
    dw_ldblock_clear(&b[0]);
    dw_ldblock_clear(&b[1]);
    dw_free(x);
    dw_free(r);
    dw_free(z);
}

int main(int argc, char **argv)
{
    dw_linalg_single_thread();
    if (argc == 2)
        one_size(argv[1], 1000);
    for (int i = 2; i < argc; i++)
        one_size(argv[1], strtoul(argv[i], NULL, 10));
    return 0;
}
