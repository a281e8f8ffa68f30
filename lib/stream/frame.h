/*
 * frame: a dw stream as chunks of bytes.  The law is dw-stream(5).
 *
 * A chunk is a zstd skippable frame (the chunk's header) followed by one zstd
 * frame (its payload).  This file knows that a run begins with HEAD and ends
 * with TAIL, that a stream is one or more runs, and nothing of what is inside.
 * The only door to libzstd.
 */
#ifndef DW_STREAM_FRAME_H
#define DW_STREAM_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

typedef struct dw_chunk {
    char type[5];        /* four letters and a 0 */
    unsigned version;    /* of this chunk's payload */
    uint64_t records;    /* how many of what the type counts */
    uint64_t raw_size;   /* payload, bytes unpacked */
    uint64_t frame_size; /* payload, bytes packed */
} dw_chunk;

/* ---- reading ---- */

typedef struct dw_reader dw_reader;

/* NULL or "-" is stdin. */
dw_reader *dw_reader_open(const char *path, dw_err *err) DW_MUST_CHECK;
void dw_reader_close(dw_reader *r);             /* NULL is fine */
const char *dw_reader_name(const dw_reader *r); /* for messages */

/* The next chunk's header; what was not taken of the last one is skipped.
 * 1 a chunk, 0 the end right after a TAIL, negative a fault (cut short ...). */
int dw_reader_next(dw_reader *r, dw_chunk *chunk, dw_err *err) DW_MUST_CHECK;

/* The current chunk's payload, unpacked and verified; lent until the next call
 * of dw_reader_next.  Memory grows with the bytes that are really there. */
int dw_reader_payload(dw_reader *r, const unsigned char **p, size_t *n,
                      dw_err *err) DW_MUST_CHECK;

/* Over the headers of the chunks of this run before the current one: what TAIL
 * states as its check. */
uint64_t dw_reader_run_check(const dw_reader *r);

/* ---- writing ---- */

typedef struct dw_writer dw_writer;

dw_writer *dw_writer_open(const char *path, dw_err *err) DW_MUST_CHECK;
/* Compresses and writes one chunk. */
int dw_writer_chunk(dw_writer *w, const char *type, unsigned version,
                    uint64_t records, const void *payload, size_t n,
                    dw_err *err) DW_MUST_CHECK;
/* The same in two steps, so that packing can be done by many threads: the
 * chunk's bytes are appended to `out`, and written as they are. */
int dw_chunk_pack(const char *type, unsigned version, uint64_t records,
                  const void *payload, size_t n, dw_buf *out,
                  dw_err *err) DW_MUST_CHECK;
int dw_writer_put(dw_writer *w, const dw_buf *packed,
                  dw_err *err) DW_MUST_CHECK;
/* Passes the reader's current chunk on, byte for byte, not unpacked (if it was
 * not yet asked for its payload). */
int dw_writer_copy(dw_writer *w, dw_reader *r, dw_err *err) DW_MUST_CHECK;
uint64_t dw_writer_run_check(const dw_writer *w);
int dw_writer_close(dw_writer *w, dw_err *err) DW_MUST_CHECK; /* frees w */
void dw_writer_abandon(dw_writer *w);                         /* NULL is fine */

/* "zstd 1.5.4", for --version. */
const char *dw_frame_library(void);

#endif
