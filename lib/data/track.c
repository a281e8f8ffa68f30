#include "data/track.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

dw_track *dw_tracks_add(dw_tracks *t, const char *name, const char *unit,
                        size_t n, dw_err *err)
{
    uint32_t *end = dw_try_alloc(n, sizeof *end);
    float *value = dw_try_alloc(n, sizeof *value);

    if (!end || !value) {
        dw_free(end);
        dw_free(value);
        dw_fail(err, DW_ENOMEM, "not enough memory for track %s of %zu runs",
                name, n);
        return NULL;
    }
    t->track = dw_realloc(t->track, t->n + 1, sizeof *t->track);
    t->track[t->n] = (dw_track){.name = dw_strdup(name),
                                .unit = dw_strdup(unit),
                                .n = n,
                                .end = end,
                                .value = value};
    return &t->track[t->n++];
}

void dw_tracks_clear(dw_tracks *t)
{
    for (size_t i = 0; i < t->n; i++) {
        dw_free(t->track[i].name);
        dw_free(t->track[i].unit);
        dw_free(t->track[i].end);
        dw_free(t->track[i].value);
    }
    dw_free(t->track);
    *t = (dw_tracks){0};
}

size_t dw_tracks_find(const dw_tracks *t, const char *name)
{
    for (size_t i = 0; i < t->n; i++) {
        if (strcmp(t->track[i].name, name) == 0)
            return i;
    }
    return SIZE_MAX;
}

int dw_tracks_copy_shape(dw_tracks *dst, const dw_tracks *src, dw_err *err)
{
    dw_tracks_clear(dst);
    dst->window = src->window;
    dst->bin = src->bin;
    for (size_t i = 0; i < src->n; i++) {
        if (!dw_tracks_add(dst, src->track[i].name, src->track[i].unit, 0, err))
            return err->code;
    }
    return 0;
}

int dw_tracks_agree(const dw_tracks *a, const dw_tracks *b, dw_err *err)
{
    if (a->window != b->window || a->bin != b->bin)
        return dw_fail(err, DW_EMISMATCH,
                       "windows of %u by %u bases, and before it of %u by %u",
                       b->window, b->bin, a->window, a->bin);
    if (a->n != b->n)
        return dw_fail(err, DW_EMISMATCH, "%zu tracks, and before it %zu", b->n,
                       a->n);
    for (size_t i = 0; i < a->n; i++) {
        if (strcmp(a->track[i].name, b->track[i].name) != 0 ||
            strcmp(a->track[i].unit, b->track[i].unit) != 0)
            return dw_fail(err, DW_EMISMATCH,
                           "track %zu is %s (%s), and before it %s (%s)", i + 1,
                           b->track[i].name, b->track[i].unit, a->track[i].name,
                           a->track[i].unit);
    }
    return 0;
}

static int check_track(const dw_track *t, dw_err *err)
{
    uint32_t begin = t->start;

    for (size_t i = 0; i < t->n; i++) {
        if (t->end[i] <= begin || t->end[i] > INT32_MAX)
            return dw_fail(err, DW_EFORMAT,
                           "track %s: run %zu does not end behind its begin",
                           t->name, i + 1);
        if (isinf(t->value[i]))
            return dw_fail(err, DW_EFORMAT, "track %s: run %zu is infinite",
                           t->name, i + 1);
        begin = t->end[i];
    }
    return 0;
}

static int check_names(const dw_tracks *t, dw_err *err)
{
    dw_map *names = dw_map_new();
    int rc = 0;

    for (size_t i = 0; i < t->n && rc == 0; i++) {
        const char *name = t->track[i].name;
        bool fresh = true;

        if (!dw_map_put(names, name, strlen(name), &fresh))
            rc = dw_fail(err, DW_ENOMEM, "not enough memory for tracks");
        else if (!fresh)
            rc = dw_fail(err, DW_EFORMAT, "two tracks are named %s", name);
    }
    dw_map_free(names);
    return rc;
}

int dw_tracks_check(const dw_tracks *t, dw_err *err)
{
    if (!t->bin || t->window % t->bin)
        return dw_fail(err, DW_EFORMAT,
                       "tracks: bins of %u bases do not divide a window of %u",
                       t->bin, t->window);
    for (size_t i = 0; i < t->n; i++) {
        int rc = check_track(&t->track[i], err);

        if (rc < 0)
            return rc;
    }
    return check_names(t, err);
}

int64_t dw_track_begin(const dw_tracks *t, uint32_t pos)
{
    return (int64_t)pos - 1 - t->window / 2;
}

size_t dw_track_first(const dw_track *t, int64_t at)
{
    size_t lo = 0, hi = t->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (t->end[mid] > at)
            hi = mid;
        else
            lo = mid + 1;
    }
    return lo;
}

/* How many whole bins from `lo` on one run covers, of `most`. */
static size_t covered(const dw_track *t, size_t run, int64_t lo, uint32_t bin,
                      size_t most)
{
    int64_t from = run ? t->end[run - 1] : t->start, left = t->end[run] - lo;

    if (from > lo || left < bin)
        return 0;
    return left / bin < (int64_t)most ? (size_t)(left / bin) : most;
}

void dw_track_bins(const dw_track *t, int64_t begin, uint32_t bin,
                   size_t n_bins, float *mean)
{
    size_t run = dw_track_first(t, begin);

    for (size_t i = 0; i < n_bins; i++) {
        int64_t lo = begin + (int64_t)i * bin, hi;
        double sum = 0, bases = 0;

        while (run < t->n) {
            size_t whole = covered(t, run, lo, bin, n_bins - i);

            if (whole == 0)
                break;
            for (size_t end = i + whole; i < end; i++)
                mean[i] = t->value[run];
            lo += (int64_t)whole * bin;
            if (t->end[run] == lo)
                run++;
        }
        if (i == n_bins)
            break;
        hi = lo + bin;
        for (; run < t->n; run++) {
            int64_t from = run ? t->end[run - 1] : t->start;
            int64_t to = t->end[run];
            int64_t shared = (to < hi ? to : hi) - (from > lo ? from : lo);

            if (shared > 0 && !isnan(t->value[run])) {
                sum += t->value[run] * (double)shared;
                bases += (double)shared;
            }
            if (to > hi)
                break; /* it reaches into the next bin */
        }
        mean[i] = bases > 0 ? (float)(sum / bases) : NAN;
    }
}
