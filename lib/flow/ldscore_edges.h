/*
 * ldscore_edges: do the blocks of a chromosome hold all that the windows of
 * their cores ask for?  That is known when its last core was seen.
 */
#ifndef DW_FLOW_LDSCORE_EDGES_H
#define DW_FLOW_LDSCORE_EDGES_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "ld/ld_window.h"
#include "record/rec_stream.h"

/* How far cores have come on a chromosome.  {0}: nothing was seen. */
typedef struct dw_ld_place {
    char contig[DW_CONTIG_MAX];
    uint32_t end; /* of the last core */
    size_t rank;  /* core variants so far */
} dw_ld_place;

/* To where the core of `b` begins: rank 0, if that is on another chromosome or
 * before the last core. */
void dw_ld_place_settle(dw_ld_place *place, const dw_ldblock *b);
/* And to where it ends. */
void dw_ld_place_next(dw_ld_place *place, const dw_ldblock *b);

typedef struct dw_ld_edges dw_ld_edges;

/* The window is borrowed. */
dw_ld_edges *dw_ld_edges_new(const dw_ld_window *window);
void dw_ld_edges_free(dw_ld_edges *e); /* NULL is fine */

/* One block after the other, each with its settled place.  DW_EMISMATCH, naming
 * the block (of the chromosome before, maybe), if its core's windows reach out
 * of it to variants of other cores; or, where chunks are counted, if it holds
 * flanks that are in no core.  DW_ENOMEM. */
int dw_ld_edges_add(dw_ld_edges *e, const dw_block *block,
                    const dw_ld_place *place, dw_err *err) DW_MUST_CHECK;
/* Behind the last one; likewise. */
int dw_ld_edges_finish(dw_ld_edges *e, dw_err *err) DW_MUST_CHECK;

#endif
