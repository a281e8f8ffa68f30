/*
 * count_median: the median of many sample sizes in little memory.
 *
 * Values are rounded to whole people and counted by value: exact as long as
 * there are at most 65,536 different ones, and beyond that to four significant
 * digits.
 */
#ifndef DW_DATA_COUNT_MEDIAN_H
#define DW_DATA_COUNT_MEDIAN_H

#include <stddef.h>

#include "base/err.h"

typedef struct dw_count_median dw_count_median;

dw_count_median *dw_count_median_new(void);
void dw_count_median_free(dw_count_median *c); /* NULL is fine */
/* x >= 0 and finite; more than 1e9 counts as 1e9.  0 or DW_ENOMEM. */
int dw_count_median_add(dw_count_median *c, double x) DW_MUST_CHECK;
/* All of x (n) that are not NAN. */
int dw_count_median_add_all(dw_count_median *c, const float *x,
                            size_t n) DW_MUST_CHECK;
/* NAN when nothing was added; the mean of the middle two of an even number. */
double dw_count_median_value(const dw_count_median *c);

#endif
