#include "ld/factor.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "ld/count_corr.h"
#include "ld/distinct.h"
#include "ld/kept.h"
#include "linalg/dense.h"
#include "linalg/eigen.h"

enum {
    COLUMNS = 504, /* of X that are unpacked at once, all people of them */
    PEOPLE = 512,  /* or people, many columns of them; a multiple of 4 */
};

/*
 * Sums and factorisations are in double.  Where the last product, Q = W' X, is
 * one of columns of length 1 and is stored as float32, taken in float32 it errs
 * by 1e-7 or so, as the storage does, in half the time.
 */
struct dw_factor_ws {
    dw_distinct columns;
    double *square; /* X_l X_l', then its eigenvectors W; or R_ll, then U */
    double *lambda;
    double *x;      /* part of X, unpacked; or of R_l. */
    double *w;      /* part of W; or of Q */
    float *xf, *wf; /* the same, rounded */
    float *qf;      /* part of Q */
    size_t cap_square, cap_lambda, cap_x, cap_w, cap_xf, cap_wf, cap_qf;
    dw_eigen_ws *eigen;
    dw_count_corr *corr;
};

/*
 * One block on its way.  Variants of the core that nobody tells apart have the
 * same column: c of them are one column times sqrt(c), whose eigenvectors are
 * theirs times sqrt(c).  So what is decomposed shrinks, and columns of Q are
 * worked out once.
 */
struct task {
    dw_factor_ws *ws;
    const dw_genotypes *g;
    size_t begin, m, core, l;
    size_t groups; /* distinct columns of the core */
    const dw_factor_cut *cut;
    dw_ldblock *out;
};

dw_factor_ws *dw_factor_ws_new(void)
{
    dw_factor_ws *ws = dw_alloc(1, sizeof *ws);

    ws->corr = dw_count_corr_new();
    return ws;
}

void dw_factor_ws_free(dw_factor_ws *ws)
{
    if (!ws)
        return;
    dw_distinct_clear(&ws->columns);
    dw_free(ws->square);
    dw_free(ws->x);
    dw_free(ws->lambda);
    dw_free(ws->w);
    dw_free(ws->xf);
    dw_free(ws->wf);
    dw_free(ws->qf);
    dw_eigen_ws_free(ws->eigen);
    dw_count_corr_free(ws->corr);
    dw_free(ws);
}

/* ---- memory ---- */

/* An order x order matrix, its eigenvalues, and what they take to be found. */
static bool fit_eigen(dw_factor_ws *ws, size_t order)
{
    if (!dw_linalg_fits(order) ||
        !dw_fit_doubles(&ws->square, &ws->cap_square, order, order) ||
        !dw_fit_doubles(&ws->lambda, &ws->cap_lambda, order, 1))
        return false;
    return dw_eigen_ws_fit(&ws->eigen, order) == 0;
}

static int no_memory(const struct task *t, dw_err *err)
{
    return dw_fail(
        err, DW_ENOMEM,
        "not enough memory for a block of %zu variants, %zu of them "
        "its core, and %zu people; --max-variants makes smaller ones",
        t->m, t->l, t->g->n);
}

/* ---- columns ---- */

/* Distinct columns [from, from + width), standardised and, of the core, times
 * their weight, of people first .. first + count - 1, into x with ld `ld`. */
static void unpack_core(const struct task *t, size_t from, size_t width,
                        size_t first, size_t count, double *x, size_t ld)
{
    const dw_distinct *d = &t->ws->columns;

    for (size_t j = from; j < from + width; j++, x += ld) {
        const dw_geno_stats *s = dw_genotypes_stats(t->g, d->first[j]);

        dw_geno_centre(t->g->kind, dw_genotypes_column(t->g, d->first[j]),
                       first, count, s->mean, d->weight[j] / sqrt(s->ss), x);
    }
}

/* The same without weights, rounded. */
static void unpack_float(const struct task *t, size_t from, size_t width,
                         size_t first, size_t count, float *x, size_t ld)
{
    const dw_distinct *d = &t->ws->columns;

    for (size_t j = from; j < from + width; j++, x += ld) {
        const dw_geno_stats *s = dw_genotypes_stats(t->g, d->first[j]);

        dw_geno_centre_float(t->g->kind, dw_genotypes_column(t->g, d->first[j]),
                             first, count, s->mean, 1 / sqrt(s->ss), x);
    }
}

/* Where the column of Q of a distinct column stands first. */
static float *column_of_q(const struct task *t, size_t distinct)
{
    return t->out->q + (t->ws->columns.first[distinct] - t->begin) * t->out->k;
}

/* Distinct columns [from, from + width) of Q are those of q (k x width). */
static void put_columns(const struct task *t, size_t from, size_t width,
                        const float *q)
{
    size_t k = t->out->k;

    for (size_t j = 0; j < width; j++)
        memcpy(column_of_q(t, from + j), q + j * k, k * sizeof *q);
}

/* Each variant gets the column of Q of the first one that is like it. */
static void spread_columns(const struct task *t)
{
    size_t k = t->out->k;

    for (size_t j = 0; j < t->m; j++) {
        float *to = t->out->q + j * k;
        const float *from = column_of_q(t, t->ws->columns.of[j]);

        if (to != from)
            memcpy(to, from, k * sizeof *to);
    }
}

static size_t at_most(size_t x, size_t limit)
{
    return x < limit ? x : limit;
}

/* ---- eigenvalues ---- */

/* How many of the descending eigenvalues stay. */
static size_t kept(const struct task *t, size_t order)
{
    return dw_factor_kept(t->cut, (double)t->l, at_most(order, t->groups),
                          t->ws->lambda);
}

/* Decomposes ws->square and makes `out` the right size. */
static int decompose(struct task *t, size_t order, dw_err *err)
{
    dw_factor_ws *ws = t->ws;
    size_t above;
    int rc = dw_eigen_above(ws->eigen, order, ws->square, order,
                            t->cut->min_eigen, ws->lambda, &above);

    if (rc != 0)
        return dw_fail(err, DW_EDEGENERATE,
                       "the eigenvalues of a block of %zu variants cannot be "
                       "found (column %d)",
                       t->m, rc);
    if ((rc = dw_ldblock_resize(t->out, t->m, kept(t, order), err)) < 0)
        return rc;
    t->out->core = t->core;
    t->out->l = t->l;
    t->out->people = t->g->n;
    t->out->trace = (double)t->l; /* the diagonal is 1 */
    memcpy(t->out->lambda, ws->lambda, t->out->k * sizeof *ws->lambda);
    return 0;
}

static void narrow(size_t n, const double *from, float *to)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (float)from[i];
}

/* ---- fewer people than core variants ---- */

static int by_people(struct task *t, dw_err *err)
{
    dw_factor_ws *ws = t->ws;
    size_t n = t->g->n, distinct = ws->columns.n, k;
    int rc;

    if (!fit_eigen(ws, n) ||
        !dw_fit_doubles(&ws->x, &ws->cap_x, n, at_most(t->groups, COLUMNS)) ||
        !dw_fit_floats(&ws->xf, &ws->cap_xf, n, at_most(distinct, COLUMNS)) ||
        !dw_fit_floats(&ws->wf, &ws->cap_wf, n, n))
        return no_memory(t, err);

    /* K = X_l X_l'  (n x n) */
    for (size_t j = 0; j < t->groups; j += COLUMNS) {
        size_t width = at_most(t->groups - j, COLUMNS);

        unpack_core(t, j, width, 0, n, ws->x, n);
        dw_syrk(false, n, width, 1, ws->x, n, j ? 1 : 0, ws->square, n);
    }
    if ((rc = decompose(t, n, err)) < 0)
        return rc;

    /* Q = W' X  (k x m) */
    k = t->out->k;
    if (!dw_fit_floats(&ws->qf, &ws->cap_qf, k, at_most(distinct, COLUMNS)))
        return no_memory(t, err);
    narrow(n * k, ws->square, ws->wf);
    for (size_t j = 0; j < distinct; j += COLUMNS) {
        size_t width = at_most(distinct - j, COLUMNS);

        unpack_float(t, j, width, 0, n, ws->xf, n);
        dw_sgemm(true, false, k, width, n, 1, ws->wf, n, ws->xf, n, 0, ws->qf,
                 k);
        put_columns(t, j, width, ws->qf);
    }
    return 0;
}

/* ---- at least as many people as core variants ---- */

/* Columns of the core: Q_l = L^1/2 U'.  Then ws->square, which is U, becomes
 * U L^-1/2. */
static void make_core(struct task *t)
{
    const dw_distinct *d = &t->ws->columns;
    size_t k = t->out->k, l = t->groups;
    double *u = t->ws->square;

    for (size_t i = 0; i < k; i++) {
        double root = sqrt(t->out->lambda[i]);

        for (size_t j = 0; j < l; j++)
            column_of_q(t, j)[i] = (float)(root * u[j + i * l] / d->weight[j]);
        dw_scal(l, 1 / root, u + i * l);
    }
}

/* R_ll of the distinct columns, lower, into ws->square. */
static int correlate_counts(struct task *t, dw_err *err)
{
    dw_factor_ws *ws = t->ws;
    const dw_distinct *d = &ws->columns;
    size_t l = t->groups;

    if (!fit_eigen(ws, l))
        return no_memory(t, err);
    for (size_t j = 0; j < l; j += COLUMNS) {
        const dw_corr_side below = {t->g, l - j, d->first + j, d->weight + j};
        dw_corr_side wide = below;

        wide.n = at_most(l - j, COLUMNS);
        if (dw_count_corr_make(ws->corr, &below, &wide, ws->square + j + j * l,
                               l) < 0)
            return no_memory(t, err);
    }
    return 0;
}

/* Q_f = L^-1/2 U' R_lf, in double: it divides by L. */
static int flanks_of_counts(struct task *t, dw_err *err)
{
    dw_factor_ws *ws = t->ws;
    const dw_distinct *d = &ws->columns;
    const size_t k = t->out->k, l = t->groups,
                 wide = at_most(d->n - l, COLUMNS);
    const dw_corr_side core = {t->g, l, d->first, d->weight};

    if (!dw_fit_doubles(&ws->x, &ws->cap_x, l, wide) ||
        !dw_fit_doubles(&ws->w, &ws->cap_w, k, wide) ||
        !dw_fit_floats(&ws->qf, &ws->cap_qf, k, wide))
        return no_memory(t, err);
    for (size_t j = l; j < d->n; j += COLUMNS) {
        const size_t width = at_most(d->n - j, COLUMNS);
        const dw_corr_side flank = {t->g, width, d->first + j, NULL};

        if (dw_count_corr_make(ws->corr, &core, &flank, ws->x, l) < 0)
            return no_memory(t, err);
        dw_gemm(true, false, k, width, l, 1, ws->square, l, ws->x, l, 0, ws->w,
                k);
        narrow(k * width, ws->w, ws->qf);
        put_columns(t, j, width, ws->qf);
    }
    return 0;
}

/* As correlate_counts, of dosages: R_ll = X_l' X_l. */
static int correlate_dosages(struct task *t, dw_err *err)
{
    dw_factor_ws *ws = t->ws;
    size_t l = t->groups;

    if (!fit_eigen(ws, l) || !dw_fit_doubles(&ws->x, &ws->cap_x, PEOPLE, l))
        return no_memory(t, err);
    for (size_t first = 0; first < t->g->n; first += PEOPLE) {
        size_t count = at_most(t->g->n - first, PEOPLE);

        unpack_core(t, 0, l, first, count, ws->x, PEOPLE);
        dw_syrk(true, l, count, 1, ws->x, PEOPLE, first ? 1 : 0, ws->square, l);
    }
    return 0;
}

/* Distinct columns of the flanks, Q_f += W' X_f of some people, into ws->qf. */
static void add_flanks(struct task *t, size_t first, size_t count)
{
    dw_factor_ws *ws = t->ws;
    size_t k = t->out->k, l = t->groups, n = ws->columns.n;

    for (size_t j = l; j < n; j += COLUMNS) {
        size_t columns = at_most(n - j, COLUMNS);

        unpack_float(t, j, columns, first, count, ws->xf, PEOPLE);
        dw_sgemm(true, false, k, columns, count, 1, ws->wf, PEOPLE, ws->xf,
                 PEOPLE, first ? 1 : 0, ws->qf + (j - l) * k, k);
    }
}

/* By parts of W = X_l U L^-1/2. */
static int flanks_of_dosages(struct task *t, dw_err *err)
{
    dw_factor_ws *ws = t->ws;
    size_t k = t->out->k, l = t->groups, flanks = ws->columns.n - l;

    if (!dw_fit_doubles(&ws->w, &ws->cap_w, PEOPLE, k) ||
        !dw_fit_floats(&ws->wf, &ws->cap_wf, PEOPLE, k) ||
        !dw_fit_floats(&ws->xf, &ws->cap_xf, PEOPLE, COLUMNS) ||
        !dw_fit_floats(&ws->qf, &ws->cap_qf, k, flanks))
        return no_memory(t, err);
    for (size_t first = 0; first < t->g->n; first += PEOPLE) {
        size_t count = at_most(t->g->n - first, PEOPLE);

        unpack_core(t, 0, l, first, count, ws->x, PEOPLE);
        dw_gemm(false, false, count, k, l, 1, ws->x, PEOPLE, ws->square, l, 0,
                ws->w, PEOPLE);
        narrow(PEOPLE * k, ws->w, ws->wf);
        add_flanks(t, first, count);
    }
    put_columns(t, l, flanks, ws->qf);
    return 0;
}

static int by_variants(struct task *t, dw_err *err)
{
    const bool counts = dw_count_corr_suits(t->g);
    int rc = counts ? correlate_counts(t, err) : correlate_dosages(t, err);

    if (rc < 0 || (rc = decompose(t, t->groups, err)) < 0)
        return rc;
    make_core(t);
    if (t->ws->columns.n == t->groups)
        return 0;
    return counts ? flanks_of_counts(t, err) : flanks_of_dosages(t, err);
}

int dw_factor_genotypes(dw_factor_ws *ws, const dw_genotypes *g, size_t begin,
                        size_t m, size_t core, size_t l,
                        const dw_factor_cut *cut, dw_ldblock *out, dw_err *err)
{
    struct task t = {ws, g, begin, m, core, l, 0, cut, out};
    int rc;

    if (dw_distinct_find(&ws->columns, g, begin, m, core, l) < 0)
        return no_memory(&t, err);
    t.groups = ws->columns.n_core;
    rc = g->n < t.groups ? by_people(&t, err) : by_variants(&t, err);
    if (rc == 0)
        spread_columns(&t);
    return rc;
}
