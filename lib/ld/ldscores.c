#include "ld/ldscores.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "ld/score_tile.h"
#include "linalg/dense.h"

enum { TILE = DW_SCORE_TILE };

struct dw_ldscores_ws {
    float r2[TILE * TILE];
    float one[TILE]; /* the annotation of the total */
    float *sum;      /* (TILE x p) */
    size_t cap_sum;
};

/* ---- workspace ---- */

dw_ldscores_ws *dw_ldscores_ws_new(void)
{
    dw_ldscores_ws *ws = dw_alloc(1, sizeof *ws);

    for (size_t i = 0; i < TILE; i++)
        ws->one[i] = 1;
    return ws;
}

void dw_ldscores_ws_free(dw_ldscores_ws *ws)
{
    if (ws)
        dw_free(ws->sum);
    dw_free(ws);
}

/* ---- one tile ---- */

/* Rows against columns of the block; all columns and, if `both`, all rows are
 * core. */
struct tile {
    dw_ldscores_ws *ws;
    const dw_ldblock *b;
    const size_t *first;
    size_t p;
    const float *annot;
    double *score;
    dw_score_side rows, columns;
    bool both;
};

static dw_score_side side_of(const struct tile *t, size_t at, size_t end)
{
    return (dw_score_side){
        .at = at,
        .n = end - at < TILE ? end - at : TILE,
        .first = t->first + at,
        .annot = t->annot ? t->annot + at : t->ws->one,
        .ld = t->annot ? t->b->m : TILE,
    };
}

/* Adds sums to the scores of core variants. */
static void add(const struct tile *t, const dw_score_side *side)
{
    for (size_t a = 0; a < t->p; a++) {
        double *score = t->score + (side->at - t->b->core) + a * t->b->l;

        for (size_t i = 0; i < side->n; i++)
            score[i] += (double)t->ws->sum[i + a * TILE];
    }
}

static void add_tile(const struct tile *t)
{
    const dw_score_side *rows = &t->rows, *columns = &t->columns;
    const dw_ldblock *b = t->b;
    dw_ldscores_ws *ws = t->ws;

    dw_sgemm(true, false, rows->n, columns->n, b->k, 1, b->q + rows->at * b->k,
             b->k, b->q + columns->at * b->k, b->k, 0, ws->r2, TILE);
    dw_score_tile_r2(rows, columns, b->people, ws->r2);
    dw_score_tile_of_columns(rows, columns, t->p, ws->r2, ws->sum);
    add(t, columns);
    if (!t->both)
        return;
    dw_score_tile_of_rows(rows, columns, t->p, ws->r2, ws->sum);
    add(t, rows);
}

/* ---- the block ---- */

/* Rows [from, end) in tiles against the tile's columns; those that no column
 * has in its window are passed over. */
static void add_rows(struct tile *t, size_t from, size_t end)
{
    const size_t least = t->columns.first[0];
    const size_t last = t->columns.at + t->columns.n - 1;

    if (from < least)
        from = least < end ? least : end;
    for (; from < end; from += TILE) {
        if (from > last && t->first[from] > last)
            return;
        t->rows = side_of(t, from, end);
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

    if (!dw_linalg_fits(p) || !dw_fit_floats(&ws->sum, &ws->cap_sum, TILE, p))
        return DW_ENOMEM;
    memset(score, 0, b->l * p * sizeof *score);
    for (size_t to = b->core; to < end; to += TILE) {
        const size_t behind = end - to < TILE ? end : to + TILE;

        t.columns = side_of(&t, to, behind);
        t.both = false;
        add_rows(&t, 0, b->core);
        add_rows(&t, to, behind); /* among themselves */
        t.both = true;
        add_rows(&t, behind, end);
        t.both = false;
        add_rows(&t, end, b->m);
    }
    return 0;
}
