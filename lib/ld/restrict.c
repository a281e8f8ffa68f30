#include "ld/restrict.h"

#include <string.h>

#include "base/mem.h"
#include "ld/kept.h"
#include "linalg/dense.h"
#include "linalg/gram.h"

enum { COLUMNS = 256 }; /* of Q that are widened at once */

/*
 * Factorisations are in double, and the core's part of V'Q too: there, a row
 * that belongs to a small eigenvalue is a small difference of large numbers.
 * Flanks are what W' makes of columns of length 1: taken in float32 they err by
 * what they are stored with.
 */
struct dw_restrict_ws {
    dw_gram_ws *gram;
    size_t gram_order;
    unsigned char *seen; /* (l) of the core: it stays */
    double *core;        /* (k x l_o) Q_o */
    double *v;           /* (k x min(k, l_o)) */
    double *lambda;      /* (min(k, l_o)) */
    double *part;        /* (k x COLUMNS) of V'Q */
    float *vf, *flank;   /* V and (k x COLUMNS) of Q, in float */
    size_t cap_seen, cap_core, cap_v, cap_lambda, cap_part, cap_vf, cap_flank;
};

dw_restrict_ws *dw_restrict_ws_new(void)
{
    return dw_alloc(1, sizeof(dw_restrict_ws));
}

void dw_restrict_ws_free(dw_restrict_ws *ws)
{
    if (!ws)
        return;
    dw_gram_ws_free(ws->gram);
    dw_free(ws->seen);
    dw_free(ws->core);
    dw_free(ws->v);
    dw_free(ws->lambda);
    dw_free(ws->part);
    dw_free(ws->vf);
    dw_free(ws->flank);
    dw_free(ws);
}

/* ---- memory ---- */

static bool fit_all(dw_restrict_ws *ws, size_t k, size_t l)
{
    size_t order = k < l ? k : l;

    if (!dw_linalg_fits(k) || !dw_linalg_fits(l) ||
        !dw_fit_doubles(&ws->core, &ws->cap_core, k, l) ||
        !dw_fit_doubles(&ws->v, &ws->cap_v, k, order) ||
        !dw_fit_doubles(&ws->lambda, &ws->cap_lambda, order, 1) ||
        !dw_fit_doubles(&ws->part, &ws->cap_part, order, COLUMNS) ||
        !dw_fit_floats(&ws->vf, &ws->cap_vf, k, order) ||
        !dw_fit_floats(&ws->flank, &ws->cap_flank, k, COLUMNS))
        return false;
    if (ws->gram && ws->gram_order >= order)
        return true;
    dw_gram_ws_free(ws->gram);
    ws->gram = dw_gram_ws_new(order);
    ws->gram_order = ws->gram ? order : 0;
    return ws->gram != NULL;
}

static int no_memory(const dw_ldblock *b, dw_err *err)
{
    return dw_fail(err, DW_ENOMEM,
                   "not enough memory to take variants out of a block of %zu "
                   "variants and rank %zu",
                   b->m, b->k);
}

/* ---- what stays ---- */

static bool is_core(const dw_ldblock *b, const dw_stay *s)
{
    return s->column >= b->core && s->column - b->core < b->l;
}

/* Sets the core of `out`; *whole: it is the core of b, each variant once. */
static int find_core(dw_restrict_ws *ws, const dw_ldblock *b, size_t n,
                     const dw_stay *stay, dw_ldblock *out, bool *whole,
                     dw_err *err)
{
    void *seen = ws->seen;
    size_t distinct = 0, last = 0;

    if (dw_try_grow(&seen, &ws->cap_seen, b->l, 1) < 0)
        return no_memory(b, err);
    ws->seen = seen;
    memset(ws->seen, 0, b->l);
    out->l = 0;
    for (size_t j = 0; j < n; j++) {
        if (!is_core(b, &stay[j]))
            continue;
        if (!out->l++)
            out->core = j;
        distinct += !ws->seen[stay[j].column - b->core];
        ws->seen[stay[j].column - b->core] = 1;
        last = j;
    }
    if (out->l && last - out->core + 1 != out->l)
        return dw_fail(err, DW_EMISMATCH,
                       "the core ends among variants of one position, whose "
                       "order is another one here");
    *whole = distinct == b->l && out->l == b->l;
    return out->l ? 0 : dw_fail(err, DW_EBUG, "no variant of the core stays");
}

/* The first k numbers of a column. */
static void copy_column(const dw_ldblock *b, const dw_stay *s, size_t k,
                        float *to)
{
    const float *from = b->q + s->column * b->k;

    for (size_t i = 0; i < k; i++)
        to[i] = s->swapped ? -from[i] : from[i];
}

/* ---- the whole core ---- */

static int pass_on(const dw_ldblock *b, size_t n, const dw_stay *stay,
                   const dw_factor_cut *cut, dw_ldblock *out, dw_err *err)
{
    size_t k = dw_factor_kept(cut, out->trace, b->k, b->lambda);

    if (dw_ldblock_resize(out, n, k, err) < 0)
        return err->code;
    if (k)
        memcpy(out->lambda, b->lambda, k * sizeof *out->lambda);
    for (size_t j = 0; j < n; j++)
        copy_column(b, &stay[j], k, out->q + j * k);
    return 0;
}

/* ---- some of it ---- */

static void widen(const dw_ldblock *b, const dw_stay *s, double *to)
{
    const float *from = b->q + s->column * b->k;

    for (size_t i = 0; i < b->k; i++)
        to[i] = s->swapped ? -(double)from[i] : (double)from[i];
}

static size_t at_most(size_t x, size_t limit)
{
    return x < limit ? x : limit;
}

/* The core's Q <- V'Q; it stands widened in ws->core. */
static void turn_core(dw_restrict_ws *ws, const dw_ldblock *b, dw_ldblock *out)
{
    size_t k = out->k;

    for (size_t j = 0; j < out->l; j += COLUMNS) {
        size_t width = at_most(out->l - j, COLUMNS);
        float *to = out->q + (out->core + j) * k;

        dw_gemm(true, false, k, width, b->k, 1, ws->v, b->k,
                ws->core + j * b->k, b->k, 0, ws->part, k);
        for (size_t i = 0; i < width * k; i++)
            to[i] = (float)ws->part[i];
    }
}

/* The same of variants [from, end) that stay, which are flanks. */
static void turn_flank(dw_restrict_ws *ws, const dw_ldblock *b, size_t from,
                       size_t end, const dw_stay *stay, dw_ldblock *out)
{
    size_t k = out->k;

    for (size_t j = from; j < end; j += COLUMNS) {
        size_t width = at_most(end - j, COLUMNS);

        for (size_t i = 0; i < width; i++)
            copy_column(b, &stay[j + i], b->k, ws->flank + i * b->k);
        dw_sgemm(true, false, k, width, b->k, 1, ws->vf, b->k, ws->flank, b->k,
                 0, out->q + j * k, k);
    }
}

static int project(dw_restrict_ws *ws, const dw_ldblock *b, size_t n,
                   const dw_stay *stay, const dw_factor_cut *cut,
                   dw_ldblock *out, dw_err *err)
{
    size_t k;
    int rc;

    if (!fit_all(ws, b->k, out->l))
        return no_memory(b, err);
    for (size_t j = 0; j < out->l; j++)
        widen(b, &stay[out->core + j], ws->core + j * b->k);
    rc = dw_gram_eigen(ws->gram, b->k, out->l, ws->core, cut->min_eigen, ws->v,
                       ws->lambda, &k);
    if (rc == DW_ENOMEM)
        return no_memory(b, err);
    if (rc != 0)
        return dw_fail(err, DW_EDEGENERATE,
                       "the eigenvalues of a block of %zu variants cannot be "
                       "found (column %d)",
                       n, rc);
    k = dw_factor_kept(cut, out->trace, k, ws->lambda);
    if (dw_ldblock_resize(out, n, k, err) < 0)
        return err->code;
    if (k)
        memcpy(out->lambda, ws->lambda, k * sizeof *out->lambda);
    for (size_t i = 0; i < b->k * k; i++)
        ws->vf[i] = (float)ws->v[i];
    turn_core(ws, b, out);
    turn_flank(ws, b, 0, out->core, stay, out);
    turn_flank(ws, b, out->core + out->l, n, stay, out);
    /* Of what was read, numbers may be too large for a float. */
    return dw_ldblock_check(out, err);
}

int dw_restrict_block(dw_restrict_ws *ws, const dw_ldblock *b, size_t n,
                      const dw_stay *stay, const dw_factor_cut *cut,
                      dw_ldblock *out, dw_err *err)
{
    bool whole = false;

    if (find_core(ws, b, n, stay, out, &whole, err) < 0)
        return err->code;
    memcpy(out->contig, b->contig, sizeof out->contig);
    out->start = b->start;
    out->end = b->end;
    out->people = b->people;
    /* All variants have the same share of it: the diagonal of R is 1, or, with
     * something added to it, the same for all. */
    out->trace = b->trace * (double)out->l / (double)b->l;
    return whole ? pass_on(b, n, stay, cut, out, err)
                 : project(ws, b, n, stay, cut, out, err);
}
