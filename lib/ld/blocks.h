/*
 * blocks: variants with genotypes in, block factors out, both in order; many
 * blocks are made at a time, each by one thread, while the caller goes on to
 * the variants of the next ones.
 *
 * Only the variants of the blocks in hand, two a thread, are in memory, and
 * those of the window.  What comes out does not depend on the number of
 * threads.
 */
#ifndef DW_LD_BLOCKS_H
#define DW_LD_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "data/genotype.h"
#include "data/ldblock.h"
#include "data/region.h"
#include "data/track.h"
#include "data/variant.h"
#include "ld/admit.h"
#include "ld/factor.h"

typedef struct dw_blocks_opts {
    dw_factor_cut cut;
    dw_admit admit;
    const dw_regions *blocks; /* cores; NULL: windows, by step and flank */
    uint32_t step, flank;     /* see plan.h */
    size_t max_variants;      /* see cutter.h */
    uint64_t memory;          /* likewise */
    size_t threads;
} dw_blocks_opts;

/* What becomes of a block: `cut` gives the tracks of its variants, if they have
 * any, as soon as these are known (NULL: nothing has tracks); `pack` turns all
 * into bytes, in any thread; `put` takes the bytes of one block after the
 * other.  `cut` and `put` are called in the caller's thread. */
typedef struct dw_blocks_out {
    void *ctx;
    int (*cut)(void *ctx, const dw_variants *v, dw_tracks *t, dw_err *err);
    int (*pack)(void *ctx, const dw_variants *v, const dw_tracks *t,
                const dw_ldblock *b, dw_buf *packed, dw_err *err);
    int (*put)(void *ctx, const dw_buf *packed, dw_err *err);
} dw_blocks_out;

typedef struct dw_blocks_counts {
    uint64_t blocks, rank, core;            /* written; sums of k and of l */
    uint64_t empty, split, shrunk, outside; /* see cutter.h */
    uint64_t beyond; /* rows where LD that is made has no block (ld_join.h) */
} dw_blocks_counts;

typedef struct dw_blocks dw_blocks;

dw_blocks *dw_blocks_new(const dw_blocks_opts *opts, const dw_blocks_out *out,
                         dw_geno_kind kind, size_t people);
void dw_blocks_free(dw_blocks *b); /* NULL is fine */

/* Begins variants of t traits and p annotations; the contig before was
 * finished. */
void dw_blocks_begin(dw_blocks *b, size_t t, size_t p);
/* Finishes the contig in hand and begins another one; "": none, and all blocks
 * are out when it returns. */
int dw_blocks_turn(dw_blocks *b, const char *contig, dw_err *err) DW_MUST_CHECK;
const char *dw_blocks_contig(const dw_blocks *b);
/* The position of the first variant that blocks to come may hold; UINT32_MAX:
 * none is in hand. */
uint32_t dw_blocks_first(const dw_blocks *b);
/* Takes row `row` of v, on the contig in hand and behind those taken, with a
 * column that counts its ALT; a frequency that is missing becomes the panel's.
 * What became of it is counted: "taken", or the reason (see admit.h). */
int dw_blocks_take(dw_blocks *b, const dw_variants *v, size_t row,
                   const void *column, dw_tally *tally,
                   dw_err *err) DW_MUST_CHECK;
dw_blocks_counts dw_blocks_counted(const dw_blocks *b);

#endif
