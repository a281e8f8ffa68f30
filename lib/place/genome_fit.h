/*
 * genome_fit: whether positions are those of a genome.
 *
 * Told by A/T and C/G: on whatever strand they are written, one of the letters
 * has to be the genome's there.  Where rows are of another build, or count from
 * 0, about half of them are so by chance; other single bases, if strands may
 * differ, are so always.
 */
#ifndef DW_PLACE_GENOME_FIT_H
#define DW_PLACE_GENOME_FIT_H

#include <stdint.h>

#include "base/err.h"
#include "data/rows.h"
#include "place/genome.h"

/* {0} is an empty one. */
typedef struct dw_genome_fit {
    uint64_t rows;         /* A/T and C/G within the genome */
    uint64_t here;         /* of those, that are what the genome has */
    uint64_t next, before; /* one base further on, one base before */
} dw_genome_fit;

int dw_genome_fit_row(dw_genome_fit *f, dw_genome *g, const dw_row *row,
                      dw_err *err) DW_MUST_CHECK;
/* DW_EMISMATCH, with what is likely to be wrong, when they do not fit. */
int dw_genome_fit_check(const dw_genome_fit *f, const char *name,
                        const char *genome, dw_err *err) DW_MUST_CHECK;

#endif
