/*
 * signal: the values of a bigWig or bigBed along the genome: means over
 * stretches, and the runs of constant value.
 *
 * Read in tiles of 2^18 bases, a few of which are in memory: places may come in
 * any order, but are best asked for from left to right.  Positions are from 0,
 * stretches half-open.
 *
 * Where a bigWig has no data, or not a finite number, the signal is missing,
 * which is not 0.  The signal of a bigBed is 1 within its items and 0 outside;
 * or, of one of its columns, the largest value of the items at a base, missing
 * outside of them.
 */
#ifndef DW_ANNOT_SIGNAL_H
#define DW_ANNOT_SIGNAL_H

#include <stddef.h>
#include <stdint.h>

#include "annot/bigwig.h"
#include "base/err.h"
#include "data/runs.h"

typedef struct dw_signal dw_signal;

/* column: of a bigBed, from 4 as in its text; 0: is there an item?  Tiles: how
 * many to keep, at least 1. */
dw_signal *dw_signal_open(const char *path, size_t column, size_t tiles,
                          dw_err *err) DW_MUST_CHECK;
void dw_signal_close(dw_signal *s); /* NULL is fine */
const dw_bigwig *dw_signal_file(const dw_signal *s);

/* Goes to a contig: 1, or 0 where the file does not have it. */
int dw_signal_seek(dw_signal *s, const char *contig);
/* The length of the contig that the file has, else INT32_MAX. */
uint32_t dw_signal_length(const dw_signal *s);

/* The mean over the bases of [begin, end) that have data, NAN if none has.  It
 * may reach beyond the chromosome. */
int dw_signal_mean(dw_signal *s, int64_t begin, int64_t end, float *mean,
                   dw_err *err) DW_MUST_CHECK;
/* Puts the runs of [begin, end) behind those of `out`, until it has `limit`:
 * 1 when all are there, 0 when not. */
int dw_signal_runs(dw_signal *s, uint32_t begin, uint32_t end, size_t limit,
                   dw_runs *out, dw_err *err) DW_MUST_CHECK;
/* Lets go of what takes much memory; it is read again when it is asked for. */
void dw_signal_rest(dw_signal *s);

/* Where a value that is infinite was met first: its contig, *pos from 1; NULL:
 * nowhere. */
const char *dw_signal_infinite(const dw_signal *s, uint32_t *pos);

#endif
