/*
 * low_n: variants whose own sample size is far below the trait's.
 */
#ifndef DW_DATA_LOW_N_H
#define DW_DATA_LOW_N_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "data/reason.h"
#include "data/variant.h"

/* The smallest sample size of the (one) trait; INFINITY when there is none. */
double dw_low_n_min(const dw_variants *v);

/* dst becomes src (t = 1) without the variants whose N is below the limit, or,
 * if `keep`, with their z missing; src is left as it is.  Each is told to
 * `fates`.  Their number goes to *dropped. */
int dw_low_n_drop(dw_variants *dst, const dw_variants *src, double limit,
                  bool keep, dw_fates *fates, size_t *dropped,
                  dw_err *err) DW_MUST_CHECK;

#endif
