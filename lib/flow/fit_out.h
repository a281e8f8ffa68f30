/*
 * fit_out: what a fit writes: the model, the table of epochs, coefficients.
 *
 * All are opened before blocks are read: a fit may take hours, and is not to be
 * lost for a folder that is not there.  Of several ranks the first one writes.
 */
#ifndef DW_FLOW_FIT_OUT_H
#define DW_FLOW_FIT_OUT_H

#include "base/err.h"
#include "flow/fit_flow.h"
#include "record/rec_stream.h"
#include "stream/outfile.h"

typedef struct dw_fit_out {
    dw_sink *model;
    dw_fit_log *log;          /* NULL: not asked for */
    dw_outfile *coefficients; /* likewise */
} dw_fit_out;

/* Paths; log and coefficients NULL: none. */
int dw_fit_out_open(dw_fit_out *out, const char *model, const char *log,
                    const char *coefficients, dw_err *err) DW_MUST_CHECK;

/* Writes all, the model as a run of its own with `args` in its history; then,
 * unless NULL, all runs of the stream `pass`.  Tells the user what came of the
 * fit.  Closes what it wrote. */
int dw_fit_out_write(dw_fit_out *out, dw_fit_result *r, const char *version,
                     const char *args, const char *pass,
                     dw_err *err) DW_MUST_CHECK;

void dw_fit_out_abandon(dw_fit_out *out);

#endif
