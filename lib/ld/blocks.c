#include "ld/blocks.h"

#include <inttypes.h>
#include <string.h>

#include "base/crew.h"
#include "base/mem.h"
#include "ld/cutter.h"

/* What one thread makes a block with. */
struct bench {
    dw_factor_ws *ws;
    dw_ldblock ld;
};

/* A block on its way: what it is made of, its own, and its bytes once it is
 * made. */
struct order {
    dw_job job;
    dw_blocks *blocks;
    dw_piece piece;
    dw_genotypes geno; /* of `var` */
    dw_variants var;
    dw_tracks tracks;
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
    dw_crew *crew;
    struct bench *bench; /* one a thread */
    struct order *order; /* (max_orders) a ring: n_orders from `first` on */
    size_t first, n_orders, max_orders;
    dw_blocks_counts counts;
};

static void make_block(void *ctx);

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
    b->crew = dw_crew_new(opts->threads);
    b->bench = dw_alloc(opts->threads, sizeof *b->bench);
    for (size_t i = 0; i < opts->threads; i++)
        b->bench[i].ws = dw_factor_ws_new();
    /* Two a thread: one in hand and one that waits. */
    b->max_orders = opts->threads > 1 ? 2 * opts->threads : 1;
    b->order = dw_alloc(b->max_orders, sizeof *b->order);
    for (size_t i = 0; i < b->max_orders; i++) {
        b->order[i].job = (dw_job){.fn = make_block, .ctx = &b->order[i]};
        b->order[i].blocks = b;
        dw_genotypes_init(&b->order[i].geno, kind, people);
    }
    dw_blocks_begin(b, 0, 0);
    return b;
}

static void clear_order(struct order *order)
{
    dw_genotypes_clear(&order->geno);
    dw_variants_clear(&order->var);
    dw_tracks_clear(&order->tracks);
    dw_buf_clear(&order->packed);
}

void dw_blocks_free(dw_blocks *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < b->max_orders; i++)
        dw_crew_cancel(b->crew, &b->order[i].job);
    dw_crew_free(b->crew);
    for (size_t i = 0; i < b->max_orders; i++)
        clear_order(&b->order[i]);
    for (size_t i = 0; i < b->o.threads; i++) {
        dw_factor_ws_free(b->bench[i].ws);
        dw_ldblock_clear(&b->bench[i].ld);
    }
    dw_free(b->bench);
    dw_free(b->order);
    dw_slide_free(b->slide);
    dw_free(b);
}

void dw_blocks_begin(dw_blocks *b, size_t t, size_t p)
{
    dw_slide_free(b->slide);
    b->slide = dw_slide_new(b->kind, b->people, t, p);
    dw_cutter_begin(&b->cutter, "");
}

/* In any thread. */
static void make_block(void *ctx)
{
    struct order *order = ctx;
    dw_blocks *b = order->blocks;
    struct bench *bench = &b->bench[order->job.thread];
    const dw_piece *p = &order->piece;
    dw_err *err = &order->err;

    if (dw_factor_genotypes(bench->ws, &order->geno, 0, p->m, p->core, p->l,
                            &b->o.cut, &bench->ld, err) < 0)
        return;
    strcpy(bench->ld.contig, order->var.contig);
    bench->ld.start = p->start;
    bench->ld.end = p->end;
    order->k = bench->ld.k;
    /* A fault is in err. */
    (void)!b->out.pack(b->out.ctx, &order->var, &order->tracks, &bench->ld,
                       &order->packed, err);
}

/* Says in the message which block it is about. */
static int name_block(const struct order *order, dw_err *err)
{
    return dw_err_prefix(err, "block %s:%" PRIu32 "-%" PRIu32,
                         order->var.contig, order->piece.start,
                         order->piece.end);
}

/* Puts out the block that was ordered first. */
static int put_first(dw_blocks *b, dw_err *err)
{
    struct order *order = &b->order[b->first];

    dw_crew_wait_busy(b->crew, &order->job);
    b->first = (b->first + 1) % b->max_orders;
    b->n_orders--;
    if (order->err.code) {
        *err = order->err;
        return name_block(order, err);
    }
    if (b->out.put(b->out.ctx, &order->packed, err) < 0)
        return err->code;
    b->counts.blocks++;
    b->counts.rank += order->k;
    b->counts.core += order->piece.l;
    return 0;
}

static int put_all(dw_blocks *b, dw_err *err)
{
    while (b->n_orders) {
        if (put_first(b, err) < 0)
            return err->code;
    }
    return 0;
}

/* What the block is made of, copied: the window moves on. */
static int cut_piece(const dw_blocks *b, struct order *order, dw_err *err)
{
    const dw_piece *p = &order->piece;

    if (dw_slide_cut(b->slide, p->begin, p->begin + p->m, &order->var, err) <
            0 ||
        dw_genotypes_copy(&order->geno, dw_slide_genotypes(b->slide), p->begin,
                          p->m, err) < 0)
        return name_block(order, err);
    if (b->out.cut &&
        b->out.cut(b->out.ctx, &order->var, &order->tracks, err) < 0)
        return name_block(order, err);
    return 0;
}

static int start_block(dw_blocks *b, const dw_piece *piece, dw_err *err)
{
    struct order *order;

    if (b->n_orders == b->max_orders && put_first(b, err) < 0)
        return err->code;
    order = &b->order[(b->first + b->n_orders) % b->max_orders];
    order->piece = *piece;
    order->err = (dw_err){0};
    dw_buf_reset(&order->packed);
    if (cut_piece(b, order, err) < 0)
        return err->code;
    dw_crew_start(b->crew, &order->job);
    b->n_orders++;
    return 0;
}

/* Starts the blocks that are whole; at the end of a contig, all of them. */
static int start_blocks(dw_blocks *b, bool at_end, dw_err *err)
{
    dw_piece piece;

    while (dw_cutter_next(&b->cutter, b->slide, at_end, &piece)) {
        if (start_block(b, &piece, err) < 0)
            return err->code;
    }
    dw_cutter_drop(&b->cutter, b->slide);
    return 0;
}

int dw_blocks_turn(dw_blocks *b, const char *contig, dw_err *err)
{
    if (start_blocks(b, true, err) < 0 || (!*contig && put_all(b, err) < 0))
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
    int rc = dw_slide_admit(b->slide, &b->o.admit, v, row, column, tally, err);

    return rc > 0 ? start_blocks(b, false, err) : rc;
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
