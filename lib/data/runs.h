/*
 * runs: a signal along one chromosome as stretches of constant value, put one
 * behind the other, with as few of them as there can be.
 */
#ifndef DW_DATA_RUNS_H
#define DW_DATA_RUNS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/track.h"

/* {0} is an empty one; as in a dw_track, each run begins where the one before
 * it ends. */
typedef struct dw_runs {
    uint32_t start;
    size_t n;
    uint32_t *end; /* (n) */
    float *value;  /* (n) */
    size_t cap_end, cap_value;
} dw_runs;

/* Puts [begin, end) behind what is there.  What lies between becomes a run
 * without data, equal neighbours become one, and nothing begins without data.
 * 0 or DW_ENOMEM, without a message. */
int dw_runs_put(dw_runs *r, uint32_t begin, uint32_t end,
                float value) DW_MUST_CHECK;
void dw_runs_reset(dw_runs *r); /* keeps the memory */
void dw_runs_clear(dw_runs *r);

/* Adds them as a track, less what is without data at the end. */
int dw_runs_track(const dw_runs *r, const char *name, const char *unit,
                  dw_tracks *t, dw_err *err) DW_MUST_CHECK;

#endif
