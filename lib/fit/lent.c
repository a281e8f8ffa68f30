/*
 * lent: blocks in memory and on the shelf, lent to whoever passes over them.
 * Part of fit/dataset.
 */
#include <string.h>

#include "base/mem.h"
#include "fit/dataset.h"

/* A block of the shelf, as a thread has it. */
struct dw_fit_view {
    dw_fit_block block;
    float *body, *x;
    dw_track *track; /* (shape.n) */
    size_t cap, cap_x;
};

/* Numbers of a block that lie on the shelf, in this order: q, each trait's own
 * q, tracks and annotations as they were read. */
static size_t body_size(const dw_dataset *data, const dw_fit_block *b)
{
    size_t n = (b->whole ? b->k * b->m : 0) + b->m * data->p +
               dw_fit_signals_size(data, b);

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
    size_t n = body_size(data, b) - b->m * data->p + b->m * n_inputs(data);

    return n * sizeof(float);
}

/* ---- laying down ---- */

static int put(dw_dataset *data, float **part, size_t n, uint64_t *at,
               dw_err *err)
{
    int rc = dw_shelf_put(data->shelf, *part, n * sizeof **part, at, err);

    dw_free(*part);
    *part = NULL;
    return rc;
}

static int put_signals(dw_dataset *data, dw_fit_block *b, uint64_t *at,
                       dw_err *err)
{
    size_t n = dw_fit_signals_size(data, b);
    float *words = dw_try_alloc(n, sizeof *words);

    if (!words)
        return dw_fit_block_no_memory(b, err);
    dw_fit_signals_pack(b, words);
    return put(data, &words, n, at, err);
}

static int lay_down(dw_dataset *data, dw_fit_block *b, dw_err *err)
{
    uint64_t at = 0;

    if (!data->shelf && !(data->shelf = dw_shelf_new(err)))
        return err->code;
    data->bytes -= dw_fit_block_bytes(data, b);
    b->at = dw_shelf_bytes(data->shelf);
    b->shelved = true;
    if (b->whole && put(data, &b->q, b->k * b->m, &at, err) < 0)
        return err->code;
    for (size_t i = 0; i < data->n_traits; i++) {
        dw_fit_trait *t = &b->of[i];

        if (t->own_q && put(data, &t->q, t->k * b->m, &at, err) < 0)
            return err->code;
    }
    if (data->shape.n && put_signals(data, b, &at, err) < 0)
        return err->code;
    return data->p ? put(data, &b->annot, b->m * data->p, &at, err) : 0;
}

int dw_dataset_make_room(dw_dataset *data, dw_err *err)
{
    for (size_t i = data->n; i-- > 0;) {
        dw_fit_block *b = &data->block[i];

        if (!data->room || data->bytes <= data->room)
            break;
        if (!b->shelved && !b->x && dw_dataset_mine(data, i) &&
            lay_down(data, b, err) < 0)
            return err->code;
    }
    return 0;
}

/* ---- lending ---- */

void dw_fit_views_make(dw_dataset *data, size_t threads)
{
    data->n_views = threads;
    data->view = dw_alloc(threads, sizeof *data->view);
    for (size_t t = 0; t < threads; t++) {
        struct dw_fit_view *v = &data->view[t];

        v->block.of = dw_alloc(data->n_traits, sizeof *v->block.of);
        v->track = dw_alloc(data->shape.n, sizeof *v->track);
    }
}

void dw_fit_views_free(dw_dataset *data)
{
    for (size_t t = 0; t < data->n_views; t++) {
        dw_free(data->view[t].block.of);
        dw_free(data->view[t].body);
        dw_free(data->view[t].track);
        dw_free(data->view[t].x);
    }
    dw_free(data->view);
    data->view = NULL;
    data->n_views = 0;
}

static int fit_buffer(float **buffer, size_t *cap, size_t n)
{
    if (n <= *cap)
        return 0;
    dw_free(*buffer);
    *buffer = dw_try_alloc(n, sizeof **buffer);
    *cap = *buffer ? n : 0;
    return *buffer ? 0 : DW_ENOMEM;
}

/* The parts of the body, in the order in which they were laid down. */
static void point(const dw_dataset *data, struct dw_fit_view *v)
{
    dw_fit_block *b = &v->block;
    float *at = v->body;

    if (b->whole) {
        b->q = at;
        at += b->k * b->m;
    }
    for (size_t i = 0; i < data->n_traits; i++) {
        b->of[i].q = b->of[i].own_q ? at : b->q;
        at += b->of[i].own_q ? b->of[i].k * b->m : 0;
    }
    b->tracks = (dw_tracks){.n = data->shape.n, .track = v->track};
    dw_fit_signals_point(data, at, &b->tracks);
    b->annot = at + dw_fit_signals_size(data, b);
}

static const dw_fit_block *
read_back(const dw_dataset *data, struct dw_fit_view *v, const dw_fit_block *b)
{
    size_t n = body_size(data, b), n_x = b->m * n_inputs(data);
    dw_fit_trait *of = v->block.of;

    if (fit_buffer(&v->body, &v->cap, n) < 0 ||
        fit_buffer(&v->x, &v->cap_x, n_x) < 0 ||
        dw_shelf_get(data->shelf, b->at, v->body, n * sizeof *v->body) < 0)
        return NULL;
    v->block = *b;
    v->block.of = of;
    memcpy(of, b->of, data->n_traits * sizeof *of);
    point(data, v);
    if (data->model)
        dw_model_inputs(data->model, data->column, b->m, v->block.annot, b->m,
                        v->x);
    v->block.x = v->x;
    return &v->block;
}

const dw_fit_block *dw_dataset_lend(const dw_dataset *data, size_t t, size_t i)
{
    const dw_fit_block *b = &data->block[i];

    if (!dw_dataset_mine(data, i))
        return NULL;
    return b->shelved ? read_back(data, &data->view[t], b) : b;
}

void dw_dataset_ahead(const dw_dataset *data, size_t i)
{
    const dw_fit_block *b = &data->block[i];

    if (b->shelved && dw_dataset_mine(data, i))
        dw_shelf_ahead(data->shelf, b->at, body_size(data, b) * sizeof(float));
}
