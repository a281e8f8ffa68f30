/*
 * normal: one way to write an indel.
 *
 * What both alleles have in common is trimmed; with a genome the indel is moved
 * to the left as far as its bases repeat, as bcftools norm does.  Without one
 * it stays where it is.
 */
#ifndef DW_PLACE_NORMAL_H
#define DW_PLACE_NORMAL_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "data/rows.h"
#include "place/genome.h"

/* {.genome = ...} is one to begin with. */
typedef struct dw_normal {
    dw_genome *genome; /* borrowed; NULL: none */
    dw_buf a1, a2;     /* the alleles of the last row that was moved */
} dw_normal;

/* Rewrites the row's position and alleles, which must be of ACGT and differ;
 * they are lent until the next call, or as long as they were.  A row whose
 * alleles the genome does not have there is trimmed only.  1 when anything was
 * rewritten, else 0. */
int dw_normal_row(dw_normal *n, dw_row *row, dw_err *err) DW_MUST_CHECK;
void dw_normal_clear(dw_normal *n);

#endif
