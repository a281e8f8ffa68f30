/*
 * coalescent: the tree of n haplotypes at one place, and how recombination
 * changes it along the chromosome.
 *
 * SMC' (Marjoram and Wall, BMC Genetics 2006): walking along the chromosome, at
 * a rate of (recombination rate x length of the tree) a branch is cut at a
 * uniform point, and the lineage above the cut floats back in time until it
 * meets a lineage of the old tree, its own old branch included.  Only the tree
 * at the present place is kept.  LD between two places comes out as under the
 * full coalescent to a very good approximation.
 *
 * Nodes 0 .. n-1 are the haplotypes, n .. 2n-2 the inner nodes.  Cost of one
 * event: O(n) additions.  Every tree has its own random numbers.
 */
#ifndef DW_SIM_COALESCENT_H
#define DW_SIM_COALESCENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/rng.h"
#include "sim/demography.h"

typedef struct dw_coalescent dw_coalescent;

/* Draws a first tree of n haplotypes, 2 <= n < 2^30.  NULL when memory is
 * exhausted. */
dw_coalescent *dw_coalescent_new(size_t n, const dw_demography *demography,
                                 dw_rng rng) DW_MUST_CHECK;
void dw_coalescent_free(dw_coalescent *c); /* NULL is fine */

dw_rng *dw_coalescent_rng(dw_coalescent *c);
/* Of all branches together, and of the root: generations. */
double dw_coalescent_length(const dw_coalescent *c);
double dw_coalescent_root(const dw_coalescent *c);

/* A uniform point of the tree: the node below it (never the root) and its age
 * in generations. */
void dw_coalescent_point(dw_coalescent *c, uint32_t *node, double *age);

/* One recombination. */
void dw_coalescent_recombine(dw_coalescent *c);

/* Sets bit i of `bits` for each haplotype i under the node; returns how many.
 * What is set there already stays. */
size_t dw_coalescent_leaves(dw_coalescent *c, uint32_t node, uint64_t *bits);

#endif
