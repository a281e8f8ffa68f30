/*
 * rec_trak: TRAK, signal tracks to bytes and back.  dw-stream(5), "TRAK".
 */
#ifndef DW_RECORD_REC_TRAK_H
#define DW_RECORD_REC_TRAK_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "data/track.h"

enum { DW_TRAK_VERSION = 1 };

void dw_tracks_pack(const dw_tracks *t, dw_buf *out);
/* t is cleared first.  Checks the tracks too (dw_tracks_check). */
int dw_tracks_unpack(dw_tracks *t, unsigned version, const unsigned char *p,
                     size_t n, dw_err *err) DW_MUST_CHECK;

#endif
