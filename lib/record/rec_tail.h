/*
 * rec_tail: TAIL, that a run is whole, and its tallies.  dw-stream(5), "TAIL".
 */
#ifndef DW_RECORD_REC_TAIL_H
#define DW_RECORD_REC_TAIL_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "stream/chunk.h"

enum { DW_TAIL_VERSION = 1, DW_TALLIES_MAX = 4096 };

/* Returns the number of lines, which is the chunk's records. */
size_t dw_tail_pack(const dw_run *run, const dw_tally *tally, dw_buf *out);
/* Holds what TAIL says against the run before it: DW_EFORMAT when a chunk was
 * lost, doubled, moved or changed.  The tallies are added to `tally`. */
int dw_tail_unpack(const dw_run *run, dw_tally *tally, unsigned version,
                   const unsigned char *p, size_t n, dw_err *err) DW_MUST_CHECK;

#endif
