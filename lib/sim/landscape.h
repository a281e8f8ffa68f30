/*
 * landscape: the functional annotations of a made-up chromosome.
 *
 * Genes with exons, regulatory elements that cluster about them, conservation
 * that is higher where it matters, and slow waves along the sequence: what each
 * column means is said in dw-synth(1).  The chromosome's elements depend on the
 * seed alone, not on which variants are looked at.
 */
#ifndef DW_SIM_LANDSCAPE_H
#define DW_SIM_LANDSCAPE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "sim/genmap.h"

enum { DW_LANDSCAPE_DEFAULT = 20, DW_LANDSCAPE_MAX = 1000 };

/* The name of column i, 0-based, written to `out`: the first sixteen have each
 * their own, the others are cell types. */
void dw_landscape_name(size_t i, dw_buf *out);

/*
 * Fills the first p columns for m variants.
 *
 *   pos    (m)      sorted, bp from the chromosome's first base
 *   age    (m)      of each variant's mutation, generations, > 0
 *   annot  (m x p)  set, ld m; NAN where a value is missing
 *
 * Returns 0 or DW_ENOMEM.
 */
int dw_landscape_paint(const dw_genmap *map, const uint32_t *pos,
                       const float *age, size_t m, size_t p, uint64_t seed,
                       float *annot) DW_MUST_CHECK;

#endif
