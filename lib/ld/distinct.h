/*
 * distinct: which columns of a block are copies of one another.
 *
 * In dense panels a third of all variants are carried by the same people as
 * another one, so that all that is worked out for one is true of the other.
 * Columns count as the same when their bytes are.
 */
#ifndef DW_LD_DISTINCT_H
#define DW_LD_DISTINCT_H

#include <stddef.h>

#include "data/genotype.h"

/* Of variants [begin, begin + m) of a window, the core [begin + core, + l).
 * {0} is an empty one, and grows. */
typedef struct dw_distinct {
    size_t n, n_core; /* distinct columns: those of the core stand first */
    size_t *of;       /* (m) which distinct column each variant has */
    size_t *first;    /* (n) the first variant that has it, of the window; in
                       * the core if any there has */
    double *weight;   /* (n_core) root of how many of the core have it */
    size_t cap_of, cap_first, cap_weight;
} dw_distinct;

/* 0, or DW_ENOMEM. */
int dw_distinct_find(dw_distinct *d, const dw_genotypes *g, size_t begin,
                     size_t m, size_t core, size_t l) DW_MUST_CHECK;
void dw_distinct_clear(dw_distinct *d);

#endif
