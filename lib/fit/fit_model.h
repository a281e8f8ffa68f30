/*
 * fit_model: from blocks in memory to a model, in its stages.
 *
 * The constant model comes first, always: it is the start and the measure.  By
 * the likelihood, the linear model follows, to its optimum; an mlp is trained
 * from there, so that what is linear need not be learned by steps.  By LD-score
 * regression everything but the constant is learned by steps.
 */
#ifndef DW_FIT_FIT_MODEL_H
#define DW_FIT_FIT_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "fit/constant.h"
#include "fit/scoring.h"
#include "fit/train.h"

typedef struct dw_fit_plan {
    const char *spec; /* dw_net_parse */
    dw_link link;
    enum dw_solver solver;
    double alpha;        /* of the linear stage; < 0: by cross-validation */
    dw_train_opts train; /* its loss and its noise are those of all stages */
} dw_fit_plan;

/* What happens meanwhile; any may be NULL. */
typedef struct dw_fit_watch {
    void *ctx;
    void (*constant)(void *ctx, const dw_constant *constant);
    dw_scoring_fn *linear;
    dw_epoch_fn *epoch;
} dw_fit_watch;

typedef struct dw_fit_report {
    dw_part_size size[DW_PARTS];
    dw_constant constant;
    bool has_linear, has_train;
    dw_linear_fit linear;    /* has_linear */
    dw_train_result train;   /* has_train */
    double base[DW_PARTS];   /* log likelihood under the constant model */
    double loglik[DW_PARTS]; /* under the model; 0 for a part without blocks */
    double h2;               /* sum of f over all cores */
} dw_fit_report;

void dw_fit_report_clear(dw_fit_report *report);

/*
 * Fits `model`, {0} but for its trait with name and n, to data that
 * dw_dataset_observe has been over; `name` are its data->p annotations.
 * `report` is to be cleared whatever comes of it.
 */
int dw_fit_model(dw_dataset *data, dw_pool *pool, const char *const *name,
                 const dw_fit_plan *plan, const dw_fit_watch *watch,
                 dw_model *model, dw_fit_report *report,
                 dw_err *err) DW_MUST_CHECK;

#endif
