/*
 * sumstats_parts: what a dw_sumstats is made of, for the files of this folder
 * that make, probe and explain one.
 */
#ifndef DW_STUDY_SUMSTATS_PARTS_H
#define DW_STUDY_SUMSTATS_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "data/harmonise.h"
#include "data/reason.h"
#include "input/ordered.h"
#include "input/table.h"
#include "study/gwas_vcf.h"
#include "study/read_sumstats.h"
#include "study/sample_size.h"
#include "study/sd_check.h"
#include "study/study_meta.h"
#include "study/study_source.h"
#include "study/sumstat_format.h"
#include "study/text_study.h"

struct dw_sumstats {
    const dw_sumstats_opts *opts;
    dw_fates *fates;
    dw_table *table;  /* of a table: owned by the source once there is one */
    dw_gwas_vcf *vcf; /* of a GWAS-VCF: it is the source */
    dw_study_source source;
    dw_sumstat_columns col;
    dw_study_meta meta;
    dw_sample_size size;
    dw_places places;
    dw_row_reader reader;
    size_t rows;
    uint64_t by_way[DW_Z_WAYS_MAX]; /* z made so far */
    dw_sd_check *sd;                /* NULL: not asked for */
    dw_buf warnings;
    /* of the current row */
    dw_buf a1, a2;
    float value[DW_STUDY_VALUES];
};

/* Is there a column of that meaning? */
static inline bool dw_sumstats_has(const dw_sumstats *s, dw_meaning m)
{
    return s->col.column[m] != DW_TABLE_NONE;
}

/* Opens in steps: negative when one fails, with what was understood until then
 * in *s, which is to be closed all the same. */
int dw_sumstats_understand(dw_sumstats *s, const char *path,
                           const dw_sumstats_opts *opts,
                           dw_err *err) DW_MUST_CHECK;
/* The next row, taken or not: 1, 0, negative. */
int dw_sumstats_next(dw_sumstats *s, dw_row *row, dw_reason *reason,
                     dw_err *err) DW_MUST_CHECK;
int dw_sumstats_rewind(dw_sumstats *s, dw_err *err) DW_MUST_CHECK;
/* Adds the way to z in words. */
void dw_sumstats_tell_way(const dw_sumstats *s, size_t way, dw_buf *out);
/* Adds "N from ...". */
void dw_sumstats_tell_n(const dw_sumstats *s, dw_buf *out);

/* Reads the first rows, and says in s->warnings what looks wrong. */
int dw_sumstats_probe(dw_sumstats *s, dw_err *err) DW_MUST_CHECK;

#endif
