/*
 * ld_source: wherever finished LD comes from, as blocks.
 *
 * A panel of this suite, a folder of UKBB_LD matrices, an eigen-decomposition
 * of GCTB, one square matrix: each is one of these.  Blocks come in the order
 * of the contigs as the source has them, and by start within a contig.
 *
 * Reading is told apart from making, so that blocks can be made in parallel:
 * `read` takes the bytes of the next block into an item, one call after the
 * other; `make` turns an item into variants and their factor, in any thread,
 * each item in one thread at a time.
 */
#ifndef DW_LD_LD_SOURCE_H
#define DW_LD_LD_SOURCE_H

#include <stdint.h>

#include "base/err.h"
#include "base/log.h"
#include "data/ldblock.h"
#include "data/variant.h"
#include "ld/factor.h"

typedef struct dw_ld_source_kind {
    void *(*item_new)(void);
    void (*item_free)(void *item);
    /* 1: a block is in `item`; 0: the end, and it was whole; negative. */
    int (*read)(void *self, void *item, dw_err *err);
    /* Sets v (no trait, no annotation; sorted, see dw_variants_check) and b
     * (its m variants are those of v, in that order; signs by their ALT).  What
     * was left out or mended is added to `tally` by a reason, which is the
     * caller's, one an item. */
    int (*make)(const void *self, void *item, const dw_factor_cut *cut,
                dw_variants *v, dw_ldblock *b, dw_tally *tally, dw_err *err);
    /* The contig of what was read last; NULL, the function too, where only
     * `make` can tell. */
    const char *(*contig)(const void *item);
    /* Names each file by `add`, with the digest of dw-stream(5), "input"; asked
     * before the first block, for HEAD. */
    void (*inputs)(const void *self,
                   void (*add)(void *ctx, const char *name, uint64_t digest),
                   void *ctx);
    void (*close)(void *self);
} dw_ld_source_kind;

typedef struct dw_ld_source {
    const dw_ld_source_kind *kind;
    void *self;
    char *name;        /* of the panel, for HEAD; owned */
    char *how;         /* how it was made, for HEAD; owned */
    const char *build; /* as dw_build_name has it; NULL: not known */
    uint64_t people;   /* of the panel; 0: not known */
} dw_ld_source;

void dw_ld_source_close(dw_ld_source *s); /* NULL is fine */

#endif
