/*
 * table_annot: columns of a table with a header, keyed by variant.
 *
 * Full: a table with CHR and BP, and SNP, CM, A1 and A2 if it has them; every
 * other column is an annotation, or those named are.  Thin (LDSC's):
 * annotation columns only, one row for each row of a .bim, from which it takes
 * the keys; so both are rows with a place, and neither is ever joined by its
 * order.  A row without chromosome or position is no variant's.
 */
#ifndef DW_ANNOT_TABLE_ANNOT_H
#define DW_ANNOT_TABLE_ANNOT_H

#include "annot/annotator.h"

/* `text` is FILE[:COLUMN,..] (spec.h, ask.h); of the names CHR, POS, ID, EA and
 * OA (CHR=COLUMN) the columns are keys.  `bim`: the .bim of a thin file, or
 * NULL when there is none. */
dw_annotator *dw_table_annot_open(const char *text, const char *bim,
                                  dw_err *err) DW_MUST_CHECK;
/* A full table whose rows of one variant are made one by the rule of each
 * column.  `option` is for messages: "--table". */
dw_annotator *dw_table_annot_open_merged(const char *option, const char *text,
                                         dw_err *err) DW_MUST_CHECK;

#endif
