/*
 * net: a function from what is known of a variant to one number a head, with
 * gradients.
 *
 * A specification in text names one:
 *
 *     const                a = b
 *     linear               a = b + V x
 *     mlp:W1,W2,...        a = b + V x + U h_n,  h_0 = x,
 *                          h_i = dropout(act(norm(W_i h_{i-1} + b_i)))
 *     conv:...             a = b + V x + U h,  h from a window of signal tracks
 *     transformer:...      around the variant, and x
 *
 * x are the variant's p inputs.  dw-fit(1), "MODELS", is the grammar, and says
 * what the layers of each are.
 *
 * All parameters lie in one array, all gradients in another of the same layout:
 * b (heads), V (heads x p), then those of each layer, then U (heads x what the
 * last layer gives).  So the parameters of a linear model are the first heads
 * (1 + p) of any other's.
 */
#ifndef DW_NN_NET_H
#define DW_NN_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "nn/real.h"

enum {
    DW_NET_MAX_HIDDEN = 8,
    DW_NET_MAX_WIDTH = 4096,
    DW_NET_MAX_INPUTS = 65536,
    DW_NET_MAX_HEADS = 1024,
    DW_NET_MAX_TRACKS = 4096,
    DW_NET_MAX_WINDOW = 65536, /* bases */
    DW_NET_MAX_BINS = 4096,
    DW_NET_SPEC_MAX = 192, /* bytes that the longest specification takes */
};

enum dw_net_kind {
    DW_NET_CONST,
    DW_NET_LINEAR,
    DW_NET_MLP,
    DW_NET_CONV,
    DW_NET_TRANSFORMER
};

enum dw_net_act { DW_ACT_GELU, DW_ACT_RELU };

typedef struct dw_net {
    enum dw_net_kind kind;
    size_t p;     /* inputs; 0 for const */
    size_t heads; /* outputs, one a trait */
    enum dw_net_act act;
    double dropout; /* in place of the noise's; NAN: none of its own */
    /* mlp */
    size_t n_hidden;
    size_t hidden[DW_NET_MAX_HIDDEN];
    bool norm, res;
    /* conv and transformer; window, bin and down are 0, 0 and SIZE_MAX while
     * they are not known */
    size_t tracks, window, bin; /* bases around a variant, bases of a bin */
    size_t dim, down, stem, kernel, top;
    size_t depth, attention; /* transformer: layers, heads of each */
} dw_net;

/* A net of one head, to be given more before anything else is asked of it.  0,
 * or DW_EUSAGE with a message that says what would be right. */
int dw_net_parse(dw_net *net, const char *spec, size_t p,
                 dw_err *err) DW_MUST_CHECK;
/* The specification that dw_net_parse takes. */
void dw_net_spec(const dw_net *net, char spec[DW_NET_SPEC_MAX]);

/* Is it one that looks at windows of signal tracks? */
bool dw_net_looks(const dw_net *net);
/* Gives such a net its tracks, and what its specification left open: the window
 * and bin of the stream (0: unknown).  DW_EUSAGE if it cannot be. */
int dw_net_set_tracks(dw_net *net, size_t tracks, size_t window, size_t bin,
                      dw_err *err) DW_MUST_CHECK;

size_t dw_net_n_params(const dw_net *net);
/* Those of the linear part, which stand first. */
size_t dw_net_n_linear(const dw_net *net);

/* Weights of layers normal with variance 1 / inputs, but as they are said to
 * start in nn/net_plan; U and the linear part 0: the net starts as the constant
 * 0. */
void dw_net_init(const dw_net *net, uint64_t seed, dw_real *param);

/* decays[i] is 1 where weight decay applies to parameter i: matrices, but for
 * V. */
void dw_net_decays(const dw_net *net, uint8_t *decays);

/* What parameter i belongs to, for messages: "linear part", "layer 3 (conv)".
 */
enum { DW_NET_PART_MAX = 48 };
void dw_net_part(const dw_net *net, size_t i, char part[DW_NET_PART_MAX]);

/* Dropout of one evaluation.  The same key gives the same masks. */
typedef struct dw_net_noise {
    double rate; /* in [0, 1); a net's own goes before it */
    uint64_t key;
} dw_net_noise;

/* Where windows come from: `cut` sets to (tracks x bins x n), finite, to those
 * of variants at .. at + n.  It is asked tile by tile, twice a step, so that
 * windows are never stored. */
typedef struct dw_net_windows {
    void (*cut)(void *ctx, size_t at, size_t n, dw_real *to);
    void *ctx;
} dw_net_windows;

/* What goes into a net. */
typedef struct dw_net_input {
    const dw_real *x;       /* (p x m) a variant a column */
    dw_net_windows windows; /* {0} where the net looks at none */
} dw_net_input;

/* Workspace of one thread.  Variants are taken in tiles, and the layers of one
 * tile are worked out again on the way back, so its size depends on the net
 * alone. */
typedef struct dw_net_ws dw_net_ws;

dw_net_ws *dw_net_ws_new(const dw_net *net) DW_MUST_CHECK; /* NULL: no memory */
void dw_net_ws_free(dw_net_ws *ws);                        /* NULL is fine */
size_t dw_net_ws_bytes(const dw_net *net);

/*
 *   out  (heads x m)   set
 *   noise              NULL: no dropout
 */
void dw_net_forward(const dw_net *net, dw_net_ws *ws, const dw_real *param,
                    size_t m, const dw_net_input *in, const dw_net_noise *noise,
                    dw_real *out);

/* Given d loss / d out (heads x m), adds d loss / d param to grad.  Activations
 * are computed again, from the same arguments. */
void dw_net_backward(const dw_net *net, dw_net_ws *ws, const dw_real *param,
                     size_t m, const dw_net_input *in,
                     const dw_net_noise *noise, const dw_real *dout,
                     dw_real *grad);

#endif
