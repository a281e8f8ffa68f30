/*
 * cutter: which rows of the sliding window make up the next block.
 */
#ifndef DW_LD_CUTTER_H
#define DW_LD_CUTTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ld/plan.h"
#include "ld/slide.h"

/* Rows [begin, begin + m) of the window, of which the core is the l from begin
 * + core on; it covers [start, end), 0-based. */
typedef struct dw_piece {
    uint32_t start, end;
    size_t begin, m, core, l;
} dw_piece;

/* Set `plan` and `max_variants`; all else is 0 before the first contig. */
typedef struct dw_cutter {
    dw_plan plan;
    size_t max_variants; /* of a core: one with more is cut into equal runs,
                          * with the plan's flanks each; 0: no bound */
    /* Counts over all contigs. */
    uint64_t empty;   /* blocks without a variant in their core */
    uint64_t split;   /* blocks that were cut */
    uint64_t outside; /* variants that no block has taken in */

    bool have; /* `block` is being given, or waits for its variants */
    dw_span_block block;
    size_t part, parts;
    size_t seen; /* rows below are in a block that was given, or counted */
} dw_cutter;

void dw_cutter_begin(dw_cutter *c, const char *contig);
/* The next block, if all its variants are in the window; `at_end`: the contig
 * has no more than those there. */
bool dw_cutter_next(dw_cutter *c, const dw_slide *s, bool at_end,
                    dw_piece *piece);
/* Drops the rows that no block to come takes in; the rows of pieces given
 * before are numbered no more. */
void dw_cutter_drop(dw_cutter *c, dw_slide *s);

#endif
