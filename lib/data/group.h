/*
 * group: the rows of one place, side by side.
 *
 * Unlike dw_rows, which holds many in little room, it has each row as it is
 * looked at.  k numbers in each row.
 */
#ifndef DW_DATA_GROUP_H
#define DW_DATA_GROUP_H

#include <stddef.h>

#include "base/err.h"
#include "data/rows.h"

/* {.k = ...} is an empty one. */
typedef struct dw_group {
    size_t n, k;
    dw_row *row; /* (n) */
    /* What they point to, contigs apart; these are lent. */
    float *value; /* (k x cap_row), ld k */
    char *text;
    size_t n_text, cap_row, cap_text;
} dw_group;

/* Copies the row in; its contig's name has to stay until dw_group_reset.  0 or
 * DW_ENOMEM. */
int dw_group_add(dw_group *g, const dw_row *row) DW_MUST_CHECK;
static inline void dw_group_reset(dw_group *g) /* no rows; keeps the memory */
{
    g->n = g->n_text = 0;
}
void dw_group_clear(dw_group *g);

#endif
