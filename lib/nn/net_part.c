#include "nn/net_part.h"

#include <stdio.h>

void dw_net_part_name(const dw_net *net, size_t i, char name[DW_NET_PART_NAME])
{
    size_t in = net->p, at = net->heads;

    if (i < at) {
        snprintf(name, DW_NET_PART_NAME, "the offset");
        return;
    }
    at += net->heads * net->p;
    if (i < at) {
        snprintf(name, DW_NET_PART_NAME, "the linear weights");
        return;
    }
    for (size_t l = 0; l < net->n_hidden; l++) {
        size_t out = net->hidden[l], w = out * in;

        if (i < at + w + out) {
            snprintf(name, DW_NET_PART_NAME, "the %s of hidden layer %zu",
                     i < at + w ? "weights" : "offsets", l + 1);
            return;
        }
        at += w + out;
        in = out;
    }
    snprintf(name, DW_NET_PART_NAME, "the weights of the output");
}
