#include "ld/blocks.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/par.h"
#include "ld/cutter.h"

/* What one thread makes a block with. */
struct bench {
    dw_factor_ws *ws;
    dw_ldblock ld;
    dw_variants var;
};

/* A block that is planned, and its bytes once it is made. */
struct order {
    dw_piece piece;
    dw_buf packed;
    size_t k;
    dw_err err;
};

struct dw_blocks {
    dw_blocks_opts o;
    dw_blocks_out out;
    dw_geno_kind kind;
    size_t people;
    dw_slide *slide;
    dw_cutter cutter;
    dw_pool *pool;
    struct bench *bench; /* one a thread */
    struct order *order; /* of the batch in hand */
    size_t n_orders, max_orders;
    dw_blocks_counts counts;
};

dw_blocks *dw_blocks_new(const dw_blocks_opts *opts, const dw_blocks_out *out,
                         dw_geno_kind kind, size_t people)
{
    dw_blocks *b = dw_alloc(1, sizeof *b);

    b->o = *opts;
    b->out = *out;
    b->kind = kind;
    b->people = people;
    b->cutter.plan = (dw_plan){
        .blocks = opts->blocks, .step = opts->step, .flank = opts->flank};
    b->cutter.max_variants = opts->max_variants;
    b->cutter.people = people;
    b->cutter.memory = opts->memory;
    b->pool = dw_pool_new(opts->threads);
    b->bench = dw_alloc(opts->threads, sizeof *b->bench);
    for (size_t i = 0; i < opts->threads; i++)
        b->bench[i].ws = dw_factor_ws_new();
    /* Two a thread: the last of a batch leaves few threads idle. */
    b->max_orders = 2 * opts->threads;
    b->order = dw_alloc(b->max_orders, sizeof *b->order);
    dw_blocks_begin(b, 0, 0);
    return b;
}

void dw_blocks_free(dw_blocks *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < b->max_orders; i++)
        dw_buf_clear(&b->order[i].packed);
    for (size_t i = 0; i < b->o.threads; i++) {
        dw_factor_ws_free(b->bench[i].ws);
        dw_ldblock_clear(&b->bench[i].ld);
        dw_variants_clear(&b->bench[i].var);
    }
    dw_free(b->bench);
    dw_free(b->order);
    dw_pool_free(b->pool);
    dw_slide_free(b->slide);
    dw_free(b);
}

void dw_blocks_begin(dw_blocks *b, size_t t, size_t p)
{
    dw_slide_free(b->slide);
    b->slide = dw_slide_new(b->kind, b->people, t, p);
    dw_cutter_begin(&b->cutter, "");
}

/* Makes order i; in any thread. */
static void make_block(void *ctx, size_t thread, size_t i)
{
    dw_blocks *b = ctx;
    struct bench *bench = &b->bench[thread];
    struct order *order = &b->order[i];
    const dw_piece *p = &order->piece;
    dw_err *err = &order->err;

    *err = (dw_err){0};
    dw_buf_reset(&order->packed);
    if (dw_factor_genotypes(bench->ws, dw_slide_genotypes(b->slide), p->begin,
                            p->m, p->core, p->l, &b->o.cut, &bench->ld,
                            err) < 0 ||
        dw_slide_cut(b->slide, p->begin, p->begin + p->m, &bench->var, err) < 0)
        return;
    strcpy(bench->ld.contig, dw_slide_contig(b->slide));
    bench->ld.start = p->start;
    bench->ld.end = p->end;
    order->k = bench->ld.k;
    /* A fault is in err. */
    (void)!b->out.pack(b->out.ctx, &bench->var, &bench->ld, &order->packed,
                       err);
}

/* Makes the blocks that are ordered, and puts them out in their order. */
static int make_batch(dw_blocks *b, dw_err *err)
{
    dw_pool_for(b->pool, b->n_orders, make_block, b);
    for (size_t i = 0; i < b->n_orders; i++) {
        struct order *order = &b->order[i];

        if (order->err.code) {
            *err = order->err;
            return dw_err_prefix(err, "block %s:%" PRIu32 "-%" PRIu32,
                                 dw_slide_contig(b->slide), order->piece.start,
                                 order->piece.end);
        }
        if (b->out.put(b->out.ctx, &order->packed, err) < 0)
            return err->code;
        b->counts.blocks++;
        b->counts.rank += order->k;
        b->counts.core += order->piece.l;
    }
    b->n_orders = 0;
    return 0;
}

/* Orders the blocks that are whole, and makes them in batches; at the end of a
 * contig, all of them. */
static int order_blocks(dw_blocks *b, bool at_end, dw_err *err)
{
    bool more = true;

    while (more) {
        more = dw_cutter_next(&b->cutter, b->slide, at_end,
                              &b->order[b->n_orders].piece);
        b->n_orders += more;
        if (b->n_orders == b->max_orders || (!more && at_end)) {
            if (make_batch(b, err) < 0)
                return err->code;
            dw_cutter_drop(&b->cutter, b->slide);
        }
    }
    /* Rows may go when no order counts on their numbers. */
    if (!b->n_orders)
        dw_cutter_drop(&b->cutter, b->slide);
    return 0;
}

int dw_blocks_turn(dw_blocks *b, const char *contig, dw_err *err)
{
    if (order_blocks(b, true, err) < 0)
        return err->code;
    dw_slide_begin(b->slide, contig);
    dw_cutter_begin(&b->cutter, contig);
    return 0;
}

const char *dw_blocks_contig(const dw_blocks *b)
{
    return dw_slide_contig(b->slide);
}

uint32_t dw_blocks_first(const dw_blocks *b)
{
    return dw_slide_size(b->slide) ? dw_slide_pos(b->slide, 0) : UINT32_MAX;
}

int dw_blocks_take(dw_blocks *b, const dw_variants *v, size_t row,
                   const void *column, dw_tally *tally, dw_err *err)
{
    dw_geno_stats stats = dw_geno_stats_of(b->kind, b->people, column);
    const char *reason = dw_admit_reason(&b->o.admit, b->people, &stats);
    float eaf = v->eaf[row];

    dw_tally_add(tally, reason ? reason : "taken", 1);
    if (reason)
        return 0;
    if (isnan(eaf))
        eaf = (float)(stats.mean / 2);
    if (dw_slide_push(b->slide, v, row, eaf, column, &stats, err) < 0)
        return err->code;
    return order_blocks(b, false, err);
}

dw_blocks_counts dw_blocks_counted(const dw_blocks *b)
{
    dw_blocks_counts counts = b->counts;

    counts.empty = b->cutter.empty;
    counts.split = b->cutter.split;
    counts.shrunk = b->cutter.shrunk;
    counts.outside = b->cutter.outside;
    return counts;
}
