/*
 * fit_model: from blocks to a model, in its stages.
 *
 * The constant model comes first, always, for each trait: it is the start and
 * the measure.  By the likelihood, each trait's linear model follows, to its
 * optimum; a network is trained from there, for all traits at once, so that
 * what is linear need not be learned by steps.  By LD-score regression
 * everything but the constant is learned by steps.
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
    dw_solving how; /* while it trains; it is measured in double */
    double alpha;   /* of the linear stage; < 0: by cross-validation */
    /* Where training begins, in place of the linear stage; NULL. */
    const dw_model *init;
    dw_train_opts train; /* its loss and its noise are those of all stages */
} dw_fit_plan;

/* What happens meanwhile; any may be NULL. */
typedef struct dw_fit_watch {
    /* A stage of passes over blocks begins: "linear model". */
    void (*stage)(void *ctx, const char *name);
    void (*constant)(void *ctx, size_t trait, const dw_constant *constant);
    dw_scoring_fn *linear;
    /* Before training by steps, or, with no epochs, before the linear model
     * where there is no more: the network that is fitted. */
    void (*train)(void *ctx, const dw_net *net, size_t n_epochs);
    dw_train_watch training; /* its ctx is that of all */
} dw_fit_watch;

/* All is 0 for a part without blocks. */
typedef struct dw_trait_report {
    dw_part_size size[DW_PARTS];
    dw_constant constant;
    bool has_linear;
    dw_linear_fit linear;    /* has_linear */
    double base[DW_PARTS];   /* log likelihood under the constant model */
    double loglik[DW_PARTS]; /* under the model */
    /* LD-score regression's loss (12), a sum, likewise; NAN where the whole
     * factors were not kept. */
    double base_ldsr[DW_PARTS], ldsr[DW_PARTS];
    dw_noise ldsr_noise; /* s2 and tau by that loss, where it is trained on */
    double h2;           /* sum of f over all cores */
} dw_trait_report;

typedef struct dw_fit_report {
    dw_trait_report *trait;
    size_t n_traits;
    bool has_train;
    bool from_constant;    /* the linear model was no good start */
    dw_train_result train; /* has_train */
    double base[DW_PARTS], loglik[DW_PARTS]; /* over traits, by weight */
} dw_fit_report;

void dw_fit_report_clear(dw_fit_report *report);

/*
 * Fits `model`, {0} but for its traits with name and n, which are those of the
 * data, to data that dw_dataset_complete has been over; `name` are its data->p
 * annotations.  keeper may be NULL.  `report` is to be cleared whatever comes
 * of it.
 */
int dw_fit_model(dw_dataset *data, dw_pool *pool, dw_keeper *keeper,
                 const char *const *name, const dw_fit_plan *plan,
                 const dw_fit_watch *watch, dw_model *model,
                 dw_fit_report *report, dw_err *err) DW_MUST_CHECK;

#endif
