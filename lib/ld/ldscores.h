/*
 * ldscores: windows of LD scores, and the scores of a block's core, in total or
 * by annotation, from its factor: those of score_tile.h with r = q_i' q_j.
 */
#ifndef DW_LD_LDSCORES_H
#define DW_LD_LDSCORES_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/ldblock.h"

/*
 * Two variants are in each other's window when they are at most `reach` bases
 * apart.  LDSC goes by chunks of `chunk` variants of a chromosome, counted from
 * its first: of a pair i < j, i has to be in or behind the chunk that holds the
 * first variant within reach of the first one of j's chunk.  With chunks of 1
 * that is the rule above.
 */
typedef struct dw_ld_window {
    double reach; /* bases; INFINITY: all of the block */
    size_t chunk; /* >= 1 */
} dw_ld_window;

/* first (n) <- of each of n variants the first that is in its window, from the
 * sorted pos (n).  The first of them is number `rank` of its chromosome, from
 * 0; what lies before it is not known, and counts as out of reach. */
void dw_ld_window_first(const dw_ld_window *w, size_t n, const uint32_t *pos,
                        size_t rank, size_t *first);

/* Workspace of one thread; grows to the largest block that it has seen. */
typedef struct dw_ldscores_ws dw_ldscores_ws;

dw_ldscores_ws *dw_ldscores_ws_new(void);
void dw_ldscores_ws_free(dw_ldscores_ws *ws); /* NULL is fine */

/*
 *   first  (m)      as dw_ld_window_first has it: never descending, first[i] <=
 *                   i
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
