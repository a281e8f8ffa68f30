/*
 * read_annot: annotations of variants, one column each.
 *
 * Full: a table with CHR and BP, and SNP, CM, A1 and A2 if it has them; every
 * other column is an annotation.  Thin (LDSC's): annotation columns only, one
 * row for each row of a .bim, from which it takes the keys; so both are rows
 * with a place, and neither is ever joined by its order.
 */
#ifndef DW_ANNOT_READ_ANNOT_H
#define DW_ANNOT_READ_ANNOT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "input/ordered.h"

typedef struct dw_annot dw_annot;

/* `bim`: the .bim of a thin file, or NULL when there is none. */
dw_annot *dw_annot_open(const char *path, const char *bim,
                        dw_err *err) DW_MUST_CHECK;
void dw_annot_close(dw_annot *a); /* NULL is fine */
/* Rows with k = dw_annot_width numbers, NAN where missing. */
const dw_row_reader *dw_annot_reader(const dw_annot *a);
size_t dw_annot_width(const dw_annot *a);
const char *dw_annot_name(const dw_annot *a, size_t i);

/* The row of the group that is the variant's: by alleles where the rows have
 * them, else by id, else the only one, or any if all say the same; SIZE_MAX
 * when none of that holds. */
size_t dw_annot_choose(const dw_rows *group, const dw_row *variant);

#endif
