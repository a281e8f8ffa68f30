#include "place/chain.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "place/chain_pieces.h"

/* ---- order ---- */

static int by_start(uint32_t a, uint32_t b)
{
    return a < b ? -1 : a > b;
}

static int cmp_spans(const void *a, const void *b)
{
    return by_start(((const struct dw_chain_span *)a)->start,
                    ((const struct dw_chain_span *)b)->start);
}

static int cmp_pieces(const void *a, const void *b)
{
    const struct dw_chain_piece *x = a, *y = b;
    int c = by_start(x->start, y->start);

    return c ? c : x->chain < y->chain ? -1 : x->chain > y->chain;
}

static void put_in_order(struct dw_chain_contig *of)
{
    uint32_t reach = 0;

    qsort(of->span, of->n_spans, sizeof *of->span, cmp_spans);
    for (size_t i = 0; i < of->n_spans; i++) {
        reach = of->span[i].end > reach ? of->span[i].end : reach;
        of->span[i].reach = reach;
    }
    if (of->n_pieces)
        qsort(of->piece, of->n_pieces, sizeof *of->piece, cmp_pieces);
    reach = 0;
    for (size_t i = 0; i < of->n_pieces; i++) {
        reach = of->piece[i].end > reach ? of->piece[i].end : reach;
        of->piece[i].reach = reach;
    }
}

dw_chain *dw_chain_open(const char *path, dw_err *err)
{
    dw_chain *c = dw_alloc(1, sizeof *c);

    c->path = dw_strdup(path);
    c->from = dw_map_new();
    c->to = dw_map_new();
    if (dw_chain_read(c, err) < 0) {
        dw_chain_close(c);
        return NULL;
    }
    for (size_t i = 0; i < c->n_of; i++)
        put_in_order(&c->of[i]);
    return c;
}

void dw_chain_close(dw_chain *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->n_of; i++) {
        dw_free(c->of[i].span);
        dw_free(c->of[i].piece);
    }
    dw_free(c->of);
    dw_free(c->name);
    dw_free(c->all);
    dw_map_free(c->from);
    dw_map_free(c->to);
    dw_free(c->path);
    dw_free(c);
}

/* ---- looking up ---- */

/* Behind the last span, or piece, that begins at or before `at`. */
static size_t spans_before(const struct dw_chain_contig *of, uint32_t at)
{
    size_t lo = 0, hi = of->n_spans;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (of->span[mid].start <= at)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static size_t pieces_before(const struct dw_chain_contig *of, uint32_t at)
{
    size_t lo = 0, hi = of->n_pieces, i = of->last;

    /* Mostly the one that was found last, or the next. */
    if (i < hi && of->piece[i].start <= at) {
        lo = i + 1;
        if (lo == hi || of->piece[lo].start > at)
            return lo;
    }
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (of->piece[mid].start <= at)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static bool is_spanned(const struct dw_chain_contig *of, uint32_t at)
{
    for (size_t i = spans_before(of, at); i > 0; i--) {
        if (of->span[i - 1].reach <= at)
            return false;
        if (of->span[i - 1].end > at)
            return true;
    }
    return false;
}

/* The piece of the best chain that has the base, or NULL; *tie: two have it. */
static const struct dw_chain_piece *find_piece(const dw_chain *c,
                                               struct dw_chain_contig *of,
                                               uint32_t at, bool *tie)
{
    const struct dw_chain_piece *best = NULL;
    size_t i = pieces_before(of, at);

    *tie = false;
    for (of->last = i ? i - 1 : 0; i > 0 && of->piece[i - 1].reach > at; i--) {
        const struct dw_chain_piece *p = &of->piece[i - 1];
        uint64_t score = c->all[p->chain].score;

        if (p->end <= at)
            continue;
        if (best && score == c->all[best->chain].score)
            *tie = true;
        if (!best || score > c->all[best->chain].score) {
            best = p;
            *tie = false;
        }
    }
    return best;
}

static struct dw_chain_contig *find_contig(dw_chain *c, const char *name)
{
    const uint64_t *at = dw_map_get(c->from, name, strlen(name));

    if (!at && strcmp(name, "XY") == 0)
        at = dw_map_get(c->from, "X", 1);
    return at ? &c->of[*at] : NULL;
}

dw_reason dw_chain_lift(dw_chain *c, const char *contig, uint32_t pos, size_t n,
                        dw_lifted *to)
{
    struct dw_chain_contig *of = find_contig(c, contig);
    const struct dw_chain_piece *p;
    const struct dw_chain_span *s;
    uint32_t at = pos - 1;
    bool tie;

    if (!of || !is_spanned(of, at))
        return DW_REASON_LIFT_NO_CHAIN;
    p = find_piece(c, of, at, &tie);
    if (!p || n > p->end - at)
        return DW_REASON_LIFT_GAP;
    if (tie)
        return DW_REASON_LIFT_AMBIGUOUS;
    s = &c->all[p->chain];
    at = p->q_start + (at - p->start);
    to->contig = c->name[s->q_contig];
    to->reversed = s->reversed;
    to->pos = (s->reversed ? s->q_size - 1 - at : at) + 1;
    return DW_REASON_NONE;
}

/* ---- what is known of it ---- */

static int heaviest(const uint64_t n[DW_BUILDS])
{
    int best = DW_BUILD_NONE;

    for (int b = 0; b < DW_BUILDS; b++) {
        if (n[b] && (best == DW_BUILD_NONE || n[b] > n[best]))
            best = b;
    }
    return best;
}

int dw_chain_from(const dw_chain *c)
{
    return heaviest(c->from_build);
}

int dw_chain_to(const dw_chain *c)
{
    return heaviest(c->to_build);
}

dw_origin dw_chain_origin(const dw_chain *c)
{
    return (dw_origin){.name = c->path, .digest = c->digest};
}
