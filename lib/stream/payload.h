/*
 * payload: what a chunk holds, packed as one zstd frame, and unpacked.
 *
 * The only door to libzstd.  For stream/frame and stream/reread.
 */
#ifndef DW_STREAM_PAYLOAD_H
#define DW_STREAM_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "stream/chunk.h"

/* Of one chunk after the other, with its memory.  {0} is an empty one. */
typedef struct dw_payload {
    void *packed; /* (chunk->frame_size) set by the caller */
    void *raw;    /* (chunk->raw_size) */
    size_t cap_packed, cap_raw;
    void *zstd;
} dw_payload;

void dw_payload_clear(dw_payload *p);

/* raw <- packed, in one go: the header's limits bound the size by what was
 * read.  DW_EFORMAT when it is damaged, DW_ENOMEM; messages name the type of
 * the chunk. */
int dw_payload_unpack(dw_payload *p, const dw_chunk *chunk,
                      dw_err *err) DW_MUST_CHECK;
/* The checksum of what is unpacked, with which the packed frame ends. */
uint32_t dw_payload_check(const dw_payload *p, const dw_chunk *chunk);

/* Appends the frame of n bytes.  DW_ENOMEM. */
int dw_payload_pack(const char *type, const void *raw, size_t n, dw_buf *out,
                    dw_err *err) DW_MUST_CHECK;

/* raw (n) <- the frame (size bytes) that was packed in this process; false if
 * it is not that. */
bool dw_payload_unpack_to(void *raw, size_t n, const void *frame,
                          size_t size) DW_MUST_CHECK;

/* "zstd 1.5.4", for --version. */
const char *dw_payload_library(void);

#endif
