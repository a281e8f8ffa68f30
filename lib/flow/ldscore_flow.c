#include "flow/ldscore_flow.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/par.h"
#include "flow/block_flow.h"
#include "flow/ldscore_edges.h"
#include "flow/ldscore_table.h"
#include "ld/ldscores.h"

/* What is worked out of one block. */
struct scored {
    dw_ld_place place; /* of its core on the chromosome */
    uint64_t missing;  /* annotations without a value */
    size_t *first;
    double *score;
    size_t cap_first, cap_score;
    dw_buf text;
};

struct job {
    const dw_ldscore_plan *plan;
    dw_ldscore_table table;
    dw_ldscores_ws **ws;      /* a thread's own */
    const dw_flow_item *last; /* that was read */
    dw_ld_place behind;       /* where `last` ends */
    dw_ld_edges *edges;
    dw_err edge_err; /* of a block long gone: told without the one in hand */
};

/* ---- in the thread that reads ---- */

static int begin_block(void *self, dw_source *src, dw_flow_item *item,
                       dw_err *err)
{
    struct job *j = self;
    struct scored *own = item->own;

    if (dw_ldscore_table_begin(&j->table, dw_source_head(src), err) < 0)
        return err->code;
    if (j->last)
        dw_ld_place_next(&j->behind, &j->last->b.ld);
    j->last = item;
    own->place = j->behind;
    return 0;
}

/* ---- in any thread ---- */

static int make_room(struct scored *own, const dw_ldblock *b, size_t p)
{
    void *first = own->first, *score = own->score;
    int rc = dw_try_grow(&first, &own->cap_first, b->m, sizeof *own->first);

    own->first = first;
    if (rc == 0)
        rc = dw_try_grow(&score, &own->cap_score, b->l, p * sizeof(double));
    own->score = score;
    return rc;
}

static void score_block(void *self, size_t thread, dw_flow_item *item)
{
    struct job *j = self;
    struct scored *own = item->own;
    dw_variants *v = &item->b.var;
    const dw_ldblock *b = &item->b.ld;
    const bool each = j->plan->by_annotation;
    const size_t p = j->table.p;

    own->missing = each ? dw_ldscore_table_fill(v, b->core, b->l) : 0;
    dw_ld_place_settle(&own->place, b);
    if (make_room(own, b, p) < 0) {
        (void)!dw_fail(&item->err, DW_ENOMEM, "no memory for %zu LD scores",
                       b->l * p);
        return;
    }
    dw_ld_window_first(&j->plan->window, b->m, v->pos,
                       own->place.rank - b->core, own->first);
    if (dw_ldscores_block(j->ws[thread], b, own->first, p,
                          each ? v->annot : NULL, own->score) < 0) {
        (void)!dw_fail(&item->err, DW_ENOMEM,
                       "no memory for the LD of %zu variants", b->m);
        return;
    }
    dw_buf_reset(&own->text);
    dw_ldscore_table_text(&own->text, v, b->core, b->l, p, own->score);
}

/* ---- in the order of the stream ---- */

static int finish_block(void *self, dw_flow_item *item, dw_err *err)
{
    struct job *j = self;
    struct scored *own = item->own;

    (void)err;
    if (dw_ld_edges_add(j->edges, &item->b, &own->place, &j->edge_err) < 0)
        return -1;
    dw_ldscore_table_add(&j->table, &own->text, &item->b.var, item->b.ld.core,
                         item->b.ld.l);
    j->table.missing += own->missing;
    return dw_outfile_failed(j->table.out) ? -1 : 0;
}

static void clear_block(void *self)
{
    struct scored *own = self;

    dw_free(own->first);
    dw_free(own->score);
    dw_buf_clear(&own->text);
}

/* A block was refused; or writing failed, of which closing says why. */
static int tell_edge(const struct job *j, dw_err *err)
{
    if (j->edge_err.code)
        *err = j->edge_err;
    return j->edge_err.code;
}

int dw_ldscore_run(const dw_ldscore_plan *plan, dw_outfile *out, dw_source *src,
                   dw_err *err)
{
    struct job j = {.plan = plan,
                    .table = {.out = out,
                              .counts = plan->counts,
                              .by_annotation = plan->by_annotation}};
    const dw_flow flow = {.own_size = sizeof(struct scored),
                          .begin = begin_block,
                          .work = score_block,
                          .finish = finish_block,
                          .clear = clear_block};
    dw_pool *pool = dw_pool_new(plan->threads);
    int rc;

    j.ws = dw_alloc(plan->threads, sizeof *j.ws);
    for (size_t t = 0; t < plan->threads; t++)
        j.ws[t] = dw_ldscores_ws_new();
    j.edges = dw_ld_edges_new(&plan->window);
    rc = dw_flow_run(&flow, &j, src, pool, err);
    if (rc == 0 && (rc = dw_ld_edges_finish(j.edges, err)) == 0)
        rc = dw_ldscore_table_finish(&j.table, err);
    else if (!err->code)
        rc = tell_edge(&j, err);
    for (size_t t = 0; t < plan->threads; t++)
        dw_ldscores_ws_free(j.ws[t]);
    dw_free(j.ws);
    dw_ldscore_table_clear(&j.table);
    dw_ld_edges_free(j.edges);
    dw_pool_free(pool);
    return rc;
}
