/*
 * net: a function from a variant's p inputs to one number a head, with
 * gradients.
 *
 *     a(x) = b + V x + U h_n(x),   h_0 = x,
 *     h_i  = dropout(gelu(W_i h_{i-1} + b_i))
 *
 * A specification in text names one:
 *
 *     const               a = b
 *     linear              a = b + V x
 *     mlp:H1,H2,...       hidden layers of these widths, 1 to 8 of them, each 1
 *                         to 4096 wide, beside the linear part
 *
 * All parameters lie in one array, all gradients in another of the same layout:
 * b (heads), V (heads x p), then W_i (h_i x h_{i-1}) and b_i (h_i) of each
 * layer, then U (heads x h_n).  So the parameters of a linear model are the
 * first heads (1 + p) of an mlp's.
 */
#ifndef DW_NN_NET_H
#define DW_NN_NET_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "nn/real.h"

enum {
    DW_NET_MAX_HIDDEN = 8,
    DW_NET_MAX_WIDTH = 4096,
    DW_NET_MAX_INPUTS = 65536,
    DW_NET_MAX_HEADS = 1024,
    DW_NET_SPEC_MAX = 64, /* bytes that the longest specification takes */
};

enum dw_net_kind { DW_NET_CONST, DW_NET_LINEAR, DW_NET_MLP };

typedef struct dw_net {
    enum dw_net_kind kind;
    size_t p;        /* inputs; 0 for const */
    size_t heads;    /* outputs, one a trait */
    size_t n_hidden; /* 0 but for mlp */
    size_t hidden[DW_NET_MAX_HIDDEN];
} dw_net;

/* A net of one head, to be given more before anything else is asked of it.  0,
 * or DW_EUSAGE with a message that says what would be right. */
int dw_net_parse(dw_net *net, const char *spec, size_t p,
                 dw_err *err) DW_MUST_CHECK;
/* The specification that dw_net_parse takes. */
void dw_net_spec(const dw_net *net, char spec[DW_NET_SPEC_MAX]);
size_t dw_net_n_params(const dw_net *net);

/* Hidden weights normal with variance 1 / inputs, all else 0: the net starts as
 * the constant 0. */
void dw_net_init(const dw_net *net, uint64_t seed, dw_real *param);

/* decays[i] is 1 where weight decay applies to parameter i: the weights of the
 * hidden layers and of the output.  Offsets and the linear part have none. */
void dw_net_decays(const dw_net *net, uint8_t *decays);

/* Dropout of one evaluation.  The same key gives the same masks. */
typedef struct dw_net_noise {
    double rate; /* in [0, 1) */
    uint64_t key;
} dw_net_noise;

/* Workspace of one thread.  Variants are taken in tiles that stay in cache, so
 * its size depends on the net alone. */
typedef struct dw_net_ws dw_net_ws;

dw_net_ws *dw_net_ws_new(const dw_net *net) DW_MUST_CHECK; /* NULL: no memory */
void dw_net_ws_free(dw_net_ws *ws);                        /* NULL is fine */

/*
 *   x    (p x m)       inputs, a variant a column
 *   out  (heads x m)   set
 *   noise              NULL: no dropout
 */
void dw_net_forward(const dw_net *net, dw_net_ws *ws, const dw_real *param,
                    size_t m, const dw_real *x, const dw_net_noise *noise,
                    dw_real *out);

/* Given d loss / d out (heads x m), adds d loss / d param to grad.  Activations
 * are computed again, from the same arguments. */
void dw_net_backward(const dw_net *net, dw_net_ws *ws, const dw_real *param,
                     size_t m, const dw_real *x, const dw_net_noise *noise,
                     const dw_real *dout, dw_real *grad);

#endif
