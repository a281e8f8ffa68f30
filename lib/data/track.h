/*
 * track: signals over one stretch of the genome, each stored once, as runs of
 * constant value, and the bins that are cut from them around a variant.
 *
 * Positions are from 0, intervals half-open.  NAN is a stretch without data,
 * which is not one of value 0.
 */
#ifndef DW_DATA_TRACK_H
#define DW_DATA_TRACK_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/contig.h"

typedef struct dw_track {
    char *name, *unit; /* unit "." when none is known */
    uint32_t start;    /* where the first run begins */
    size_t n;          /* runs */
    uint32_t *end;     /* (n) where each ends, and the next begins */
    float *value;      /* (n) */
} dw_track;

typedef struct dw_tracks {
    char contig[DW_CONTIG_MAX];
    uint32_t window, bin; /* bases around a variant, bases of a bin */
    size_t n;
    dw_track *track;
} dw_tracks;

/* Adds a track of n runs, to be filled in; NULL when memory is exhausted. */
dw_track *dw_tracks_add(dw_tracks *t, const char *name, const char *unit,
                        size_t n, dw_err *err) DW_MUST_CHECK;
void dw_tracks_clear(dw_tracks *t);
/* Like `src`, without a run: window, bin, names and units. */
int dw_tracks_copy_shape(dw_tracks *dst, const dw_tracks *src,
                         dw_err *err) DW_MUST_CHECK;
/* 0, or DW_EMISMATCH: these shapes are not the same. */
int dw_tracks_agree(const dw_tracks *a, const dw_tracks *b,
                    dw_err *err) DW_MUST_CHECK;
/* The index of a track of that name, or SIZE_MAX. */
size_t dw_tracks_find(const dw_tracks *t, const char *name);
/* 0, or DW_EFORMAT: bins that do not divide the window, a run that is empty, a
 * value that is infinite. */
int dw_tracks_check(const dw_tracks *t, dw_err *err) DW_MUST_CHECK;

/* Where the window of a variant begins, from 0; it may lie before that. */
int64_t dw_track_begin(const dw_tracks *t, uint32_t pos);
/* The first run that ends behind a place; n: none does. */
size_t dw_track_first(const dw_track *t, int64_t at);
/* The means of n_bins bins of `bin` bases from `begin` on (which may lie before
 * 0), over the bases that have data; NAN where none has.  A variant's window
 * begins at pos - 1 - window / 2. */
void dw_track_bins(const dw_track *t, int64_t begin, uint32_t bin,
                   size_t n_bins, float *mean);

#endif
