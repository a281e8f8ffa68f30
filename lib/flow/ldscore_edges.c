#include "flow/ldscore_edges.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"

/* One block: the positions of its first and last variant, and the numbers of
 * those of its core. */
struct edge {
    size_t index, core, end;
    uint32_t from, to;
};

struct dw_ld_edges {
    const dw_ld_window *window;
    char contig[DW_CONTIG_MAX];
    uint32_t *pos; /* (n) of the cores of the chromosome */
    size_t n, cap_pos;
    struct edge *edge;
    size_t n_edges, cap_edges;
};

void dw_ld_place_settle(dw_ld_place *place, const dw_ldblock *b)
{
    if (strcmp(place->contig, b->contig) == 0 && b->start >= place->end)
        return;
    *place = (dw_ld_place){.rank = 0};
    memcpy(place->contig, b->contig, sizeof place->contig);
}

void dw_ld_place_next(dw_ld_place *place, const dw_ldblock *b)
{
    dw_ld_place_settle(place, b);
    place->end = b->end;
    place->rank += b->l;
}

dw_ld_edges *dw_ld_edges_new(const dw_ld_window *window)
{
    dw_ld_edges *e = dw_alloc(1, sizeof *e);

    e->window = window;
    return e;
}

void dw_ld_edges_free(dw_ld_edges *e)
{
    if (!e)
        return;
    dw_free(e->pos);
    dw_free(e->edge);
    dw_free(e);
}

/* The first of the cores' variants at or behind a position. */
static size_t rank_of(const dw_ld_edges *e, uint32_t pos)
{
    size_t low = 0, high = e->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (e->pos[mid] < pos)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static int tell_short(const dw_ld_edges *e, const struct edge *b, dw_err *err)
{
    const char *more = e->window->chunk > 1 ? ", and somewhat more" : "";

    return dw_fail(err, DW_EMISMATCH,
                   "block %zu (contig %s) does not hold all variants within "
                   "%g kb of its core%s: make blocks by dw-ldblock --flank "
                   "%.0f%s",
                   b->index, e->contig, e->window->reach / 1000, more,
                   e->window->reach, more);
}

/* The chromosome has ended. */
static int check(const dw_ld_edges *e, dw_err *err)
{
    size_t *first = dw_try_alloc(e->n, sizeof *first);
    int rc = 0;

    if (!first)
        return dw_fail(err, DW_ENOMEM, "no memory for %zu variants", e->n);
    dw_ld_window_first(e->window, e->n, e->pos, 0, first);
    for (size_t i = 0; i < e->n_edges && rc == 0; i++) {
        const struct edge *b = &e->edge[i];
        size_t from = rank_of(e, b->from), to = rank_of(e, b->to + 1);

        if (first[b->core] < from || (to < e->n && first[to] < b->end))
            rc = tell_short(e, b, err);
    }
    dw_free(first);
    return rc;
}

/* Are the flanks before the core the cores before it? */
static bool in_cores(const dw_ld_edges *e, const dw_block *block, size_t rank)
{
    const dw_ldblock *b = &block->ld;

    return b->core <= rank && memcmp(block->var.pos, e->pos + (rank - b->core),
                                     b->core * sizeof *e->pos) == 0;
}

static int add_core(dw_ld_edges *e, const dw_block *block, size_t rank,
                    dw_err *err)
{
    const dw_ldblock *b = &block->ld;
    void *pos = e->pos, *edge = e->edge;
    int rc = dw_try_grow(&pos, &e->cap_pos, rank + b->l, sizeof *e->pos);

    e->pos = pos;
    if (rc == 0)
        rc = dw_try_grow(&edge, &e->cap_edges, e->n_edges + 1, sizeof *e->edge);
    e->edge = edge;
    if (rc < 0)
        return dw_fail(err, rc, "no memory for the places of contig %s",
                       e->contig);
    memcpy(e->pos + rank, block->var.pos + b->core, b->l * sizeof *e->pos);
    e->n = rank + b->l;
    e->edge[e->n_edges++] = (struct edge){.index = block->index,
                                          .core = rank,
                                          .end = rank + b->l,
                                          .from = block->var.pos[0],
                                          .to = block->var.pos[b->m - 1]};
    return 0;
}

int dw_ld_edges_add(dw_ld_edges *e, const dw_block *block,
                    const dw_ld_place *place, dw_err *err)
{
    if (block->ld.l == 0 || isinf(e->window->reach))
        return 0;
    if (place->rank == 0) {
        if (dw_ld_edges_finish(e, err) < 0)
            return err->code;
        memcpy(e->contig, place->contig, sizeof e->contig);
    }
    if (e->window->chunk > 1 && !in_cores(e, block, place->rank))
        return dw_fail(err, DW_EMISMATCH,
                       "block %zu has flanks that are in no core: chunks of "
                       "variants cannot be counted",
                       block->index);
    return add_core(e, block, place->rank, err);
}

int dw_ld_edges_finish(dw_ld_edges *e, dw_err *err)
{
    int rc = e->n_edges ? check(e, err) : 0;

    e->n = e->n_edges = 0;
    return rc;
}
