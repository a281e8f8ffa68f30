/*
 * variances: prior variances of a stream's variants, from a model or from a
 * table.
 */
#ifndef DW_FLOW_VARIANCES_H
#define DW_FLOW_VARIANCES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "data/track.h"
#include "data/variant.h"
#include "lik/marginal.h"
#include "record/rec_head.h"
#include "record/rec_stream.h"

typedef struct dw_variances dw_variances;

/*
 * From the files of n models, whose means are taken (score/predict), or from a
 * table's (input/read_prior.h): DW_EUSAGE if both are given.  Of none: from the
 * model that the stream holds before its first block.  trait: which of a
 * model's several; may be NULL.
 */
dw_variances *dw_variances_new(const char *const *model, size_t n,
                               const char *prior, const char *trait,
                               size_t threads, dw_err *err) DW_MUST_CHECK;
void dw_variances_free(dw_variances *v); /* NULL is fine */

/* For each MODL of the stream, and before the first block of each run.
 * DW_EUSAGE if a block comes while there are no variances. */
int dw_variances_take(dw_variances *v, dw_source *src,
                      dw_err *err) DW_MUST_CHECK;
int dw_variances_bind(dw_variances *v, const dw_head *head,
                      dw_err *err) DW_MUST_CHECK;

/* What goes with the variances; of use once they are bound. */
const char *dw_variances_trait(const dw_variances *v); /* NULL: of a table */
/* A table's: 1 and 0.  spread: as of lik/own_noise. */
dw_noise dw_variances_noise(const dw_variances *v, double spread[2]);
double dw_variances_mean(const dw_variances *v); /* a model's c: h2 over M */

/* Do they come from a network that looks at signal tracks? */
bool dw_variances_look(const dw_variances *v);

/* f (m) <- f_j of each variant, NAN where the table has none; `tracks` as
 * score/track_inputs takes them.  Calls of distinct threads in [0, threads) may
 * run at the same time. */
int dw_variances_of(const dw_variances *v, size_t thread,
                    const dw_variants *var, dw_tracks *tracks, double *f,
                    dw_err *err) DW_MUST_CHECK;

#endif
