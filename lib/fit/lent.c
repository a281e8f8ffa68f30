/*
 * lent: blocks in memory, and those that are read again, lent to whoever passes
 * over them.  Part of fit/dataset.
 */
#include <string.h>

#include "base/ahead.h"
#include "base/mem.h"
#include "fit/dataset.h"

/* A block that was away, read again. */
struct view {
    dw_ldblock ld;
    dw_tracks tracks;
    float *own, *x; /* the traits' own q, one behind the other */
    size_t cap_own, cap_x;
    dw_fit_block block; /* as it is lent */
};

struct dw_fit_lending {
    const dw_dataset *data;
    dw_ahead *ahead;
    struct view *view; /* (n_views) one a slot */
    size_t n_views;
    size_t *held; /* (threads) the slot that a thread has, or NONE */
    dw_variants var;
    size_t failed; /* the first that could not be read again, or NONE */
    dw_err why;
};

static const size_t NONE = (size_t)-1;

/* Of the traits' own q. */
static size_t own_size(const dw_dataset *data, const dw_fit_block *b)
{
    size_t n = 0;

    for (size_t i = 0; i < data->n_traits; i++)
        n += b->of[i].own_q ? b->of[i].k * b->m : 0;
    return n;
}

static size_t n_inputs(const dw_dataset *data)
{
    return data->model ? data->model->n_inputs : data->p;
}

size_t dw_fit_block_bytes(const dw_dataset *data, const dw_fit_block *b)
{
    size_t n = (b->whole ? b->k * b->m : 0) + own_size(data, b) +
               dw_fit_signals_size(data, b) + b->m * n_inputs(data);

    return n * sizeof(float);
}

/* ---- reading again ---- */

static int read_own(const dw_dataset *data, const dw_fit_block *b,
                    struct view *v, dw_err *err)
{
    size_t n = own_size(data, b);

    if (n == 0)
        return 0;
    if (!dw_fit_floats(&v->own, &v->cap_own, n, 1))
        return dw_fit_block_no_memory(b, err);
    if (dw_shelf_get(data->shelf, b->at, v->own, n * sizeof *v->own) < 0)
        return dw_fail(err, DW_EIO, "cannot read blocks back from TMPDIR");
    return 0;
}

/* As the network takes it in: x, and tracks on its scale. */
static int prepare(const dw_dataset *data, const dw_fit_block *b,
                   const dw_variants *var, struct view *v, dw_err *err)
{
    if (data->which)
        dw_fit_signals_rescale(data, &v->tracks);
    if (!data->model)
        return 0;
    if (!dw_fit_floats(&v->x, &v->cap_x, n_inputs(data), b->m))
        return dw_fit_block_no_memory(b, err);
    dw_model_inputs(data->model, data->column, b->m, var->annot, b->m, v->x);
    return 0;
}

static int fetch(void *ctx, size_t slot, size_t i)
{
    struct dw_fit_lending *l = ctx;
    const dw_dataset *data = l->data;
    const dw_fit_block *b = &data->block[i];
    struct view *v = &l->view[slot];
    bool inputs = data->model && data->model->n_inputs > 0;
    dw_err err = {0};
    int rc;

    dw_tracks_clear(&v->tracks);
    rc = data->origin.read(data->origin.ctx, b->index, inputs ? &l->var : NULL,
                           b->whole ? &v->ld : NULL,
                           data->shape.n ? &v->tracks : NULL, &err);
    if (rc == 0)
        rc = read_own(data, b, v, &err);
    if (rc == 0)
        rc = prepare(data, b, &l->var, v, &err);
    if (rc < 0 && l->failed == NONE) {
        l->failed = i;
        l->why = err;
    }
    return rc;
}

/* ---- lending ---- */

/* As many are read ahead as threads may hold. */
static struct dw_fit_lending *begin_lending(const dw_dataset *data)
{
    struct dw_fit_lending *l = dw_alloc(1, sizeof *l);

    l->data = data;
    l->failed = NONE;
    l->n_views = 2 * data->n_threads;
    l->view = dw_alloc(l->n_views, sizeof *l->view);
    for (size_t i = 0; i < l->n_views; i++)
        l->view[i].block.of =
            dw_alloc(data->n_traits, sizeof *l->view[i].block.of);
    l->held = dw_alloc(data->n_threads, sizeof *l->held);
    for (size_t t = 0; t < data->n_threads; t++)
        l->held[t] = NONE;
    l->ahead = dw_ahead_new(l->n_views, fetch, l);
    return l;
}

void dw_fit_lending_free(struct dw_fit_lending *l)
{
    if (!l)
        return;
    dw_ahead_free(l->ahead);
    for (size_t i = 0; i < l->n_views; i++) {
        struct view *v = &l->view[i];

        dw_ldblock_clear(&v->ld);
        dw_tracks_clear(&v->tracks);
        dw_free(v->own);
        dw_free(v->x);
        dw_free(v->block.of);
    }
    dw_variants_clear(&l->var);
    dw_free(l->view);
    dw_free(l->held);
    dw_free(l);
}

static void give_back(struct dw_fit_lending *l, size_t t)
{
    if (l->held[t] != NONE)
        dw_ahead_give(l->ahead, l->held[t]);
    l->held[t] = NONE;
}

void dw_fit_lending_plan(const dw_dataset *data, const size_t *block, size_t n)
{
    struct dw_fit_lending *l = data->lending;
    size_t *away = dw_alloc(n, sizeof *away), n_away = 0;

    for (size_t t = 0; t < data->n_threads; t++)
        give_back(l, t);
    for (size_t i = 0; i < n; i++) {
        if (data->block[block[i]].away && dw_dataset_mine(data, block[i]))
            away[n_away++] = block[i];
    }
    dw_ahead_plan(l->ahead, away, n_away);
    dw_free(away);
}

/* What is known of the block, and what was read again of it. */
static const dw_fit_block *as_lent(const dw_dataset *data,
                                   const dw_fit_block *b, struct view *v)
{
    dw_fit_trait *of = v->block.of;
    float *own = v->own;

    v->block = *b;
    v->block.of = of;
    memcpy(of, b->of, data->n_traits * sizeof *of);
    v->block.q = b->whole ? v->ld.q : NULL;
    for (size_t i = 0; i < data->n_traits; i++) {
        of[i].q = of[i].own_q ? own : v->block.q;
        own += of[i].own_q ? of[i].k * b->m : 0;
    }
    v->block.tracks = v->tracks;
    v->block.x = v->x;
    return &v->block;
}

const dw_fit_block *dw_dataset_lend(const dw_dataset *data, size_t t, size_t i)
{
    struct dw_fit_lending *l = data->lending;
    const dw_fit_block *b = &data->block[i];
    size_t slot;
    int rc;

    if (!dw_dataset_mine(data, i))
        return NULL;
    if (l)
        give_back(l, t);
    if (!b->away)
        return b;
    rc = dw_ahead_take(l->ahead, i, &slot);
    l->held[t] = slot;
    return rc == 0 ? as_lent(data, b, &l->view[slot]) : NULL;
}

int dw_dataset_fail(const dw_dataset *data, size_t i, dw_err *err)
{
    const struct dw_fit_lending *l = data->lending;
    char name[DW_FIT_BLOCK_NAME];

    if (dw_dataset_mine(data, i)) {
        dw_fit_block_name(&data->block[l->failed], name);
        *err = l->why;
        (void)dw_err_prefix(err, "%s", name);
    }
    dw_dataset_share(data, &i, 1, err, sizeof *err);
    return err->code;
}

/* ---- sending away ---- */

static int lay_down(dw_dataset *data, dw_fit_block *b, dw_err *err)
{
    bool first = true;

    for (size_t i = 0; i < data->n_traits; i++) {
        dw_fit_trait *t = &b->of[i];
        uint64_t at;

        if (!t->own_q)
            continue;
        if (!data->shelf && !(data->shelf = dw_shelf_new(err)))
            return err->code;
        if (dw_shelf_put(data->shelf, t->q, t->k * b->m * sizeof *t->q, &at,
                         err) < 0)
            return err->code;
        b->at = first ? at : b->at;
        first = false;
        dw_free(t->q);
        t->q = NULL;
    }
    return 0;
}

static int send_away(dw_dataset *data, dw_fit_block *b, dw_err *err)
{
    data->bytes -= dw_fit_block_bytes(data, b);
    if (lay_down(data, b, err) < 0)
        return err->code;
    dw_free(b->q);
    dw_free(b->annot);
    b->q = b->annot = NULL;
    dw_tracks_clear(&b->tracks);
    b->away = true;
    return 0;
}

int dw_dataset_make_room(dw_dataset *data, dw_err *err)
{
    bool any = false;

    for (size_t i = data->n; i-- > 0;) {
        dw_fit_block *b = &data->block[i];

        if (!data->room || data->bytes <= data->room)
            break;
        if (!b->away && !b->x && dw_dataset_mine(data, i) &&
            send_away(data, b, err) < 0)
            return err->code;
    }
    for (size_t i = 0; i < data->n && !any; i++)
        any = data->block[i].away;
    if (any && data->n_threads && !data->lending)
        data->lending = begin_lending(data);
    return 0;
}
