/*
 * track_inputs: the signal tracks of a table of variants, as a model's network
 * looks at them.
 */
#ifndef DW_SCORE_TRACK_INPUTS_H
#define DW_SCORE_TRACK_INPUTS_H

#include <stddef.h>

#include "base/err.h"
#include "data/track_windows.h"
#include "data/variant.h"
#include "nn/model.h"

/* {0} to begin with; of one thread. */
typedef struct dw_track_inputs {
    dw_track_windows windows;
    size_t *which; /* (model->n_tracks) */
    const char **name;
    dw_tracks
        scaled; /* borrows all but the values of those that are looked at */
    float *value;
} dw_track_inputs;

/*
 * Takes a table's tracks, and rescales a copy of their values as the model has
 * it; they and the variants are borrowed until the next.  0 at once for a model
 * that looks at none; DW_EMISMATCH if there are none, or not the model's;
 * DW_ENOMEM.
 */
int dw_track_inputs_bind(dw_track_inputs *in, const dw_model *model,
                         const dw_variants *var, const dw_tracks *tracks,
                         dw_err *err) DW_MUST_CHECK;
/* For dw_model_variances; lent by `in`. */
dw_net_windows dw_track_inputs_windows(dw_track_inputs *in);
void dw_track_inputs_clear(dw_track_inputs *in);

#endif
