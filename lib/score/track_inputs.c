#include "score/track_inputs.h"

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

int dw_track_inputs_bind(dw_track_inputs *in, const dw_model *model,
                         const dw_variants *var, dw_tracks *tracks, dw_err *err)
{
    in->windows = (dw_track_windows){0};
    if (!dw_net_looks(&model->net))
        return 0;
    if (find_tracks(in, model, tracks, err) < 0)
        return err->code;
    for (size_t i = 0; i < model->n_tracks; i++)
        dw_track_rescale(&tracks->track[in->which[i]], model->track[i].mean,
                         model->track[i].sd);
    in->windows = (dw_track_windows){.tracks = tracks,
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
    *in = (dw_track_inputs){0};
}
