/*
 * ldscore_annot: LD scores as an annotation, from the blocks of a stream.
 */
#ifndef DW_FLOW_LDSCORE_ANNOT_H
#define DW_FLOW_LDSCORE_ANNOT_H

#include "annot/annotator.h"
#include "base/err.h"

/*
 * One column, ldscore: of each variant the sum of r^2 over the variants of the
 * block in which it is core, less the bias of a finite panel (lik/ldsr.h, l_j).
 * A variant that is nowhere core has none.  The stream at `path` is read here;
 * DW_EMISMATCH if it holds no blocks.
 */
dw_annotator *dw_ldscore_annot_open(const char *path,
                                    dw_err *err) DW_MUST_CHECK;

#endif
