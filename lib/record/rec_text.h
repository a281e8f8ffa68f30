/*
 * rec_text: records as tables of text: tab-separated, NA where missing, numbers
 * by %.9g.  Each table begins with a line of column names.
 */
#ifndef DW_RECORD_REC_TEXT_H
#define DW_RECORD_REC_TEXT_H

#include <stddef.h>

#include "data/ldblock.h"
#include "data/variant.h"
#include "record/rec_head.h"
#include "record/rec_scor.h"
#include "record/rec_true.h"
#include "stream/outfile.h"

/* BLOCK CORE CHR POS ID REF ALT EAF, Z:TRAIT N:TRAIT ..., annotations.  Names
 * are escaped as in HEAD. */
void dw_text_variants_head(dw_outfile *out, const dw_head *head);
/* ld NULL: variants without a block, for which BLOCK is "." and CORE 1. */
void dw_text_variants(dw_outfile *out, const dw_variants *v,
                      const dw_ldblock *ld, size_t block);

/* BLOCK CHR START END M CORE K. */
void dw_text_block_head(dw_outfile *out);
void dw_text_block(dw_outfile *out, const dw_ldblock *ld, size_t block);

/* CHR POS ID REF ALT TRUE_VAR TRUE_EFFECT of variants [begin, end). */
void dw_text_truth_head(dw_outfile *out);
void dw_text_truth(dw_outfile *out, const dw_variants *v, const dw_truth *t,
                   size_t begin, size_t end);

/* CHR POS ID REF ALT EAF PRIOR_VAR POST_MEAN POST_SD WEIGHT. */
void dw_text_scores_head(dw_outfile *out);
void dw_text_scores(dw_outfile *out, const dw_scores *s);

/* A name, escaped, behind some text; a number, behind a tab. */
void dw_text_name(dw_outfile *out, const char *before, const char *name);
void dw_text_number(dw_outfile *out, double x);

#endif
