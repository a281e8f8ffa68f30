/*
 * haplotype: the variants of a sample of haplotypes along one chromosome.
 *
 * Mutations fall on the branches of the coalescent's trees; whoever stands
 * under a mutation carries it.
 */
#ifndef DW_SIM_HAPLOTYPE_H
#define DW_SIM_HAPLOTYPE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/rng.h"
#include "sim/demography.h"
#include "sim/genmap.h"

typedef struct dw_haplotypes {
    size_t n;        /* haplotypes */
    size_t words;    /* of 64 bits a variant: (n + 63) / 64 */
    size_t m;        /* variants, in order, no two at one base */
    uint32_t *pos;   /* (m) 0-based */
    uint32_t *count; /* (m) haplotypes with the mutation */
    float *age;      /* (m) of the mutation, generations */
    uint64_t *bits;  /* (words x m) 1: haplotype carries the mutation */
    size_t cap;
} dw_haplotypes;

/* Draws n haplotypes over the map's length; keeps the variants of which each
 * allele is carried by at least min_count.  {0} is an empty set.  `mutation` is
 * per bp and generation. */
int dw_haplotypes_draw(dw_haplotypes *h, size_t n, size_t min_count,
                       const dw_demography *demography, const dw_genmap *map,
                       double mutation, dw_rng rng) DW_MUST_CHECK;
/* Keeps a random subset of `want` variants (all, if there are no more). */
void dw_haplotypes_thin(dw_haplotypes *h, size_t want, dw_rng *rng);
void dw_haplotypes_clear(dw_haplotypes *h);

#endif
