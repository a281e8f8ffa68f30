/*
 * track_cut: of a signal, what the windows of some variants need.
 */
#ifndef DW_DATA_TRACK_CUT_H
#define DW_DATA_TRACK_CUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/runs.h"

/* Stretches in order that neither overlap nor touch. {0} is an empty list. */
typedef struct dw_spans {
    struct dw_span_of_bases {
        uint32_t begin, end;
    } * item;
    size_t n, cap;
} dw_spans;

/* The union of the windows of variants at these positions, which do not
 * descend: [pos - 1 - window / 2, pos - 1 - window / 2 + window), from 0 on. */
int dw_spans_of_windows(dw_spans *s, const uint32_t *pos, size_t m,
                        uint32_t window, dw_err *err) DW_MUST_CHECK;
void dw_spans_clear(dw_spans *s);

/* Puts the runs of [begin, end) of some signal behind those of `out`: 1; or 0
 * once it has `limit` of them, and then what was put is of no use. */
typedef int dw_runs_of(void *ctx, uint32_t begin, uint32_t end, size_t limit,
                       dw_runs *out, dw_err *err);

/* Puts the runs of the spans behind those of `out`.  What lies between two
 * spans is left out, which is a run without data, unless it is of two runs at
 * most, which cost no more. `scratch` is overwritten. */
int dw_track_cut(const dw_spans *s, dw_runs_of *of, void *ctx, dw_runs *out,
                 dw_runs *scratch, dw_err *err) DW_MUST_CHECK;

#endif
