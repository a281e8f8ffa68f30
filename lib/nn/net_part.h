/*
 * net_part: what a parameter of a network is, in words.
 */
#ifndef DW_NN_NET_PART_H
#define DW_NN_NET_PART_H

#include <stddef.h>

#include "nn/net.h"

enum { DW_NET_PART_NAME = 64 };

/* "the weights of layer 2 (conv)", for parameter i of the net. */
void dw_net_part_name(const dw_net *net, size_t i, char name[DW_NET_PART_NAME]);

#endif
