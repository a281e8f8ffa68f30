/*
 * plan: where the blocks of a contig begin and end.
 *
 * Blocks come from a list of intervals, or from windows that slide: window w,
 * flank f, step s = w - 2 f; core k is [k s, (k + 1) s), whatever variants
 * there are, so that cores tile each chromosome from its first base to its
 * last. The block of a core [a, b) takes in the variants of [a - f, b + f).
 */
#ifndef DW_LD_PLAN_H
#define DW_LD_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/region.h"

typedef struct dw_plan {
    const dw_regions *blocks; /* sorted, disjoint; NULL: windows */
    uint32_t step, flank;     /* step > 0; of no use with blocks */

    /* The contig that is being gone through. */
    size_t next, end; /* blocks not yet given */
    uint32_t done;    /* windows: cores up to here were given */
} dw_plan;

/* 0-based, half-open; the block [from, to) holds the core [start, end). */
typedef struct dw_span_block {
    uint32_t from, start, end, to;
} dw_span_block;

void dw_plan_begin(dw_plan *plan, const char *contig);
/* The next block.  Of blocks, the next one of the contig, though nothing may
 * lie in it; of windows, the first not yet given whose core holds position
 * `pos` (1-based) or one behind it.  False when the contig has no more. */
bool dw_plan_next(dw_plan *plan, uint32_t pos, dw_span_block *b);
/* What no block to come holds ends here (0-based): the least `from` of those
 * that dw_plan_next may yet give. */
uint32_t dw_plan_floor(const dw_plan *plan);

#endif
