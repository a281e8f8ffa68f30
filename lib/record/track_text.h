/*
 * track_text: signal tracks as tables of text, like rec_text.
 */
#ifndef DW_RECORD_TRACK_TEXT_H
#define DW_RECORD_TRACK_TEXT_H

#include <stddef.h>

#include "data/ldblock.h"
#include "data/track.h"
#include "data/variant.h"
#include "stream/outfile.h"

/* BLOCK CHR TRACK UNIT WINDOW BIN START END RUNS COVERED MEAN: one line a
 * track.  START to END is from the first to the last base with data, of which
 * COVERED have some. `block` 0: variants without a block. */
void dw_text_tracks_head(dw_outfile *out);
void dw_text_tracks(dw_outfile *out, const dw_tracks *t, size_t block);

/* BLOCK CHR START END VALUE: one line a run of a track that has data. */
void dw_text_runs_head(dw_outfile *out);
void dw_text_runs(dw_outfile *out, const dw_tracks *t, size_t track,
                  size_t block);

/* BLOCK CORE CHR POS ID REF ALT, and the bins of a track by where they begin,
 * from the variant: one line a variant.  ld NULL: as block 0. */
void dw_text_bins_head(dw_outfile *out, const dw_tracks *t);
int dw_text_bins(dw_outfile *out, const dw_variants *v, const dw_ldblock *ld,
                 const dw_tracks *t, size_t track, size_t block,
                 dw_err *err) DW_MUST_CHECK;

#endif
