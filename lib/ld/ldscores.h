/*
 * ldscores: LD scores of a block's core, in total or by annotation, from its
 * factor: those of score_tile.h with r = q_i' q_j.
 */
#ifndef DW_LD_LDSCORES_H
#define DW_LD_LDSCORES_H

#include <stddef.h>

#include "base/err.h"
#include "data/ldblock.h"

/* Workspace of one thread; grows to the largest block that it has seen. */
typedef struct dw_ldscores_ws dw_ldscores_ws;

dw_ldscores_ws *dw_ldscores_ws_new(void);
void dw_ldscores_ws_free(dw_ldscores_ws *ws); /* NULL is fine */

/*
 *   first  (m)      as dw_ld_window_first has it (ld_window.h): never
 *                   descending, first[i] <= i
 *   annot  (m x p)  ld m, finite; NULL with p = 1: the total, all of them 1
 *   score  (l x p)  ld l, set
 *
 * 0; DW_ENOMEM.  r^2 is in single precision, as Q is; sums over more than a few
 * hundred variants are in double.
 */
int dw_ldscores_block(dw_ldscores_ws *ws, const dw_ldblock *b,
                      const size_t *first, size_t p, const float *annot,
                      double *score) DW_MUST_CHECK;

#endif
