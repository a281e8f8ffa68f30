#include "data/track_windows.h"

#include <math.h>

static double signed_log(double v)
{
    return v < 0 ? -log1p(-v) : log1p(v);
}

void dw_track_sums_add(dw_track_sums *sums, const dw_track *t)
{
    uint32_t begin = t->start;

    for (size_t i = 0; i < t->n; i++) {
        double bases = t->end[i] - begin, v = signed_log(t->value[i]);

        begin = t->end[i];
        if (isnan(v))
            continue;
        sums->bases += bases;
        sums->sum += bases * v;
        sums->square += bases * v * v;
    }
}

void dw_track_rescale(dw_track *t, double mean, double sd)
{
    for (size_t i = 0; i < t->n; i++)
        t->value[i] = (float)((signed_log(t->value[i]) - mean) / sd);
}

/* Bins that are cut at a time. */
enum { PIECE = 256 };

/* Of one track around one variant; a bin of `to` each `step` numbers. */
static void cut_one(const dw_track *t, int64_t begin, uint32_t bin, size_t bins,
                    size_t step, float *to)
{
    float mean[PIECE];

    for (size_t at = 0; at < bins; at += PIECE) {
        size_t n = bins - at < PIECE ? bins - at : PIECE;

        dw_track_bins(t, begin + (int64_t)(at * bin), bin, n, mean);
        for (size_t i = 0; i < n; i++, to += step)
            *to = isnan(mean[i]) ? 0 : mean[i];
    }
}

void dw_track_windows_cut(void *self, size_t at, size_t n_variants, float *to)
{
    const dw_track_windows *w = self;
    size_t bins = w->window / w->bin;

    for (size_t j = 0; j < n_variants; j++, to += w->n * bins) {
        int64_t begin = (int64_t)w->pos[at + j] - 1 - w->window / 2;

        for (size_t i = 0; i < w->n; i++)
            cut_one(&w->tracks->track[w->which[i]], begin, w->bin, bins, w->n,
                    to + i);
    }
}
