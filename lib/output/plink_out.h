/*
 * plink_out: genotypes as PREFIX.bed, .bim and .fam of PLINK 1.
 */
#ifndef DW_OUTPUT_PLINK_OUT_H
#define DW_OUTPUT_PLINK_OUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/variant.h"

typedef struct dw_plink_out dw_plink_out;

/* One file for all variants.  `people`: what stands as family and as own id. */
dw_plink_out *dw_plink_out_open(const char *prefix, const dw_texts *people,
                                dw_err *err) DW_MUST_CHECK;
/* Variant i of the table: A1 is ALT, A2 is REF.
 *   hap (2 x people)   alleles, 0 REF, 1 ALT, both -1 when missing */
void dw_plink_out_add(dw_plink_out *out, const dw_variants *v, size_t i,
                      double cm, const int8_t *hap);
/* All is on its way: after it only the renaming is left to close. */
int dw_plink_out_finish(dw_plink_out *out, dw_err *err) DW_MUST_CHECK;
int dw_plink_out_close(dw_plink_out *out, dw_err *err) DW_MUST_CHECK;
void dw_plink_out_abandon(dw_plink_out *out); /* NULL is fine */

#endif
