/*
 * differences: derivatives by central differences of the fourth order, whose
 * error is h^4, so that h can be wide enough for sums to keep their digits.
 */
#ifndef DW_TESTS_DIFFERENCES_H
#define DW_TESTS_DIFFERENCES_H

#include <math.h>
#include <stddef.h>

#include "base/rng.h"

typedef double loss_fn(void *ctx);

static inline double difference(loss_fn *loss, void *ctx, double *v)
{
    static const double weights[] = {1, -8, 0, 8, -1};
    const double h = 4e-4, at = *v;
    double sum = 0;

    for (int s = -2; s <= 2; s++) {
        *v = at + s * h;
        if (s)
            sum += weights[s + 2] * loss(ctx);
    }
    *v = at;
    return sum / (12 * h);
}

/* The worst relative difference between g (n) and d loss / d v (n), each on
 * its own. */
static inline double worst(loss_fn *loss, void *ctx, double *v, const double *g,
                           size_t n)
{
    double most = 0;

    for (size_t i = 0; i < n; i++) {
        double d = difference(loss, ctx, v + i);

        most = fmax(most, fabs(d - g[i]) / fmax(1, fabs(g[i])));
    }
    return most;
}

static inline void fill_normal(dw_rng *rng, size_t n, double *x)
{
    for (size_t i = 0; i < n; i++)
        x[i] = dw_rng_normal(rng);
}

/* A loss that depends on every output: sum of weight y + y^2 / 2. */
static inline double loss_of_output(size_t n, const double *weight,
                                    const double *y)
{
    double loss = 0;

    for (size_t i = 0; i < n; i++)
        loss += weight[i] * y[i] + y[i] * y[i] / 2;
    return loss;
}

/* Its gradient, in place of y. */
static inline void gradient_of_output(size_t n, const double *weight, double *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] += weight[i];
}

#endif
