/*
 * fit_blocks: from a stream of blocks to the data set that a model is fitted
 * to.
 */
#ifndef DW_FLOW_FIT_BLOCKS_H
#define DW_FLOW_FIT_BLOCKS_H

#include <stddef.h>

#include "base/err.h"
#include "base/par.h"
#include "fit/dataset.h"
#include "flow/block_index.h"
#include "nn/model.h"
#include "record/rec_head.h"
#include "record/rec_stream.h"

typedef struct dw_fit_reading {
    /* "A,B" or "A=0.5,B": the traits, with their weights; NULL: the only one.
     */
    const char *traits;
    /* Lists of chromosomes, "6,11,16"; NULL: none. */
    const char *holdout, *valid;
    bool annotations;    /* are they wanted? */
    const dw_net *looks; /* at the blocks' tracks; NULL: they are not wanted */
    bool keep_whole;     /* dw_dataset */
    size_t memory;       /* bytes in all; 0: no bound */
    dw_block_index *index; /* of the blocks that are read; NULL: none is made */
    /* Bytes that the fit takes beside the blocks, given data->max_m, max_k and
     * p so far. */
    size_t (*beside)(const void *ctx, const dw_dataset *data);
    const void *ctx;
} dw_fit_reading;

/*
 * Reads all blocks of the source into `data`; of several ranks, each those that
 * are its own.  head: of the first run, with the history of all.  Adds the
 * traits to `model`; *weight (one each) is the caller's, to be freed.
 * DW_EMISMATCH if the blocks have no tracks, DW_EUSAGE if the network cannot
 * look at them; DW_EDEGENERATE if a trait has no block to train on; DW_ENOMEM
 * if the memory that was allowed does not do; DW_EUSAGE and DW_EMISMATCH of
 * traits.
 */
int dw_fit_read(const dw_fit_reading *how, dw_source *src, dw_pool *pool,
                dw_dataset *data, dw_head *head, dw_model *model,
                double **weight, dw_err *err) DW_MUST_CHECK;

#endif
