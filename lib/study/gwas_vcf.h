/*
 * gwas_vcf: one study of a GWAS-VCF 1.0 or 1.1, text or BCF, as a study_source.
 *
 * REF is the other allele and ALT the effect allele; each ALT of a record is a
 * row of its own.  FORMAT may vary from record to record: what a record lacks
 * is missing in its rows.
 */
#ifndef DW_STUDY_GWAS_VCF_H
#define DW_STUDY_GWAS_VCF_H

#include <stdbool.h>

#include "base/err.h"
#include "input/table.h"
#include "study/study_source.h"
#include "study/sumstat_format.h"

/* Is this the header of a VCF? */
bool dw_gwas_vcf_is_header(const dw_table *t);

typedef struct dw_gwas_vcf dw_gwas_vcf;

/* Opens a VCF whose lines it takes over, or (lines NULL) the BCF at `path`; and
 * sets *c to what its columns mean.  `study`: which of its columns; NULL where
 * there is one. */
dw_gwas_vcf *dw_gwas_vcf_open(dw_lines *take_lines, const char *path,
                              const char *study, dw_sumstat_columns *c,
                              dw_err *err) DW_MUST_CHECK;
dw_study_source dw_gwas_vcf_source(dw_gwas_vcf *v);
const char *dw_gwas_vcf_study(const dw_gwas_vcf *v);
bool dw_gwas_vcf_is_binary(const dw_gwas_vcf *v);
const char *dw_gwas_vcf_build(const dw_gwas_vcf *v); /* "" when not told */
/* Adds where N comes from, in words. */
void dw_gwas_vcf_tell_n(const dw_gwas_vcf *v, dw_buf *out);

#endif
