/*
 * agreement: how the frequencies of a study and of a panel go together.
 *
 * Both are of ALT, after harmonising.  A study whose effect allele was taken
 * for the other one has a correlation near -1; one of other ancestry, many
 * variants that are far apart.
 */
#ifndef DW_DATA_AGREEMENT_H
#define DW_DATA_AGREEMENT_H

#include <stdint.h>

/* {0} is an empty one. */
typedef struct dw_agreement {
    uint64_t n;   /* variants with both frequencies */
    uint64_t far; /* of those, more than 0.2 apart */
    double mean_x, mean_y, xx, yy, xy;
} dw_agreement;

void dw_agreement_add(dw_agreement *a, double study, double panel);
/* Pearson's correlation; NAN when it is not defined. */
double dw_agreement_r(const dw_agreement *a);

#endif
