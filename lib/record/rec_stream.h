/*
 * rec_stream: a dw stream as a tool sees it: runs with a head, blocks or
 * variants, and a tail.
 *
 * A source reads; it verifies each run's HEAD against the first run's, and each
 * TAIL against what came before it.  A sink writes, and knows what a TAIL has
 * to say.  Filters map each run of their input to one run of their output:
 *
 *     while ((rc = dw_source_next(src, &chunk, err)) > 0)
 *         HEAD: copy the head, change it, dw_head_add_step, dw_sink_begin
 *         TAIL: dw_sink_end
 *         else: read with rec_*, or dw_sink_pass it on
 */
#ifndef DW_RECORD_REC_STREAM_H
#define DW_RECORD_REC_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/log.h"
#include "data/ldblock.h"
#include "data/variant.h"
#include "record/rec_head.h"
#include "record/rec_scor.h"
#include "record/rec_trak.h"
#include "record/rec_true.h"
#include "stream/frame.h"

/* ---- source ---- */

typedef struct dw_source dw_source;

dw_source *dw_source_open(const char *path, dw_err *err) DW_MUST_CHECK;
/* Reads from, and closes, a file that is open already. */
dw_source *dw_source_take_file(FILE *file, const char *name);
void dw_source_close(dw_source *src); /* NULL is fine */
const char *dw_source_name(const dw_source *src);
/* The reader beneath, for dw_writer_copy and the like. */
dw_reader *dw_source_reader(dw_source *src);

/* The next chunk; HEAD and TAIL are already understood when they are given.
 * Ancillary chunks of unknown type are given too; critical ones are refused, as
 * are runs of variants or blocks whose heads do not agree, VARS without LDBK in
 * a run of blocks, and the reverse.  1, 0 at the whole end, negative. */
int dw_source_next(dw_source *src, dw_chunk *chunk, dw_err *err) DW_MUST_CHECK;

/* The head of the current run; lent until the next run. */
const dw_head *dw_source_head(const dw_source *src);
/* Tallies of all TAILs so far: "dw-ingest/ambiguous" 12, ... */
const dw_tally *dw_source_tally(const dw_source *src);
/* Of the last TAIL alone. */
const dw_tally *dw_source_run_tally(const dw_source *src);

/* Unpacks the current VARS or LDBK chunk, and checks it. */
int dw_source_variants(dw_source *src, dw_variants *v,
                       dw_err *err) DW_MUST_CHECK;
int dw_source_ldblock(dw_source *src, dw_ldblock *b, dw_err *err) DW_MUST_CHECK;
/* The current TRAK or `true` chunk, which has to be of the variants before it;
 * the current SCOR chunk.  All TRAK of a stream have to be alike. */
int dw_source_tracks(dw_source *src, dw_tracks *t, dw_err *err) DW_MUST_CHECK;
int dw_source_truth(dw_source *src, dw_truth *t, dw_err *err) DW_MUST_CHECK;
int dw_source_scores(dw_source *src, dw_scores *s, dw_err *err) DW_MUST_CHECK;
/* For rec_* of other types: the current chunk's payload (lent) and version; and
 * what went wrong with it, prefixed with the file, the chunk's number and type.
 */
int dw_source_payload(dw_source *src, const unsigned char **p, size_t *n,
                      unsigned *version, dw_err *err) DW_MUST_CHECK;
int dw_source_fail(const dw_source *src, dw_err *err);

/* A block: its variants (VARS) and its factor (LDBK), which belong together,
 * and its tracks (TRAK) where they are asked for and there.  The next block of
 * any run: 1, 0 at the end, negative.  A stream of variants without factors is
 * refused with the mend (dw-ldblock); other chunks are passed over. `index`
 * counts blocks from 1 over the whole stream. */
typedef struct dw_block {
    size_t index;
    dw_variants var;
    dw_ldblock ld;
    bool with_tracks; /* set by the caller */
    dw_tracks tracks; /* {0} where there are none */
} dw_block;

int dw_source_block(dw_source *src, dw_block *block, dw_err *err) DW_MUST_CHECK;
void dw_block_clear(dw_block *block);

/* ---- sink ---- */

typedef struct dw_sink dw_sink;

dw_sink *dw_sink_open(const char *path, dw_err *err) DW_MUST_CHECK;
/* Begins a run: writes HEAD. */
int dw_sink_begin(dw_sink *sink, const dw_head *head,
                  dw_err *err) DW_MUST_CHECK;
int dw_sink_variants(dw_sink *sink, const dw_variants *v,
                     dw_err *err) DW_MUST_CHECK;
int dw_sink_ldblock(dw_sink *sink, const dw_ldblock *b,
                    dw_err *err) DW_MUST_CHECK;
int dw_sink_tracks(dw_sink *sink, const dw_tracks *t,
                   dw_err *err) DW_MUST_CHECK;
/* One chunk of any type, from its payload. */
int dw_sink_chunk(dw_sink *sink, const char *type, unsigned version,
                  uint64_t records, const dw_buf *payload,
                  dw_err *err) DW_MUST_CHECK;
/* One that dw_chunk_pack made, in whatever thread. */
int dw_sink_packed(dw_sink *sink, const dw_buf *packed,
                   dw_err *err) DW_MUST_CHECK;
/* Passes the source's current chunk on, byte for byte. */
int dw_sink_pass(dw_sink *sink, dw_source *src, dw_err *err) DW_MUST_CHECK;
/* Ends a run: writes TAIL, with the tallies of the source's run that was just
 * ended (src may be NULL) and, under `tool`, this tool's own. */
int dw_sink_end(dw_sink *sink, const dw_source *src, const char *tool,
                const dw_tally *own, dw_err *err) DW_MUST_CHECK;
int dw_sink_close(dw_sink *sink, dw_err *err) DW_MUST_CHECK; /* frees */
void dw_sink_abandon(dw_sink *sink);                         /* NULL is fine */

#endif
