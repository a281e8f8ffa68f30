/*
 * ldscore_flow: LD scores of the blocks of a stream, as LDSC lays them out:
 * what dw-view --ldscores shows.
 */
#ifndef DW_FLOW_LDSCORE_FLOW_H
#define DW_FLOW_LDSCORE_FLOW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "ld/ld_window.h"
#include "record/rec_stream.h"
#include "stream/outfile.h"

typedef struct dw_ldscore_plan {
    bool by_annotation;  /* a column each; else one, the total */
    dw_ld_window window; /* reach INFINITY: over the block */
    const char *counts;  /* PREFIX of .l2.M and .l2.M_5_50; NULL: not wanted */
    size_t threads;
} dw_ldscore_plan;

/*
 * CHR SNP BP, then L2, or NAMEL2 for each annotation (L2 if there is only one),
 * of core variants.  Blocks that do not hold all variants in the windows of
 * their cores are DW_EMISMATCH, when the chromosome has ended.
 */
int dw_ldscore_run(const dw_ldscore_plan *plan, dw_outfile *out, dw_source *src,
                   dw_err *err) DW_MUST_CHECK;

#endif
