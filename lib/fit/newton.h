/*
 * newton: a damped step uphill, for the few parameters that are fitted by
 * Newton's method (constant and linear models).
 */
#ifndef DW_FIT_NEWTON_H
#define DW_FIT_NEWTON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/*
 * step (n) <- (H + damping diag H)^-1 g,  H (n x n) symmetric and positive
 * semidefinite, both triangles; at most `longest` in any coordinate, by
 * shrinking all.  Where H_ii is 0, step_i is 0.  work (n x n).  Returns the
 * gain that the quadratic model promises; a H that is not definite even so is
 * damped further.
 */
double dw_newton_step(size_t n, const double *h, const double *g,
                      double damping, double longest, double *work,
                      double *step);

/* Is H positive definite, but for coordinates with H_ii = 0?  work (n x n). */
bool dw_newton_definite(size_t n, const double *h, double *work);

/* inverse (n x n) <- H^-1, both triangles.  A coordinate with H_ii = 0 gets
 * zeros.  0, or DW_EDEGENERATE if H is singular. */
int dw_newton_inverse(size_t n, const double *h, double *inverse) DW_MUST_CHECK;

#endif
