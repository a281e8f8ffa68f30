/*
 * rec_json: what a stream is about and what it holds, as JSON: heads, chunks
 * and tails, no payloads.
 *
 *     {"runs": [{"build": ..., "traits": [...], "annotations": [...], "panel":
 *     ..., "history": [...], "chunks": [...], "tally": {...}}]}
 */
#ifndef DW_RECORD_REC_JSON_H
#define DW_RECORD_REC_JSON_H

#include "record/rec_stream.h"
#include "stream/outfile.h"

/* Reads the source to its end. */
int dw_json_stream(dw_outfile *out, dw_source *src, dw_err *err) DW_MUST_CHECK;

#endif
