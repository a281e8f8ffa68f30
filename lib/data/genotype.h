/*
 * genotype: how many ALT alleles each of n people carries, one column a
 * variant; and a window of columns that slides along the genome.
 *
 * A column is packed or a dosage.  Packed: two bits a person, four people a
 * byte, lowest bits first, as in a PLINK .bed with A1 = ALT: 0 two ALT, 1
 * missing, 2 one ALT, 3 none; the bits behind the last person are 0.  Dosage: a
 * float in [0, 2] a person, NAN when missing.
 */
#ifndef DW_DATA_GENOTYPE_H
#define DW_DATA_GENOTYPE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

typedef enum dw_geno_kind { DW_GENO_PACKED, DW_GENO_DOSAGE } dw_geno_kind;

enum { DW_GENO_ALT2, DW_GENO_MISSING, DW_GENO_ALT1, DW_GENO_ALT0 };

size_t dw_geno_bytes(dw_geno_kind kind, size_t n); /* of one column */

typedef struct dw_geno_stats {
    size_t missing; /* people */
    double mean;    /* ALT alleles a person, of those observed; 0 if none */
    double ss;      /* sum of squares about the mean, of those observed */
} dw_geno_stats;

dw_geno_stats dw_geno_stats_of(dw_geno_kind kind, size_t n, const void *column);

/* ALT becomes REF: the column counts the other allele. */
void dw_geno_flip(dw_geno_kind kind, size_t n, void *column);

/* x[i] <- (g - mean) * scale for people first .. first + count - 1, 0 where
 * missing.  `first` is a multiple of 4. */
void dw_geno_centre(dw_geno_kind kind, const void *column, size_t first,
                    size_t count, double mean, double scale, double *x);
/* The same, rounded to float. */
void dw_geno_centre_float(dw_geno_kind kind, const void *column, size_t first,
                          size_t count, double mean, double scale, float *x);
/* Columns [0, m) of the window; those dropped from its left end are gone. */
typedef struct dw_genotypes {
    dw_geno_kind kind;
    size_t n, m;
    size_t bytes; /* of one column */
    unsigned char *data;
    dw_geno_stats *stats; /* (m) */
    size_t begin, cap;    /* columns: data and stats start at `begin` */
} dw_genotypes;

void dw_genotypes_init(dw_genotypes *g, dw_geno_kind kind, size_t n);
void dw_genotypes_clear(dw_genotypes *g);
int dw_genotypes_push(dw_genotypes *g, const void *column,
                      const dw_geno_stats *stats, dw_err *err) DW_MUST_CHECK;
/* g, of the same kind and people, becomes columns [begin, begin + m) of another
 * window, m >= 1. */
int dw_genotypes_copy(dw_genotypes *g, const dw_genotypes *from, size_t begin,
                      size_t m, dw_err *err) DW_MUST_CHECK;
void dw_genotypes_drop(dw_genotypes *g, size_t columns); /* the first ones */
const void *dw_genotypes_column(const dw_genotypes *g, size_t j);
const dw_geno_stats *dw_genotypes_stats(const dw_genotypes *g, size_t j);

#endif
