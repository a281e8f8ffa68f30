/*
 * trimmed: alleles without the bases that both have at an end, as the same
 * variant is written at different lengths: CAG>CAT at 100 is G>T at 102.
 */
#ifndef DW_ANNOT_TRIMMED_H
#define DW_ANNOT_TRIMMED_H

#include "input/ordered.h"

/* Trims the ends, then the fronts; each allele keeps a base.  How far the
 * position moved; where it would be more than a thousand, nothing is done at
 * the front. */
uint32_t dw_trim_alleles(dw_span *a1, dw_span *a2);

/* Gives the rows of a reader trimmed, in order if they are in order. */
typedef struct dw_trimmed dw_trimmed;

/* The reader is borrowed. */
dw_trimmed *dw_trimmed_new(const dw_row_reader *of);
void dw_trimmed_free(dw_trimmed *t); /* NULL is fine */
const dw_row_reader *dw_trimmed_reader(const dw_trimmed *t);

#endif
