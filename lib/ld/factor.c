#include "ld/factor.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "ld/kept.h"
#include "linalg/dense.h"
#include "linalg/eigen.h"

enum {
    COLUMNS = 256, /* of X that are unpacked at once, all people of them */
    PEOPLE = 512,  /* or people, many columns of them; a multiple of 4 */
};

/*
 * Sums and factorisations are in double.  The last product, Q = W' X, is one of
 * columns of length 1 and is stored as float32: taken in float32 it errs by
 * 1e-7 or so, as the storage does, in half the time.
 */
struct dw_factor_ws {
    size_t *group;  /* (l) which distinct column each of the core is */
    size_t *first;  /* (groups) the first core variant that has it */
    double *weight; /* (groups) root of how many have it */
    size_t cap_group, cap_first, cap_weight;
    double *square; /* X_l X_l', then its eigenvectors W; or R_ll, then U */
    double *lambda;
    double *x;      /* part of X, unpacked */
    double *w;      /* part of W */
    float *xf, *wf; /* the same, rounded */
    size_t cap_square, cap_lambda, cap_x, cap_w, cap_xf, cap_wf;
    dw_eigen_ws *eigen;
    size_t cap_eigen;
};

/*
 * One block on its way.  Variants of the core that nobody tells apart have the
 * same column: c of them are one column times sqrt(c), whose eigenvectors are
 * theirs times sqrt(c).  In dense panels these are a third of all, and what is
 * decomposed shrinks by that.
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
    return dw_alloc(1, sizeof(dw_factor_ws));
}

void dw_factor_ws_free(dw_factor_ws *ws)
{
    if (!ws)
        return;
    dw_free(ws->group);
    dw_free(ws->first);
    dw_free(ws->weight);
    dw_free(ws->square);
    dw_free(ws->x);
    dw_free(ws->lambda);
    dw_free(ws->w);
    dw_free(ws->xf);
    dw_free(ws->wf);
    dw_eigen_ws_free(ws->eigen);
    dw_free(ws);
}

/* ---- memory ---- */

/* Makes *p hold rows x columns items of `size`; what was there is lost. */
static bool fit(void *p, size_t *cap, size_t rows, size_t columns, size_t size)
{
    void *q;

    memcpy(&q, p, sizeof q);
    if (columns && rows > SIZE_MAX / columns)
        return false;
    if (q && rows * columns <= *cap)
        return true;
    dw_free(q);
    q = dw_try_alloc(rows * columns, size);
    *cap = q ? rows * columns : 0;
    memcpy(p, &q, sizeof q);
    return q != NULL;
}

static bool fit_doubles(double **p, size_t *cap, size_t rows, size_t columns)
{
    return fit(p, cap, rows, columns, sizeof **p);
}

static bool fit_sizes(size_t **p, size_t *cap, size_t rows)
{
    return fit(p, cap, rows, 1, sizeof **p);
}

static bool fit_floats(float **p, size_t *cap, size_t rows, size_t columns)
{
    return fit(p, cap, rows, columns, sizeof **p);
}

/* An order x order matrix, its eigenvalues, and what they take to be found. */
static bool fit_eigen(dw_factor_ws *ws, size_t order)
{
    if (!dw_linalg_fits(order) ||
        !fit_doubles(&ws->square, &ws->cap_square, order, order) ||
        !fit_doubles(&ws->lambda, &ws->cap_lambda, order, 1))
        return false;
    if (ws->eigen && ws->cap_eigen >= order)
        return true;
    dw_eigen_ws_free(ws->eigen);
    ws->eigen = dw_eigen_ws_new(order);
    ws->cap_eigen = ws->eigen ? order : 0;
    return ws->eigen != NULL;
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

/* Finds the distinct columns of the core. */
static int group_columns(struct task *t, dw_err *err)
{
    dw_factor_ws *ws = t->ws;
    dw_map *map;

    if (!fit_sizes(&ws->group, &ws->cap_group, t->l) ||
        !fit_sizes(&ws->first, &ws->cap_first, t->l) ||
        !fit_doubles(&ws->weight, &ws->cap_weight, t->l, 1))
        return no_memory(t, err);
    map = dw_map_new();
    t->groups = 0;
    for (size_t j = 0; j < t->l; j++) {
        const void *c = dw_genotypes_column(t->g, t->begin + t->core + j);
        uint64_t hash = dw_hash(c, t->g->bytes), *at;
        bool fresh;

        at = dw_map_put(map, &hash, sizeof hash, &fresh);
        if (!at) {
            dw_map_free(map);
            return no_memory(t, err);
        }
        /* Two columns of one hash that differ are two groups. */
        if (fresh || memcmp(c,
                            dw_genotypes_column(t->g, t->begin + t->core +
                                                          ws->first[*at]),
                            t->g->bytes) != 0) {
            *at = t->groups;
            ws->first[t->groups] = j;
            ws->weight[t->groups++] = 0;
        }
        ws->group[j] = (size_t)*at;
        ws->weight[*at]++;
    }
    dw_map_free(map);
    for (size_t i = 0; i < t->groups; i++)
        ws->weight[i] = sqrt(ws->weight[i]);
    return 0;
}

/* Distinct columns [from, from + width) of the core, standardised and times
 * their weight, of people first .. first + count - 1, into x with ld `ld`. */
static void unpack_core(const struct task *t, size_t from, size_t width,
                        size_t first, size_t count, double *x, size_t ld)
{
    for (size_t j = 0; j < width; j++) {
        size_t at = t->begin + t->core + t->ws->first[from + j];
        const dw_geno_stats *s = dw_genotypes_stats(t->g, at);

        dw_geno_centre(t->g->kind, dw_genotypes_column(t->g, at), first, count,
                       s->mean, t->ws->weight[from + j] / sqrt(s->ss),
                       x + j * ld);
    }
}

/* Columns [from, from + width) of the block, standardised. */
static void unpack_float(const struct task *t, size_t from, size_t width,
                         size_t first, size_t count, float *x, size_t ld)
{
    for (size_t j = 0; j < width; j++) {
        size_t at = t->begin + from + j;
        const dw_geno_stats *s = dw_genotypes_stats(t->g, at);

        dw_geno_centre_float(t->g->kind, dw_genotypes_column(t->g, at), first,
                             count, s->mean, 1 / sqrt(s->ss), x + j * ld);
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
    int rc =
        dw_eigen_symmetric(ws->eigen, order, ws->square, order, ws->lambda);

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
    size_t n = t->g->n, k;
    int rc;

    if (!fit_eigen(ws, n) ||
        !fit_doubles(&ws->x, &ws->cap_x, n, at_most(t->groups, COLUMNS)) ||
        !fit_floats(&ws->xf, &ws->cap_xf, n, at_most(t->m, COLUMNS)) ||
        !fit_floats(&ws->wf, &ws->cap_wf, n, n))
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
    narrow(n * k, ws->square, ws->wf);
    for (size_t j = 0; j < t->m; j += COLUMNS) {
        size_t width = at_most(t->m - j, COLUMNS);

        unpack_float(t, j, width, 0, n, ws->xf, n);
        dw_sgemm(true, false, k, width, n, 1, ws->wf, n, ws->xf, n, 0,
                 t->out->q + j * k, k);
    }
    return 0;
}

/* ---- at least as many people as core variants ---- */

/* R_ll = X_l' X_l of the distinct columns, lower, into ws->square. */
static int correlate(struct task *t, dw_err *err)
{
    dw_factor_ws *ws = t->ws;
    size_t l = t->groups;

    if (!fit_eigen(ws, l) || !fit_doubles(&ws->x, &ws->cap_x, PEOPLE, l))
        return no_memory(t, err);
    for (size_t first = 0; first < t->g->n; first += PEOPLE) {
        size_t count = at_most(t->g->n - first, PEOPLE);

        unpack_core(t, 0, l, first, count, ws->x, PEOPLE);
        dw_syrk(true, l, count, 1, ws->x, PEOPLE, first ? 1 : 0, ws->square, l);
    }
    return 0;
}

/* Q_f += W' X_f of some people, for columns [from, from + width). */
static void add_flank(struct task *t, size_t from, size_t width, size_t first,
                      size_t count)
{
    dw_factor_ws *ws = t->ws;
    size_t k = t->out->k;

    for (size_t j = from; j < from + width; j += COLUMNS) {
        size_t columns = at_most(from + width - j, COLUMNS);

        unpack_float(t, j, columns, first, count, ws->xf, PEOPLE);
        dw_sgemm(true, false, k, columns, count, 1, ws->wf, PEOPLE, ws->xf,
                 PEOPLE, first ? 1 : 0, t->out->q + j * k, k);
    }
}

/* The flanks, by parts of W = X_l U L^-1/2; ws->square is U, and is scaled. */
static int make_flanks(struct task *t, dw_err *err)
{
    dw_factor_ws *ws = t->ws;
    size_t k = t->out->k, l = t->groups, behind = t->core + t->l;

    if (!fit_doubles(&ws->w, &ws->cap_w, PEOPLE, k) ||
        !fit_floats(&ws->wf, &ws->cap_wf, PEOPLE, k) ||
        !fit_floats(&ws->xf, &ws->cap_xf, PEOPLE, COLUMNS))
        return no_memory(t, err);
    for (size_t i = 0; i < k; i++)
        dw_scal(l, 1 / sqrt(t->out->lambda[i]), ws->square + i * l);
    for (size_t first = 0; first < t->g->n; first += PEOPLE) {
        size_t count = at_most(t->g->n - first, PEOPLE);

        unpack_core(t, 0, l, first, count, ws->x, PEOPLE);
        dw_gemm(false, false, count, k, l, 1, ws->x, PEOPLE, ws->square, l, 0,
                ws->w, PEOPLE);
        narrow(PEOPLE * k, ws->w, ws->wf);
        add_flank(t, 0, t->core, first, count);
        add_flank(t, behind, t->m - behind, first, count);
    }
    return 0;
}

/* Q_l = L^1/2 U',  Q_f = W' X_f. */
static int by_variants(struct task *t, dw_err *err)
{
    dw_factor_ws *ws = t->ws;
    dw_ldblock *out = t->out;
    int rc;

    if ((rc = correlate(t, err)) < 0 || (rc = decompose(t, t->groups, err)) < 0)
        return rc;
    for (size_t j = 0; j < t->l; j++) {
        float *q = out->q + (t->core + j) * out->k;
        size_t g = ws->group[j];
        const double *u = ws->square + g; /* row g of U */

        for (size_t i = 0; i < out->k; i++)
            q[i] = (float)(sqrt(out->lambda[i]) * u[i * t->groups] /
                           ws->weight[g]);
    }
    return t->m > t->l ? make_flanks(t, err) : 0;
}

int dw_factor_genotypes(dw_factor_ws *ws, const dw_genotypes *g, size_t begin,
                        size_t m, size_t core, size_t l,
                        const dw_factor_cut *cut, dw_ldblock *out, dw_err *err)
{
    struct task t = {ws, g, begin, m, core, l, 0, cut, out};

    if (group_columns(&t, err) < 0)
        return err->code;
    return g->n < t.groups ? by_people(&t, err) : by_variants(&t, err);
}
