#include "nn/layer.h"

#include <math.h>
#include <stdbool.h>

void dw_layer_linear_forward(size_t in, size_t out, size_t m, const dw_real *w,
                             const dw_real *b, const dw_real *x, dw_real *y)
{
    for (size_t j = 0; j < m; j++) {
        for (size_t i = 0; i < out; i++)
            y[i + j * out] = b[i];
    }
    dw_real_gemm(false, false, out, m, in, 1, w, out, x, in, 1, y, out);
}

void dw_layer_linear_backward(size_t in, size_t out, size_t m, const dw_real *w,
                              const dw_real *x, const dw_real *dy, dw_real *dw,
                              dw_real *db, dw_real *dx)
{
    dw_real_gemm(false, true, out, in, m, 1, dy, out, x, in, 1, dw, out);
    for (size_t j = 0; j < m; j++) {
        for (size_t i = 0; i < out; i++)
            db[i] += dy[i + j * out];
    }
    if (dx)
        dw_real_gemm(true, false, in, m, out, 1, w, out, dy, out, 1, dx, in);
}

/* The argument of gelu's tanh is A (x + B x^3). */
static const dw_real GELU_A = (dw_real)0.7978845608028654; /* sqrt(2 / pi) */
static const dw_real GELU_B = (dw_real)0.044715;

/* By one exponential, exact to the last digits absolutely, which is all that
 * 1 + tanh keeps: three times as fast as tanhf.  exp may overflow to infinity,
 * and the quotient is then 0 as it should be. */
static dw_real unit_tanh(dw_real x)
{
#ifdef DW_REAL_DOUBLE
    return 1 - 2 / (exp(2 * x) + 1);
#else
    return 1 - 2 / (expf(2 * x) + 1);
#endif
}

void dw_layer_gelu_forward(size_t n, const dw_real *x, dw_real *y,
                           dw_real *slope)
{
    for (size_t i = 0; i < n; i++) {
        dw_real v = x[i], v2 = v * v;
        dw_real t = unit_tanh(GELU_A * v * (1 + GELU_B * v2));

        y[i] = v * (1 + t) / 2;
        if (slope) {
            dw_real inner = GELU_A * (1 + 3 * GELU_B * v2);

            slope[i] = ((1 + t) + v * (1 - t * t) * inner) / 2;
        }
    }
}

void dw_layer_relu_forward(size_t n, const dw_real *x, dw_real *y,
                           dw_real *slope)
{
    for (size_t i = 0; i < n; i++) {
        bool on = x[i] > 0;

        if (slope)
            slope[i] = on;
        y[i] = on ? x[i] : 0;
    }
}

void dw_layer_slope_backward(size_t n, const dw_real *slope, dw_real *d)
{
    for (size_t i = 0; i < n; i++)
        d[i] *= slope[i];
}

/* Added to a variance, so that a column of equal numbers has a norm. */
static const double NORM_EPSILON = 1e-5;

void dw_layer_norm_forward(size_t c, size_t m, const dw_real *gain,
                           const dw_real *offset, const dw_real *x, dw_real *y,
                           dw_real *stat)
{
    for (size_t j = 0; j < m; j++, x += c, y += c) {
        double sum = 0, square = 0;
        dw_real mean, scale;

        for (size_t i = 0; i < c; i++)
            sum += x[i];
        mean = (dw_real)(sum / (double)c);
        for (size_t i = 0; i < c; i++)
            square += (x[i] - mean) * (x[i] - mean);
        scale = (dw_real)(1 / sqrt(square / (double)c + NORM_EPSILON));
        for (size_t i = 0; i < c; i++)
            y[i] = gain[i] * ((x[i] - mean) * scale) + offset[i];
        stat[2 * j] = mean;
        stat[2 * j + 1] = scale;
    }
}

/* With h the normed column and g = gain dy:
 * dx += (g - mean(g) - h mean(g h)) / sd. */
void dw_layer_norm_backward(size_t c, size_t m, const dw_real *gain,
                            const dw_real *x, const dw_real *stat,
                            const dw_real *dy, dw_real *dgain, dw_real *doffset,
                            dw_real *dx)
{
    for (size_t j = 0; j < m; j++, x += c, dy += c, dx += c) {
        dw_real mean = stat[2 * j], scale = stat[2 * j + 1], level, tilt;
        double sum = 0, with = 0;

        for (size_t i = 0; i < c; i++) {
            dw_real h = (x[i] - mean) * scale, g = gain[i] * dy[i];

            dgain[i] += dy[i] * h;
            doffset[i] += dy[i];
            sum += g;
            with += g * h;
        }
        level = (dw_real)(sum / (double)c);
        tilt = (dw_real)(with / (double)c);
        for (size_t i = 0; i < c; i++) {
            dw_real h = (x[i] - mean) * scale;

            dx[i] += scale * (gain[i] * dy[i] - level - h * tilt);
        }
    }
}

/* Four draws of 16 bits from each random number. */
dw_real dw_layer_dropout_mask(size_t n, double rate, dw_rng *rng, uint8_t *mask)
{
    const double whole = 65536;
    unsigned cut = (unsigned)(rate * whole + 0.5);
    uint64_t bits = 0;

    for (size_t i = 0; i < n; i++) {
        if (i % 4 == 0)
            bits = dw_rng_u64(rng);
        mask[i] = (bits & 0xffff) >= cut;
        bits >>= 16;
    }
    return (dw_real)(whole / (whole - cut));
}

void dw_layer_dropout_apply(size_t n, const uint8_t *mask, dw_real scale,
                            dw_real *x)
{
    for (size_t i = 0; i < n; i++)
        x[i] *= mask[i] ? scale : 0;
}
