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

/* What a block takes while it is made: with s = min(people, l), the least rank
 * that is sure, 28 s^2 for the eigenvectors and 16 s m for Q, which is there as
 * numbers, as bytes, and, packed, twice. */
uint64_t dw_cutter_bytes(size_t people, size_t l, size_t m);

/* Set `plan`, `max_variants`, `people` and `memory`; all else is 0 before the
 * first contig. */
typedef struct dw_cutter {
    dw_plan plan;
    size_t max_variants; /* of a core: one with more is cut into equal runs,
                          * with the plan's flanks each; 0: no bound */
    size_t people;       /* of the panel, and the bytes that the factor of a */
    uint64_t memory;     /* block of theirs may take: likewise; 0: no bound */
    /* Counts over all contigs. */
    uint64_t empty;   /* blocks without a variant in their core */
    uint64_t split;   /* blocks that were cut, for their variants */
    uint64_t shrunk;  /* and for the memory that they would take */
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
