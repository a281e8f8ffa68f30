/*
 * planted: the function of annotations that a simulation plants, and that
 * dw-fit is to find: the variance of a variant's effect.
 *
 *     const                 the same for all
 *     enrich:COL=X,...      times X for each column: for one of 0s and 1s,
 * where it is 1; for others, for each standard deviation mlp:SEED[,SD] a random
 * smooth function of all columns, with ANDs and XORs of pairs of them; SD (1)
 * is the standard deviation of its logarithm over the variants
 *
 * A missing value counts as the column's mean.  Means and standard deviations
 * are those of the variants that the function was shown: it learns in
 * dw_planted_passes passes, each over all of them, before it can be asked.  In
 * the last of them it adds up the variances, which are then scaled to a total.
 */
#ifndef DW_SIM_PLANTED_H
#define DW_SIM_PLANTED_H

#include <stddef.h>

#include "base/err.h"
#include "data/variant.h"

typedef struct dw_planted dw_planted;

/* For annotations of the p names.  DW_EUSAGE with what is wrong in `text`;
 * DW_EMISMATCH, naming the nearest, for a column that is not there. */
dw_planted *dw_planted_new(const char *text, const char *const *name, size_t p,
                           dw_err *err) DW_MUST_CHECK;
/* One that is given: out (end - begin) <- variances of rows [begin, end). */
typedef void dw_planted_fn(void *ctx, const dw_variants *v, size_t begin,
                           size_t end, double *out);
dw_planted *dw_planted_of(dw_planted_fn *fn, void *ctx);
void dw_planted_free(dw_planted *f); /* NULL is fine */

size_t dw_planted_passes(const dw_planted *f);
/* Shows it variants [begin, end) of a table in pass 0, 1, ... */
int dw_planted_show(dw_planted *f, size_t pass, const dw_variants *v,
                    size_t begin, size_t end) DW_MUST_CHECK; /* DW_ENOMEM */
/* Ends a pass.  DW_EDEGENERATE if there is nothing to learn from. */
int dw_planted_learn(dw_planted *f, size_t pass, dw_err *err) DW_MUST_CHECK;

/* out (end - begin) <- variances, which add up to `total` over all variants
 * that were shown. */
void dw_planted_variances(const dw_planted *f, double total,
                          const dw_variants *v, size_t begin, size_t end,
                          double *out);

#endif
