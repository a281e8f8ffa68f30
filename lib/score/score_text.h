/*
 * score_text: predictions as lines of text, in the formats that others read.
 */
#ifndef DW_SCORE_SCORE_TEXT_H
#define DW_SCORE_SCORE_TEXT_H

#include "base/buf.h"
#include "data/variant.h"
#include "score/predict.h"

enum dw_score_format {
    DW_SCORE_TSV,    /* CHR POS ID REF ALT EAF PRIOR_VAR POST_MEAN ... */
    DW_SCORE_PGS,    /* PGS Catalog scoring file, version 2 */
    DW_SCORE_SNPVAR, /* PolyFun's prior: CHR SNP BP A1 A2 SNPVAR */
};

/* build: "." when it is not known. */
void dw_score_text_head(enum dw_score_format format, const char *trait,
                        const char *build, dw_buf *out);

/* Variants [p->begin, p->end).  In PGS those without a weight are left out.
 * Returns how many were written. */
size_t dw_score_text_rows(enum dw_score_format format, const dw_variants *var,
                          const dw_prediction *p, dw_buf *out);

#endif
