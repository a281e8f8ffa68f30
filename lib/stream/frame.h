/*
 * frame: a dw stream as chunks of bytes.  The law is dw-stream(5).
 *
 * A chunk is a zstd skippable frame (the chunk's header) followed by one zstd
 * frame (its payload).  This file knows that a run begins with HEAD and ends
 * with TAIL, that a stream is one or more runs, and nothing of what is inside.
 * Messages begin with the name of the file.
 */
#ifndef DW_STREAM_FRAME_H
#define DW_STREAM_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "stream/chunk.h"

/* ---- reading ---- */

typedef struct dw_reader dw_reader;

/* 0, or DW_EUSAGE for a terminal: nobody types a stream, and who forgot to name
 * one would wait. */
int dw_refuse_terminal(FILE *file, dw_err *err) DW_MUST_CHECK;
/* 0, or DW_EFORMAT for what begins with these bytes, or with none, and is no
 * stream: says what it looks like. */
int dw_refuse_other(const char *name, const void *begin, size_t n,
                    dw_err *err) DW_MUST_CHECK;

/* NULL or "-" is stdin. */
dw_reader *dw_reader_open(const char *path, dw_err *err) DW_MUST_CHECK;
/* Reads from, and closes, a file that is open already. */
dw_reader *dw_reader_take_file(FILE *file, const char *name);
void dw_reader_close(dw_reader *r);             /* NULL is fine */
const char *dw_reader_name(const dw_reader *r); /* for messages */

/* The next chunk's header; what was not taken of the last one is skipped.
 * 1 a chunk, 0 the end right after a TAIL, negative a fault (cut short ...). */
int dw_reader_next(dw_reader *r, dw_chunk *chunk, dw_err *err) DW_MUST_CHECK;

/* The current chunk; NULL when there is none. */
const dw_chunk *dw_reader_chunk(const dw_reader *r);

/* The current chunk's payload, unpacked and verified; lent until the next call
 * of dw_reader_next.  No memory is taken for packed bytes that are not there,
 * nor for more unpacked ones than they could give. */
int dw_reader_payload(dw_reader *r, const unsigned char **p, size_t *n,
                      dw_err *err) DW_MUST_CHECK;

/* The chunks of this run before the current one, and, over their headers, what
 * TAIL states as its check. */
const dw_run *dw_reader_run(const dw_reader *r);
uint64_t dw_reader_run_check(const dw_reader *r);

/* Where a chunk stands in a file, and what it was: for stream/reread. */
typedef struct dw_place {
    uint64_t at; /* of its header */
    dw_chunk chunk;
    uint32_t check; /* of its payload */
} dw_place;

/* The current chunk's, whose payload was taken; false where the reader does not
 * read from a file. */
bool dw_reader_place(const dw_reader *r, dw_place *place);
/* How many bytes of how many were read; false likewise. */
bool dw_reader_read_so_far(const dw_reader *r, uint64_t *done, uint64_t *all);
/* A descriptor of the same open file, the caller's; negative with a message. */
int dw_reader_descriptor(const dw_reader *r, dw_err *err) DW_MUST_CHECK;

/* ---- writing ---- */

typedef struct dw_writer dw_writer;

dw_writer *dw_writer_open(const char *path, dw_err *err) DW_MUST_CHECK;
/* Compresses and writes one chunk. */
int dw_writer_chunk(dw_writer *w, const char *type, unsigned version,
                    uint64_t records, const void *payload, size_t n,
                    dw_err *err) DW_MUST_CHECK;
/* The same in two steps, so that packing can be done by many threads: the
 * chunk's bytes are appended to `out`, and written as they are.  Several chunks
 * may stand in one buffer. */
int dw_chunk_pack(const char *type, unsigned version, uint64_t records,
                  const void *payload, size_t n, dw_buf *out,
                  dw_err *err) DW_MUST_CHECK;
int dw_writer_put(dw_writer *w, const dw_buf *packed,
                  dw_err *err) DW_MUST_CHECK;
/* The payload of one chunk that dw_chunk_pack made in this process. */
int dw_chunk_unpack(const dw_buf *packed, dw_buf *payload,
                    dw_err *err) DW_MUST_CHECK;
/* Passes the reader's current chunk on, byte for byte and not unpacked. */
int dw_writer_copy(dw_writer *w, dw_reader *r, dw_err *err) DW_MUST_CHECK;
/* As for the reader; all chunks written of the run that is open. */
const dw_run *dw_writer_run(const dw_writer *w);
uint64_t dw_writer_run_check(const dw_writer *w);
/* Frees w, whether or not it succeeds.  A run without its TAIL is DW_EBUG. */
int dw_writer_close(dw_writer *w, dw_err *err) DW_MUST_CHECK;
void dw_writer_abandon(dw_writer *w); /* NULL is fine */

#endif
