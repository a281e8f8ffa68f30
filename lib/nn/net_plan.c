#include "nn/net_plan.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "nn/conv.h"

enum {
    TILE_VARIANTS = 512, /* 512 x 64 numbers stay in a second-level cache */
    TILE_PLACES = 4096,  /* bins a tile: enough for products to run at full
                          * speed, few enough for a workspace of some 10 MB */
    MAX_STAGES = 1024,   /* a transformer of 64 layers has 775 */
};

static const dw_value *src_of(const dw_plan *plan, const dw_stage *s)
{
    return &plan->value[s->src];
}

static const dw_value *dst_of(const dw_plan *plan, const dw_stage *s)
{
    return &plan->value[s->dst];
}

dw_attend dw_stage_attend(const dw_plan *plan, const dw_stage *s)
{
    const dw_value *v = src_of(plan, s);

    return (dw_attend){v->c, v->t, plan->net->attention};
}

const char *dw_stage_name(const dw_stage *s)
{
    static const char *const name[] = {"linear",    "conv",    "pool",
                                       "attention", "top",     "norm",
                                       "act",       "dropout", "residual"};

    return name[s->op];
}

/* ---- parameters ---- */

size_t dw_stage_n_params(const dw_plan *plan, const dw_stage *s)
{
    size_t in = src_of(plan, s)->c, out = dst_of(plan, s)->c;
    dw_attend attend;

    switch (s->op) {
    case DW_OP_LINEAR: return out * (in + 1);
    case DW_OP_CONV: return out * (s->k * in + 1);
    case DW_OP_POOL: return in * in;
    case DW_OP_ATTEND:
        attend = dw_stage_attend(plan, s);
        return dw_attend_n_params(&attend);
    case DW_OP_JOIN: return out * (in + plan->net->p + 1);
    case DW_OP_NORM: return 2 * in;
    case DW_OP_ACT:
    case DW_OP_DROPOUT:
    case DW_OP_ADD: break;
    }
    return 0;
}

/* How many numbers are summed into one: the weights that begin a stage's
 * parameters are (out x that). */
static size_t depth_of(const dw_plan *plan, const dw_stage *s)
{
    size_t in = src_of(plan, s)->c;

    switch (s->op) {
    case DW_OP_CONV: return s->k * in;
    case DW_OP_JOIN: return in + plan->net->p;
    default: return in;
    }
}

bool dw_stage_is_random(const dw_stage *s)
{
    return s->op == DW_OP_LINEAR || s->op == DW_OP_CONV ||
           s->op == DW_OP_ATTEND || s->op == DW_OP_JOIN;
}

void dw_stage_init(const dw_plan *plan, const dw_stage *s, dw_rng *rng,
                   dw_real *param)
{
    size_t depth = depth_of(plan, s), c = src_of(plan, s)->c;
    size_t rows = s->op == DW_OP_ATTEND ? 3 * c : dst_of(plan, s)->c;
    size_t drawn = rows * (s->op == DW_OP_CONV ? depth + 1 : depth);
    double sd = 1 / sqrt((double)depth);

    memset(param, 0, dw_stage_n_params(plan, s) * sizeof *param);
    if (dw_stage_is_random(s)) {
        for (size_t i = 0; i < drawn; i++)
            param[i] = (dw_real)(sd * dw_rng_normal(rng));
    }
    if (s->op == DW_OP_POOL) {
        for (size_t i = 0; i < c; i++)
            param[i + i * c] = 2;
    }
    if (s->op == DW_OP_NORM) {
        for (size_t i = 0; i < c; i++)
            param[i] = 1;
    }
}

void dw_stage_decays(const dw_plan *plan, const dw_stage *s, uint8_t *decays)
{
    size_t n = dw_stage_n_params(plan, s), rows = dst_of(plan, s)->c;

    memset(decays, 0, n);
    if (s->op == DW_OP_ATTEND) {
        dw_attend a = dw_stage_attend(plan, s);

        memset(decays, 1, dw_attend_at_distance(&a));
        memset(decays + dw_attend_at_out(&a), 1, a.c * a.c);
    } else if (dw_stage_is_random(s) || s->op == DW_OP_POOL) {
        memset(decays, 1, rows * depth_of(plan, s));
    }
}

/* ---- building ---- */

static size_t last(const dw_plan *plan)
{
    return plan->n_values - 1;
}

/* A value of `c` numbers at each of `t` places. */
static size_t add_value(dw_plan *plan, size_t c, size_t t, bool stored)
{
    dw_value *v = &plan->value[plan->n_values];

    *v = (dw_value){c, t, plan->n_at};
    if (stored)
        plan->n_at += c * t;
    return plan->n_values++;
}

/* What a stage keeps for the way back, and the room that it takes. */
static void add_memory(dw_plan *plan, dw_stage *s)
{
    const dw_value *in = src_of(plan, s), *out = dst_of(plan, s);
    dw_attend a = dw_stage_attend(plan, s);
    size_t kept = 0, room = 0, tile = plan->tile;

    switch (s->op) {
    case DW_OP_CONV:
        room = dw_conv_room(in->c, out->c, s->k, in->t, tile);
        break;
    case DW_OP_JOIN: room = out->c * tile; break;
    case DW_OP_NORM: kept = 2 * in->t; break;
    case DW_OP_ACT: kept = in->c * in->t; break;
    case DW_OP_POOL:
        kept = out->c * out->t;
        room = 2 * in->c * in->t * tile;
        break;
    case DW_OP_ATTEND:
        kept = dw_attend_kept(&a);
        room = dw_attend_room(&a) * tile;
        break;
    case DW_OP_DROPOUT:
        s->kept = plan->n_masks;
        plan->n_masks += in->c * in->t;
        return;
    case DW_OP_LINEAR:
    case DW_OP_ADD: break;
    }
    s->kept = plan->n_kept;
    plan->n_kept += kept;
    plan->room = room > plan->room ? room : plan->room;
}

static dw_stage *add_stage(dw_plan *plan, dw_stage made)
{
    dw_stage *s = &plan->stage[plan->n++];

    *s = made;
    s->param = plan->n_params;
    plan->n_params += dw_stage_n_params(plan, s);
    add_memory(plan, s);
    return s;
}

/* A stage that makes a value of another width or length from the last one. */
static void add(dw_plan *plan, enum dw_op op, size_t k, size_t c, size_t t)
{
    size_t src = last(plan), dst = add_value(plan, c, t, true);

    add_stage(plan, (dw_stage){.op = op, .src = src, .dst = dst, .k = k});
}

/* One that makes a value of the same shape. */
static void add_alike(dw_plan *plan, enum dw_op op)
{
    const dw_value *v = &plan->value[last(plan)];

    add(plan, op, 0, v->c, v->t);
}

static void add_in_place(dw_plan *plan, enum dw_op op, size_t from)
{
    size_t v = last(plan);

    add_stage(plan, (dw_stage){.op = op, .src = v, .dst = v, .from = from});
}

static void add_linear(dw_plan *plan, size_t c)
{
    add(plan, DW_OP_LINEAR, 0, c, plan->value[last(plan)].t);
}

static void add_norm_act(dw_plan *plan)
{
    add_alike(plan, DW_OP_NORM);
    add_in_place(plan, DW_OP_ACT, 0);
}

/* ---- the kinds ---- */

static void plan_mlp(dw_plan *plan)
{
    const dw_net *net = plan->net;

    for (size_t i = 0; i < net->n_hidden; i++) {
        size_t before = last(plan);

        add_linear(plan, net->hidden[i]);
        if (net->norm)
            add_alike(plan, DW_OP_NORM);
        add_in_place(plan, DW_OP_ACT, 0);
        add_in_place(plan, DW_OP_DROPOUT, 0);
        if (net->res && i && plan->value[before].c == net->hidden[i])
            add_in_place(plan, DW_OP_ADD, before);
    }
}

/* Width behind block i of n: from dim / 2 to dim by equal factors, in eights
 * where dim is. */
static size_t width_of(const dw_net *net, size_t i, size_t n)
{
    double wide = (double)net->dim * exp2(((double)i - (double)n) / (double)n);
    double grain = net->dim % 16 ? 1 : 8;

    return i == n ? net->dim : (size_t)(floor(wide / grain + 0.5) * grain);
}

/* x + W act(norm(x)), then two places to one. */
static void end_block(dw_plan *plan, bool pool)
{
    size_t before = last(plan), c = plan->value[before].c;

    add_norm_act(plan);
    add_linear(plan, c);
    add_in_place(plan, DW_OP_ADD, before);
    if (pool)
        add(plan, DW_OP_POOL, 0, c, (plan->value[before].t + 1) / 2);
}

static void plan_tower(dw_plan *plan)
{
    const dw_net *net = plan->net;
    size_t blocks = net->down ? net->down - 1 : 0;

    add(plan, DW_OP_CONV, net->stem, blocks ? net->dim / 2 : net->dim,
        plan->value[0].t);
    end_block(plan, net->down > 0);
    for (size_t i = 1; i <= blocks; i++) {
        add_norm_act(plan);
        add(plan, DW_OP_CONV, net->kernel, width_of(net, i, blocks),
            plan->value[last(plan)].t);
        end_block(plan, true);
    }
}

static void plan_layer(dw_plan *plan)
{
    size_t before = last(plan), c = plan->net->dim;

    add_alike(plan, DW_OP_NORM);
    add_alike(plan, DW_OP_ATTEND);
    add_in_place(plan, DW_OP_DROPOUT, 0);
    add_in_place(plan, DW_OP_ADD, before);
    before = last(plan);
    add_alike(plan, DW_OP_NORM);
    add_linear(plan, 2 * c);
    add_in_place(plan, DW_OP_ACT, 0);
    add_in_place(plan, DW_OP_DROPOUT, 0);
    add_linear(plan, c);
    add_in_place(plan, DW_OP_DROPOUT, 0);
    add_in_place(plan, DW_OP_ADD, before);
}

static void plan_windowed(dw_plan *plan)
{
    const dw_net *net = plan->net;

    plan_tower(plan);
    for (size_t i = 0; i < net->depth; i++)
        plan_layer(plan);
    add_norm_act(plan);
    add(plan, DW_OP_JOIN, 0, net->top, plan->value[last(plan)].t);
    add_in_place(plan, DW_OP_ACT, 0);
    add_in_place(plan, DW_OP_DROPOUT, 0);
}

/* Which of them a mask is of goes into its key. */
static void number_dropouts(dw_plan *plan)
{
    size_t n = 0;

    for (size_t i = 0; i < plan->n; i++) {
        if (plan->stage[i].op == DW_OP_DROPOUT)
            plan->stage[i].k = n++;
    }
}

void dw_plan_make(dw_plan *plan, const dw_net *net)
{
    bool looks = dw_net_looks(net);
    size_t bins = looks ? net->window / net->bin : 1;

    *plan = (dw_plan){.net = net, .n_params = dw_net_n_linear(net)};
    plan->stage = dw_alloc(MAX_STAGES, sizeof *plan->stage);
    plan->value = dw_alloc(MAX_STAGES + 1, sizeof *plan->value);
    plan->tile = looks ? TILE_PLACES / bins : TILE_VARIANTS;
    if (plan->tile > TILE_VARIANTS)
        plan->tile = TILE_VARIANTS;
    if (looks) {
        add_value(plan, net->tracks, bins, true);
        plan_windowed(plan);
    } else {
        add_value(plan, net->p, 1, false);
        plan_mlp(plan);
    }
    number_dropouts(plan);
    plan->u = plan->n_params;
    if (plan->n) {
        const dw_value *top = &plan->value[last(plan)];

        plan->n_params += net->heads * top->c * top->t;
    }
}

void dw_plan_clear(dw_plan *plan)
{
    dw_free(plan->stage);
    dw_free(plan->value);
    *plan = (dw_plan){0};
}
