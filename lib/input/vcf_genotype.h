/*
 * vcf_genotype: one ALT's column from the FORMAT fields of a VCF or BCF record.
 */
#ifndef DW_INPUT_VCF_GENOTYPE_H
#define DW_INPUT_VCF_GENOTYPE_H

#include <htslib/vcf.h>

#include "input/panel_people.h"

/* The column of allele `alt` (from 1) of an unpacked record, from GT.  NULL, or
 * what is wrong with the record, in words that follow its name.  Without GT all
 * are missing. */
const char *dw_vcf_packed(const bcf_hdr_t *header, bcf1_t *rec, int alt,
                          const dw_people *who, unsigned char *column);

/* The same from DS.  *ds and *n_ds are htslib's buffer, for the next call; the
 * caller frees it with free(). */
const char *dw_vcf_dosage(const bcf_hdr_t *header, bcf1_t *rec, int alt,
                          const dw_people *who, float **ds, int *n_ds,
                          float *column);

#endif
