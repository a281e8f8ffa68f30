/*
 * made_blocks: LD out of nothing, for tests of what is fitted to it.
 *
 * People are drawn, with neighbouring variants alike (an autoregression); the
 * factor is made from them by (4), effects and z-scores are drawn by (1) and
 * (2).
 */
#ifndef DW_TESTS_MADE_BLOCKS_H
#define DW_TESTS_MADE_BLOCKS_H

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "data/ldblock.h"
#include "data/variant.h"
#include "linalg/chol.h"
#include "linalg/dense.h"
#include "linalg/eigen.h"

typedef struct panel {
    size_t people, m, core, l, p; /* of each block */
    double alike;                 /* correlation of neighbours */
    double n, s2, tau;            /* the study */
    /* Variance of the variant with these annotations. */
    double (*variance)(const float *annot);
} panel;

/* Annotations: the first is 0 or 1, the others are normal. */
static inline void panel_annot(const panel *w, dw_rng *rng, dw_variants *var)
{
    for (size_t i = 0; i < w->p; i++) {
        for (size_t j = 0; j < w->m; j++)
            var->annot[j + i * w->m] = i == 0
                                           ? (float)(dw_rng_uniform(rng) < 0.3)
                                           : (float)dw_rng_normal(rng);
    }
}

/* R (m x m) of people whose neighbouring variants are alike. */
static inline void panel_ld(const panel *w, dw_rng *rng, double *r)
{
    size_t m = w->m;
    double *x = dw_alloc(w->people * m, sizeof *x);
    double step = sqrt(1 - w->alike * w->alike);

    for (size_t i = 0; i < w->people; i++) {
        double at = dw_rng_normal(rng);

        for (size_t j = 0; j < m; j++) {
            x[i + j * w->people] = at;
            at = w->alike * at + step * dw_rng_normal(rng);
        }
    }
    for (size_t j = 0; j < m; j++) {
        double *column = x + j * w->people, sum = 0;

        for (size_t i = 0; i < w->people; i++)
            sum += column[i];
        for (size_t i = 0; i < w->people; i++)
            column[i] -= sum / (double)w->people;
        dw_scal(w->people, 1 / dw_nrm2(w->people, column), column);
    }
    dw_gemm(true, false, m, m, w->people, 1, x, w->people, x, w->people, 0, r,
            m);
    dw_free(x);
}

/* The factor of the core (4), eigenvalues above 1e-4. */
static inline void panel_factor(const panel *w, const double *r, dw_ldblock *b)
{
    size_t m = w->m, l = w->l, k = 0;
    double *u = dw_alloc(l * l, sizeof *u), *lambda = dw_alloc(l, sizeof *u);
    double *q = dw_alloc(l * m, sizeof *q);
    dw_eigen_ws *ws = dw_eigen_ws_new(l);
    dw_err err;

    for (size_t j = 0; j < l; j++)
        memcpy(u + j * l, r + w->core + (j + w->core) * m, l * sizeof *u);
    if (dw_eigen_symmetric(ws, l, u, l, lambda) != 0)
        printf("Bail out! no eigenvectors\n");
    while (k < l && lambda[k] > 1e-4)
        k++;
    dw_gemm(true, false, k, m, l, 1, u, l, r + w->core, m, 0, q, k);
    if (dw_ldblock_resize(b, m, k, &err) < 0)
        printf("Bail out! %s\n", err.msg);
    b->core = w->core;
    b->l = l;
    b->people = w->people;
    b->trace = (double)l;
    memcpy(b->lambda, lambda, k * sizeof *lambda);
    for (size_t j = 0; j < m; j++) {
        for (size_t i = 0; i < k; i++)
            b->q[i + j * k] = (float)(q[i + j * k] / sqrt(lambda[i]));
    }
    dw_eigen_ws_free(ws);
    dw_free(u);
    dw_free(lambda);
    dw_free(q);
}

/* z = sqrt(N) R b + e, e ~ N(0, s2 R + tau I).  effect (m) <- b. */
static inline void panel_study(const panel *w, dw_rng *rng, double *r,
                               dw_variants *var, double *effect)
{
    size_t m = w->m;
    double *z = dw_alloc(m, sizeof *z), *e = dw_alloc(m, sizeof *e);
    float annot[16];

    for (size_t j = 0; j < m; j++) {
        for (size_t i = 0; i < w->p; i++)
            annot[i] = var->annot[j + i * m];
        effect[j] = sqrt(w->variance(annot)) * dw_rng_normal(rng);
        e[j] = dw_rng_normal(rng);
    }
    dw_gemv(false, m, m, sqrt(w->n), r, m, effect, 0, z);
    for (size_t i = 0; i < m * m; i++)
        r[i] *= w->s2;
    for (size_t i = 0; i < m; i++)
        r[i + i * m] += w->tau + 1e-9;
    if (dw_chol_factor(m, r, m) != 0)
        printf("Bail out! no Cholesky\n");
    for (size_t j = 0; j < m; j++) {
        for (size_t i = j; i < m; i++)
            z[i] += r[i + j * m] * e[j];
    }
    for (size_t j = 0; j < m; j++) {
        var->pos[j] = (uint32_t)(1000 + j);
        var->eaf[j] = 0.3f;
        var->z[j] = (float)z[j];
        var->n[j] = (float)w->n;
    }
    dw_free(z);
    dw_free(e);
}

/* Block number i of a world: its variants and factor, and the true effects (m)
 * if `effect` is not NULL. */
static inline void panel_block(const panel *w, uint64_t seed, size_t i,
                               dw_variants *var, dw_ldblock *b, double *effect)
{
    dw_rng rng = dw_rng_init(seed, i);
    double *r = dw_alloc(w->m * w->m, sizeof *r);
    double *own = dw_alloc(w->m, sizeof *own);
    dw_err err;

    if (dw_variants_resize(var, w->m, 1, w->p, &err) < 0)
        printf("Bail out! %s\n", err.msg);
    snprintf(var->contig, sizeof var->contig, "%zu", 1 + i % 22);
    panel_annot(w, &rng, var);
    panel_ld(w, &rng, r);
    panel_factor(w, r, b);
    snprintf(b->contig, sizeof b->contig, "%s", var->contig);
    b->start = (uint32_t)(1000 + w->core - 1);
    b->end = (uint32_t)(b->start + w->l);
    panel_study(w, &rng, r, var, effect ? effect : own);
    dw_free(r);
    dw_free(own);
}

#endif
