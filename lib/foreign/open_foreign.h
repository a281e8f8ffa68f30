/*
 * open_foreign: LD that others made, whatever form it has.
 *
 *     a folder with ldm.info          GCTB, SBayesRC     gctb_source.h
 *     a folder of chrC_S_E.npz        UKBB_LD            ukbb_source.h
 *     one .npz, or what stands before .npz               ukbb_source.h
 *     any other file                  a square matrix    square_source.h
 *
 * Signs are by ALT, which is the allele that the source counts; so they are
 * right wherever it counts one allele of the list throughout.  PLINK 1.9 does
 * so with --keep-allele-order only.
 */
#ifndef DW_FOREIGN_OPEN_FOREIGN_H
#define DW_FOREIGN_OPEN_FOREIGN_H

#include "base/err.h"
#include "ld/ld_source.h"

/* `snps`: a list of the variants of a matrix that has none of its own, see
 * ld_list.h; or NULL. */
dw_ld_source *dw_foreign_open(const char *path, const char *snps,
                              dw_err *err) DW_MUST_CHECK;

#endif
