#include "data/sumstat.h"

#include <math.h>

static const double LN10 = 2.302585092994045684;
static const double SQRT_PI = 1.772453850905516027;

/* exp(x^2) erfc(x) for x >= 0. */
static double scaled_erfc(double x)
{
    double f = 0;

    /* erfc is good to 26, but exp(x^2) loses digits as x grows; the continued
     * fraction of Laplace needs fewer terms the larger x is: with n of them it
     * is off by exp(-2 x sqrt(2 n)). */
    if (x < 2)
        return exp(x * x) * erfc(x);
    for (int i = 20 + (int)(200 / (x * x)); i >= 1; i--)
        f = i / 2.0 / (x + f);
    return 1 / (SQRT_PI * (x + f));
}

/* Newton on g(x) = ln erfc(x) - ln p with x = |z| / sqrt 2; g is concave and
 * falls, so that from the left of the root it converges from the right. */
double dw_sumstat_z_of_log10p(double log10p)
{
    double lnp = log10p * LN10, x;

    if (lnp >= 0)
        return 0;
    if (isinf(lnp))
        return INFINITY;
    x = lnp > -2 ? -lnp * SQRT_PI / 2 : sqrt(-lnp);
    for (int i = 0; i < 60; i++) {
        double e = scaled_erfc(x);
        double step = (log(e) - x * x - lnp) * e * SQRT_PI / 2;

        x += step;
        if (x < 0)
            x = 0;
        if (fabs(step) <= 1e-15 * x)
            break;
    }
    return x * sqrt(2);
}

double dw_sumstat_signed(double sign, double size)
{
    if (sign == 0)
        return 0;
    return sign < 0 ? -size : size;
}

double dw_sumstat_effective_n(double cases, double controls)
{
    return 4 / (1 / cases + 1 / controls);
}
