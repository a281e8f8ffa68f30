#include "lik/rounding.h"

#include <math.h>

double dw_rounding_variance(size_t k, size_t l, const double *lambda,
                            const float *z)
{
    double above = 0, sum = 0;

    for (size_t j = 0; j < l; j++)
        above += (double)z[j] * (double)z[j] - 1;
    for (size_t i = 0; i < k; i++)
        sum += lambda[i] * lambda[i];
    return above > 0 ? above / sum : 0;
}

/* y (5) and the diagonal of S; returns (7), but for its constant. */
static double observe(size_t k, size_t l, const float *q, const double *lambda,
                      const float *z, double f, double *y, double *s)
{
    double loglik = 0;

    for (size_t i = 0; i < k; i++)
        y[i] = s[i] = 0;
    for (size_t j = 0; j < l; j++, q += k) {
        for (size_t i = 0; i < k; i++) {
            y[i] += (double)q[i] * (double)z[j];
            s[i] += (double)q[i] * (double)q[i];
        }
    }
    for (size_t i = 0; i < k; i++) {
        y[i] /= lambda[i];
        s[i] = f * s[i] + 1;
        loglik -= 0.5 * (log(s[i]) + y[i] * y[i] / s[i]);
    }
    return loglik;
}

/* (8) of the variant of column q, but for the factor -F / 2. */
static double slope(size_t k, const float *q, const double *y, const double *s)
{
    double square = 0, product = 0;

    for (size_t i = 0; i < k; i++) {
        double x = (double)q[i] / s[i];

        square += (double)q[i] * x;
        product += x * y[i];
    }
    return square - product * product;
}

dw_rounding dw_rounding_of(size_t k, size_t l, const float *q,
                           const float *rounded, const double *lambda,
                           const float *z, double f, double *work)
{
    double *y = work, *s = y + k, *yr = s + k, *sr = yr + k;
    double size = 0, change = 0;
    dw_rounding r = {0};

    r.loglik = observe(k, l, rounded, lambda, z, f, yr, sr) -
               observe(k, l, q, lambda, z, f, y, s);
    for (size_t j = 0; j < l; j++) {
        double g = slope(k, q + j * k, y, s);
        double d = slope(k, rounded + j * k, yr, sr) - g;

        size += g * g;
        change += d * d;
    }
    r.gradient = size > 0 ? sqrt(change / size) : 0;
    return r;
}
