/*
 * chrom_length: how long the chromosomes are, by which builds are told apart.
 */
#ifndef DW_DATA_CHROM_LENGTH_H
#define DW_DATA_CHROM_LENGTH_H

#include <stdint.h>

/* "GRCh37" or "GRCh38" when that build's chromosome 1 to 22, X or Y has just
 * this length, else NULL.  One text for each build: they can be compared by
 * address. */
const char *dw_chrom_length_build(const char *contig, uint32_t length);

#endif
