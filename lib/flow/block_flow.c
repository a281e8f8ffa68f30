#include "flow/block_flow.h"

#include "base/mem.h"

struct batch {
    dw_flow_item *item;
    size_t n;
};

struct stage {
    const dw_flow *flow;
    void *self;
    dw_source *src;
    dw_chunk chunk;
    bool pending, done; /* a chunk was read and not used; the end was seen */
    bool open;          /* a VARS was taken, its LDBK not yet */
    dw_truth truth;     /* scratch */
    size_t cap, n_blocks;
    struct batch batch[2];
    size_t reading; /* which of the two; the other one is worked on */
    int read_rc;
    dw_err read_err;
};

static void complete(struct stage *s, struct batch *batch)
{
    batch->item[batch->n++].b.index = ++s->n_blocks;
    s->open = false;
}

/* A VARS without LD is complete by itself. */
static int begin_block(struct stage *s, struct batch *batch, dw_err *err)
{
    dw_flow_item *item = &batch->item[batch->n];
    int rc;

    item->has_block = dw_source_head(s->src)->panel.name != NULL;
    if (!item->has_block && !s->flow->tables)
        return dw_fail(err, DW_EMISMATCH,
                       "%s holds variants without LD; dw-ldblock makes blocks "
                       "of them",
                       dw_source_name(s->src));
    item->has_truth = false;
    dw_tracks_clear(&item->b.tracks);
    item->err = (dw_err){0};
    s->open = true;
    if ((rc = s->flow->begin(s->self, s->src, item, err)) < 0 ||
        (rc = dw_source_variants(s->src, &item->b.var, err)) < 0)
        return rc;
    if (!item->has_block)
        complete(s, batch);
    return 0;
}

/* The truth of the VARS before it; there may be one for each trait. */
static int take_truth(struct stage *s, dw_flow_item *item, dw_err *err)
{
    const unsigned char *p;
    dw_truth old = item->truth;
    unsigned version = 0;
    size_t n;

    if (dw_source_payload(s->src, &p, &n, &version, err) < 0)
        return err->code;
    if (dw_truth_unpack(&s->truth, version, p, n, err) < 0)
        return dw_source_fail(s->src, err);
    if (s->truth.m != item->b.var.m || !s->flow->truth(s->self, &s->truth))
        return 0;
    item->truth = s->truth;
    item->has_truth = true;
    s->truth = old;
    return 0;
}

/* A VARS begins a block of the batch, which its LDBK completes. */
static int take_chunk(struct stage *s, struct batch *batch, dw_err *err)
{
    dw_flow_item *item = &batch->item[batch->n];

    if (dw_chunk_is(&s->chunk, "MODL") && s->flow->model)
        return s->flow->model(s->self, s->src, err);
    if (dw_chunk_is(&s->chunk, "VARS"))
        return begin_block(s, batch, err);
    if (dw_chunk_is(&s->chunk, "LDBK")) {
        if (dw_source_ldblock(s->src, &item->b.ld, err) < 0)
            return err->code;
        complete(s, batch);
        return 0;
    }
    /* What belongs to a VARS may stand behind its LDBK. */
    if (!s->open && batch->n)
        item--;
    else if (!s->open)
        return 0;
    if (dw_chunk_is(&s->chunk, "true") && s->flow->truth)
        return take_truth(s, item, err);
    if (dw_chunk_is(&s->chunk, "TRAK") && s->flow->tracks &&
        s->flow->tracks(s->self))
        return dw_source_tracks(s->src, &item->b.tracks, err);
    return 0;
}

/* Up to cap blocks, and what follows the last of them up to the next VARS. */
static int read_batch(struct stage *s, struct batch *batch, dw_err *err)
{
    int rc;

    batch->n = 0;
    while (!s->done) {
        if (!s->pending && (rc = dw_source_next(s->src, &s->chunk, err)) <= 0) {
            s->done = true;
            return rc;
        }
        s->pending = batch->n == s->cap && dw_chunk_is(&s->chunk, "VARS");
        if (s->pending)
            return 0;
        if ((rc = take_chunk(s, batch, err)) < 0) {
            s->done = true;
            return rc;
        }
    }
    return 0;
}

/* Item 0 reads the next batch; the others are the blocks of this one. */
static void stage_work(void *ctx, size_t thread, size_t i)
{
    struct stage *s = ctx;
    struct batch *ready = &s->batch[!s->reading];

    if (i == 0)
        s->read_rc = read_batch(s, &s->batch[s->reading], &s->read_err);
    else
        s->flow->work(s->self, thread, &ready->item[i - 1]);
}

/* Says in the message which block it is about. */
static int name_block(const struct stage *s, const dw_flow_item *item,
                      dw_err *err)
{
    const char *source = dw_source_name(s->src);
    const dw_block *b = &item->b;

    if (!item->has_block)
        return dw_err_prefix(err, "%s: table %zu (%s)", source, b->index,
                             b->var.contig);
    return dw_err_prefix(err, "%s: block %zu (%s:%u-%u)", source, b->index,
                         b->ld.contig, b->ld.start, b->ld.end);
}

static int finish_batch(struct stage *s, struct batch *batch, dw_err *err)
{
    for (size_t i = 0; i < batch->n; i++) {
        dw_flow_item *item = &batch->item[i];
        int rc = item->err.code;

        if (rc < 0)
            *err = item->err;
        else
            rc = s->flow->finish(s->self, item, err);
        if (rc < 0)
            return err->code ? name_block(s, item, err) : rc;
    }
    return 0;
}

static void make_batches(struct stage *s)
{
    for (int b = 0; b < 2; b++) {
        /* One more: a block whose VARS is there before its LDBK. */
        s->batch[b].item = dw_alloc(s->cap + 1, sizeof(dw_flow_item));
        for (size_t i = 0; i <= s->cap; i++)
            s->batch[b].item[i].own = dw_alloc(1, s->flow->own_size);
    }
}

static void free_batches(struct stage *s)
{
    for (int b = 0; b < 2; b++) {
        for (size_t i = 0; i <= s->cap; i++) {
            dw_flow_item *item = &s->batch[b].item[i];

            if (s->flow->clear)
                s->flow->clear(item->own);
            dw_free(item->own);
            dw_block_clear(&item->b);
            dw_truth_clear(&item->truth);
        }
        dw_free(s->batch[b].item);
    }
}

/* What was read before a fault is finished before the fault is told. */
static int run_batches(struct stage *s, dw_pool *pool, dw_err *err)
{
    for (;;) {
        struct batch *ready = &s->batch[s->reading];
        int rc, fault = s->read_rc;
        dw_err why = s->read_err;

        s->reading = !s->reading;
        if (ready->n) {
            dw_pool_for(pool, ready->n + 1, stage_work, s);
            if ((rc = finish_batch(s, ready, err)) < 0)
                return rc;
        }
        if (fault < 0) {
            *err = why;
            return fault;
        }
        if (ready->n == 0)
            return 0;
    }
}

int dw_flow_run(const dw_flow *flow, void *self, dw_source *src, dw_pool *pool,
                dw_err *err)
{
    struct stage s = {.flow = flow, .self = self, .src = src};
    int rc;

    s.cap = pool ? dw_pool_size(pool) : 1;
    make_batches(&s);
    s.read_rc = read_batch(&s, &s.batch[0], &s.read_err);
    rc = run_batches(&s, pool, err);
    if (rc == 0 && s.n_blocks == 0)
        rc = dw_fail(err, DW_EDEGENERATE, "%s: no %s in it",
                     dw_source_name(src), flow->tables ? "variants" : "block");
    free_batches(&s);
    dw_truth_clear(&s.truth);
    return rc;
}
