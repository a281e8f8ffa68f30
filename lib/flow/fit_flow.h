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
#include "flow/checkpoint.h"
#include "flow/fit_log.h"
#include "record/rec_head.h"
#include "record/rec_stream.h"

typedef struct dw_fit_flow {
    dw_fit_plan plan;            /* its weight and init are set here */
    const char *trait;           /* as dw_fit_reading's traits */
    const char *holdout, *valid; /* lists of chromosomes; NULL: none */
    const char *init;            /* a model to begin with; NULL */
    size_t memory;               /* bytes in all; 0: no bound */
    dw_checkpoint_opts checkpoint;
} dw_fit_flow;

typedef struct dw_fit_result {
    dw_head head; /* of the first run, with the history of all */
    dw_model model;
    dw_fit_report report;
    dw_buf log; /* the table of epochs */
} dw_fit_result;

void dw_fit_result_clear(dw_fit_result *r);

/*
 * Reads all blocks of the source, sets some aside for validation if steps are
 * made and none are named, and fits.  Notes what was left out or set aside;
 * progress on a terminal; shows the table of epochs in `log` (NULL: nowhere) as
 * it grows.  `r` is cleared by the caller whatever comes of it.  Errors as of
 * dw_fit_read, dw_fit_model, dw_checkpoint_begin and the source; DW_ESTOPPED.
 */
int dw_fit_run(const dw_fit_flow *flow, dw_source *src, dw_pool *pool,
               dw_fit_log *log, dw_fit_result *r, dw_err *err) DW_MUST_CHECK;

#endif
