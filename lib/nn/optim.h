/*
 * optim: what turns a gradient into a step, on flat arrays.
 *
 * Minimises: the gradient is that of a loss.  Gradients and their moments in
 * double, since they are summed; parameters in dw_real.
 */
#ifndef DW_NN_OPTIM_H
#define DW_NN_OPTIM_H

#include <stddef.h>
#include <stdint.h>

#include "nn/real.h"

/* Learning rate of step t = 0, 1 ... of `total`: rises linearly over `warmup`
 * steps to `lr`, then falls to 0 along half a cosine. */
double dw_optim_schedule(double lr, size_t warmup, size_t total, size_t t);

/* Scales g (n) so that its Euclidean norm is at most `max` (0: no bound).
 * Returns the norm that it had; NAN or infinity leaves g alone. */
double dw_optim_clip(size_t n, double *g, double max);

/* AdamW (Loshchilov and Hutter 2019): beta 0.9 and 0.999, epsilon 1e-8. */
typedef struct dw_adamw dw_adamw;

dw_adamw *dw_adamw_new(size_t n);
void dw_adamw_free(dw_adamw *o); /* NULL is fine */
/* All that it remembers (2 n + 2), to be kept and put back. */
double *dw_adamw_moments(dw_adamw *o);
/* One step.  decays (n): where 1, the parameter first shrinks by lr x decay. */
void dw_adamw_step(dw_adamw *o, double lr, double decay, const uint8_t *decays,
                   const double *g, dw_real *param);

#endif
