/*
 * cover_fill: columns of variants from covers of the genome.
 *
 * A variant lies on the bases of its REF, [pos - 1, pos - 1 + length) from 0,
 * and in an interval if it has a base of it: one base for a SNP or an
 * insertion, all that is gone and the one before for a deletion.
 */
#ifndef DW_ANNOT_COVER_FILL_H
#define DW_ANNOT_COVER_FILL_H

#include "data/cover.h"
#include "data/variant.h"

/* out (m): the value, or `outside`.  Returns how many are in an interval.
 * `contig` as dw_cover_begin takes it. */
size_t dw_cover_fill(const dw_cover *c, size_t contig, const dw_variants *v,
                     float outside, float *out);
/* out (m): log10(1 + bases to the nearest held one), NAN on a contig without
 * any. */
void dw_cover_fill_distance(const dw_cover *c, size_t contig,
                            const dw_variants *v, float *out);

#endif
