/*
 * conv: layers along the bins of windows, as pairs forward and backward in the
 * manner of nn/layer: forward sets, backward ADDS.
 *
 * The activations of n windows are (c x t x n): c numbers a place, t places a
 * window, one window behind the other.
 */
#ifndef DW_NN_CONV_H
#define DW_NN_CONV_H

#include <stddef.h>

#include "nn/real.h"

/*
 * Convolution, of a kernel of odd length k; beyond its ends a window is 0.
 *
 *     y_j <- b + sum_s W_s x_(j + s - k / 2)
 *
 *   w (out x in x k) W_0, W_1 ...   b (out)   x (in x t x n)   y (out x t x n)
 *   room (dw_conv_room)
 */
void dw_conv_forward(size_t in, size_t out, size_t k, size_t t, size_t n,
                     const dw_real *w, const dw_real *b, const dw_real *x,
                     dw_real *y, dw_real *room);
/* dx NULL: not wanted. */
void dw_conv_backward(size_t in, size_t out, size_t k, size_t t, size_t n,
                      const dw_real *w, const dw_real *x, const dw_real *dy,
                      dw_real *dw, dw_real *db, dw_real *dx, dw_real *room);
/* Numbers that `room` takes, for n windows at most. */
size_t dw_conv_room(size_t in, size_t out, size_t k, size_t t, size_t n);

/*
 * Attention pooling (Avsec et al. 2021) of two places into one, each row for
 * itself, with weights that are the softmax of W x:
 *
 *     y <- a x_0 + (1 - a) x_1,   a = 1 / (1 + exp(-W (x_0 - x_1)))
 *
 * A last place without a partner stays as it is.
 *
 *   w (c x c)   x (c x t x n)   y, a (c x t/2 rounded up x n)
 *   room (2 c t n)
 */
void dw_pool_forward(size_t c, size_t t, size_t n, const dw_real *w,
                     const dw_real *x, dw_real *y, dw_real *a, dw_real *room);
void dw_pool_backward(size_t c, size_t t, size_t n, const dw_real *w,
                      const dw_real *x, const dw_real *a, const dw_real *dy,
                      dw_real *dw, dw_real *dx, dw_real *room);

#endif
