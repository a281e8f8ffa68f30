/*
 * read_prior: prior variances from a table, for the variants of a stream.
 *
 * Columns CHR POS REF ALT PRIOR_VAR, by name, among any others: what dw-score
 * prints will do.  Rows may come in any order, and name a variant's two alleles
 * either way round: a variance has no sign.
 */
#ifndef DW_INPUT_READ_PRIOR_H
#define DW_INPUT_READ_PRIOR_H

#include <stddef.h>

#include "base/err.h"
#include "data/variant.h"

/* The whole table: some 60 bytes a row. */
typedef struct dw_prior dw_prior;

/* NULL with file and line on failure: a column that is not there, a variance
 * that is negative or no number, a variant that is there twice, no row at all.
 * Rows whose PRIOR_VAR is missing are left out. */
dw_prior *dw_prior_read(const char *path, dw_err *err) DW_MUST_CHECK;
void dw_prior_free(dw_prior *p); /* NULL is fine */

size_t dw_prior_n(const dw_prior *p);    /* rows */
double dw_prior_mean(const dw_prior *p); /* of PRIOR_VAR */

/* f (m) <- the variance of each variant, NAN where the table has none. */
void dw_prior_variances(const dw_prior *p, const dw_variants *v, double *f);

#endif
