/*
 * lik_reference: equation (3) by plain loops, for blocks of at most 8 variants.
 *
 * Knows none of lib/lik's tricks and calls no BLAS: a panel of random genotypes
 * (in double), R = X'X, the range of R_ll by Jacobi rotations, the covariance C
 * of (3), and Gauss elimination.  In the range of R_ll, x = U'z_l has the
 * covariance U'C U, and since y = L^-1/2 x, log p(y) = log p(x) + 1/2 log|L|.
 */
#ifndef DW_TESTS_LIK_REFERENCE_H
#define DW_TESTS_LIK_REFERENCE_H

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "lik/lik_factor.h"

enum { REF_MAX = 8, REF_PEOPLE = 40 };

typedef struct ref_block {
    size_t m, core, l, k;
    double r[REF_MAX][REF_MAX]; /* correlation of all m */
    double u[REF_MAX][REF_MAX]; /* u[i]: i-th eigenvector of R_ll (l) */
    double lambda[REF_MAX];     /* descending, k of them */
    double q[REF_MAX * REF_MAX], y[REF_MAX], z[REF_MAX];
} ref_block;

/* Jacobi rotations: a (n x n) symmetric becomes diagonal, v[i] eigenvectors. */
static inline void ref_jacobi(size_t n, double a[REF_MAX][REF_MAX],
                              double v[REF_MAX][REF_MAX])
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            v[i][j] = i == j;
    for (int sweep = 0; sweep < 60; sweep++)
        for (size_t p = 0; p < n; p++)
            for (size_t q = p + 1; q < n; q++) {
                double angle = 0.5 * atan2(2 * a[p][q], a[p][p] - a[q][q]);
                double c = cos(angle), s = sin(angle);

                for (size_t i = 0; i < n; i++) {
                    double x = a[i][p], y = a[i][q];

                    a[i][p] = c * x + s * y;
                    a[i][q] = c * y - s * x;
                }
                for (size_t i = 0; i < n; i++) {
                    double x = a[p][i], y = a[q][i];

                    a[p][i] = c * x + s * y;
                    a[q][i] = c * y - s * x;
                    x = v[p][i], y = v[q][i];
                    v[p][i] = c * x + s * y;
                    v[q][i] = c * y - s * x;
                }
            }
}

/* Solves A X = B in place by Gauss elimination with pivots; returns log|det|.
 */
static inline double ref_solve(size_t n, double a[REF_MAX][REF_MAX],
                               size_t nrhs, double b[REF_MAX][REF_MAX])
{
    double logdet = 0;

    for (size_t c = 0; c < n; c++) {
        size_t top = c;

        for (size_t i = c + 1; i < n; i++)
            if (fabs(a[i][c]) > fabs(a[top][c]))
                top = i;
        for (size_t j = 0; j < n; j++) {
            double t = a[c][j];
            a[c][j] = a[top][j];
            a[top][j] = t;
        }
        for (size_t j = 0; j < nrhs; j++) {
            double t = b[c][j];
            b[c][j] = b[top][j];
            b[top][j] = t;
        }
        logdet += log(fabs(a[c][c]));
        for (size_t i = 0; i < n; i++) {
            double f = i == c ? 0 : a[i][c] / a[c][c];

            for (size_t j = 0; j < n; j++)
                a[i][j] -= f * a[c][j];
            for (size_t j = 0; j < nrhs; j++)
                b[i][j] -= f * b[c][j];
        }
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < nrhs; j++)
            b[i][j] /= a[i][i];
    return logdet;
}

/* Eigenvectors of R_ll with eigenvalues above the cut, descending. */
static inline void ref_spectrum(ref_block *b)
{
    double a[REF_MAX][REF_MAX], v[REF_MAX][REF_MAX];
    int taken[REF_MAX] = {0};

    for (size_t i = 0; i < b->l; i++)
        for (size_t j = 0; j < b->l; j++)
            a[i][j] = b->r[b->core + i][b->core + j];
    ref_jacobi(b->l, a, v);
    for (b->k = 0; b->k < b->l; b->k++) {
        size_t top = b->l;

        for (size_t i = 0; i < b->l; i++)
            if (!taken[i] && (top == b->l || a[i][i] > a[top][top]))
                top = i;
        if (a[top][top] < 1e-8)
            break;
        taken[top] = 1;
        b->lambda[b->k] = a[top][top];
        memcpy(b->u[b->k], v[top], sizeof(v[top]));
    }
}

/* Genotypes of n people at m variants in LD, variants `twin` and 0 the same (0:
 * none are); z in the range of R_ll plus noise; Q and y by (4) and (5). */
static inline ref_block ref_make(uint64_t seed, size_t n, size_t m, size_t core,
                                 size_t l, size_t twin)
{
    dw_rng rng = dw_rng_init(seed, 7);
    double x[REF_MAX][REF_PEOPLE] = {{0}};
    ref_block b = {.m = m, .core = core, .l = l};

    for (size_t j = 0; j < m; j++) {
        double mean = 0, ss = 0;

        for (size_t i = 0; i < n; i++) {
            x[j][i] = dw_rng_normal(&rng) + (j ? 0.7 * x[j - 1][i] : 0);
            mean += x[j][i] / (double)n;
        }
        for (size_t i = 0; i < n; i++)
            ss += (x[j][i] - mean) * (x[j][i] - mean);
        for (size_t i = 0; i < n; i++)
            x[j][i] = (x[j][i] - mean) / sqrt(ss);
    }
    if (twin)
        memcpy(x[twin], x[0], sizeof(x[0]));
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++)
            for (size_t h = 0; h < n; h++)
                b.r[i][j] += x[i][h] * x[j][h];
    for (size_t i = 0; i < l; i++)
        b.z[i] = 2 * dw_rng_normal(&rng);
    ref_spectrum(&b);
    for (size_t i = 0; i < b.k; i++)
        for (size_t j = 0; j < m; j++) {
            for (size_t h = 0; h < l; h++)
                b.q[i + j * b.k] += b.u[i][h] * b.r[core + h][j];
            b.q[i + j * b.k] /= sqrt(b.lambda[i]);
        }
    for (size_t i = 0; i < b.k; i++) {
        for (size_t h = 0; h < l; h++)
            b.y[i] += b.q[i + (core + h) * b.k] * b.z[h];
        b.y[i] /= b.lambda[i];
    }
    return b;
}

static inline dw_factor ref_factor(const ref_block *b)
{
    return (dw_factor){
        .m = b->m, .k = b->k, .lambda = b->lambda, .y = b->y, .q = b->q};
}

/* All that (3) says of a block, by dense algebra in the range of R_ll. */
typedef struct ref_answer {
    double loglik; /* of y */
    double grad[REF_MAX], d_s2, d_tau;
    double mean[REF_MAX], var[REF_MAX];
} ref_answer;

/* c <- U'C U, C = R_l. F R_.l + s2 R_ll + tau I;  g[i][j] = (U'R_l.)_ij */
static inline void ref_covariance(const ref_block *b, const double *f,
                                  dw_noise noise, double c[REF_MAX][REF_MAX],
                                  double g[REF_MAX][REF_MAX])
{
    memset(g, 0, sizeof(double) * REF_MAX * REF_MAX);
    for (size_t i = 0; i < b->k; i++)
        for (size_t j = 0; j < b->m; j++)
            for (size_t h = 0; h < b->l; h++)
                g[i][j] += b->u[i][h] * b->r[b->core + h][j];
    for (size_t i = 0; i < b->k; i++)
        for (size_t h = 0; h < b->k; h++) {
            c[i][h] = i == h ? noise.s2 * b->lambda[i] + noise.tau : 0;
            for (size_t j = 0; j < b->m; j++)
                c[i][h] += g[i][j] * f[j] * g[h][j];
        }
}

static inline ref_answer ref_evaluate(const ref_block *b, const double *f,
                                      dw_noise noise)
{
    double c[REF_MAX][REF_MAX], g[REF_MAX][REF_MAX], inv[REF_MAX][REF_MAX];
    double x[REF_MAX], v[REF_MAX];
    ref_answer out = {0};

    ref_covariance(b, f, noise, c, g);
    for (size_t i = 0; i < b->k; i++) {
        x[i] = 0;
        for (size_t h = 0; h < b->l; h++)
            x[i] += b->u[i][h] * b->z[h];
        for (size_t j = 0; j < b->k; j++)
            inv[i][j] = i == j;
    }
    out.loglik = -0.5 * ref_solve(b->k, c, b->k, inv);
    for (size_t i = 0; i < b->k; i++) {
        v[i] = 0;
        for (size_t j = 0; j < b->k; j++)
            v[i] += inv[i][j] * x[j];
        out.loglik -= 0.5 * (x[i] * v[i] + log(2 * acos(-1)));
        out.loglik += 0.5 * log(b->lambda[i]);
        out.d_s2 -= 0.5 * b->lambda[i] * (inv[i][i] - v[i] * v[i]);
        out.d_tau -= 0.5 * (inv[i][i] - v[i] * v[i]);
    }
    for (size_t j = 0; j < b->m; j++) {
        double quad = 0, dot = 0;

        for (size_t i = 0; i < b->k; i++) {
            dot += g[i][j] * v[i];
            for (size_t h = 0; h < b->k; h++)
                quad += g[i][j] * inv[i][h] * g[h][j];
        }
        out.grad[j] = -0.5 * f[j] * (quad - dot * dot);
        out.mean[j] = f[j] * dot;
        out.var[j] = f[j] - f[j] * f[j] * quad;
    }
    return out;
}

#endif
