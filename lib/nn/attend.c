#include "nn/attend.h"

#include <math.h>
#include <string.h>

#include "nn/layer.h"

size_t dw_attend_at_distance(const dw_attend *s)
{
    return 3 * s->c * s->c;
}

size_t dw_attend_at_out(const dw_attend *s)
{
    return dw_attend_at_distance(s) + (2 * s->t - 1) * s->h;
}

size_t dw_attend_at_offset(const dw_attend *s)
{
    return dw_attend_at_out(s) + s->c * s->c;
}

size_t dw_attend_n_params(const dw_attend *s)
{
    return dw_attend_at_offset(s) + s->c;
}

/* Kept of n windows: queries, keys and values (3 c x t x n), outputs of the
 * heads (c x t x n), then weights (t x t x h x n), a column for each place that
 * looks. */
size_t dw_attend_kept(const dw_attend *s)
{
    return 4 * s->c * s->t + s->t * s->t * s->h;
}

static size_t out_at(const dw_attend *s, size_t n)
{
    return 3 * s->c * s->t * n;
}

static size_t weight_at(const dw_attend *s, size_t n)
{
    return 4 * s->c * s->t * n;
}

/* Gradients of qkv, of the outputs, of one head's weights. */
size_t dw_attend_room(const dw_attend *s)
{
    return 4 * s->c * s->t + s->t * s->t;
}

static dw_real exponential(dw_real x)
{
#ifdef DW_REAL_DOUBLE
    return exp(x);
#else
    return expf(x);
#endif
}

/* a (n) <- its softmax. */
static void softmax(size_t n, dw_real *a)
{
    dw_real most = a[0], sum = 0;

    for (size_t i = 1; i < n; i++)
        most = a[i] > most ? a[i] : most;
    for (size_t i = 0; i < n; i++) {
        a[i] = exponential(a[i] - most);
        sum += a[i];
    }
    for (size_t i = 0; i < n; i++)
        a[i] /= sum;
}

static dw_real scale_of(const dw_attend *s)
{
    return (dw_real)(1 / sqrt((double)s->c / (double)s->h));
}

/* One head of one window: q, k, v with ld 3 c, out with ld c. */
static void head_forward(const dw_attend *s, const dw_real *distance,
                         const dw_real *q, dw_real *weight, dw_real *out)
{
    size_t c = s->c, t = s->t, e = c / s->h;
    const dw_real *k = q + c, *v = k + c;

    dw_real_gemm(true, false, t, t, e, scale_of(s), k, 3 * c, q, 3 * c, 0,
                 weight, t);
    for (size_t j = 0; j < t; j++) {
        for (size_t i = 0; i < t; i++)
            weight[i + j * t] += distance[i + t - 1 - j];
        softmax(t, weight + j * t);
    }
    dw_real_gemm(false, false, e, t, t, 1, v, 3 * c, weight, t, 0, out, c);
}

void dw_attend_forward(const dw_attend *s, size_t n, const dw_real *param,
                       const dw_real *x, dw_real *y, dw_real *kept)
{
    size_t c = s->c, t = s->t, e = c / s->h;
    const dw_real *distance = param + dw_attend_at_distance(s);
    dw_real *qkv = kept, *out = kept + out_at(s, n);
    dw_real *weight = kept + weight_at(s, n);

    dw_real_gemm(false, false, 3 * c, t * n, c, 1, param, 3 * c, x, c, 0, qkv,
                 3 * c);
    for (size_t i = 0; i < n; i++) {
        for (size_t h = 0; h < s->h; h++)
            head_forward(
                s, distance + h * (2 * t - 1), qkv + i * 3 * c * t + h * e,
                weight + (i * s->h + h) * t * t, out + i * c * t + h * e);
    }
    dw_layer_linear_forward(c, c, t * n, param + dw_attend_at_out(s),
                            param + dw_attend_at_offset(s), out, y);
}

/* d of the weights' logits, in place of d of the weights:
 * column by column weight (dweight - weight' dweight). */
static void softmax_backward(const dw_attend *s, const dw_real *weight,
                             dw_real *d, dw_real *ddistance)
{
    size_t t = s->t;

    for (size_t j = 0; j < t; j++, weight += t, d += t) {
        dw_real mean = 0;

        for (size_t i = 0; i < t; i++)
            mean += weight[i] * d[i];
        for (size_t i = 0; i < t; i++) {
            d[i] = weight[i] * (d[i] - mean);
            ddistance[i + t - 1 - j] += d[i];
        }
    }
}

static void head_backward(const dw_attend *s, const dw_real *q,
                          const dw_real *weight, const dw_real *dout,
                          dw_real *ddistance, dw_real *dq, dw_real *dweight)
{
    size_t c = s->c, t = s->t, e = c / s->h;
    const dw_real *k = q + c, *v = k + c;
    dw_real *dk = dq + c, *dv = dk + c, scale = scale_of(s);

    dw_real_gemm(false, true, e, t, t, 1, dout, c, weight, t, 0, dv, 3 * c);
    dw_real_gemm(true, false, t, t, e, 1, v, 3 * c, dout, c, 0, dweight, t);
    softmax_backward(s, weight, dweight, ddistance);
    dw_real_gemm(false, false, e, t, t, scale, k, 3 * c, dweight, t, 0, dq,
                 3 * c);
    dw_real_gemm(false, true, e, t, t, scale, q, 3 * c, dweight, t, 0, dk,
                 3 * c);
}

void dw_attend_backward(const dw_attend *s, size_t n, const dw_real *param,
                        const dw_real *x, const dw_real *kept,
                        const dw_real *dy, dw_real *grad, dw_real *dx,
                        dw_real *room)
{
    size_t c = s->c, t = s->t, e = c / s->h, o = dw_attend_at_out(s);
    const dw_real *qkv = kept, *weight = kept + weight_at(s, n);
    dw_real *dqkv = room, *dout = dqkv + 3 * c * t * n;
    dw_real *dweight = dout + c * t * n;
    dw_real *ddistance = grad + dw_attend_at_distance(s);

    memset(dout, 0, c * t * n * sizeof *dout);
    dw_layer_linear_backward(c, c, t * n, param + o, kept + out_at(s, n), dy,
                             grad + o, grad + dw_attend_at_offset(s), dout);
    for (size_t i = 0; i < n; i++) {
        for (size_t h = 0; h < s->h; h++) {
            size_t at = i * 3 * c * t + h * e;

            head_backward(s, qkv + at, weight + (i * s->h + h) * t * t,
                          dout + i * c * t + h * e, ddistance + h * (2 * t - 1),
                          dqkv + at, dweight);
        }
    }
    dw_real_gemm(false, true, 3 * c, c, t * n, 1, dqkv, 3 * c, x, c, 1, grad,
                 3 * c);
    dw_real_gemm(true, false, c, t * n, 3 * c, 1, param, 3 * c, dqkv, 3 * c, 1,
                 dx, c);
}
