/*
 * reference: the variants that a study is harmonised with.
 *
 * Told by content: a PLINK .bim, whose A1 is ALT and whose .bed, if it lies
 * beside, gives frequencies; a VCF or a plink2 .pvar, plain or packed; a BCF.
 * Of the latter each ALT is a row, and its number is the frequency of ALT: INFO
 * AF, or AC / AN, or that of the genotypes.  a1 is ALT and a2 is REF, in upper
 * case.  Rows whose alleles are not made of ACGT are told to `fates`.
 */
#ifndef DW_PLACE_REFERENCE_H
#define DW_PLACE_REFERENCE_H

#include <stdint.h>

#include "base/crew.h"
#include "base/err.h"
#include "data/reason.h"
#include "input/ordered.h"
#include "place/build_evidence.h"

typedef struct dw_reference dw_reference;

/* `fates` is borrowed. */
dw_reference *dw_reference_open(const char *path, dw_fates *fates,
                                dw_err *err) DW_MUST_CHECK;
/* Of somebody else's rows, whose one number is the frequency of ALT, and whose
 * alleles are upper case and of ACGT; they are borrowed. */
dw_reference *dw_reference_of_rows(const dw_row_reader *rows);
void dw_reference_close(dw_reference *ref);                /* NULL is fine */
void dw_reference_share(dw_reference *ref, dw_crew *crew); /* dw_lines_share */
const dw_row_reader *dw_reference_reader(const dw_reference *ref);
uint64_t dw_reference_rows(const dw_reference *ref); /* read so far */
/* What its header says of its build. */
const dw_build_evidence *dw_reference_evidence(const dw_reference *ref);

/* A dw_frequency_fn, with the reference as self.  NAN when it is not known. */
int dw_reference_frequency(void *self, const dw_row *row, double *f,
                           dw_err *err) DW_MUST_CHECK;
/* Frequencies are cheap enough to ask for that of each such row; 0: there are
 * none. */
size_t dw_reference_compare_every(const dw_reference *ref);

#endif
