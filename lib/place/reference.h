/*
 * reference: the variants that a study is harmonised with.
 *
 * A row has no numbers of its own (k = 0); a1 is ALT and a2 is REF, in upper
 * case.  Rows whose alleles are not made of ACGT are told to `fates`.
 * Today a PLINK .bim, whose A1 is ALT and whose .bed gives frequencies.
 */
#ifndef DW_PLACE_REFERENCE_H
#define DW_PLACE_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "data/reason.h"
#include "input/ordered.h"

typedef struct dw_reference dw_reference;

/* `fates` is borrowed. */
dw_reference *dw_reference_open(const char *path, dw_fates *fates,
                                dw_err *err) DW_MUST_CHECK;
void dw_reference_close(dw_reference *ref); /* NULL is fine */
const dw_row_reader *dw_reference_reader(const dw_reference *ref);
uint64_t dw_reference_rows(const dw_reference *ref); /* read so far */

/* A dw_frequency_fn, with the reference as self: reads the genotypes of the
 * one variant.  NAN when there are none, or all are missing. */
int dw_reference_frequency(void *self, size_t index, double *f,
                           dw_err *err) DW_MUST_CHECK;
bool dw_reference_has_frequency(const dw_reference *ref);

#endif
