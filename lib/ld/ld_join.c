#include "ld/ld_join.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/crew.h"
#include "base/mem.h"
#include "ld/core_order.h"
#include "ld/ld_fates.h"
#include "ld/ld_match.h"
#include "ld/ld_walk.h"
#include "ld/slide.h"

/* What one thread joins a block with. */
struct bench {
    dw_restrict_ws *ws;
    dw_ldblock ld;
};

/* A block on its way: as the source has it, what of it stays, and its bytes
 * once it is joined. */
struct order {
    dw_job make, join;
    dw_ld_join *in;
    dw_ld_item item;
    dw_ld_matches match;
    dw_variants var; /* that stay */
    dw_tracks tracks;
    dw_buf packed;
    size_t k;
    dw_err err;
};

/*
 * Orders stand in a ring in the order of the source.  First those that are
 * matched with their rows, and joined by whoever is free; behind them those
 * that are read, and made by whoever is free, of which the first is the front:
 * the one whose rows are being collected.
 */
struct dw_ld_join {
    dw_ld_join_opts o;
    dw_blocks_out out;
    dw_ld_walk *walk;
    bool whole;
    char contig[DW_CONTIG_MAX]; /* whole: of the front */
    dw_slide *slide;   /* variants of the stream, genotypes of nobody */
    dw_ld_fates fates; /* of each of them */
    bool on_contig;    /* the source has the contig in hand */
    dw_crew *crew;
    struct bench *bench; /* one a thread */
    struct order *order; /* (max_orders) */
    size_t first, n_joined, n_read, max_orders, max_read;
    bool has_front; /* it is made, and its range known */
    int read_rc;    /* of the block behind those read: 1: not tried yet */
    dw_err read_err;
    uint32_t floor; /* no block to come begins before */
    uint32_t reach; /* the last position of the front */
    dw_core_order cores;
    dw_ld_join_counts counts;
    dw_tally source; /* what it left out */
};

static void make_item(void *ctx);
static void join_item(void *ctx);

dw_ld_join *dw_ld_join_new(const dw_ld_join_opts *opts, dw_ld_source *take,
                           const dw_blocks_out *out)
{
    dw_ld_join *j = dw_alloc(1, sizeof *j);

    j->o = *opts;
    j->out = *out;
    j->walk = dw_ld_walk_new(take, opts->open, opts->ctx, &opts->cut);
    j->crew = dw_crew_new(opts->threads);
    j->bench = dw_alloc(opts->threads, sizeof *j->bench);
    for (size_t i = 0; i < opts->threads; i++)
        j->bench[i].ws = dw_restrict_ws_new();
    /* Three a thread: one in hand, one that waits, and one for the time in
     * which the caller joins one himself and starts none. */
    j->max_orders = opts->threads > 1 ? 3 * opts->threads : 1;
    j->max_read = opts->threads;
    j->order = dw_alloc(j->max_orders, sizeof *j->order);
    for (size_t i = 0; i < j->max_orders; i++) {
        struct order *order = &j->order[i];

        order->in = j;
        order->make = (dw_job){.fn = make_item, .ctx = order};
        order->join = (dw_job){.fn = join_item, .ctx = order};
    }
    j->read_rc = 1;
    dw_ld_join_begin(j, 0, 0);
    return j;
}

static void clear_order(const dw_ld_join *j, struct order *order)
{
    dw_ld_walk_clear(j->walk, &order->item);
    dw_ld_matches_clear(&order->match);
    dw_variants_clear(&order->var);
    dw_tracks_clear(&order->tracks);
    dw_buf_clear(&order->packed);
}

void dw_ld_join_free(dw_ld_join *j)
{
    if (!j)
        return;
    for (size_t i = 0; i < j->max_orders; i++) {
        dw_crew_cancel(j->crew, &j->order[i].make);
        dw_crew_cancel(j->crew, &j->order[i].join);
    }
    dw_crew_free(j->crew);
    for (size_t i = 0; i < j->max_orders; i++)
        clear_order(j, &j->order[i]);
    for (size_t i = 0; i < j->o.threads; i++) {
        dw_restrict_ws_free(j->bench[i].ws);
        dw_ldblock_clear(&j->bench[i].ld);
    }
    dw_free(j->order);
    dw_free(j->bench);
    dw_ld_fates_clear(&j->fates);
    dw_slide_free(j->slide);
    dw_ld_walk_free(j->walk);
    dw_core_order_clear(&j->cores);
    dw_tally_clear(&j->source);
    dw_free(j);
}

void dw_ld_join_begin(dw_ld_join *j, size_t t, size_t p)
{
    dw_slide_free(j->slide);
    j->slide = dw_slide_new(DW_GENO_PACKED, 0, t, p);
    j->on_contig = false;
}

/* ---- one block ---- */

/* In any thread. */
static void make_item(void *ctx)
{
    struct order *order = ctx;

    /* A fault is in err. */
    (void)!dw_ld_walk_make(order->in->walk, &order->item, &order->err);
}

/* A frequency that the stream has not is the source's. */
static void fill_eaf(const struct order *order, dw_variants *v)
{
    for (size_t i = 0; i < v->m; i++) {
        const dw_stay *s = &order->match.stay[i];
        float f = order->item.var.eaf[s->column];

        if (isnan(v->eaf[i]))
            v->eaf[i] = s->swapped ? 1 - f : f;
    }
}

/* The variants that stay, as the stream has them, or the source. */
static int pick(const dw_ld_join *j, struct order *order, dw_err *err)
{
    const dw_ld_matches *m = &order->match;
    dw_variants *v = &order->var;
    int rc;

    if (j->whole)
        return dw_variants_pick(v, &order->item.var, m->n, m->row, err);
    rc = dw_slide_pick(j->slide, m->n, m->row, v, err);
    if (rc == 0)
        fill_eaf(order, v);
    if (rc == 0 && j->out.cut)
        rc = j->out.cut(j->out.ctx, v, &order->tracks, err);
    return rc;
}

/* What of the block stays; the rows are there, and needed no more. */
static int match(const dw_ld_join *j, struct order *order, dw_err *err)
{
    const dw_variants *v = &order->item.var;
    const dw_ldblock *b = &order->item.ld;
    dw_ld_matches *m = &order->match;
    int rc = j->whole
                 ? dw_ld_match_self(m, &j->o.scope, v, b, j->o.min_maf, err)
                 : dw_ld_match_rows(m, j->slide, v, b, j->o.min_maf, err);

    return rc == 0 && m->core ? pick(j, order, err) : rc;
}

/* In any thread. */
static void join_item(void *ctx)
{
    struct order *order = ctx;
    const dw_ld_join *j = order->in;
    struct bench *bench = &j->bench[order->join.thread];
    const dw_ld_matches *m = &order->match;
    dw_err *err = &order->err;

    if (dw_restrict_block(bench->ws, &order->item.ld, m->n, m->stay, &j->o.cut,
                          &bench->ld, err) < 0)
        return;
    order->k = bench->ld.k;
    /* A fault is in err. */
    (void)!j->out.pack(j->out.ctx, &order->var, &order->tracks, &bench->ld,
                       &order->packed, err);
}

static int block_fault(const struct order *order, dw_err *err)
{
    const dw_ldblock *b = &order->item.ld;

    *err = order->err;
    if (!order->item.made)
        return err->code;
    return dw_err_prefix(err, "block %s:%" PRIu32 "-%" PRIu32, b->contig,
                         b->start, b->end);
}

/* Lets go of the first rows: all blocks that they could be in were written. */
static void drop_rows(dw_ld_join *j, size_t rows)
{
    dw_ld_fates_drop(&j->fates, rows);
    dw_slide_drop(j->slide, rows);
}

/* ---- the ring ---- */

static struct order *order_at(const dw_ld_join *j, size_t i)
{
    return &j->order[(j->first + i) % j->max_orders];
}

static int put_block(dw_ld_join *j, struct order *order, dw_err *err)
{
    const dw_ldblock *b = &order->item.ld;
    const dw_tally *t = &order->item.tally;

    if (!j->whole && !order->match.n)
        return 0; /* the stream does not come here */
    for (size_t i = 0; i < t->n_items; i++)
        dw_tally_add(&j->source, t->item[i].reason, t->item[i].n);
    if (!order->match.core) {
        j->counts.blocks.empty++;
        return 0;
    }
    j->counts.blocks.blocks++;
    j->counts.blocks.rank += order->k;
    j->counts.blocks.core += order->match.core;
    j->counts.core += b->l;
    if (b->l > order->match.core)
        j->counts.gone += b->l - order->match.core;
    return j->out.put(j->out.ctx, &order->packed, err);
}

/* Puts out the first block of the ring, which is joined. */
static int put_first(dw_ld_join *j, dw_err *err)
{
    struct order *order = order_at(j, 0);

    dw_crew_wait_busy(j->crew, &order->join);
    j->first = (j->first + 1) % j->max_orders;
    j->n_joined--;
    return order->err.code ? block_fault(order, err) : put_block(j, order, err);
}

static int put_all(dw_ld_join *j, dw_err *err)
{
    while (j->n_joined) {
        if (put_first(j, err) < 0)
            return err->code;
    }
    return 0;
}

/* Reads on as far as there is room.  That it cannot is told when the block is
 * wanted: not all that is read ahead will be. */
static int read_on(dw_ld_join *j, dw_err *err)
{
    while (j->read_rc > 0 && j->n_read < j->max_read) {
        struct order *order;

        if (j->n_joined + j->n_read == j->max_orders && put_first(j, err) < 0)
            return err->code;
        order = order_at(j, j->n_joined + j->n_read);
        order->err = (dw_err){0};
        j->read_rc = dw_ld_walk_next(j->walk, &order->item, &j->read_err);
        if (j->read_rc > 0) {
            dw_crew_start(j->crew, &order->make);
            j->n_read++;
        }
    }
    return 0;
}

/* Forgets what was read ahead and is wanted no more. */
static void forget_read(dw_ld_join *j)
{
    for (size_t i = 0; i < j->n_read; i++)
        dw_crew_cancel(j->crew, &order_at(j, j->n_joined + i)->make);
    j->n_read = 0;
    j->has_front = false;
    j->read_rc = 1;
}

/* The front covers these positions. */
static int find_reach(dw_ld_join *j, const dw_variants *v, dw_err *err)
{
    j->reach = 0;
    if (!v->m)
        return 0;
    if (v->pos[0] < j->floor)
        return dw_fail(err, DW_EFORMAT,
                       "contig %s: a block that begins at %" PRIu32
                       " stands behind one that begins at %" PRIu32,
                       v->contig, v->pos[0], j->floor);
    j->floor = v->pos[0];
    j->reach = v->pos[v->m - 1];
    return 0;
}

/* Matches the front with the rows, which are all there, and has it joined. */
static int join_front(dw_ld_join *j, dw_err *err)
{
    struct order *order = order_at(j, j->n_joined);

    j->has_front = false;
    j->n_read--;
    j->n_joined++;
    dw_buf_reset(&order->packed);
    if (match(j, order, &order->err) < 0)
        return block_fault(order, err);
    if (j->whole) {
        j->counts.seen += order->item.ld.l;
        dw_ld_fates_core(&j->fates, &order->match, &j->o.scope,
                         &order->item.var, &order->item.ld);
    } else {
        dw_ld_fates_mark(&j->fates, &order->match);
    }
    if (order->match.core)
        dw_crew_start(j->crew, &order->join);
    return 0;
}

/* Has the front joined, and lets the next block be it: 1; 0 when the contig has
 * no more; negative. */
static int next_front(dw_ld_join *j, dw_err *err)
{
    struct order *order;

    if ((j->has_front && join_front(j, err) < 0) || read_on(j, err) < 0)
        return err->code;
    if (!j->n_read) {
        if (j->read_rc < 0)
            *err = j->read_err;
        return j->read_rc;
    }
    order = order_at(j, j->n_joined);
    dw_crew_wait_busy(j->crew, &order->make);
    if (order->err.code)
        return block_fault(order, err);
    if ((!j->whole && find_reach(j, &order->item.var, err) < 0) ||
        dw_core_order_next(&j->cores, &order->item.var, &order->item.ld, err) <
            0)
        return err->code;
    j->has_front = true;
    strcpy(j->contig, order->item.var.contig);
    if (!j->whole)
        drop_rows(j, dw_slide_lower(j->slide, j->floor - 1));
    return 1;
}

/* ---- rows of a stream ---- */

int dw_ld_join_turn(dw_ld_join *j, const char *contig, dw_err *err)
{
    int rc = 1;

    while (rc > 0 && dw_slide_size(j->slide))
        rc = next_front(j, err);
    if (rc < 0)
        return rc;
    forget_read(j);
    drop_rows(j, dw_slide_size(j->slide));
    dw_slide_begin(j->slide, contig);
    j->floor = 1;
    j->on_contig = false;
    dw_core_order_clear(&j->cores);
    if (!*contig)
        return put_all(j, err);
    rc = dw_ld_walk_seek(j->walk, contig, err);
    j->on_contig = rc > 0;
    return rc < 0 ? rc : 0;
}

static int push(dw_ld_join *j, const dw_variants *v, size_t row, dw_err *err)
{
    const dw_geno_stats none = {0};

    if (dw_slide_push(j->slide, v, row, v->eaf[row], "", &none, err) < 0)
        return err->code;
    return dw_ld_fates_push(&j->fates, err);
}

int dw_ld_join_take(dw_ld_join *j, const dw_variants *v, size_t row,
                    dw_err *err)
{
    uint32_t pos = v->pos[row];

    if (!j->on_contig) {
        j->fates.no_contig++;
        return 0;
    }
    while (!j->has_front || pos > j->reach) {
        int rc = next_front(j, err);

        if (rc < 0)
            return rc;
        if (rc == 0)
            break;
    }
    /* Behind the last block, or between two of them. */
    if (!j->has_front || pos < j->floor) {
        dw_ld_fates_miss(&j->fates);
        return 0;
    }
    return push(j, v, row, err);
}

const char *dw_ld_join_contig(const dw_ld_join *j)
{
    return j->whole ? j->contig : dw_slide_contig(j->slide);
}

uint32_t dw_ld_join_first(const dw_ld_join *j)
{
    return dw_slide_size(j->slide) ? dw_slide_pos(j->slide, 0) : UINT32_MAX;
}

int dw_ld_join_whole(dw_ld_join *j, dw_err *err)
{
    int rc;

    j->whole = true;
    do {
        rc = next_front(j, err);
    } while (rc > 0);
    return rc < 0 ? rc : put_all(j, err);
}

/* ---- counts ---- */

void dw_ld_join_tell(dw_ld_join *j, dw_tally *tally)
{
    dw_ld_fates_tell(&j->fates, tally);
    for (size_t i = 0; i < j->source.n_items; i++)
        dw_tally_add(tally, j->source.item[i].reason, j->source.item[i].n);
    dw_tally_clear(&j->source);
}

dw_ld_join_counts dw_ld_join_counted(const dw_ld_join *j)
{
    dw_ld_join_counts counts = j->counts;

    counts.blocks.beyond = j->fates.beyond;
    return counts;
}
