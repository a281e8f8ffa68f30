#include "ld/factor.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
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
    double *square; /* X_l X_l', then its eigenvectors W; or R_ll, then U */
    double *lambda;
    double *x;      /* part of X, unpacked */
    double *w;      /* part of W */
    float *xf, *wf; /* the same, rounded */
    size_t cap_square, cap_lambda, cap_x, cap_w, cap_xf, cap_wf;
    dw_eigen_ws *eigen;
    size_t cap_eigen;
};

/* One block on its way. */
struct task {
    dw_factor_ws *ws;
    const dw_genotypes *g;
    size_t begin, m, core, l;
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

/* Columns [from, from + width) of the block, standardised, of people first ..
 * first + count - 1, into x with ld `ld`. */
static void unpack(const struct task *t, size_t from, size_t width,
                   size_t first, size_t count, double *x, size_t ld)
{
    for (size_t j = 0; j < width; j++) {
        size_t at = t->begin + from + j;
        const dw_geno_stats *s = dw_genotypes_stats(t->g, at);

        dw_geno_centre(t->g->kind, dw_genotypes_column(t->g, at), first, count,
                       s->mean, 1 / sqrt(s->ss), x + j * ld);
    }
}

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
    const double *lambda = t->ws->lambda;
    double sum = 0, want = t->cut->keep_rank * (double)t->l;
    size_t k = 0;

    while (k < order && k < t->l && lambda[k] >= t->cut->min_eigen &&
           (t->cut->keep_rank >= 1 || sum < want))
        sum += lambda[k++];
    return k;
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
        !fit_doubles(&ws->x, &ws->cap_x, n, at_most(t->l, COLUMNS)) ||
        !fit_floats(&ws->xf, &ws->cap_xf, n, at_most(t->m, COLUMNS)) ||
        !fit_floats(&ws->wf, &ws->cap_wf, n, n))
        return no_memory(t, err);

    /* K = X_l X_l'  (n x n) */
    for (size_t j = 0; j < t->l; j += COLUMNS) {
        size_t width = at_most(t->l - j, COLUMNS);

        unpack(t, t->core + j, width, 0, n, ws->x, n);
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

/* R_ll = X_l' X_l, lower, into ws->square. */
static int correlate(struct task *t, dw_err *err)
{
    dw_factor_ws *ws = t->ws;

    if (!fit_eigen(ws, t->l) || !fit_doubles(&ws->x, &ws->cap_x, PEOPLE, t->l))
        return no_memory(t, err);
    for (size_t first = 0; first < t->g->n; first += PEOPLE) {
        size_t count = at_most(t->g->n - first, PEOPLE);

        unpack(t, t->core, t->l, first, count, ws->x, PEOPLE);
        dw_syrk(true, t->l, count, 1, ws->x, PEOPLE, first ? 1 : 0, ws->square,
                t->l);
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
    size_t k = t->out->k, l = t->l, behind = t->core + l;

    if (!fit_doubles(&ws->w, &ws->cap_w, PEOPLE, k) ||
        !fit_floats(&ws->wf, &ws->cap_wf, PEOPLE, k) ||
        !fit_floats(&ws->xf, &ws->cap_xf, PEOPLE, COLUMNS))
        return no_memory(t, err);
    for (size_t i = 0; i < k; i++)
        dw_scal(l, 1 / sqrt(t->out->lambda[i]), ws->square + i * l);
    for (size_t first = 0; first < t->g->n; first += PEOPLE) {
        size_t count = at_most(t->g->n - first, PEOPLE);

        unpack(t, t->core, l, first, count, ws->x, PEOPLE);
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
    dw_ldblock *out = t->out;
    const double *u;
    int rc;

    if ((rc = correlate(t, err)) < 0 || (rc = decompose(t, t->l, err)) < 0)
        return rc;
    u = t->ws->square;
    for (size_t j = 0; j < t->l; j++) {
        float *q = out->q + (t->core + j) * out->k;

        for (size_t i = 0; i < out->k; i++)
            q[i] = (float)(sqrt(out->lambda[i]) * u[i * t->l + j]);
    }
    return t->m > t->l ? make_flanks(t, err) : 0;
}

int dw_factor_genotypes(dw_factor_ws *ws, const dw_genotypes *g, size_t begin,
                        size_t m, size_t core, size_t l,
                        const dw_factor_cut *cut, dw_ldblock *out, dw_err *err)
{
    struct task t = {ws, g, begin, m, core, l, cut, out};

    return g->n < l ? by_people(&t, err) : by_variants(&t, err);
}
