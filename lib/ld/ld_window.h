/*
 * ld_window: which variants are in each other's window of LD scores.
 */
#ifndef DW_LD_LD_WINDOW_H
#define DW_LD_LD_WINDOW_H

#include <stddef.h>
#include <stdint.h>

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

#endif
