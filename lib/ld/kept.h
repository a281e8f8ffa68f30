/*
 * kept: how many eigenvalues a cut leaves.
 */
#ifndef DW_LD_KEPT_H
#define DW_LD_KEPT_H

#include <stddef.h>

#include "ld/factor.h"

/* lambda (n) descending; trace: that of all of R_ll.  The first so many stay.
 */
size_t dw_factor_kept(const dw_factor_cut *cut, double trace, size_t n,
                      const double *lambda);

#endif
