/*
 * ld_walk: through the blocks of an LD source, contig by contig, in whatever
 * order contigs are asked for.
 */
#ifndef DW_LD_LD_WALK_H
#define DW_LD_LD_WALK_H

#include <stdbool.h>

#include "ld/ld_source.h"

/* One block of a source: its bytes, and, once made, what they say.  {0} before
 * the first use. */
typedef struct dw_ld_item {
    void *bytes;
    bool made;
    dw_variants var;
    dw_ldblock ld;
    dw_tally tally; /* of making it */
} dw_ld_item;

typedef struct dw_ld_walk dw_ld_walk;

/* Takes over an open source, which stands before its first block; `open` gives
 * it anew. */
dw_ld_walk *dw_ld_walk_new(dw_ld_source *take,
                           dw_ld_source *(*open)(const void *ctx, dw_err *err),
                           const void *ctx, const dw_factor_cut *cut);
void dw_ld_walk_free(dw_ld_walk *w); /* NULL is fine */

/* To the first block of a contig; dw_ld_walk_next then ends where the contig
 * ends.  1, or 0 when the source has none of it. */
int dw_ld_walk_seek(dw_ld_walk *w, const char *contig,
                    dw_err *err) DW_MUST_CHECK;
/* The next block: 1, 0, negative.  What was in the item is kept for its memory.
 * Without dw_ld_walk_seek all contigs come, each in one piece. */
int dw_ld_walk_next(dw_ld_walk *w, dw_ld_item *item, dw_err *err) DW_MUST_CHECK;

/* Makes an item, if it is not; in any thread. */
int dw_ld_walk_make(const dw_ld_walk *w, dw_ld_item *item,
                    dw_err *err) DW_MUST_CHECK;
void dw_ld_walk_clear(const dw_ld_walk *w, dw_ld_item *item);

#endif
