/*
 * read_vcf: genotypes of a VCF or BCF, plain or packed, from a file or stdin;
 * behind read_geno, which says what each function does.
 *
 * With an index (.tbi, .csi) contigs and regions are sought; without one they
 * are read past.
 */
#ifndef DW_INPUT_READ_VCF_H
#define DW_INPUT_READ_VCF_H

#include <stdbool.h>

#include "data/contig_set.h"
#include "input/panel_people.h"
#include "input/read_geno.h"

typedef struct dw_vcf dw_vcf;

dw_vcf *dw_vcf_open(const char *path, const dw_geno_query *query,
                    dw_err *err) DW_MUST_CHECK;
void dw_vcf_close(dw_vcf *v);
const dw_people *dw_vcf_people(const dw_vcf *v);
/* By its index; false without one. */
bool dw_vcf_contigs(const dw_vcf *v, dw_contig_set *set);
uint64_t dw_vcf_unplaced(const dw_vcf *v);
int dw_vcf_seek(dw_vcf *v, const char *contig, dw_err *err) DW_MUST_CHECK;
int dw_vcf_next(dw_vcf *v, dw_site *site, dw_err *err) DW_MUST_CHECK;
int dw_vcf_column(dw_vcf *v, void *column, dw_err *err) DW_MUST_CHECK;

#endif
