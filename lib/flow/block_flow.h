/*
 * block_flow: a stream of blocks through many threads, in constant memory.
 *
 * Blocks are read in batches; while one batch is worked on, the next is read.
 * What was worked out is finished in the order of the stream, in the caller's
 * thread: sums and output are the same for any number of threads.
 */
#ifndef DW_FLOW_BLOCK_FLOW_H
#define DW_FLOW_BLOCK_FLOW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/par.h"
#include "record/rec_stream.h"
#include "record/rec_true.h"

/* One block on its way. */
typedef struct dw_flow_item {
    dw_block b;
    bool has_block; /* false: variants without LD, of a flow with `tables` */
    dw_truth truth;
    bool has_truth; /* dw-sim's truth stood beside the block */
    void *own;  /* `own_size` bytes, zero at first, kept from block to block */
    dw_err err; /* set by `work` when it fails: it ends the flow */
} dw_flow_item;

/* What a tool does; `self` is its own. */
typedef struct dw_flow {
    size_t own_size;
    bool tables; /* takes variants without LD too */
    /* In the thread that reads, while others work: before a block of the
     * source's run is taken, and for each MODL (NULL: not wanted). */
    int (*begin)(void *self, dw_source *src, dw_flow_item *item, dw_err *err);
    int (*model)(void *self, dw_source *src, dw_err *err);
    /* In the same thread: is this truth the one that is wanted?  NULL: none. */
    bool (*truth)(void *self, const dw_truth *truth);
    /* In the same thread: are signal tracks wanted, in item->b.tracks?  NULL:
     * they are not. */
    bool (*tracks)(void *self);
    /* In any thread. */
    void (*work)(void *self, size_t thread, dw_flow_item *item);
    /* In the caller's thread, in order.  Negative ends the flow; without a
     * message where the closing of an output is to say why. */
    int (*finish)(void *self, dw_flow_item *item, dw_err *err);
    void (*clear)(void *own); /* frees what `own` holds */
} dw_flow;

/* Runs all blocks of the source; 0 at its whole end.  A stream of variants
 * without LD (but for `tables`) and one without any block are refused.  When
 * something fails it is told of the first block that it concerns, whatever the
 * threads. */
int dw_flow_run(const dw_flow *flow, void *self, dw_source *src, dw_pool *pool,
                dw_err *err) DW_MUST_CHECK;

#endif
