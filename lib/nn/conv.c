#include "nn/conv.h"

#include <math.h>
#include <string.h>

/*
 * Windows are laid one behind the other with k / 2 columns of 0 before, between
 * and behind them.  Then the k columns that make one column of y lie in one
 * piece, and every k-th of these pieces is a matrix of k in rows whose columns
 * do not overlap: k products, each of the full depth k in, do it all without a
 * copy of each column for each place of the kernel.
 *
 * Columns of y that belong to no window come out too and are passed over: the
 * price is t + k / 2 columns for t.
 */
struct lanes {
    size_t k, gap;
    size_t wide; /* columns of the laid out x */
    size_t n;    /* columns of y */
};

static struct lanes lanes_of(size_t k, size_t t, size_t n)
{
    size_t gap = k / 2, wide = n * (t + gap) + gap;

    return (struct lanes){k, gap, wide, wide - 2 * gap};
}

/* Columns of y that the r-th product makes: r, r + k, r + 2 k ... */
static size_t lane(const struct lanes *l, size_t r)
{
    return r < l->n ? (l->n - r + l->k - 1) / l->k : 0;
}

size_t dw_conv_room(size_t in, size_t out, size_t k, size_t t, size_t n)
{
    return (2 * in + out) * lanes_of(k, t, n).wide;
}

/* to (c x wide) <- x (c x t x n), the first window behind `lead` columns. */
static void lay_out(const struct lanes *l, size_t c, size_t t, size_t n,
                    size_t lead, const dw_real *x, dw_real *to)
{
    size_t step = (t + l->gap) * c;

    memset(to, 0, lead * c * sizeof *to);
    to += lead * c;
    for (size_t i = 0; i < n; i++, to += step) {
        memcpy(to, x + i * t * c, t * c * sizeof *to);
        memset(to + t * c, 0, l->gap * c * sizeof *to);
    }
}

void dw_conv_forward(size_t in, size_t out, size_t k, size_t t, size_t n,
                     const dw_real *w, const dw_real *b, const dw_real *x,
                     dw_real *y, dw_real *room)
{
    struct lanes l = lanes_of(k, t, n);
    dw_real *wide_y = room + in * l.wide;

    lay_out(&l, in, t, n, l.gap, x, room);
    for (size_t r = 0; r < k; r++)
        dw_real_gemm(false, false, out, lane(&l, r), k * in, 1, w, out,
                     room + r * in, k * in, 0, wide_y + r * out, k * out);
    for (size_t i = 0; i < n; i++) {
        const dw_real *from = wide_y + i * (t + l.gap) * out;

        for (size_t j = 0; j < t; j++, y += out, from += out) {
            for (size_t q = 0; q < out; q++)
                y[q] = from[q] + b[q];
        }
    }
}

static void backward_x(const struct lanes *l, size_t in, size_t out, size_t t,
                       size_t n, const dw_real *w, const dw_real *wide_dy,
                       dw_real *dx, dw_real *wide_dx)
{
    size_t k = l->k;

    memset(wide_dx, 0, in * l->wide * sizeof *wide_dx);
    for (size_t r = 0; r < k; r++)
        dw_real_gemm(true, false, k * in, lane(l, r), out, 1, w, out,
                     wide_dy + r * out, k * out, 1, wide_dx + r * in, k * in);
    for (size_t i = 0; i < n; i++) {
        const dw_real *from = wide_dx + (l->gap + i * (t + l->gap)) * in;

        for (size_t j = 0; j < t * in; j++)
            dx[j + i * t * in] += from[j];
    }
}

void dw_conv_backward(size_t in, size_t out, size_t k, size_t t, size_t n,
                      const dw_real *w, const dw_real *x, const dw_real *dy,
                      dw_real *dw, dw_real *db, dw_real *dx, dw_real *room)
{
    struct lanes l = lanes_of(k, t, n);
    dw_real *wide_dy = room + in * l.wide, *wide_dx = wide_dy + out * l.wide;

    lay_out(&l, in, t, n, l.gap, x, room);
    lay_out(&l, out, t, n, 0, dy, wide_dy);
    for (size_t r = 0; r < k; r++)
        dw_real_gemm(false, true, out, k * in, lane(&l, r), 1,
                     wide_dy + r * out, k * out, room + r * in, k * in, 1, dw,
                     out);
    for (size_t j = 0; j < t * n; j++) {
        for (size_t q = 0; q < out; q++)
            db[q] += dy[q + j * out];
    }
    if (dx)
        backward_x(&l, in, out, t, n, w, wide_dy, dx, wide_dx);
}

/* ---- pooling ---- */

/* d (c x t/2 x n) <- x_0 - x_1 of each pair. */
static void differences(size_t c, size_t t, size_t n, const dw_real *x,
                        dw_real *d)
{
    for (size_t i = 0; i < n; i++, x += c * t) {
        for (size_t j = 0; j < t / 2; j++, d += c) {
            const dw_real *x0 = x + 2 * j * c, *x1 = x0 + c;

            for (size_t q = 0; q < c; q++)
                d[q] = x0[q] - x1[q];
        }
    }
}

static dw_real logistic(dw_real x)
{
#ifdef DW_REAL_DOUBLE
    return 1 / (1 + exp(-x));
#else
    return 1 / (1 + expf(-x));
#endif
}

void dw_pool_forward(size_t c, size_t t, size_t n, const dw_real *w,
                     const dw_real *x, dw_real *y, dw_real *a, dw_real *room)
{
    size_t pairs = t / 2;
    dw_real *d = room, *logit = room + c * pairs * n;

    differences(c, t, n, x, d);
    dw_real_gemm(false, false, c, pairs * n, c, 1, w, c, d, c, 0, logit, c);
    for (size_t i = 0; i < n; i++, x += c * t) {
        for (size_t j = 0; j < pairs; j++) {
            const dw_real *x1 = x + (2 * j + 1) * c;

            for (size_t q = 0; q < c; q++) {
                a[q] = logistic(logit[q]);
                y[q] = x1[q] + a[q] * d[q];
            }
            y += c;
            a += c;
            d += c;
            logit += c;
        }
        if (t % 2) {
            memcpy(y, x + (t - 1) * c, c * sizeof *y);
            y += c;
            a += c;
        }
    }
}

void dw_pool_backward(size_t c, size_t t, size_t n, const dw_real *w,
                      const dw_real *x, const dw_real *a, const dw_real *dy,
                      dw_real *dw, dw_real *dx, dw_real *room)
{
    size_t pairs = t / 2, up = t - pairs;
    dw_real *d = room, *dlogit = room + c * pairs * n;

    differences(c, t, n, x, d);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < pairs; j++) {
            for (size_t q = 0; q < c; q++) {
                size_t at = q + (j + i * up) * c, to = q + (j + i * pairs) * c;

                dlogit[to] = dy[at] * d[to] * a[at] * (1 - a[at]);
            }
        }
    }
    dw_real_gemm(false, true, c, c, pairs * n, 1, dlogit, c, d, c, 1, dw, c);
    /* d is now that by the differences. */
    dw_real_gemm(true, false, c, pairs * n, c, 1, w, c, dlogit, c, 0, d, c);
    for (size_t i = 0; i < n; i++, dx += c * t) {
        for (size_t j = 0; j < pairs; j++, d += c, dy += c, a += c) {
            dw_real *dx0 = dx + 2 * j * c, *dx1 = dx0 + c;

            for (size_t q = 0; q < c; q++) {
                dw_real first = a[q] * dy[q] + d[q];

                dx0[q] += first;
                dx1[q] += dy[q] - first;
            }
        }
        if (t % 2) {
            for (size_t q = 0; q < c; q++)
                dx[q + (t - 1) * c] += dy[q];
            dy += c;
            a += c;
        }
    }
}
