/*
 * slide: the variants of one contig with their genotypes (of nobody, where LD
 * is made already), as a window that is filled at its right end and emptied at
 * its left.
 */
#ifndef DW_LD_SLIDE_H
#define DW_LD_SLIDE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/log.h"
#include "data/genotype.h"
#include "data/variant.h"
#include "ld/admit.h"

typedef struct dw_slide dw_slide;

/* Variants of t traits and p annotations, genotypes of n people. */
dw_slide *dw_slide_new(dw_geno_kind kind, size_t n, size_t t, size_t p);
void dw_slide_free(dw_slide *s); /* NULL is fine */

/* Begins another contig: empties the window. */
void dw_slide_begin(dw_slide *s, const char *contig);
/* Adds row `row` of v, which lies on that contig and behind those added, with
 * this frequency of ALT.  The column counts ALT. */
int dw_slide_push(dw_slide *s, const dw_variants *v, size_t row, float eaf,
                  const void *column, const dw_geno_stats *stats,
                  dw_err *err) DW_MUST_CHECK;
/* The same if the panel's column is good enough (1, else 0), and counts what
 * became of the variant: "taken", or the reason.  A frequency that is missing
 * becomes the panel's. */
int dw_slide_admit(dw_slide *s, const dw_admit *admit, const dw_variants *v,
                   size_t row, const void *column, dw_tally *tally,
                   dw_err *err) DW_MUST_CHECK;
/* Variants now in the window; rows of it are numbered from 0. */
size_t dw_slide_size(const dw_slide *s);
uint32_t dw_slide_pos(const dw_slide *s, size_t row);
const char *dw_slide_ref(const dw_slide *s, size_t row); /* lent */
const char *dw_slide_alt(const dw_slide *s, size_t row);
const char *dw_slide_contig(const dw_slide *s);
/* The first row whose position is above `pos`: rows of the 0-based interval
 * [a, b) are those from lower(a) to lower(b) - 1. */
size_t dw_slide_lower(const dw_slide *s, uint32_t pos);
const dw_genotypes *dw_slide_genotypes(const dw_slide *s);
/* v becomes rows [begin, end). */
int dw_slide_cut(const dw_slide *s, size_t begin, size_t end, dw_variants *v,
                 dw_err *err) DW_MUST_CHECK;
/* v becomes the n rows given. */
int dw_slide_pick(const dw_slide *s, size_t n, const size_t *row,
                  dw_variants *v, dw_err *err) DW_MUST_CHECK;
void dw_slide_drop(dw_slide *s, size_t rows); /* the first ones */

#endif
