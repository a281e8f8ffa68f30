#include "ld/ldscores.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "linalg/dense.h"

/* Variants on either side of a tile of r^2: it stays in the cache, and sums
 * over its rows or columns lose nothing that matters in single precision. */
enum { TILE = 128 };

struct dw_ldscores_ws {
    float *r2;  /* (TILE x TILE) */
    float *a;   /* (TILE x p) annotations of the rows, or of the columns */
    float *sum; /* (TILE x p) */
    size_t cap_p;
    float one[TILE]; /* the annotation of the total */
};

/* ---- windows ---- */

void dw_ld_window_first(const dw_ld_window *w, size_t n, const uint32_t *pos,
                        size_t rank, size_t *first)
{
    size_t reached = 0;

    for (size_t i = 0; i < n; i++) {
        size_t before = (rank + i) % w->chunk; /* i is that far in its chunk */
        size_t head = before < i ? i - before : 0;
        size_t into;

        while ((double)pos[head] - (double)pos[reached] > w->reach)
            reached++;
        into = (rank + reached) % w->chunk;
        first[i] = into < reached ? reached - into : 0;
    }
}

/* ---- workspace ---- */

dw_ldscores_ws *dw_ldscores_ws_new(void)
{
    dw_ldscores_ws *ws = dw_alloc(1, sizeof *ws);

    for (size_t i = 0; i < TILE; i++)
        ws->one[i] = 1;
    return ws;
}

static void release(dw_ldscores_ws *ws)
{
    dw_free(ws->r2);
    dw_free(ws->a);
    dw_free(ws->sum);
    ws->r2 = ws->a = ws->sum = NULL;
    ws->cap_p = 0;
}

void dw_ldscores_ws_free(dw_ldscores_ws *ws)
{
    if (ws)
        release(ws);
    dw_free(ws);
}

static int fit(dw_ldscores_ws *ws, size_t p)
{
    if (ws->r2 && p <= ws->cap_p)
        return 0;
    release(ws);
    if (!dw_linalg_fits(p))
        return DW_ENOMEM;
    ws->r2 = dw_try_alloc(TILE, TILE * sizeof *ws->r2);
    ws->a = dw_try_alloc(p, TILE * sizeof *ws->a);
    ws->sum = dw_try_alloc(p, TILE * sizeof *ws->sum);
    ws->cap_p = p;
    if (ws->r2 && ws->a && ws->sum)
        return 0;
    release(ws);
    return DW_ENOMEM;
}

/* ---- one tile ---- */

/* Rows [at, at + n) against columns [to, to + w) of the block, of which all
 * columns and, if `both`, all rows are core. */
struct tile {
    dw_ldscores_ws *ws;
    const dw_ldblock *b;
    const size_t *first;
    size_t p;
    const float *annot;
    double *score;
    float eps; /* r2 = (1 + eps) r^2 - eps */
    size_t at, n, to, w;
    bool both;
};

/* r2 of the pairs of the tile, 0 where they are in no window. */
static void correlate(const struct tile *t)
{
    const dw_ldblock *b = t->b;
    float *r2 = t->ws->r2;

    dw_sgemm(true, false, t->n, t->w, b->k, 1, b->q + t->at * b->k, b->k,
             b->q + t->to * b->k, b->k, 0, r2, TILE);
    for (size_t j = 0; j < t->w; j++) {
        float *column = r2 + j * TILE;

        for (size_t i = 0; i < t->n; i++)
            column[i] = (1 + t->eps) * column[i] * column[i] - t->eps;
    }
    /* The later of two says whether they are in a window. */
    for (size_t j = 0; j < t->w; j++) {
        for (size_t i = 0; i < t->n; i++) {
            size_t row = t->at + i, column = t->to + j;

            if (row < column ? row >= t->first[column]
                             : column >= t->first[row])
                break;
            r2[i + j * TILE] = 0;
        }
        for (size_t i = t->n; i-- > 0;) {
            size_t row = t->at + i, column = t->to + j;

            if (row < column ? row >= t->first[column]
                             : column >= t->first[row])
                break;
            r2[i + j * TILE] = 0;
        }
    }
}

/* Annotations of n variants, ld TILE. */
static const float *annotations(const struct tile *t, size_t from, size_t n)
{
    if (!t->annot)
        return t->ws->one;
    for (size_t a = 0; a < t->p; a++)
        memcpy(t->ws->a + a * TILE, t->annot + from + a * t->b->m,
               n * sizeof *t->annot);
    return t->ws->a;
}

/* Adds sum (n x p) to the scores of core variants from block variant `at`. */
static void add(const struct tile *t, size_t at, size_t n)
{
    for (size_t a = 0; a < t->p; a++) {
        double *score = t->score + (at - t->b->core) + a * t->b->l;

        for (size_t i = 0; i < n; i++)
            score[i] += (double)t->ws->sum[i + a * TILE];
    }
}

static void add_tile(const struct tile *t)
{
    const dw_ldscores_ws *ws = t->ws;

    correlate(t);
    dw_sgemm(true, false, t->w, t->p, t->n, 1, ws->r2, TILE,
             annotations(t, t->at, t->n), TILE, 0, ws->sum, TILE);
    add(t, t->to, t->w);
    if (!t->both)
        return;
    dw_sgemm(false, false, t->n, t->p, t->w, 1, ws->r2, TILE,
             annotations(t, t->to, t->w), TILE, 0, ws->sum, TILE);
    add(t, t->at, t->n);
}

/* ---- the block ---- */

/* Rows [from, end) in tiles against the tile's columns; those that no column
 * has in its window are passed over. */
static void add_rows(struct tile *t, size_t from, size_t end)
{
    const size_t least = t->first[t->to], last = t->to + t->w - 1;

    if (from < least)
        from = least < end ? least : end;
    for (; from < end; from += TILE) {
        if (from > last && t->first[from] > last)
            return;
        t->at = from;
        t->n = end - from < TILE ? end - from : TILE;
        add_tile(t);
    }
}

int dw_ldscores_block(dw_ldscores_ws *ws, const dw_ldblock *b,
                      const size_t *first, size_t p, const float *annot,
                      double *score)
{
    const size_t end = b->core + b->l;
    struct tile t = {.ws = ws,
                     .b = b,
                     .first = first,
                     .p = p,
                     .annot = annot,
                     .score = score};

    if (fit(ws, p) < 0)
        return DW_ENOMEM;
    if (b->people > 2)
        t.eps = (float)(1 / ((double)b->people - 2));
    memset(score, 0, b->l * p * sizeof *score);
    for (t.to = b->core; t.to < end; t.to += TILE) {
        t.w = end - t.to < TILE ? end - t.to : TILE;
        t.both = false;
        add_rows(&t, 0, b->core);
        add_rows(&t, t.to, t.to + t.w); /* among themselves */
        t.both = true;
        add_rows(&t, t.to + t.w, end);
        t.both = false;
        add_rows(&t, end, b->m);
    }
    return 0;
}
