/*
 * admit: which variants of a panel are good enough to have LD.
 */
#ifndef DW_LD_ADMIT_H
#define DW_LD_ADMIT_H

#include <stddef.h>

#include "data/genotype.h"

typedef struct dw_admit {
    double min_maf;     /* in the panel */
    double max_missing; /* share of its people */
} dw_admit;

/* Why a variant of n people is left out, as a tally has it: high_missing,
 * no_genotype, monomorphic, low_maf; NULL when it is not. */
const char *dw_admit_reason(const dw_admit *a, size_t n,
                            const dw_geno_stats *stats);

#endif
