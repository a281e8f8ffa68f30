/*
 * net_plan: a network as a list of stages, each of which has its parameters,
 * its input and its output at offsets that are worked out once.
 *
 * Between stages stand values: `c` numbers a place, `t` places a variant.  A
 * stage reads one and writes another, or changes one in place; none writes what
 * a later stage, or the way back, still has to read.
 */
#ifndef DW_NN_NET_PLAN_H
#define DW_NN_NET_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"
#include "nn/attend.h"
#include "nn/net.h"

enum dw_op {
    DW_OP_LINEAR,  /* dst <- W src + b, place by place */
    DW_OP_CONV,    /* nn/conv */
    DW_OP_POOL,    /* nn/conv */
    DW_OP_ATTEND,  /* nn/attend */
    DW_OP_JOIN,    /* dst <- W src + (Wx x + b), of a variant's inputs x */
    DW_OP_NORM,    /* nn/layer */
    DW_OP_ACT,     /* in place */
    DW_OP_DROPOUT, /* in place */
    DW_OP_ADD,     /* in place: dst += value `from` */
};

typedef struct dw_stage {
    enum dw_op op;
    size_t src, dst, from; /* values */
    size_t k;              /* CONV: its kernel; DROPOUT: which it is */
    size_t param;          /* where its parameters begin: W, then the others */
    size_t kept;           /* where that begins which the way back needs; of one
                            * variant, as all below */
} dw_stage;

typedef struct dw_value {
    size_t c, t;
    size_t at;
} dw_value;

typedef struct dw_plan {
    const dw_net *net;
    dw_stage *stage;
    dw_value *value; /* (n_values) 0: the input; the last: what U is over */
    size_t n, n_values;
    size_t u, n_params; /* where U begins */
    size_t tile;        /* variants that are taken at a time */
    /* Numbers a variant: of all values but the input of an mlp, of what is
     * kept; and of bytes for masks. */
    size_t n_at, n_kept, n_masks;
    size_t room; /* numbers that any stage needs for a tile */
} dw_plan;

/* Borrows the net. */
void dw_plan_make(dw_plan *plan, const dw_net *net);
void dw_plan_clear(dw_plan *plan);

size_t dw_stage_n_params(const dw_plan *plan, const dw_stage *s);
/* How its parameters start: weights normal with variance 1 / inputs, of the
 * stream's; POOL: twice the identity, so that the larger of two weighs more
 * from the start; O of ATTEND 0; gains 1; all else 0, but for the offsets of
 * CONV, which are drawn as weights are.  Were they 0, so would be a place where
 * no track has data, layer for layer, and each norm on the way back would
 * multiply its gradient by 1 / sqrt(1e-5): eight norms, by 1e20. */
void dw_stage_init(const dw_plan *plan, const dw_stage *s, dw_rng *rng,
                   dw_real *param);
/* decays (n_params) <- 1 where in matrices, else 0. */
void dw_stage_decays(const dw_plan *plan, const dw_stage *s, uint8_t *decays);
/* Does its start take random numbers? */
bool dw_stage_is_random(const dw_stage *s);
const char *dw_stage_name(const dw_stage *s);
/* As nn/attend takes it. */
dw_attend dw_stage_attend(const dw_plan *plan, const dw_stage *s);

#endif
