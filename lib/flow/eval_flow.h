/*
 * eval_flow: a stream of blocks in, how well prior variances explain its
 * z-scores out.  dw-eval(1) has the tables.
 */
#ifndef DW_FLOW_EVAL_FLOW_H
#define DW_FLOW_EVAL_FLOW_H

#include <stddef.h>

#include "base/err.h"
#include "base/par.h"
#include "flow/variances.h"
#include "lik/marginal.h"
#include "record/rec_stream.h"
#include "stream/outfile.h"

/* What a line of the figures is about. */
enum dw_eval_by { DW_EVAL_TOTAL, DW_EVAL_CHROM, DW_EVAL_BLOCK };

typedef struct dw_eval_plan {
    const char *trait; /* NULL: the only one, or the model's */
    double s2, tau;    /* NAN: the model's, or 1 and 0 */
    dw_solving how;
    enum dw_eval_by by;
    const char *prior; /* the name of the table of variances, for messages */
    /* Tables to write; all but the figures may be NULL. */
    struct {
        dw_outfile *figures, *gradient, *calibration, *truth;
    } out;
} dw_eval_plan;

/*
 * Evaluates all blocks of the source, and writes to, but does not close, what
 * is open.  The figures of a block (DW_EVAL_BLOCK) and gradients are written as
 * the stream goes by; the rest when it has ended.
 *
 * DW_EMISMATCH if the table of variances has no core variant of the stream, or
 * the truth is asked for and not there; else as dw_flow_run.  Core variants
 * that the table lacks have a variance of 0, and their number is noted.
 */
int dw_eval_run(const dw_eval_plan *plan, dw_variances *from, dw_source *src,
                dw_pool *pool, dw_err *err) DW_MUST_CHECK;

#endif
