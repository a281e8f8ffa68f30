/*
 * count_corr: correlations of packed genotypes, from counts.
 *
 * With s the sums of two columns and g.h their product over n people,
 *
 *     n^2 cov = n g.h - s_g s_h,
 *
 * whole numbers, of which the correlation is exact but for the last division.
 * A missing genotype counts as its variant's mean: then products with who is
 * missing give the sums over those that both have.
 */
#ifndef DW_LD_COUNT_CORR_H
#define DW_LD_COUNT_CORR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "data/genotype.h"

/* Workspace of one thread; grows. */
typedef struct dw_count_corr dw_count_corr;

dw_count_corr *dw_count_corr_new(void);
void dw_count_corr_free(dw_count_corr *ws); /* NULL is fine */

/* Packed genotypes, of no more people than counts can add up. */
bool dw_count_corr_suits(const dw_genotypes *g);

/* n variants of a window that suits, borrowed. */
typedef struct dw_corr_side {
    const dw_genotypes *g;
    size_t n;
    const size_t *variant; /* (n) NULL: the first n */
    const double *weight;  /* (n) NULL: 1 */
} dw_corr_side;

/*
 * r (left.n x right.n, ld ldr): correlations of variants of the same people,
 * times their weights.  0, or DW_ENOMEM.  The workspace is that of a product of
 * so many columns, or of up to twice as many on either side where genotypes are
 * missing.
 */
int dw_count_corr_make(dw_count_corr *ws, const dw_corr_side *left,
                       const dw_corr_side *right, double *r,
                       size_t ldr) DW_MUST_CHECK;

#endif
