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

struct dw_adamw {
    size_t n;
    double *mean, *square;         /* running means of g and g^2 */
    double mean_left, square_left; /* beta^t: the weight of their start at 0 */
};

static const double BETA1 = 0.9, BETA2 = 0.999, EPSILON = 1e-8;

dw_adamw *dw_adamw_new(size_t n)
{
    dw_adamw *o = dw_alloc(1, sizeof *o);

    o->n = n;
    o->mean = dw_alloc(n, sizeof *o->mean);
    o->square = dw_alloc(n, sizeof *o->square);
    o->mean_left = o->square_left = 1;
    return o;
}

void dw_adamw_free(dw_adamw *o)
{
    if (!o)
        return;
    dw_free(o->mean);
    dw_free(o->square);
    dw_free(o);
}

void dw_adamw_step(dw_adamw *o, double lr, double decay, const uint8_t *decays,
                   const double *g, dw_real *param)
{
    o->mean_left *= BETA1;
    o->square_left *= BETA2;
    for (size_t i = 0; i < o->n; i++) {
        double x = param[i], mean, square;

        o->mean[i] = BETA1 * o->mean[i] + (1 - BETA1) * g[i];
        o->square[i] = BETA2 * o->square[i] + (1 - BETA2) * g[i] * g[i];
        mean = o->mean[i] / (1 - o->mean_left);
        square = o->square[i] / (1 - o->square_left);
        if (decays[i])
            x -= lr * decay * x;
        param[i] = (dw_real)(x - lr * mean / (sqrt(square) + EPSILON));
    }
}
