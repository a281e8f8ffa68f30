/*
 * sample_size: where the sample size of a study's rows comes from.
 *
 * For cases and controls it is the effective one, 4 / (1/cases + 1/controls).
 */
#ifndef DW_STUDY_SAMPLE_SIZE_H
#define DW_STUDY_SAMPLE_SIZE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "study/study_meta.h"
#include "study/study_source.h"
#include "study/sumstat_format.h"

typedef enum dw_n_from {
    DW_N_NOWHERE,
    DW_N_OPTION,
    DW_N_OPTION_CASES,
    DW_N_OF_SE,        /* 1 / (2 f (1 - f) SE^2), 4 times that of odds */
    DW_N_COLUMN_HALF,  /* twice the column */
    DW_N_COLUMN_CASES, /* of two columns */
    DW_N_COLUMN,
    DW_N_NAMES, /* of the names of columns: daner's FRQ_A_19099 */
    DW_N_META,  /* of the file beside it */
    DW_N_META_CASES,
} dw_n_from;

typedef struct dw_sample_size {
    dw_n_from from;
    double given, cases, controls; /* given: of all rows */
    double scale;                  /* of OF_SE: 1, or 4 */
    bool binary;                   /* are there cases and controls? */
} dw_sample_size;

/* No study has more people; what claims to is a mistaken column. */
#define DW_N_LIMIT 1e9

/* Chooses; DW_N_NOWHERE when nothing tells it.  n, cases, controls: of the
 * options, 0 when not given. */
void dw_sample_size_choose(dw_sample_size *s, const dw_sumstat_columns *c,
                           const dw_study_meta *meta, double n, double cases,
                           double controls, bool of_se);
/* N of the current row, NAN when it has none. */
int dw_sample_size_make(const dw_sample_size *s, const dw_sumstat_columns *c,
                        const dw_study_source *source, double *n,
                        dw_err *err) DW_MUST_CHECK;
/* Adds "N from N_CASES and N_CONTROLS, effective" ... */
void dw_sample_size_tell(const dw_sample_size *s, const dw_sumstat_columns *c,
                         const dw_study_source *source, dw_buf *out);

#endif
