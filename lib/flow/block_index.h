/*
 * block_index: where the blocks of a stream stand in its file, so that each can
 * be read again.
 */
#ifndef DW_FLOW_BLOCK_INDEX_H
#define DW_FLOW_BLOCK_INDEX_H

#include <stddef.h>

#include "base/err.h"
#include "fit/dataset.h"
#include "record/rec_stream.h"

typedef struct dw_block_index dw_block_index;

/* Of a source that reads from a file; borrows it until the last block was
 * noted. */
dw_block_index *dw_block_index_new(dw_source *src, dw_err *err) DW_MUST_CHECK;
void dw_block_index_free(dw_block_index *x); /* NULL is fine */

/* The source's current chunk, whose payload was taken, is part of block i (from
 * 0).  DW_EUSAGE where the source does not read from a file. */
int dw_block_index_note(dw_block_index *x, size_t i, dw_err *err) DW_MUST_CHECK;

/* For fit/dataset: what was noted of a block, read again. */
dw_fit_origin dw_block_index_origin(dw_block_index *x);

#endif
