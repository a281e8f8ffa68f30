#include "data/runs.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"

void dw_runs_reset(dw_runs *r)
{
    r->n = 0;
}

void dw_runs_clear(dw_runs *r)
{
    dw_free(r->end);
    dw_free(r->value);
    *r = (dw_runs){0};
}

static bool is_same(float a, float b)
{
    return a == b || (isnan(a) && isnan(b));
}

static int push(dw_runs *r, uint32_t end, float value)
{
    void *ends = r->end, *values = r->value;
    int rc = dw_try_grow(&ends, &r->cap_end, r->n + 1, sizeof *r->end);

    r->end = ends;
    if (rc == 0)
        rc = dw_try_grow(&values, &r->cap_value, r->n + 1, sizeof *r->value);
    r->value = values;
    if (rc < 0)
        return rc;
    r->end[r->n] = end;
    r->value[r->n++] = value;
    return 0;
}

int dw_runs_put(dw_runs *r, uint32_t begin, uint32_t end, float value)
{
    if (r->n == 0) {
        if (isnan(value))
            return 0;
        r->start = begin;
        return push(r, end, value);
    }
    if (r->end[r->n - 1] < begin) {
        int rc = dw_runs_put(r, r->end[r->n - 1], begin, NAN);

        if (rc < 0)
            return rc;
    }
    if (!is_same(r->value[r->n - 1], value))
        return push(r, end, value);
    r->end[r->n - 1] = end;
    return 0;
}

int dw_runs_track(const dw_runs *r, const char *name, const char *unit,
                  dw_tracks *t, dw_err *err)
{
    size_t n = r->n - (r->n && isnan(r->value[r->n - 1]));
    dw_track *track = dw_tracks_add(t, name, unit, n, err);

    if (!track)
        return err->code;
    track->start = n ? r->start : 0;
    if (n) {
        memcpy(track->end, r->end, n * sizeof *r->end);
        memcpy(track->value, r->value, n * sizeof *r->value);
    }
    return 0;
}
