/*
 * bed_annot: columns from the intervals of a BED, narrowPeak, broadPeak or
 * bedGraph: NAME=FILE[:WORD,..][@PAD,..], see dw-ingest(1), "Intervals".
 *
 * Without a word a variant is in (1) or out (0); a bedGraph gives its value, NA
 * outside.  A word is a column by number or name; what to do where several
 * intervals are: max, min, mean, sum, count; what is outside: zero, na; blocks,
 * of a BED12.  Each PAD gives one column more, NAME.extend.PAD.
 */
#ifndef DW_ANNOT_BED_ANNOT_H
#define DW_ANNOT_BED_ANNOT_H

#include "annot/annotator.h"

/* Reads the whole file; `text` is what stands behind --bed, `bim` is not used.
 */
dw_annotator *dw_bed_annot_open(const char *text, const char *bim,
                                dw_err *err) DW_MUST_CHECK;

#endif
