/*
 * fit_text: what a fit has to say, as text: tables for files, lines for the
 * user.
 */
#ifndef DW_FIT_FIT_TEXT_H
#define DW_FIT_FIT_TEXT_H

#include "base/buf.h"
#include "fit/dataset.h"
#include "fit/fit_model.h"
#include "nn/model.h"

/* The log: a header, and one row an epoch; base is dw_fit_report's. */
void dw_fit_log_header(dw_buf *out);
void dw_fit_log_row(const dw_epoch *e, const double base[DW_PARTS],
                    double seconds, dw_buf *out);
/* The one row of a model that was not fitted by epochs; weight (traits) of
 * each, NULL: 1. */
void dw_fit_log_final(const dw_fit_report *report, const dw_model *model,
                      const double *weight, double seconds, dw_buf *out);

/* Coefficients of the linear stage: ANNOTATION INPUT COEF SE Z P BLOCK_SE
 * TRAIT, per standard deviation of the annotation. */
void dw_fit_coefficients(const dw_fit_report *report, const dw_model *model,
                         dw_buf *out);

/* What was fitted to what, and what came of it: some lines. */
void dw_fit_summary(const dw_fit_report *report, const dw_model *model,
                    dw_buf *out);

#endif
