/*
 * signal_tracks: the signals of many bigWigs around the variants of a table, as
 * a TRAK chunk holds them: dw-stream(5).
 */
#ifndef DW_ANNOT_SIGNAL_TRACKS_H
#define DW_ANNOT_SIGNAL_TRACKS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/track.h"
#include "data/variant.h"

typedef struct dw_signal_tracks dw_signal_tracks;

typedef struct dw_track_plan {
    const char *const *text; /* (n) NAME=FILE[:COLUMN], see bigwig_annot.h */
    size_t n;
    size_t window, bin; /* bases; bins divide the window */
    size_t threads;
} dw_track_plan;

dw_signal_tracks *dw_signal_tracks_open(const dw_track_plan *plan,
                                        dw_err *err) DW_MUST_CHECK;
void dw_signal_tracks_close(dw_signal_tracks *s); /* NULL is fine */

/* The tracks of a table: what the windows of its variants need.  `t` is cleared
 * first.  Tables may come in any order. */
int dw_signal_tracks_fill(dw_signal_tracks *s, const dw_variants *v,
                          dw_tracks *t, dw_err *err) DW_MUST_CHECK;
/* Warns and notes once all tables are filled. */
void dw_signal_tracks_tell(const dw_signal_tracks *s);

/* As an annotator's. */
void dw_signal_tracks_inputs(const dw_signal_tracks *s,
                             void (*add)(void *ctx, const char *name,
                                         uint64_t digest),
                             void *ctx);
int dw_signal_tracks_check_build(const dw_signal_tracks *s, const char *build,
                                 dw_err *err) DW_MUST_CHECK;

/* Tables of at most so many variants keep what is in memory small, whatever the
 * signals: 4 MB a track. */
size_t dw_track_plan_batch(const dw_track_plan *plan, size_t most);

#endif
