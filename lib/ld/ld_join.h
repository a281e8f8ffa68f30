/*
 * ld_join: variants and LD that is made already in, block factors of the
 * variants out.
 *
 * Variants of a stream are joined to the blocks of an LD source by position and
 * alleles, either way round; what a block has and the stream has not is taken
 * out of its factor (restrict.h).  Or, without a stream, all variants of the
 * source come out.
 *
 * The next blocks are read and decoded while those before them are joined.
 * Only the blocks on their way, three a thread, and the variants that the first
 * of them cover are in memory.  What comes out does not depend on the number of
 * threads.
 */
#ifndef DW_LD_LD_JOIN_H
#define DW_LD_LD_JOIN_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/log.h"
#include "data/scope.h"
#include "data/variant.h"
#include "ld/blocks.h"
#include "ld/ld_source.h"

typedef struct dw_ld_join_opts {
    /* The source again, from its first block: contigs of the stream may come in
     * another order than its. */
    dw_ld_source *(*open)(const void *ctx, dw_err *err);
    const void *ctx;
    dw_factor_cut cut;
    double min_maf; /* by the source's frequencies */
    dw_scope scope; /* without a stream; with one its rows are in scope */
    size_t threads;
} dw_ld_join_opts;

typedef struct dw_ld_join_counts {
    dw_blocks_counts blocks; /* written; empty: without a core variant */
    uint64_t seen;           /* without a stream: core variants */
    uint64_t core;           /* core variants that those blocks had ... */
    uint64_t gone;           /* ... of which these were taken out */
} dw_ld_join_counts;

typedef struct dw_ld_join dw_ld_join;

/* Takes over an open source, which stands before its first block. */
dw_ld_join *dw_ld_join_new(const dw_ld_join_opts *opts, dw_ld_source *take,
                           const dw_blocks_out *out);
void dw_ld_join_free(dw_ld_join *j); /* NULL is fine */

/* As for dw_blocks. */
void dw_ld_join_begin(dw_ld_join *j, size_t t, size_t p);
int dw_ld_join_turn(dw_ld_join *j, const char *contig,
                    dw_err *err) DW_MUST_CHECK;
const char *dw_ld_join_contig(const dw_ld_join *j);
uint32_t dw_ld_join_first(const dw_ld_join *j);
/* Takes row `row` of v, on the contig in hand, at or behind those taken. */
int dw_ld_join_take(dw_ld_join *j, const dw_variants *v, size_t row,
                    dw_err *err) DW_MUST_CHECK;

/* All of the source, in its own order, as it is but for scope, min_maf and cut.
 * Its core variants are counted as those of a stream. */
int dw_ld_join_whole(dw_ld_join *j, dw_err *err) DW_MUST_CHECK;

/* Adds what became of the variants taken since the last call: taken, or
 * not_in_panel, contig_not_in_panel, alleles_differ, low_maf; of those taken,
 * outside_blocks; and what the source left out itself. */
void dw_ld_join_tell(dw_ld_join *j, dw_tally *tally);
dw_ld_join_counts dw_ld_join_counted(const dw_ld_join *j);

#endif
