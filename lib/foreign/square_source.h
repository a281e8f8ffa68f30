/*
 * square_source: one square matrix of correlations and a list of its variants,
 * as an ld_source of one block, all core.
 *
 * Binary, float64 or float32 (PLINK --r square bin, bin4), little-endian, told
 * by its size; or text, plain or packed (PLINK --r square, PAINTOR, FINEMAP,
 * susieR): numbers between blanks, tabs or commas, a line a row, whole or one
 * triangle with the diagonal; a header of names before it, and a name before
 * each row, are passed over.  NA, nan and the like are NaN.
 */
#ifndef DW_FOREIGN_SQUARE_SOURCE_H
#define DW_FOREIGN_SQUARE_SOURCE_H

#include "base/err.h"
#include "ld/ld_source.h"

/* `snps`: see ld_list.h; NULL: the .bim of the same name, or a fault. */
dw_ld_source *dw_square_source_open(const char *path, const char *snps,
                                    dw_err *err) DW_MUST_CHECK;

#endif
