/*
 * orient: which of a row's alleles is REF, as the genome says.
 *
 * The row becomes one whose a2 is the genome's allele: a1 and a2 change places
 * (z its sign, the frequency becomes 1 - f), or both are of the other strand
 * (single bases).  Of an insertion or a deletion often both alleles are what
 * the genome has there; it then stays as it is written.
 */
#ifndef DW_PLACE_ORIENT_H
#define DW_PLACE_ORIENT_H

#include <stddef.h>

#include "base/err.h"
#include "data/reason.h"
#include "data/rows.h"
#include "place/genome.h"

typedef struct dw_orient {
    dw_genome *genome; /* borrowed */
    size_t k;
    float *value;   /* (k) of the row that was turned last */
    char letter[2]; /* its alleles on the other strand */
} dw_orient;

void dw_orient_init(dw_orient *o, size_t k); /* numbers in a row */
void dw_orient_clear(dw_orient *o);

/* Rewrites the row, which is lent until the next call; or says why not:
 * FASTA_NO_CONTIG, FASTA_MISMATCH. */
int dw_orient_row(dw_orient *o, dw_row *row, dw_reason *reason,
                  dw_err *err) DW_MUST_CHECK;

#endif
