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
    PEOPLE = 512,  /* or people, all columns of them; a multiple of 4 */
};

struct dw_factor_ws {
    double *square; /* X_l X_l', then W; or R_ll, then U */
    double *x;      /* unpacked part of X */
    double *flank;  /* R_l. of the flanks; or a part of Q in double */
    double *lambda;
    size_t cap_square, cap_x, cap_flank, cap_lambda;
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
    dw_free(ws->flank);
    dw_free(ws->lambda);
    dw_eigen_ws_free(ws->eigen);
    dw_free(ws);
}

/* ---- memory ---- */

/* Makes *p hold rows x columns numbers; what was there is lost. */
static bool fit(double **p, size_t *cap, size_t rows, size_t columns)
{
    if (columns && rows > SIZE_MAX / columns)
        return false;
    if (*p && rows * columns <= *cap)
        return true;
    dw_free(*p);
    *p = dw_try_alloc(rows * columns, sizeof **p);
    *cap = *p ? rows * columns : 0;
    return *p != NULL;
}

/* An order x order matrix, its eigenvalues, and what they take to be found. */
static bool fit_eigen(dw_factor_ws *ws, size_t order)
{
    if (!dw_linalg_fits(order) ||
        !fit(&ws->square, &ws->cap_square, order, order) ||
        !fit(&ws->lambda, &ws->cap_lambda, order, 1))
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

/* Column j of the block, standardised: people first .. first + count - 1. */
static void unpack(const struct task *t, size_t j, size_t first, size_t count,
                   double *x)
{
    const dw_geno_stats *s = dw_genotypes_stats(t->g, t->begin + j);

    dw_geno_centre(t->g->kind, dw_genotypes_column(t->g, t->begin + j), first,
                   count, s->mean, 1 / sqrt(s->ss), x);
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

    if (!fit_eigen(ws, n) || !fit(&ws->x, &ws->cap_x, n, COLUMNS) ||
        !fit(&ws->flank, &ws->cap_flank, n, COLUMNS))
        return no_memory(t, err);

    /* K = X_l X_l'  (n x n) */
    for (size_t j = 0; j < t->l; j += COLUMNS) {
        size_t width = t->l - j < COLUMNS ? t->l - j : COLUMNS;

        for (size_t i = 0; i < width; i++)
            unpack(t, t->core + j + i, 0, n, ws->x + i * n);
        dw_syrk(false, n, width, 1, ws->x, n, j ? 1 : 0, ws->square, n);
    }
    if ((rc = decompose(t, n, err)) < 0)
        return rc;

    /* Q = W' X  (k x m) */
    k = t->out->k;
    for (size_t j = 0; j < t->m; j += COLUMNS) {
        size_t width = t->m - j < COLUMNS ? t->m - j : COLUMNS;

        for (size_t i = 0; i < width; i++)
            unpack(t, j + i, 0, n, ws->x + i * n);
        dw_gemm(true, false, k, width, n, 1, ws->square, n, ws->x, n, 0,
                ws->flank, k);
        narrow(k * width, ws->flank, t->out->q + j * k);
    }
    return 0;
}

/* ---- at least as many people as core variants ---- */

/* Column i of [core | flanks] as a column of the block. */
static size_t column_at(const struct task *t, size_t i)
{
    if (i < t->l)
        return t->core + i;
    i -= t->l;
    return i < t->core ? i : i + t->l;
}

/* R_ll (lower) into ws->square and R_lf into ws->flank, in double. */
static int correlate(struct task *t, dw_err *err)
{
    dw_factor_ws *ws = t->ws;
    size_t l = t->l, f = t->m - l;

    if (!fit(&ws->x, &ws->cap_x, PEOPLE, t->m))
        return no_memory(t, err);
    for (size_t first = 0; first < t->g->n; first += PEOPLE) {
        size_t left = t->g->n - first, count = left < PEOPLE ? left : PEOPLE;
        const double *flank = ws->x + PEOPLE * l;

        for (size_t i = 0; i < t->m; i++)
            unpack(t, column_at(t, i), first, count, ws->x + PEOPLE * i);
        dw_syrk(true, l, count, 1, ws->x, PEOPLE, first ? 1 : 0, ws->square, l);
        dw_gemm(true, false, l, f, count, 1, ws->x, PEOPLE, flank, PEOPLE,
                first ? 1 : 0, ws->flank, l);
    }
    return 0;
}

/* Q_l = L^1/2 U',  Q_f = L^-1/2 U' R_lf. */
static int by_variants(struct task *t, dw_err *err)
{
    dw_factor_ws *ws = t->ws;
    size_t l = t->l, f = t->m - l, k;
    dw_ldblock *out = t->out;
    int rc;

    if (!fit_eigen(ws, l) || !fit(&ws->flank, &ws->cap_flank, l, f))
        return no_memory(t, err);
    if ((rc = correlate(t, err)) < 0 || (rc = decompose(t, l, err)) < 0)
        return rc;
    k = out->k;
    for (size_t j = 0; j < l; j++) {
        float *q = out->q + (t->core + j) * k;

        for (size_t i = 0; i < k; i++)
            q[i] = (float)(sqrt(out->lambda[i]) * ws->square[i * l + j]);
    }
    if (!f)
        return 0;
    if (!fit(&ws->x, &ws->cap_x, k, COLUMNS))
        return no_memory(t, err);
    for (size_t i = 0; i < k; i++)
        dw_scal(l, 1 / sqrt(out->lambda[i]), ws->square + i * l);
    for (size_t j = 0; j < f; j += COLUMNS) {
        size_t width = f - j < COLUMNS ? f - j : COLUMNS;

        dw_gemm(true, false, k, width, l, 1, ws->square, l, ws->flank + j * l,
                l, 0, ws->x, k);
        for (size_t i = 0; i < width; i++)
            narrow(k, ws->x + i * k, out->q + column_at(t, l + j + i) * k);
    }
    return 0;
}

int dw_factor_genotypes(dw_factor_ws *ws, const dw_genotypes *g, size_t begin,
                        size_t m, size_t core, size_t l,
                        const dw_factor_cut *cut, dw_ldblock *out, dw_err *err)
{
    struct task t = {ws, g, begin, m, core, l, cut, out};

    return g->n < l ? by_people(&t, err) : by_variants(&t, err);
}
