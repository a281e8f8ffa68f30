/*
 * signals: the signal tracks of blocks, at which networks look.  Part of
 * fit/dataset.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "fit/dataset.h"

/* ---- taking ---- */

static uint64_t digest_of(const dw_fit_block *b)
{
    dw_digest *d = dw_digest_new();
    uint64_t value;

    dw_digest_add(d, &b->digest, sizeof b->digest);
    for (size_t i = 0; i < b->tracks.n; i++) {
        const dw_track *t = &b->tracks.track[i];

        dw_digest_add(d, &t->start, sizeof t->start);
        dw_digest_add(d, t->end, t->n * sizeof *t->end);
        dw_digest_add(d, t->value, t->n * sizeof *t->value);
    }
    value = dw_digest_value(d);
    dw_digest_free(d);
    return value;
}

int dw_dataset_take_tracks(dw_dataset *data, const dw_variants *var,
                           dw_tracks *tracks, dw_err *err)
{
    dw_fit_block *b = &data->block[data->n - 1];

    b->pos = dw_try_alloc(b->m, sizeof *b->pos);
    if (!b->pos)
        return dw_fit_block_no_memory(b, err);
    memcpy(b->pos, var->pos, b->m * sizeof *b->pos);
    b->tracks = *tracks;
    *tracks = (dw_tracks){0};
    b->sums = dw_alloc(data->shape.n, sizeof *b->sums);
    for (size_t i = 0; i < b->tracks.n; i++) {
        b->runs += b->tracks.track[i].n;
        dw_track_sums_add(&b->sums[i], &b->tracks.track[i]);
    }
    b->digest = digest_of(b);
    return 0;
}

/* ---- scales ---- */

/* Over all training blocks. */
static dw_track_sums gather(const dw_dataset *data, size_t track)
{
    dw_track_sums s = {0};

    for (size_t i = 0; i < data->n; i++) {
        const dw_track_sums *b = &data->block[i].sums[track];

        if (data->block[i].part != DW_PART_TRAIN)
            continue;
        s.bases += b->bases;
        s.sum += b->sum;
        s.square += b->square;
    }
    return s;
}

static void choose_tracks(dw_dataset *data, dw_model *model)
{
    for (size_t i = 0; i < data->shape.n; i++) {
        dw_track_sums s = gather(data, i);
        double mean = s.bases > 0 ? s.sum / s.bases : 0;
        double variance = s.bases > 0 ? s.square / s.bases - mean * mean : 0;

        /* Rounding alone makes a constant vary by 1e-7 of itself. */
        if (!(variance > 1e-12 * mean * mean))
            continue;
        data->which[model->n_tracks] = i;
        dw_model_add_track(model, data->shape.track[i].name, mean,
                           sqrt(variance));
    }
}

static int copy_tracks(dw_dataset *data, dw_model *model, const dw_model *from,
                       dw_err *err)
{
    const char **name = dw_alloc(data->shape.n, sizeof *name);
    int rc;

    for (size_t i = 0; i < data->shape.n; i++)
        name[i] = data->shape.track[i].name;
    data->which = dw_realloc(data->which, from->n_tracks, sizeof *data->which);
    rc = dw_model_bind_tracks(from, data->shape.n, name, data->shape.window,
                              data->which, err);
    for (size_t i = 0; rc == 0 && i < from->n_tracks; i++)
        dw_model_add_track(model, from->track[i].name, from->track[i].mean,
                           from->track[i].sd);
    dw_free(name);
    return rc;
}

void dw_fit_signals_rescale(const dw_dataset *data, dw_tracks *tracks)
{
    const dw_model *model = data->model;

    for (size_t i = 0; i < model->n_tracks; i++)
        dw_track_rescale(&tracks->track[data->which[i]], model->track[i].mean,
                         model->track[i].sd);
}

int dw_dataset_scale_tracks(dw_dataset *data, dw_model *model,
                            const dw_model *like, dw_err *err)
{
    data->which = dw_alloc(data->shape.n, sizeof *data->which);
    model->window = data->shape.window;
    model->bin = data->shape.bin;
    if (like && like->n_tracks) {
        if (copy_tracks(data, model, like, err) < 0)
            return err->code;
    } else {
        choose_tracks(data, model);
    }
    for (size_t i = 0; i < data->n; i++) {
        dw_fit_block *b = &data->block[i];

        if (dw_dataset_mine(data, i) && !b->away)
            dw_fit_signals_rescale(data, &b->tracks);
    }
    return 0;
}

/* Of each track its start, how many runs, their ends, their values. */
size_t dw_fit_signals_size(const dw_dataset *data, const dw_fit_block *b)
{
    return 2 * data->shape.n + 2 * b->runs;
}

/* ---- into a network ---- */

dw_net_input dw_fit_block_input(const dw_dataset *data, const dw_fit_block *b,
                                const dw_net *net, dw_track_windows *windows)
{
    dw_net_input in = {.x = b->x};

    if (!dw_net_looks(net))
        return in;
    *windows = (dw_track_windows){.tracks = &b->tracks,
                                  .which = data->which,
                                  .n = net->tracks,
                                  .pos = b->pos,
                                  .window = (uint32_t)net->window,
                                  .bin = (uint32_t)net->bin};
    in.windows = (dw_net_windows){dw_track_windows_cut, windows};
    return in;
}
