/*
 * sum_scores: each person's sum of weight times ALT dosage over many variants.
 *
 * A missing genotype counts as its variant's mean.  Sums are in double, in the
 * order of the variants whatever the number of threads.
 *
 * Four packed columns at a time: the 2-bit codes of one person make one byte,
 * which looks up the sum of four products in a table.
 */
#ifndef DW_SCORE_SUM_SCORES_H
#define DW_SCORE_SUM_SCORES_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/par.h"
#include "data/genotype.h"

typedef struct dw_sums dw_sums;

/* For n people; NULL when memory is exhausted.  `pool` is borrowed; NULL: the
 * caller's thread alone. */
dw_sums *dw_sums_new(dw_geno_kind kind, size_t n, dw_pool *pool) DW_MUST_CHECK;
void dw_sums_free(dw_sums *s); /* NULL is fine */

/* Adds weight times the number of ALT alleles, or, if `other`, of the others;
 * the column is copied. */
void dw_sums_add(dw_sums *s, const void *column, double weight, int other);
/* To be called once, behind the last variant. */
void dw_sums_finish(dw_sums *s);
const double *dw_sums_score(const dw_sums *s);     /* (n) */
const uint32_t *dw_sums_missing(const dw_sums *s); /* (n) variants */
size_t dw_sums_variants(const dw_sums *s);         /* added in all */

#endif
