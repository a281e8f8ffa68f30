/*
 * layer: what networks are built from, as pairs forward and backward.
 *
 * Arrays and sizes in, arrays out; nothing allocates.  Column-major: the
 * activations of m variants are (width x m), a variant a column, so that a
 * layer is one product.  Forward functions set their output; backward functions
 * ADD to what they are given for gradients, so that a gradient can gather over
 * tiles and blocks: the caller zeroes it once.  dX is d loss / d X.
 */
#ifndef DW_NN_LAYER_H
#define DW_NN_LAYER_H

#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"
#include "nn/real.h"

/*
 * y <- W x + b 1'
 *   w (out x in)   b (out)   x (in x m)   y (out x m)
 */
void dw_layer_linear_forward(size_t in, size_t out, size_t m, const dw_real *w,
                             const dw_real *b, const dw_real *x, dw_real *y);
/* dW += dY x',  db += dY 1,  dx += W' dY;  dx NULL: not wanted. */
void dw_layer_linear_backward(size_t in, size_t out, size_t m, const dw_real *w,
                              const dw_real *x, const dw_real *dy, dw_real *dw,
                              dw_real *db, dw_real *dx);

/*
 * What comes behind a layer, n numbers; y may be x.
 *
 *   gelu   y <- x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), in the form of
 *          Hendrycks and Gimpel
 *   relu   y <- max(x, 0)
 *
 * slope (n) <- dy/dx, for the way back; NULL: not wanted.
 */
void dw_layer_gelu_forward(size_t n, const dw_real *x, dw_real *y,
                           dw_real *slope);
void dw_layer_relu_forward(size_t n, const dw_real *x, dw_real *y,
                           dw_real *slope);
/* d <- slope d: from the gradient of what came out to that of what went in. */
void dw_layer_slope_backward(size_t n, const dw_real *slope, dw_real *d);

/*
 * Layer norm (Ba, Kiros and Hinton 2016): each column to mean 0 and variance 1,
 * then a gain and an offset for each row.
 *   x, y (c x m)   gain, offset (c)   stat (2 x m) mean and 1 / sd of each
 *   column, for the way back
 */
void dw_layer_norm_forward(size_t c, size_t m, const dw_real *gain,
                           const dw_real *offset, const dw_real *x, dw_real *y,
                           dw_real *stat);
void dw_layer_norm_backward(size_t c, size_t m, const dw_real *gain,
                            const dw_real *x, const dw_real *stat,
                            const dw_real *dy, dw_real *dgain, dw_real *doffset,
                            dw_real *dx);

/*
 * Dropout: n draws, mask 1 where a unit stays, 0 where it is dropped.  The rate
 * is met to 2^-16.  Returns what the units that stay are multiplied by, so that
 * the mean of the layer is as it was.
 */
dw_real dw_layer_dropout_mask(size_t n, double rate, dw_rng *rng,
                              uint8_t *mask);
/* x <- mask scale x: forward on activations, backward on their gradient. */
void dw_layer_dropout_apply(size_t n, const uint8_t *mask, dw_real scale,
                            dw_real *x);

#endif
