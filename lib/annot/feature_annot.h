/*
 * feature_annot: annotations that follow from the variant itself.
 */
#ifndef DW_ANNOT_FEATURE_ANNOT_H
#define DW_ANNOT_FEATURE_ANNOT_H

#include "annot/annotator.h"

/*
 * `text` is a list of names, divided by commas:
 *
 *   maf      frequency of the rarer allele, from eaf f: min(f, 1 - f)
 *   sd       of the number of ALT alleles in a person: sqrt(2 f (1 - f))
 *
 * and ldscore, the sum of r^2 with its neighbours, which needs LD and is
 * refused here (flow/add_flow.h makes it).  Missing where eaf is.  `bim` is of
 * no use here.
 */
dw_annotator *dw_feature_annot_open(const char *text, const char *bim,
                                    dw_err *err) DW_MUST_CHECK;

#endif
