/*
 * near_order: rows that are a little out of order, put in order on the way.
 *
 * A row that was moved by less than 2 kb (an indel, left-aligned) finds its
 * place again without the whole table in memory.  What is further out stays so.
 */
#ifndef DW_PLACE_NEAR_ORDER_H
#define DW_PLACE_NEAR_ORDER_H

#include "input/ordered.h"

typedef struct dw_near_order dw_near_order;

/* The reader is borrowed. */
dw_near_order *dw_near_order_new(const dw_row_reader *reader);
void dw_near_order_free(dw_near_order *o); /* NULL is fine */
const dw_row_reader *dw_near_order_reader(const dw_near_order *o);

#endif
