/*
 * intercept: the noise of LD-score regression, whose loss (12) sees no more of
 * s2 and tau than their sum, and is a parabola in it.
 */
#ifndef DW_FIT_INTERCEPT_H
#define DW_FIT_INTERCEPT_H

#include "base/err.h"
#include "fit/constant.h"
#include "fit/objective.h"
#include "nn/model.h"

/*
 * Puts what is learned of s2 and tau (both: in proportion) where the loss of
 * the training blocks is least, all else as it stands, within
 * dw_fit_noise_bounds.  A pass over them, unless nothing is learned.  Errors as
 * of dw_objective_parts.
 */
int dw_intercept_fit(dw_objective *o, const dw_fit_noise *noise,
                     dw_model *model, dw_err *err) DW_MUST_CHECK;

#endif
