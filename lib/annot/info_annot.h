/*
 * info_annot: INFO fields of a VCF or BCF.
 *
 * A record of several ALTs is one row for each: what has one value an ALT
 * (Number=A), an allele (R) or a genotype (G) is divided among them.  A row
 * belongs to the variant at its position that has its alleles, also if REF and
 * ALT are exchanged: the value is then still that of the file's ALT, as it
 * stands, so that a frequency is that of the file's ALT.
 */
#ifndef DW_ANNOT_INFO_ANNOT_H
#define DW_ANNOT_INFO_ANNOT_H

#include "annot/annotator.h"

/* `text` is FILE:TAG,.. (spec.h, ask.h).  Number=G makes three columns, TAG_RR
 * TAG_RA TAG_AA; Number=3 makes TAG_1 TAG_2 TAG_3.  No .bim is needed. */
dw_annotator *dw_info_annot_open(const char *text, const char *bim,
                                 dw_err *err) DW_MUST_CHECK;

#endif
