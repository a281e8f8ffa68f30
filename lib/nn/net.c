#include "nn/net.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "nn/layer.h"
#include "nn/net_plan.h"
#include "nn/net_tile.h"

/* ---- parameters ---- */

size_t dw_net_n_linear(const dw_net *net)
{
    return net->heads * (1 + net->p);
}

size_t dw_net_n_params(const dw_net *net)
{
    dw_plan plan;
    size_t n;

    dw_plan_make(&plan, net);
    n = plan.n_params;
    dw_plan_clear(&plan);
    return n;
}

void dw_net_init(const dw_net *net, uint64_t seed, dw_real *param)
{
    size_t n_random = 0;
    dw_plan plan;

    dw_plan_make(&plan, net);
    memset(param, 0, plan.n_params * sizeof *param);
    for (size_t i = 0; i < plan.n; i++) {
        const dw_stage *s = &plan.stage[i];
        dw_rng rng = dw_rng_init(seed, n_random);

        dw_stage_init(&plan, s, &rng, param + s->param);
        n_random += dw_stage_is_random(s);
    }
    dw_plan_clear(&plan);
}

void dw_net_decays(const dw_net *net, uint8_t *decays)
{
    dw_plan plan;

    dw_plan_make(&plan, net);
    memset(decays, 0, plan.n_params);
    for (size_t i = 0; i < plan.n; i++)
        dw_stage_decays(&plan, &plan.stage[i], decays + plan.stage[i].param);
    memset(decays + plan.u, 1, plan.n_params - plan.u);
    dw_plan_clear(&plan);
}

void dw_net_part(const dw_net *net, size_t i, char part[DW_NET_PART_MAX])
{
    size_t layer = 0;
    dw_plan plan;

    dw_plan_make(&plan, net);
    snprintf(part, DW_NET_PART_MAX, "%s",
             i < dw_net_n_linear(net) ? "the linear part" : "the output");
    for (size_t j = 0; j < plan.n; j++) {
        const dw_stage *s = &plan.stage[j];
        size_t n = dw_stage_n_params(&plan, s);

        layer += n > 0;
        if (i >= s->param && i - s->param < n)
            snprintf(part, DW_NET_PART_MAX, "layer %zu (%s)", layer,
                     dw_stage_name(s));
    }
    dw_plan_clear(&plan);
}

/* ---- workspace ---- */

dw_net_ws *dw_net_ws_new(const dw_net *net)
{
    dw_net_ws *ws = dw_alloc(1, sizeof *ws);
    dw_plan *plan = &ws->plan;
    size_t row;

    ws->net = *net;
    dw_plan_make(plan, &ws->net);
    row = plan->tile * sizeof(dw_real);
    ws->scale = dw_alloc(plan->n, sizeof *ws->scale);
    ws->touched = dw_alloc(plan->n_values, sizeof *ws->touched);
    ws->value = dw_try_alloc(plan->n_at, row);
    ws->grad = dw_try_alloc(plan->n_at, row);
    ws->kept = dw_try_alloc(plan->n_kept, row);
    ws->room = dw_try_alloc(plan->room, sizeof *ws->room);
    ws->mask = dw_try_alloc(plan->n_masks, plan->tile);
    if (ws->value && ws->grad && ws->kept && ws->room && ws->mask)
        return ws;
    dw_net_ws_free(ws);
    return NULL;
}

void dw_net_ws_free(dw_net_ws *ws)
{
    if (!ws)
        return;
    dw_free(ws->value);
    dw_free(ws->grad);
    dw_free(ws->kept);
    dw_free(ws->room);
    dw_free(ws->mask);
    dw_free(ws->scale);
    dw_free(ws->touched);
    dw_plan_clear(&ws->plan);
    dw_free(ws);
}

size_t dw_net_ws_bytes(const dw_net *net)
{
    dw_plan plan;
    size_t n;

    dw_plan_make(&plan, net);
    n = plan.tile *
            ((2 * plan.n_at + plan.n_kept) * sizeof(dw_real) + plan.n_masks) +
        plan.room * sizeof(dw_real);
    dw_plan_clear(&plan);
    return n;
}

/* ---- all tiles ---- */

/* The tile that begins at variant `at` of m, its windows taken in. */
static dw_net_tile take_tile(dw_net_ws *ws, const dw_real *param, size_t at,
                             size_t m, const dw_net_input *in,
                             const dw_net_noise *noise, bool back)
{
    size_t most = ws->plan.tile, n = m - at < most ? m - at : most;
    dw_net_tile t = {.ws = ws,
                     .param = param,
                     .number = at / most,
                     .n = n,
                     .x = ws->net.p ? in->x + at * ws->net.p : NULL,
                     .noise = noise,
                     .back = back};

    if (dw_net_looks(&ws->net))
        in->windows.cut(in->windows.ctx, at, n, dw_net_tile_value(&t, 0));
    return t;
}

void dw_net_forward(const dw_net *net, dw_net_ws *ws, const dw_real *param,
                    size_t m, const dw_net_input *in, const dw_net_noise *noise,
                    dw_real *out)
{
    const dw_plan *plan = &ws->plan;
    const dw_value *top = &plan->value[plan->n_values - 1];
    size_t wide = top->c * top->t, heads = net->heads;

    for (size_t at = 0; at < m; at += plan->tile) {
        dw_net_tile t = take_tile(ws, param, at, m, in, noise, false);
        const dw_real *h = dw_net_tile_forward(&t);
        dw_real *to = out + at * heads;

        dw_layer_linear_forward(net->p, heads, t.n, param + heads, param, t.x,
                                to);
        if (h)
            dw_real_gemm(false, false, heads, t.n, wide, 1, param + plan->u,
                         heads, h, wide, 1, to, heads);
    }
}

void dw_net_backward(const dw_net *net, dw_net_ws *ws, const dw_real *param,
                     size_t m, const dw_net_input *in,
                     const dw_net_noise *noise, const dw_real *dout,
                     dw_real *grad)
{
    size_t heads = net->heads;

    for (size_t at = 0; at < m; at += ws->plan.tile) {
        dw_net_tile t = take_tile(ws, param, at, m, in, noise, true);
        const dw_real *tile_dout = dout + at * heads;

        dw_layer_linear_backward(net->p, heads, t.n, param + heads, t.x,
                                 tile_dout, grad + heads, grad, NULL);
        dw_net_tile_backward(&t, tile_dout, grad);
    }
}
