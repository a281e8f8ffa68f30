/*
 * track_pieces: the TRAK of the last tables of a stream, from which those of
 * blocks are cut.
 */
#ifndef DW_FLOW_TRACK_PIECES_H
#define DW_FLOW_TRACK_PIECES_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/track.h"
#include "data/variant.h"

typedef struct dw_track_pieces dw_track_pieces;

dw_track_pieces *dw_track_pieces_new(void);
void dw_track_pieces_free(dw_track_pieces *p); /* NULL is fine */

/* Takes over the tracks of a table of variants, which is alike to those that
 * are there, and behind them; `t` is {0} then. */
void dw_track_pieces_take(dw_track_pieces *p, const dw_variants *v,
                          dw_tracks *t);
/* Lets go of what no variant of the contig from that position on needs, and of
 * all other contigs. */
void dw_track_pieces_drop(dw_track_pieces *p, const char *contig, uint32_t pos);
void dw_track_pieces_clear(dw_track_pieces *p);

/* The tracks of some variants of the tables taken: 1, or 0 where those had
 * none.  May run in several threads at a time. */
int dw_track_pieces_cut(const dw_track_pieces *p, const dw_variants *v,
                        dw_tracks *t, dw_err *err) DW_MUST_CHECK;

#endif
