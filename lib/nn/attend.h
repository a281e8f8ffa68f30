/*
 * attend: self-attention of the places of a window among themselves, forward
 * and backward in the manner of nn/layer: forward sets, backward ADDS.
 *
 *     y <- O [o_1; ...; o_h] + b,   o_i = V_i softmax(K_i' Q_i / sqrt(e) + B_i)
 *
 * Q_i, K_i, V_i (e x t) are the i-th pieces, e = c / h, of Wq x, Wk x, Wv x.
 * The softmax is over the places that are looked at, for each that looks.
 * B_i has a learned number for each distance of the two, which is all that a
 * head knows of where they are.
 */
#ifndef DW_NN_ATTEND_H
#define DW_NN_ATTEND_H

#include <stddef.h>

#include "nn/real.h"

/* c numbers a place, of t places, h heads; h divides c. */
typedef struct dw_attend {
    size_t c, t, h;
} dw_attend;

/*
 * Parameters, one behind the other:
 *   Wq, Wk, Wv (3 c x c)   distance (2 t - 1 x h) from -(t - 1), looked at less
 *   looking   O (c x c)   b (c)
 */
size_t dw_attend_n_params(const dw_attend *s);
size_t dw_attend_at_distance(const dw_attend *s);
size_t dw_attend_at_out(const dw_attend *s);
size_t dw_attend_at_offset(const dw_attend *s);

/* What the way back needs of one window, and room for one on that way. */
size_t dw_attend_kept(const dw_attend *s);
size_t dw_attend_room(const dw_attend *s);

/* x, y (c x t x n)   kept (dw_attend_kept x n) */
void dw_attend_forward(const dw_attend *s, size_t n, const dw_real *param,
                       const dw_real *x, dw_real *y, dw_real *kept);
/* room (dw_attend_room x n) */
void dw_attend_backward(const dw_attend *s, size_t n, const dw_real *param,
                        const dw_real *x, const dw_real *kept,
                        const dw_real *dy, dw_real *grad, dw_real *dx,
                        dw_real *room);

#endif
