#include "ld/ld_join.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/par.h"
#include "ld/core_order.h"
#include "ld/ld_match.h"
#include "ld/ld_walk.h"
#include "ld/slide.h"

/* What one thread joins a block with. */
struct bench {
    dw_restrict_ws *ws;
    dw_ldblock ld;
    dw_variants var;
};

/* A block on its way: as the source has it, and its bytes once it is joined. */
struct order {
    dw_ld_item item;
    dw_ld_matches match;
    dw_buf packed;
    size_t k;
    dw_err err;
};

struct dw_ld_join {
    dw_ld_join_opts o;
    dw_blocks_out out;
    dw_ld_walk *walk;
    bool whole;
    dw_slide *slide;     /* variants of the stream, genotypes of nobody */
    unsigned char *fate; /* what blocks said of each of them */
    size_t cap_fate;
    bool on_contig; /* the source has the contig in hand */
    dw_pool *pool;
    struct bench *bench; /* one a thread */
    struct order *order; /* the batch in hand: made, not yet joined */
    size_t n_orders, max_orders;
    uint32_t floor; /* no block to come begins before */
    uint32_t reach; /* the last position of the batch in hand */
    dw_core_order cores;
    dw_ld_join_counts counts;
    uint64_t taken, outside, low, other, absent, no_contig, excluded, off;
    dw_tally source; /* what it left out */
};

dw_ld_join *dw_ld_join_new(const dw_ld_join_opts *opts, dw_ld_source *take,
                           const dw_blocks_out *out)
{
    dw_ld_join *j = dw_alloc(1, sizeof *j);

    j->o = *opts;
    j->out = *out;
    j->walk = dw_ld_walk_new(take, opts->open, opts->ctx, &opts->cut);
    j->pool = dw_pool_new(opts->threads);
    j->bench = dw_alloc(opts->threads, sizeof *j->bench);
    for (size_t i = 0; i < opts->threads; i++)
        j->bench[i].ws = dw_restrict_ws_new();
    /* Two a thread: the last of a batch leaves few threads idle. */
    j->max_orders = opts->threads > 1 ? 2 * opts->threads : 1;
    j->order = dw_alloc(j->max_orders, sizeof *j->order);
    dw_ld_join_begin(j, 0, 0);
    return j;
}

void dw_ld_join_free(dw_ld_join *j)
{
    if (!j)
        return;
    for (size_t i = 0; i < j->max_orders; i++) {
        dw_ld_walk_clear(j->walk, &j->order[i].item);
        dw_ld_matches_clear(&j->order[i].match);
        dw_buf_clear(&j->order[i].packed);
    }
    for (size_t i = 0; i < j->o.threads; i++) {
        dw_restrict_ws_free(j->bench[i].ws);
        dw_ldblock_clear(&j->bench[i].ld);
        dw_variants_clear(&j->bench[i].var);
    }
    dw_free(j->order);
    dw_free(j->bench);
    dw_free(j->fate);
    dw_pool_free(j->pool);
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

/* ---- one block, in any thread ---- */

static void make_item(void *ctx, size_t thread, size_t i)
{
    struct dw_ld_join *j = ctx;
    struct order *order = &j->order[i];

    (void)thread;
    order->err = (dw_err){0};
    /* A fault is in err. */
    (void)!dw_ld_walk_make(j->walk, &order->item, &order->err);
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
static int pick(const dw_ld_join *j, const struct order *order, dw_variants *v,
                dw_err *err)
{
    const dw_ld_matches *m = &order->match;
    int rc;

    if (j->whole)
        return dw_variants_pick(v, &order->item.var, m->n, m->row, err);
    rc = dw_slide_pick(j->slide, m->n, m->row, v, err);
    if (rc == 0)
        fill_eaf(order, v);
    return rc;
}

static int join(dw_ld_join *j, struct bench *bench, struct order *order)
{
    const dw_variants *v = &order->item.var;
    const dw_ldblock *b = &order->item.ld;
    dw_ld_matches *m = &order->match;
    dw_err *err = &order->err;
    int rc = j->whole
                 ? dw_ld_match_self(m, &j->o.scope, v, b, j->o.min_maf, err)
                 : dw_ld_match_rows(m, j->slide, v, b, j->o.min_maf, err);

    if (rc < 0 || !m->core)
        return rc;
    if (dw_restrict_block(bench->ws, b, m->n, m->stay, &j->o.cut, &bench->ld,
                          err) < 0 ||
        pick(j, order, &bench->var, err) < 0)
        return err->code;
    order->k = bench->ld.k;
    return j->out.pack(j->out.ctx, &bench->var, &bench->ld, &order->packed,
                       err);
}

static void join_item(void *ctx, size_t thread, size_t i)
{
    struct dw_ld_join *j = ctx;
    struct order *order = &j->order[i];

    dw_buf_reset(&order->packed);
    /* A fault is in err. */
    (void)!join(j, &j->bench[thread], order);
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

/* ---- fates ---- */

/* What a block said of the stream's rows. */
static void mark_rows(dw_ld_join *j, const struct order *order)
{
    const dw_ld_matches *m = &order->match;

    for (size_t i = m->begin; i < m->end; i++)
        j->fate[i] |= m->fate[i - m->begin] | DW_LD_NEAR;
    for (size_t i = 0; m->core && i < m->n; i++)
        j->fate[m->row[i]] |= DW_LD_USED;
}

static void count_fate(dw_ld_join *j, unsigned fate)
{
    if (fate & DW_LD_FOUND) {
        j->taken++;
        j->outside += !(fate & DW_LD_USED);
    } else if (fate & DW_LD_LOW) {
        j->low++;
    } else if (fate & DW_LD_OTHER) {
        j->other++;
    } else {
        j->absent++;
        j->counts.blocks.beyond += !(fate & DW_LD_NEAR);
    }
}

/* Without a stream: of each core variant. */
static void count_core(dw_ld_join *j, const struct order *order)
{
    const dw_variants *v = &order->item.var;
    const dw_ldblock *b = &order->item.ld;

    j->counts.seen += b->l;
    for (size_t i = b->core; i < b->core + b->l; i++) {
        unsigned fate = order->match.fate[i];
        const char *why = dw_scope_reason(&j->o.scope, v->contig, v->pos[i]);

        if (fate == DW_LD_SCOPE) {
            j->excluded += strcmp(why, "excluded") == 0;
            j->off += strcmp(why, "excluded") != 0;
        } else {
            count_fate(j, fate | DW_LD_USED);
        }
    }
}

/* Lets go of the first rows: all blocks that they could be in were written. */
static void drop_rows(dw_ld_join *j, size_t rows)
{
    size_t left = dw_slide_size(j->slide) - rows;

    for (size_t i = 0; i < rows; i++)
        count_fate(j, j->fate[i]);
    if (left)
        memmove(j->fate, j->fate + rows, left);
    dw_slide_drop(j->slide, rows);
}

/* ---- batches ---- */

/* The batch that was made covers these positions. */
static int find_reach(dw_ld_join *j, dw_err *err)
{
    uint32_t begin = j->floor;

    j->reach = 0;
    for (size_t i = 0; i < j->n_orders; i++) {
        const dw_variants *v = &j->order[i].item.var;

        if (!v->m)
            continue;
        if (v->pos[0] < begin)
            return dw_fail(err, DW_EFORMAT,
                           "contig %s: a block that begins at %" PRIu32
                           " stands behind one that begins at %" PRIu32,
                           v->contig, v->pos[0], begin);
        if (!j->reach)
            j->floor = v->pos[0];
        begin = v->pos[0];
        if (v->pos[v->m - 1] > j->reach)
            j->reach = v->pos[v->m - 1];
    }
    return 0;
}

static int check_cores(dw_ld_join *j, dw_err *err)
{
    int rc = 0;

    for (size_t i = 0; i < j->n_orders && rc == 0; i++) {
        const dw_ld_item *item = &j->order[i].item;

        rc = dw_core_order_next(&j->cores, &item->var, &item->ld, err);
    }
    return rc;
}

/* Reads and makes the next blocks of the contig in hand: 1; 0 when there are
 * none. */
static int make_batch(dw_ld_join *j, dw_err *err)
{
    int rc = 1;

    j->n_orders = 0;
    while (j->n_orders < j->max_orders && rc > 0) {
        rc = dw_ld_walk_next(j->walk, &j->order[j->n_orders].item, err);
        j->n_orders += rc > 0;
    }
    if (rc < 0)
        return rc;
    dw_pool_for(j->pool, j->n_orders, make_item, j);
    for (size_t i = 0; i < j->n_orders; i++) {
        if (j->order[i].err.code)
            return block_fault(&j->order[i], err);
    }
    if ((!j->whole && find_reach(j, err) < 0) || check_cores(j, err) < 0)
        return err->code;
    return j->n_orders > 0;
}

static int put_block(dw_ld_join *j, struct order *order, dw_err *err)
{
    const dw_ldblock *b = &order->item.ld;
    const dw_tally *t = &order->item.tally;

    if (j->whole)
        count_core(j, order);
    else
        mark_rows(j, order);
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

/* Joins the batch in hand to the rows, which are all there, and puts it out in
 * its order. */
static int join_batch(dw_ld_join *j, dw_err *err)
{
    size_t n = j->n_orders;

    dw_pool_for(j->pool, n, join_item, j);
    j->n_orders = 0;
    for (size_t i = 0; i < n; i++) {
        if (j->order[i].err.code)
            return block_fault(&j->order[i], err);
        if (put_block(j, &j->order[i], err) < 0)
            return err->code;
    }
    return 0;
}

/* Makes the next batch, and lets go of rows before it: 1, 0, negative. */
static int next_batch(dw_ld_join *j, dw_err *err)
{
    int rc = make_batch(j, err);

    if (rc > 0)
        drop_rows(j, dw_slide_lower(j->slide, j->floor - 1));
    return rc;
}

/* ---- rows of a stream ---- */

int dw_ld_join_turn(dw_ld_join *j, const char *contig, dw_err *err)
{
    int rc = 1;

    while (rc > 0 && dw_slide_size(j->slide)) {
        if (j->n_orders)
            rc = join_batch(j, err);
        if (rc >= 0)
            rc = next_batch(j, err);
    }
    if (rc < 0)
        return rc;
    drop_rows(j, dw_slide_size(j->slide));
    dw_slide_begin(j->slide, contig);
    j->n_orders = 0;
    j->floor = 1;
    j->on_contig = false;
    dw_core_order_clear(&j->cores);
    if (!*contig)
        return 0;
    rc = dw_ld_walk_seek(j->walk, contig, err);
    j->on_contig = rc > 0;
    return rc < 0 ? rc : 0;
}

static int push(dw_ld_join *j, const dw_variants *v, size_t row, dw_err *err)
{
    const dw_geno_stats none = {0};
    void *fate = j->fate;
    size_t n = dw_slide_size(j->slide);

    if (dw_try_grow(&fate, &j->cap_fate, n + 1, 1) < 0)
        return dw_fail(err, DW_ENOMEM,
                       "not enough memory for a window of %zu variants", n + 1);
    j->fate = fate;
    j->fate[n] = 0;
    return dw_slide_push(j->slide, v, row, v->eaf[row], "", &none, err);
}

int dw_ld_join_take(dw_ld_join *j, const dw_variants *v, size_t row,
                    dw_err *err)
{
    uint32_t pos = v->pos[row];

    if (!j->on_contig) {
        j->no_contig++;
        return 0;
    }
    while (!j->n_orders || pos > j->reach) {
        int rc = j->n_orders ? join_batch(j, err) : 0;

        if (rc == 0)
            rc = next_batch(j, err);
        if (rc < 0)
            return rc;
        if (rc == 0)
            break;
    }
    /* Behind the last block, or between two of them. */
    if (!j->n_orders || pos < j->floor) {
        j->counts.blocks.beyond++;
        j->absent++;
        return 0;
    }
    return push(j, v, row, err);
}

const char *dw_ld_join_contig(const dw_ld_join *j)
{
    return j->whole ? j->order[0].item.var.contig : dw_slide_contig(j->slide);
}

uint32_t dw_ld_join_first(const dw_ld_join *j)
{
    return dw_slide_size(j->slide) ? dw_slide_pos(j->slide, 0) : UINT32_MAX;
}

int dw_ld_join_whole(dw_ld_join *j, dw_err *err)
{
    int rc;

    j->whole = true;
    while ((rc = make_batch(j, err)) > 0) {
        if (join_batch(j, err) < 0)
            return err->code;
    }
    return rc;
}

/* ---- counts ---- */

static void tell(dw_tally *tally, const char *reason, uint64_t *n)
{
    if (*n)
        dw_tally_add(tally, reason, *n);
    *n = 0;
}

void dw_ld_join_tell(dw_ld_join *j, dw_tally *tally)
{
    tell(tally, "taken", &j->taken);
    tell(tally, "not_in_panel", &j->absent);
    tell(tally, "alleles_differ", &j->other);
    tell(tally, "contig_not_in_panel", &j->no_contig);
    tell(tally, "low_maf", &j->low);
    tell(tally, "outside_region", &j->off);
    tell(tally, "excluded", &j->excluded);
    tell(tally, "outside_blocks", &j->outside);
    for (size_t i = 0; i < j->source.n_items; i++)
        dw_tally_add(tally, j->source.item[i].reason, j->source.item[i].n);
    dw_tally_clear(&j->source);
}

dw_ld_join_counts dw_ld_join_counted(const dw_ld_join *j)
{
    return j->counts;
}
