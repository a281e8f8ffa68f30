/*
 * block_chunks: a block as the chunks that it is in a stream.
 */
#ifndef DW_FLOW_BLOCK_CHUNKS_H
#define DW_FLOW_BLOCK_CHUNKS_H

#include "base/buf.h"
#include "base/err.h"
#include "data/ldblock.h"
#include "data/variant.h"
#include "flow/store_cost.h"
#include "flow/track_pieces.h"

/* Appends VARS, TRAK where the variants have tracks, and LDBK to `packed`; in
 * any thread.  `cost` rules how LDBK is stored, and counts it. */
int dw_block_chunks_pack(const dw_track_pieces *tracks, dw_store_cost *cost,
                         const dw_variants *v, const dw_ldblock *ld,
                         dw_buf *packed, dw_err *err) DW_MUST_CHECK;

#endif
