#include "nn/net_tile.h"

#include <math.h>
#include <string.h>

#include "nn/conv.h"
#include "nn/layer.h"

dw_real *dw_net_tile_value(const dw_net_tile *t, size_t v)
{
    return t->ws->value + t->ws->plan.value[v].at * t->ws->plan.tile;
}

static dw_real *kept_of(const dw_net_tile *t, const dw_stage *s)
{
    return t->ws->kept + s->kept * t->ws->plan.tile;
}

/* The input of a net that does not look at windows is not copied. */
static const dw_real *input_of(const dw_net_tile *t, const dw_stage *s)
{
    return s->src || dw_net_looks(&t->ws->net) ? dw_net_tile_value(t, s->src)
                                               : t->x;
}

static double rate_of(const dw_net_tile *t)
{
    if (!t->noise)
        return 0;
    return isnan(t->ws->net.dropout) ? t->noise->rate : t->ws->net.dropout;
}

/* Masks are drawn anew on the way back, so they may depend on nothing but the
 * noise's key, the tile and the stage. */
static void drop(const dw_net_tile *t, const dw_stage *s, size_t n, dw_real *y)
{
    enum { MAX_DROPOUTS = 256 };
    dw_net_ws *ws = t->ws;
    dw_real *scale = &ws->scale[s - ws->plan.stage];
    uint8_t *mask = ws->mask + s->kept * ws->plan.tile;
    dw_rng rng;

    if (!(rate_of(t) > 0))
        return;
    rng = dw_rng_init(t->noise->key, t->number * MAX_DROPOUTS + s->k);
    *scale = dw_layer_dropout_mask(n, rate_of(t), &rng, mask);
    dw_layer_dropout_apply(n, mask, *scale, y);
}

/* y (out x places x n) <- W src + (Wx x + b), once a variant. */
static void join_forward(const dw_net_tile *t, const dw_stage *s, size_t in,
                         size_t out, size_t places, const dw_real *src,
                         dw_real *y)
{
    size_t p = t->ws->net.p;
    const dw_real *w = t->param + s->param, *wx = w + in * out;
    dw_real *own = t->ws->room; /* (out x n) */

    dw_layer_linear_forward(p, out, t->n, wx, wx + p * out, t->x, own);
    for (size_t j = 0; j < places * t->n; j++)
        memcpy(y + j * out, own + j / places * out, out * sizeof *y);
    dw_real_gemm(false, false, out, places * t->n, in, 1, w, out, src, in, 1, y,
                 out);
}

static void act_forward(const dw_net_tile *t, const dw_stage *s, size_t n,
                        dw_real *y)
{
    dw_real *slope = t->back ? kept_of(t, s) : NULL;

    if (t->ws->net.act == DW_ACT_RELU)
        dw_layer_relu_forward(n, y, y, slope);
    else
        dw_layer_gelu_forward(n, y, y, slope);
}

static void stage_forward(const dw_net_tile *t, const dw_stage *s)
{
    const dw_plan *plan = &t->ws->plan;
    const dw_value *in = &plan->value[s->src], *out = &plan->value[s->dst];
    const dw_real *w = t->param + s->param, *x = input_of(t, s), *from;
    dw_real *y = dw_net_tile_value(t, s->dst), *room = t->ws->room;
    size_t n = t->n, columns = in->t * n, all = in->c * columns;
    dw_attend a = dw_stage_attend(plan, s);

    switch (s->op) {
    case DW_OP_LINEAR:
        dw_layer_linear_forward(in->c, out->c, columns, w, w + in->c * out->c,
                                x, y);
        break;
    case DW_OP_CONV:
        dw_conv_forward(in->c, out->c, s->k, in->t, n, w,
                        w + s->k * in->c * out->c, x, y, room);
        break;
    case DW_OP_POOL:
        dw_pool_forward(in->c, in->t, n, w, x, y, kept_of(t, s), room);
        break;
    case DW_OP_ATTEND: dw_attend_forward(&a, n, w, x, y, kept_of(t, s)); break;
    case DW_OP_JOIN: join_forward(t, s, in->c, out->c, in->t, x, y); break;
    case DW_OP_NORM:
        dw_layer_norm_forward(in->c, columns, w, w + in->c, x, y,
                              kept_of(t, s));
        break;
    case DW_OP_ACT: act_forward(t, s, all, y); break;
    case DW_OP_DROPOUT: drop(t, s, all, y); break;
    case DW_OP_ADD:
        from = dw_net_tile_value(t, s->from);
        for (size_t i = 0; i < all; i++)
            y[i] += from[i];
        break;
    }
}

const dw_real *dw_net_tile_forward(const dw_net_tile *t)
{
    const dw_plan *plan = &t->ws->plan;

    for (size_t i = 0; i < plan->n; i++)
        stage_forward(t, &plan->stage[i]);
    return plan->n ? dw_net_tile_value(t, plan->n_values - 1) : NULL;
}

/* ---- back ---- */

static dw_real *grad_at(const dw_net_tile *t, size_t v)
{
    return t->ws->grad + t->ws->plan.value[v].at * t->ws->plan.tile;
}

/* Where the gradient of a value is added to: 0 at first; NULL for the input. */
static dw_real *grad_of(const dw_net_tile *t, size_t v)
{
    const dw_value *value = &t->ws->plan.value[v];
    dw_real *g = grad_at(t, v);

    if (v == 0)
        return NULL;
    if (!t->ws->touched[v])
        memset(g, 0, value->c * value->t * t->n * sizeof *g);
    t->ws->touched[v] = true;
    return g;
}

static void join_backward(const dw_net_tile *t, const dw_stage *s, size_t in,
                          size_t out, size_t places, const dw_real *src,
                          const dw_real *dy, dw_real *dx, dw_real *dw)
{
    size_t p = t->ws->net.p, columns = places * t->n;
    dw_real *own = t->ws->room, *dwx = dw + in * out;

    memset(own, 0, out * t->n * sizeof *own);
    for (size_t j = 0; j < columns; j++) {
        for (size_t q = 0; q < out; q++)
            own[q + j / places * out] += dy[q + j * out];
    }
    dw_layer_linear_backward(p, out, t->n, t->param + s->param + in * out, t->x,
                             own, dwx, dwx + p * out, NULL);
    dw_real_gemm(false, true, out, in, columns, 1, dy, out, src, in, 1, dw,
                 out);
    dw_real_gemm(true, false, in, columns, out, 1, t->param + s->param, out, dy,
                 out, 1, dx, in);
}

static void drop_backward(const dw_net_tile *t, const dw_stage *s, size_t n,
                          dw_real *dy)
{
    const dw_net_ws *ws = t->ws;

    if (rate_of(t) > 0)
        dw_layer_dropout_apply(n, ws->mask + s->kept * ws->plan.tile,
                               ws->scale[s - ws->plan.stage], dy);
}

static void stage_backward(const dw_net_tile *t, const dw_stage *s,
                           dw_real *grad)
{
    const dw_plan *plan = &t->ws->plan;
    const dw_value *in = &plan->value[s->src], *out = &plan->value[s->dst];
    const dw_real *w = t->param + s->param, *x = input_of(t, s);
    bool in_place = s->src == s->dst;
    dw_real *dy = grad_at(t, s->dst), *dx = in_place ? dy : grad_of(t, s->src);
    dw_real *dw = grad + s->param, *room = t->ws->room;
    size_t n = t->n, columns = in->t * n, all = in->c * columns;
    dw_attend a = dw_stage_attend(plan, s);

    switch (s->op) {
    case DW_OP_LINEAR:
        dw_layer_linear_backward(in->c, out->c, columns, w, x, dy, dw,
                                 dw + in->c * out->c, dx);
        break;
    case DW_OP_CONV:
        dw_conv_backward(in->c, out->c, s->k, in->t, n, w, x, dy, dw,
                         dw + s->k * in->c * out->c, dx, room);
        break;
    case DW_OP_POOL:
        dw_pool_backward(in->c, in->t, n, w, x, kept_of(t, s), dy, dw, dx,
                         room);
        break;
    case DW_OP_ATTEND:
        dw_attend_backward(&a, n, w, x, kept_of(t, s), dy, dw, dx, room);
        break;
    case DW_OP_JOIN:
        join_backward(t, s, in->c, out->c, in->t, x, dy, dx, dw);
        break;
    case DW_OP_NORM:
        dw_layer_norm_backward(in->c, columns, w, x, kept_of(t, s), dy, dw,
                               dw + in->c, dx);
        break;
    case DW_OP_ACT: dw_layer_slope_backward(all, kept_of(t, s), dy); break;
    case DW_OP_DROPOUT: drop_backward(t, s, all, dy); break;
    case DW_OP_ADD:
        dx = grad_of(t, s->from);
        for (size_t i = 0; i < all; i++)
            dx[i] += dy[i];
        break;
    }
}

void dw_net_tile_backward(const dw_net_tile *t, const dw_real *dout,
                          dw_real *grad)
{
    const dw_plan *plan = &t->ws->plan;
    const dw_value *top = &plan->value[plan->n_values - 1];
    size_t wide = top->c * top->t, heads = t->ws->net.heads;
    const dw_real *h = dw_net_tile_forward(t);
    dw_real *dh;

    if (!h)
        return;
    memset(t->ws->touched, 0, plan->n_values * sizeof *t->ws->touched);
    dh = grad_of(t, plan->n_values - 1);
    /* dU += dout h',  dh = U' dout */
    dw_real_gemm(false, true, heads, wide, t->n, 1, dout, heads, h, wide, 1,
                 grad + plan->u, heads);
    dw_real_gemm(true, false, wide, t->n, heads, 1, t->param + plan->u, heads,
                 dout, heads, 1, dh, wide);
    for (size_t i = plan->n; i-- > 0;)
        stage_backward(t, &plan->stage[i], grad);
}
