/*
 * chunk: the header of a chunk, and the order of chunks in a run.  The law is
 * dw-stream(5), "Chunk header".
 *
 * For stream/frame.c, and for whoever has a chunk's bytes in memory.
 */
#ifndef DW_STREAM_CHUNK_H
#define DW_STREAM_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"

enum { DW_STREAM_MAJOR = 1, DW_CHUNK_HEADER = 52, DW_CHUNK_TYPES_MAX = 64 };
#define DW_CHUNK_MAX ((uint64_t)1 << 32) /* bytes of a payload, unpacked */

typedef struct dw_chunk {
    char type[5];        /* four letters and a 0 */
    unsigned version;    /* of this chunk's payload */
    uint64_t records;    /* how many of what the type counts */
    uint64_t raw_size;   /* payload, bytes unpacked */
    uint64_t frame_size; /* payload, bytes packed */
} dw_chunk;

bool dw_chunk_is(const dw_chunk *chunk, const char *type);
bool dw_chunk_is_critical(const dw_chunk *chunk);

void dw_chunk_write_header(const dw_chunk *chunk,
                           unsigned char header[DW_CHUNK_HEADER]);
/* 0; DW_EVERSION of a newer format; DW_EFORMAT when it is no header, its check
 * is wrong, or its sizes are beyond the limits. */
int dw_chunk_read_header(dw_chunk *chunk,
                         const unsigned char header[DW_CHUNK_HEADER],
                         dw_err *err) DW_MUST_CHECK;

/* What was seen of a run so far: its chunks by type, in the order in which the
 * types first came.  {0} is one that has not begun. */
typedef struct dw_run {
    bool open; /* a HEAD was seen, and not yet its TAIL */
    uint64_t chunks;
    size_t n_types;
    struct dw_run_count {
        char type[5];
        uint64_t chunks, records;
    } count[DW_CHUNK_TYPES_MAX];
    dw_digest *digest;
} dw_run;

/* The chunk may stand here: a HEAD begins anew, a TAIL closes. */
int dw_run_enter(dw_run *run, const dw_chunk *chunk, dw_err *err) DW_MUST_CHECK;
/* Counts it in.  Not for TAIL. */
int dw_run_add(dw_run *run, const dw_chunk *chunk,
               const unsigned char header[DW_CHUNK_HEADER],
               dw_err *err) DW_MUST_CHECK;
/* XXH64 over the headers counted in. */
uint64_t dw_run_check(const dw_run *run);
void dw_run_clear(dw_run *run);

#endif
