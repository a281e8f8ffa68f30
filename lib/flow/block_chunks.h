/*
 * block_chunks: a block as the chunks that it is in a stream.
 */
#ifndef DW_FLOW_BLOCK_CHUNKS_H
#define DW_FLOW_BLOCK_CHUNKS_H

#include "base/buf.h"
#include "base/err.h"
#include "data/ldblock.h"
#include "data/track.h"
#include "data/variant.h"
#include "flow/store_cost.h"

/* Appends VARS, TRAK unless the tracks are of no contig, and LDBK to `packed`;
 * in any thread.  `cost` rules how LDBK is stored, and counts it. */
int dw_block_chunks_pack(const dw_tracks *tracks, dw_store_cost *cost,
                         const dw_variants *v, const dw_ldblock *ld,
                         dw_buf *packed, dw_err *err) DW_MUST_CHECK;

#endif
