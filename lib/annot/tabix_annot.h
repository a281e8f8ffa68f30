/*
 * tabix_annot: columns of a table with a tabix index (dbNSFP, CADD, fitCons).
 *
 * The index says which columns are chromosome and position; alleles are in ALT
 * and REF or A1 and A2, if the header has them.  Rows that have an end as well
 * are intervals, and count for each position within.  Without an index the
 * table is read as a whole, see table_annot.h.
 */
#ifndef DW_ANNOT_TABIX_ANNOT_H
#define DW_ANNOT_TABIX_ANNOT_H

#include "annot/annotator.h"

/* `text` is FILE:COLUMN,.. (spec.h, ask.h); a COLUMN is a name of the header
 * or, if none is called so, a number from 1.  Of EA=COLUMN and OA=COLUMN the
 * columns hold the alleles.  Several rows of one variant are made one by the
 * rules of the columns.  No .bim is needed. */
dw_annotator *dw_tabix_annot_open(const char *text, const char *bim,
                                  dw_err *err) DW_MUST_CHECK;

#endif
