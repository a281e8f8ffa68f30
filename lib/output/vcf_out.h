/*
 * vcf_out: phased genotypes as a bgzipped VCF or a BCF, with its index.
 */
#ifndef DW_OUTPUT_VCF_OUT_H
#define DW_OUTPUT_VCF_OUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/variant.h"

enum dw_vcf_kind {
    DW_VCF_TEXT, /* .vcf.gz and .tbi */
    DW_VCF_BCF,  /* .bcf and .csi */
};

/* What the header says beside the people. */
typedef struct dw_vcf_contigs {
    dw_texts name;  /* in the order of the file */
    double *length; /* (name.n) bp */
    const char *source;
} dw_vcf_contigs;

typedef struct dw_vcf_out dw_vcf_out;

dw_vcf_out *dw_vcf_out_open(const char *path, enum dw_vcf_kind kind,
                            const dw_texts *people,
                            const dw_vcf_contigs *contigs,
                            dw_err *err) DW_MUST_CHECK;
/* Variant i of the table; hap as in dw_plink_out_add. */
int dw_vcf_out_add(dw_vcf_out *out, const dw_variants *v, size_t i,
                   const int8_t *hap, dw_err *err) DW_MUST_CHECK;
/* All is on its way: after it only the renaming is left to close. */
int dw_vcf_out_finish(dw_vcf_out *out, dw_err *err) DW_MUST_CHECK;
int dw_vcf_out_close(dw_vcf_out *out, dw_err *err) DW_MUST_CHECK; /* frees */
void dw_vcf_out_abandon(dw_vcf_out *out); /* NULL is fine */

#endif
