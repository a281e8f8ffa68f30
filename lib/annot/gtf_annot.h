/*
 * gtf_annot: columns from the gene models of a GTF or GFF3:
 * [NAME=]FILE[:WORD,..][@UP[,DOWN]], see dw-ingest(1), "Genes".
 *
 * Each WORD is a column (coding, utr5, promoter, tss_distance ...), or
 * protein_coding, which leaves out all other transcripts.
 */
#ifndef DW_ANNOT_GTF_ANNOT_H
#define DW_ANNOT_GTF_ANNOT_H

#include "annot/annotator.h"

/* Reads the whole file; `text` is what stands behind --gtf, `bim` is not used.
 */
dw_annotator *dw_gtf_annot_open(const char *text, const char *bim,
                                dw_err *err) DW_MUST_CHECK;

#endif
