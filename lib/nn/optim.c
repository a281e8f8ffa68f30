#include "nn/optim.h"

#include <math.h>

#include "base/mem.h"

double dw_optim_schedule(double lr, size_t warmup, size_t total, size_t t)
{
    const double pi = 3.141592653589793;

    if (t < warmup)
        return lr * (double)(t + 1) / (double)(warmup + 1);
    if (t >= total)
        return 0;
    return lr * 0.5 *
           (1 + cos(pi * (double)(t - warmup) / (double)(total - warmup)));
}

double dw_optim_clip(size_t n, double *g, double max)
{
    double norm = dw_nrm2(n, g);

    if (max > 0 && isfinite(norm) && norm > max)
        dw_scal(n, max / norm, g);
    return norm;
}

/* Running means of g and g^2, and beta^t: the weight of their start at 0. */
struct dw_adamw {
    size_t n;
    double *moment; /* mean (n), square (n), what is left of each's start */
};

static const double BETA1 = 0.9, BETA2 = 0.999, EPSILON = 1e-8;

dw_adamw *dw_adamw_new(size_t n)
{
    dw_adamw *o = dw_alloc(1, sizeof *o);

    o->n = n;
    o->moment = dw_alloc(2 * n + 2, sizeof *o->moment);
    o->moment[2 * n] = o->moment[2 * n + 1] = 1;
    return o;
}

void dw_adamw_free(dw_adamw *o)
{
    if (!o)
        return;
    dw_free(o->moment);
    dw_free(o);
}

double *dw_adamw_moments(dw_adamw *o)
{
    return o->moment;
}

void dw_adamw_step(dw_adamw *o, double lr, double decay, const uint8_t *decays,
                   const double *g, dw_real *param)
{
    double *mean = o->moment, *square = mean + o->n, *left = square + o->n;

    left[0] *= BETA1;
    left[1] *= BETA2;
    for (size_t i = 0; i < o->n; i++) {
        double x = param[i], m, s;

        mean[i] = BETA1 * mean[i] + (1 - BETA1) * g[i];
        square[i] = BETA2 * square[i] + (1 - BETA2) * g[i] * g[i];
        m = mean[i] / (1 - left[0]);
        s = square[i] / (1 - left[1]);
        if (decays[i])
            x -= lr * decay * x;
        param[i] = (dw_real)(x - lr * m / (sqrt(s) + EPSILON));
    }
}
