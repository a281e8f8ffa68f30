/*
 * rec_scor: SCOR, scores of variants, to bytes and back.  dw-stream(5), "SCOR".
 */
#ifndef DW_RECORD_REC_SCOR_H
#define DW_RECORD_REC_SCOR_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "data/variant.h"

enum { DW_SCOR_VERSION = 1, DW_SCORES = 4 };

enum dw_score_column {
    DW_SCORE_PRIOR_VAR, /* f of the variant */
    DW_SCORE_POST_MEAN, /* of its standardised effect */
    DW_SCORE_POST_SD,
    DW_SCORE_WEIGHT, /* effect of one ALT allele */
};

typedef struct dw_scores {
    char *trait;
    dw_variants var;         /* keys; no traits, no annotations */
    float *score[DW_SCORES]; /* (m) each, by dw_score_column; NAN: missing */
} dw_scores;

/* Makes the columns fit the m of s->var. */
int dw_scores_fit(dw_scores *s, dw_err *err) DW_MUST_CHECK;
void dw_scores_clear(dw_scores *s);

void dw_scores_pack(const dw_scores *s, dw_buf *out);
int dw_scores_unpack(dw_scores *s, unsigned version, const unsigned char *p,
                     size_t n, dw_err *err) DW_MUST_CHECK;

#endif
