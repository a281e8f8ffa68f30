/*
 * ukbb_source: LD of UKBB_LD, a folder of chrC_S_E.npz with chrC_S_E.gz beside
 * each, or one .npz of any name, as an ld_source.
 *
 * The matrix: sparse_npz.h, corr.h.  Cores: ukbb_windows.h; one window by
 * itself has the core that it has among those of its folder; a .npz of another
 * name is all core.  Variants: ld_list.h; ALT is allele1, whose copies are
 * counted (to count allele2 throughout is the same matrix).
 */
#ifndef DW_FOREIGN_UKBB_SOURCE_H
#define DW_FOREIGN_UKBB_SOURCE_H

#include "base/err.h"
#include "ld/ld_source.h"

/* `snps`: the list of the one .npz; NULL: what stands beside it, NAME.gz, or
 * for NAME.coo.npz too. */
dw_ld_source *dw_ukbb_source_open(const char *path, const char *snps,
                                  dw_err *err) DW_MUST_CHECK;

#endif
