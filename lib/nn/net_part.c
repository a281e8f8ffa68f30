#include "nn/net_part.h"

#include <stdio.h>

#include "nn/net_plan.h"

/* Weights come first. */
static const char *kind_of(const dw_plan *plan, const dw_stage *s, size_t i)
{
    return i < dw_stage_n_weights(plan, s) ? "weights" : "offsets";
}

static void name_stage(const dw_plan *plan, const dw_stage *s, size_t layer,
                       size_t i, char name[DW_NET_PART_NAME])
{
    if (s->op == DW_OP_LINEAR || s->op == DW_OP_CONV || s->op == DW_OP_JOIN)
        snprintf(name, DW_NET_PART_NAME, "the %s of layer %zu (%s)",
                 kind_of(plan, s, i - s->param), layer, dw_stage_name(s));
    else
        snprintf(name, DW_NET_PART_NAME, "layer %zu (%s)", layer,
                 dw_stage_name(s));
}

void dw_net_part_name(const dw_net *net, size_t i, char name[DW_NET_PART_NAME])
{
    size_t layer = 0;
    dw_plan plan;

    dw_plan_make(&plan, net);
    snprintf(name, DW_NET_PART_NAME, "%s",
             i < net->heads             ? "the offset"
             : i < dw_net_n_linear(net) ? "the linear weights"
                                        : "the weights of the output");
    for (size_t j = 0; j < plan.n; j++) {
        const dw_stage *s = &plan.stage[j];
        size_t n = dw_stage_n_params(&plan, s);

        layer += n > 0;
        if (i >= s->param && i - s->param < n)
            name_stage(&plan, s, layer, i, name);
    }
    dw_plan_clear(&plan);
}
