/*
 * ldscore_geno: LD scores from the genotypes of a panel, without blocks: what
 * dw-view --ldscores --geno shows.
 */
#ifndef DW_FLOW_LDSCORE_GENO_H
#define DW_FLOW_LDSCORE_GENO_H

#include "base/err.h"
#include "flow/ldscore_flow.h"
#include "input/read_geno.h"
#include "record/rec_stream.h"
#include "stream/outfile.h"

typedef struct dw_ldscore_panel {
    const char *geno;
    dw_geno_query query;
} dw_ldscore_panel;

/*
 * As dw_ldscore_run (ldscore_flow.h), over a window of finite reach: of the
 * variants of a stream without blocks that the panel has, or (src NULL) of all
 * of its own.  What became of the others is told in notes.  DW_EMISMATCH when
 * the stream has blocks, or next to none of its variants is in the panel.
 */
int dw_ldscore_of_genotypes(const dw_ldscore_plan *plan,
                            const dw_ldscore_panel *panel, dw_outfile *out,
                            dw_source *src, dw_err *err) DW_MUST_CHECK;

#endif
