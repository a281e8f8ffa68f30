#include "score/track_inputs.h"

#include <string.h>

#include "base/mem.h"

static int find_tracks(dw_track_inputs *in, const dw_model *model,
                       const dw_tracks *tracks, dw_err *err)
{
    if (tracks->n == 0)
        return dw_fail(err, DW_EMISMATCH,
                       "the model looks at signal tracks, which the stream "
                       "does not have; dw-ingest --track adds them");
    in->which = dw_realloc(in->which, model->n_tracks, sizeof *in->which);
    in->name = dw_realloc(in->name, tracks->n, sizeof *in->name);
    for (size_t i = 0; i < tracks->n; i++)
        in->name[i] = tracks->track[i].name;
    return dw_model_bind_tracks(model, tracks->n, in->name, tracks->window,
                                in->which, err);
}

/* in->scaled <- the tracks, with their own copy of what the model looks at. */
static int rescale(dw_track_inputs *in, const dw_model *model,
                   const dw_tracks *tracks, dw_err *err)
{
    dw_track *track =
        dw_realloc(in->scaled.track, tracks->n, sizeof *tracks->track);
    size_t n = 0;

    in->scaled = *tracks;
    in->scaled.track = track;
    memcpy(track, tracks->track, tracks->n * sizeof *track);
    for (size_t i = 0; i < model->n_tracks; i++)
        n += track[in->which[i]].n;
    dw_free(in->value);
    if (!(in->value = dw_try_alloc(n, sizeof *in->value)))
        return dw_fail(err, DW_ENOMEM, "not enough memory for %zu runs", n);
    n = 0;
    for (size_t i = 0; i < model->n_tracks; i++) {
        dw_track *t = &track[in->which[i]];
        float *value = in->value + n;

        n += t->n;
        if (t->n)
            memcpy(value, t->value, t->n * sizeof *value);
        t->value = value;
        dw_track_rescale(t, model->track[i].mean, model->track[i].sd);
    }
    return 0;
}

int dw_track_inputs_bind(dw_track_inputs *in, const dw_model *model,
                         const dw_variants *var, const dw_tracks *tracks,
                         dw_err *err)
{
    in->windows = (dw_track_windows){0};
    if (!dw_net_looks(&model->net))
        return 0;
    if (find_tracks(in, model, tracks, err) < 0 ||
        rescale(in, model, tracks, err) < 0)
        return err->code;
    in->windows = (dw_track_windows){.tracks = &in->scaled,
                                     .which = in->which,
                                     .n = model->n_tracks,
                                     .pos = var->pos,
                                     .window = (uint32_t)model->net.window,
                                     .bin = (uint32_t)model->net.bin};
    return 0;
}

dw_net_windows dw_track_inputs_windows(dw_track_inputs *in)
{
    return in->windows.n ? (dw_net_windows){dw_track_windows_cut, &in->windows}
                         : (dw_net_windows){0};
}

void dw_track_inputs_clear(dw_track_inputs *in)
{
    dw_free(in->which);
    dw_free(in->name);
    dw_free(in->scaled.track);
    dw_free(in->value);
    *in = (dw_track_inputs){0};
}
