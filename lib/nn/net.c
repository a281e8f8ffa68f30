#include "nn/net.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "nn/layer.h"

/* Variants a tile: 512 x 64 numbers a layer stay in a second-level cache. */
enum { TILE = 512 };

struct dw_net_ws {
    dw_real *hidden[DW_NET_MAX_HIDDEN]; /* (h_i x TILE) what a layer gives */
    dw_real *slope[DW_NET_MAX_HIDDEN];  /* (h_i x TILE) of its gelu */
    uint8_t *mask[DW_NET_MAX_HIDDEN];   /* (h_i x TILE) of its dropout */
    dw_real scale[DW_NET_MAX_HIDDEN];   /* of its dropout */
    dw_real *dout, *dpre;               /* (widest x TILE) on the way back */
    dw_real *memory;
};

/* ---- shape ---- */

static int parse_widths(dw_net *net, const char *spec, const char *widths,
                        dw_err *err)
{
    dw_span field[DW_NET_MAX_HIDDEN];
    size_t n = dw_text_split(dw_span_of(widths), ',', field, DW_NET_MAX_HIDDEN);

    if (n > DW_NET_MAX_HIDDEN)
        return dw_fail(err, DW_EUSAGE,
                       "\"%s\" has %zu hidden layers; at most %d are possible",
                       spec, n, DW_NET_MAX_HIDDEN);
    for (size_t i = 0; i < n; i++) {
        int64_t width;

        if (dw_text_int64(field[i], &width) < 0 || width < 1 ||
            width > DW_NET_MAX_WIDTH)
            return dw_fail(err, DW_EUSAGE,
                           "\"%s\": \"%.*s\" is no width of a hidden layer; a "
                           "whole number from 1 to %d is",
                           spec, (int)field[i].n, field[i].s, DW_NET_MAX_WIDTH);
        net->hidden[i] = (size_t)width;
    }
    net->n_hidden = n;
    return 0;
}

int dw_net_parse(dw_net *net, const char *spec, size_t p, dw_err *err)
{
    dw_net made = {.kind = DW_NET_MLP, .p = p, .heads = 1};

    if (p > DW_NET_MAX_INPUTS)
        return dw_fail(err, DW_EUSAGE, "%zu inputs; a network has at most %d",
                       p, DW_NET_MAX_INPUTS);
    if (strcmp(spec, "const") == 0) {
        made.kind = DW_NET_CONST;
        made.p = 0;
    } else if (strcmp(spec, "linear") == 0) {
        made.kind = DW_NET_LINEAR;
    } else if (strncmp(spec, "mlp:", 4) == 0) {
        if (parse_widths(&made, spec, spec + 4, err) < 0)
            return DW_EUSAGE;
    } else {
        return dw_fail(err, DW_EUSAGE,
                       "\"%s\" is no model; const, linear and mlp:64,64 "
                       "(widths of hidden layers) are",
                       spec);
    }
    *net = made;
    return 0;
}

void dw_net_spec(const dw_net *net, char spec[DW_NET_SPEC_MAX])
{
    static const char *const name[] = {"const", "linear", "mlp"};
    size_t n = (size_t)snprintf(spec, DW_NET_SPEC_MAX, "%s", name[net->kind]);

    for (size_t i = 0; i < net->n_hidden; i++)
        n += (size_t)snprintf(spec + n, DW_NET_SPEC_MAX - n, "%c%zu",
                              i ? ',' : ':', net->hidden[i]);
}

static size_t layer_inputs(const dw_net *net, size_t i)
{
    return i ? net->hidden[i - 1] : net->p;
}

/* How many parameters the linear part has, which stand first. */
static size_t n_linear(const dw_net *net)
{
    return net->heads * (1 + net->p);
}

/* Where the parameters of hidden layer i begin; i = n_hidden: those of U. */
static size_t layer_at(const dw_net *net, size_t i)
{
    size_t at = n_linear(net);

    for (size_t l = 0; l < i; l++)
        at += net->hidden[l] * (layer_inputs(net, l) + 1);
    return at;
}

static size_t last_width(const dw_net *net)
{
    return net->n_hidden ? net->hidden[net->n_hidden - 1] : 0;
}

size_t dw_net_n_params(const dw_net *net)
{
    return layer_at(net, net->n_hidden) + net->heads * last_width(net);
}

void dw_net_init(const dw_net *net, uint64_t seed, dw_real *param)
{
    memset(param, 0, dw_net_n_params(net) * sizeof *param);
    for (size_t i = 0; i < net->n_hidden; i++) {
        dw_rng rng = dw_rng_init(seed, i);
        size_t n = net->hidden[i] * layer_inputs(net, i);
        double sd = 1 / sqrt((double)layer_inputs(net, i));
        dw_real *w = param + layer_at(net, i);

        for (size_t j = 0; j < n; j++)
            w[j] = (dw_real)(sd * dw_rng_normal(&rng));
    }
}

void dw_net_decays(const dw_net *net, uint8_t *decays)
{
    memset(decays, 1, dw_net_n_params(net));
    memset(decays, 0, n_linear(net));
    for (size_t i = 0; i < net->n_hidden; i++) {
        size_t n = net->hidden[i];

        memset(decays + layer_at(net, i) + n * layer_inputs(net, i), 0, n);
    }
}

/* ---- workspace ---- */

dw_net_ws *dw_net_ws_new(const dw_net *net)
{
    dw_net_ws *ws = dw_alloc(1, sizeof *ws);
    size_t total = 0, widest = 0;
    dw_real *at;

    for (size_t i = 0; i < net->n_hidden; i++) {
        total += net->hidden[i];
        if (net->hidden[i] > widest)
            widest = net->hidden[i];
        ws->mask[i] = dw_try_alloc(net->hidden[i], TILE);
        if (!ws->mask[i])
            goto fail;
    }
    at = ws->memory = dw_try_alloc(2 * (total + widest), TILE * sizeof *at);
    if (!ws->memory)
        goto fail;
    for (size_t i = 0; i < net->n_hidden; i++) {
        ws->hidden[i] = at;
        ws->slope[i] = at + net->hidden[i] * TILE;
        at += 2 * net->hidden[i] * TILE;
    }
    ws->dout = at;
    ws->dpre = at + widest * TILE;
    return ws;
fail:
    dw_net_ws_free(ws);
    return NULL;
}

void dw_net_ws_free(dw_net_ws *ws)
{
    if (!ws)
        return;
    for (size_t i = 0; i < DW_NET_MAX_HIDDEN; i++)
        dw_free(ws->mask[i]);
    dw_free(ws->memory);
    dw_free(ws);
}

/* ---- forward ---- */

/* Masks are drawn anew on the way back, so they may depend on nothing but the
 * noise's key, the tile and the layer. */
static void tile_dropout(const dw_net *net, dw_net_ws *ws, size_t layer,
                         size_t tile, size_t n, const dw_net_noise *noise)
{
    dw_rng rng = dw_rng_init(noise->key, tile * DW_NET_MAX_HIDDEN + layer);

    ws->scale[layer] = dw_layer_dropout_mask(
        n * net->hidden[layer], noise->rate, &rng, ws->mask[layer]);
    dw_layer_dropout_apply(n * net->hidden[layer], ws->mask[layer],
                           ws->scale[layer], ws->hidden[layer]);
}

/* Hidden layers of n variants, the tile-th tile, into the workspace. */
static void tile_hidden(const dw_net *net, dw_net_ws *ws, const dw_real *param,
                        size_t tile, size_t n, const dw_real *x,
                        const dw_net_noise *noise, bool slopes)
{
    for (size_t i = 0; i < net->n_hidden; i++) {
        size_t in = layer_inputs(net, i), out = net->hidden[i];
        const dw_real *w = param + layer_at(net, i);

        dw_layer_linear_forward(in, out, n, w, w + in * out,
                                i ? ws->hidden[i - 1] : x, ws->hidden[i]);
        dw_layer_gelu_forward(n * out, ws->hidden[i], ws->hidden[i],
                              slopes ? ws->slope[i] : NULL);
        if (noise && noise->rate > 0)
            tile_dropout(net, ws, i, tile, n, noise);
    }
}

void dw_net_forward(const dw_net *net, dw_net_ws *ws, const dw_real *param,
                    size_t m, const dw_real *x, const dw_net_noise *noise,
                    dw_real *out)
{
    const dw_real *u = param + layer_at(net, net->n_hidden);
    size_t last = last_width(net), heads = net->heads;

    for (size_t at = 0; at < m; at += TILE) {
        size_t n = m - at < TILE ? m - at : TILE;
        const dw_real *tile_x = x + at * net->p;

        dw_layer_linear_forward(net->p, heads, n, param + heads, param, tile_x,
                                out + at * heads);
        if (last) {
            tile_hidden(net, ws, param, at / TILE, n, tile_x, noise, false);
            dw_real_gemm(false, false, heads, n, last, 1, u, heads,
                         ws->hidden[net->n_hidden - 1], last, 1,
                         out + at * heads, heads);
        }
    }
}

/* ---- backward ---- */

static void tile_backward(const dw_net *net, dw_net_ws *ws,
                          const dw_real *param, size_t n, const dw_real *x,
                          bool dropped, const dw_real *dout, dw_real *grad)
{
    size_t top = net->n_hidden, last = last_width(net);
    size_t u = layer_at(net, top), heads = net->heads;

    /* dU += dout h',  dh = U' dout */
    dw_real_gemm(false, true, heads, last, n, 1, dout, heads,
                 ws->hidden[top - 1], last, 1, grad + u, heads);
    dw_real_gemm(true, false, last, n, heads, 1, param + u, heads, dout, heads,
                 0, ws->dout, last);
    for (size_t i = top; i-- > 0;) {
        size_t in = layer_inputs(net, i), out = net->hidden[i];
        size_t w = layer_at(net, i);

        if (dropped)
            dw_layer_dropout_apply(n * out, ws->mask[i], ws->scale[i],
                                   ws->dout);
        memset(ws->dpre, 0, n * out * sizeof *ws->dpre);
        dw_layer_gelu_backward(n * out, ws->slope[i], ws->dout, ws->dpre);
        if (i)
            memset(ws->dout, 0, n * in * sizeof *ws->dout);
        dw_layer_linear_backward(in, out, n, param + w,
                                 i ? ws->hidden[i - 1] : x, ws->dpre, grad + w,
                                 grad + w + in * out, i ? ws->dout : NULL);
    }
}

void dw_net_backward(const dw_net *net, dw_net_ws *ws, const dw_real *param,
                     size_t m, const dw_real *x, const dw_net_noise *noise,
                     const dw_real *dout, dw_real *grad)
{
    size_t heads = net->heads;

    for (size_t at = 0; at < m; at += TILE) {
        size_t n = m - at < TILE ? m - at : TILE;
        const dw_real *tile_x = x + at * net->p;

        dw_layer_linear_backward(net->p, heads, n, param + heads, tile_x,
                                 dout + at * heads, grad + heads, grad, NULL);
        if (net->n_hidden) {
            tile_hidden(net, ws, param, at / TILE, n, tile_x, noise, true);
            tile_backward(net, ws, param, n, tile_x, noise && noise->rate > 0,
                          dout + at * heads, grad);
        }
    }
}
