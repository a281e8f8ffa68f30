/*
 * chain: places of one genome build in another, from a UCSC chain file.
 *
 * Plain or packed.  Where chains overlap the one of the highest score counts; a
 * position in a gap of all its chains has no place.  Chromosomes have the names
 * of contig.h; XY lies on X.
 */
#ifndef DW_PLACE_CHAIN_H
#define DW_PLACE_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "data/reason.h"
#include "input/lines.h"

typedef struct dw_chain dw_chain;

/* Reads all of it; memory goes with the number of its pieces. */
dw_chain *dw_chain_open(const char *path, dw_err *err) DW_MUST_CHECK;
void dw_chain_close(dw_chain *c); /* NULL is fine */

typedef struct dw_lifted {
    const char *contig; /* as long as the chain lives */
    uint32_t pos;       /* of the first base that was asked for */
    bool reversed;      /* the bases are of the other strand */
} dw_lifted;

/* Where the n bases from pos (1-based) on lie: reason NONE, or LIFT_NO_CHAIN,
 * LIFT_GAP (also of a part of them), LIFT_AMBIGUOUS.  Reversed, they go down
 * from `pos`. */
dw_reason dw_chain_lift(dw_chain *c, const char *contig, uint32_t pos, size_t n,
                        dw_lifted *to);

/* The builds by the lengths of the chromosomes: DW_BUILD_*. */
int dw_chain_from(const dw_chain *c);
int dw_chain_to(const dw_chain *c);
dw_origin dw_chain_origin(const dw_chain *c);

#endif
