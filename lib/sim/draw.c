#include "sim/draw.h"

#include <math.h>

/* Marsaglia and Tsang (2000); shapes below 1 by their U^(1/a). */
double dw_draw_gamma(dw_rng *rng, double shape)
{
    double boost = 1, a = shape;

    if (a < 1) {
        boost = pow(1 - dw_rng_uniform(rng), 1 / a);
        a += 1;
    }
    double d = a - 1.0 / 3, c = 1 / sqrt(9 * d);

    for (;;) {
        double x = dw_rng_normal(rng), v = 1 + c * x;

        if (v <= 0)
            continue;
        v = v * v * v;

        double u = 1 - dw_rng_uniform(rng);

        if (log(u) < 0.5 * x * x + d - d * v + d * log(v))
            return boost * d * v / shape;
    }
}

double dw_draw_length(dw_rng *rng, double median, double log_sd)
{
    return median * exp(log_sd * dw_rng_normal(rng));
}
