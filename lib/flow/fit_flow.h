/*
 * fit_flow: a stream of blocks in, a fitted model out.  dw-fit(1).
 */
#ifndef DW_FLOW_FIT_FLOW_H
#define DW_FLOW_FIT_FLOW_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/par.h"
#include "fit/fit_model.h"
#include "record/rec_head.h"
#include "record/rec_stream.h"

typedef struct dw_fit_flow {
    dw_fit_plan plan;
    const char *trait; /* NULL: the only one */
    /* Lists of chromosomes, "6,11,16"; NULL: none. */
    const char *holdout, *valid;
} dw_fit_flow;

typedef struct dw_fit_result {
    dw_head head; /* of the first run, with the history of all */
    dw_model model;
    dw_fit_report report;
    size_t bytes; /* that the blocks took */
    dw_buf log;   /* the table of epochs */
} dw_fit_result;

void dw_fit_result_clear(dw_fit_result *r);

/*
 * Reads all blocks of the source into memory, sets some aside for validation if
 * steps are made and none are named, and fits.  Notes what was left out or set
 * aside; progress on a terminal.  `r` is cleared by the caller whatever comes
 * of it.  DW_EDEGENERATE if no block is left to train on; else as dw_fit_model
 * and the source.
 */
int dw_fit_run(const dw_fit_flow *flow, dw_source *src, dw_pool *pool,
               dw_fit_result *r, dw_err *err) DW_MUST_CHECK;

#endif
