/*
 * vcf_genotype: one ALT's column from the FORMAT fields of a VCF or BCF record.
 */
#ifndef DW_INPUT_VCF_GENOTYPE_H
#define DW_INPUT_VCF_GENOTYPE_H

#include <htslib/vcf.h>

#include "input/panel_people.h"

/* All return NULL, or what is wrong with the record, in words that follow its
 * name.  `alt` counts from 1.  Where a record has no GT or DS all are missing.
 */

/* From GT of an unpacked BCF record. */
const char *dw_vcf_packed(const bcf_hdr_t *header, bcf1_t *rec, int alt,
                          const dw_people *who, unsigned char *column);
/* From DS of one.  *ds and *n_ds are htslib's buffer, for the next call; the
 * caller frees it with free(). */
const char *dw_vcf_dosage(const bcf_hdr_t *header, bcf1_t *rec, int alt,
                          const dw_people *who, float **ds, int *n_ds,
                          float *column);

/* The same from the text of a VCF line, from its column FORMAT on: htslib would
 * take three times as long over it. */
const char *dw_vcf_text_packed(const char *format, int alt, int n_alts,
                               const dw_people *who, unsigned char *column);
const char *dw_vcf_text_dosage(const char *format, int alt, size_t n_alts,
                               const dw_people *who, float *column);

#endif
