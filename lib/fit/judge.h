/*
 * judge: what a network that is being trained is worth, by both losses.
 *
 * Trained on LD-score regression, a model's noise is of that loss (see
 * fit/intercept), and the likelihood is held against what it was before: so log
 * likelihoods can be compared whatever is trained on.
 */
#ifndef DW_FIT_JUDGE_H
#define DW_FIT_JUDGE_H

#include <stdbool.h>

#include "base/err.h"
#include "fit/objective.h"
#include "fit/train.h"
#include "nn/model.h"

typedef struct dw_judge {
    dw_objective *objective;
    const dw_train_opts *opts;
    dw_model *model;
    dw_noise *noise; /* (traits) the likelihood's */
} dw_judge;

/* Borrows all; the model's noise is the likelihood's now. */
void dw_judge_begin(dw_judge *j, dw_objective *objective,
                    const dw_train_opts *opts, dw_model *model);
void dw_judge_end(dw_judge *j); /* {0} is fine */

/* Sets loglik, value and ldsr of the parts that are not trained on, and of that
 * which is too if `training` (but its ldsr); adds to h2.  DW_EDEGENERATE where
 * what decides is not finite; as dw_objective_parts. */
int dw_judge_epoch(dw_judge *j, bool training, dw_epoch *e,
                   dw_err *err) DW_MUST_CHECK;

#endif
