/*
 * net_tile: one tile of variants on its way through the stages of a network,
 * and back.
 */
#ifndef DW_NN_NET_TILE_H
#define DW_NN_NET_TILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nn/net.h"
#include "nn/net_plan.h"

/* What a thread works in, a tile at a time; rows are of plan.tile numbers. */
struct dw_net_ws {
    dw_net net;
    dw_plan plan; /* of it */
    dw_real *value, *grad, *kept, *room;
    uint8_t *mask;
    dw_real *scale; /* (stages) of dropouts */
    bool *touched;  /* (values) on the way back: is there a gradient yet? */
};

typedef struct dw_net_tile {
    dw_net_ws *ws;
    const dw_real *param;
    size_t number, n;          /* which it is; its variants */
    const dw_real *x;          /* (p x n) */
    const dw_net_noise *noise; /* NULL: no dropout */
    bool back;                 /* is there a way back? */
} dw_net_tile;

/* Value v of the plan (c t x n); the windows' are 0, for the caller to set. */
dw_real *dw_net_tile_value(const dw_net_tile *t, size_t v);
/* All stages; returns what U is over (c t x n), NULL if there is none. */
const dw_real *dw_net_tile_forward(const dw_net_tile *t);
/* All stages, forward and back: adds to grad what U and they have, given d loss
 * / d out, dout (heads x n). */
void dw_net_tile_backward(const dw_net_tile *t, const dw_real *dout,
                          dw_real *grad);

#endif
