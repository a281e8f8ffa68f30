/*
 * track_windows: signal tracks as a network sees them, around many variants.
 *
 * Signals are spread over powers of ten; what is looked at is their signed
 * logarithm, log(1 + v) or -log(1 - v), to mean 0 and variance 1.
 */
#ifndef DW_DATA_TRACK_WINDOWS_H
#define DW_DATA_TRACK_WINDOWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/track.h"

/* Sums over bases with data. */
typedef struct dw_track_sums {
    double bases, sum, square; /* of the signed logarithm */
} dw_track_sums;

/* Adds those of a track. */
void dw_track_sums_add(dw_track_sums *sums, const dw_track *t);

/* Runs become (signed logarithm - mean) / sd; what is without data stays so. */
void dw_track_rescale(dw_track *t, double mean, double sd);

/* Some tracks, in their order, around the variants at some positions. */
typedef struct dw_track_windows {
    const dw_tracks *tracks;
    size_t *which; /* (n) of them; the caller's */
    size_t n;
    const uint32_t *pos;  /* of each variant, from 1 */
    uint32_t window, bin; /* the tracks' own, or narrower */
} dw_track_windows;

/* to (n x bins x n_variants) <- bins of variants at .. at + n_variants, as
 * dw_track_bins has them, 0 where there are no data.  `self` is a
 * dw_track_windows. */
void dw_track_windows_cut(void *self, size_t at, size_t n_variants, float *to);

#endif
