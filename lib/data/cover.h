/*
 * cover: what a set of intervals says of each place of the genome.
 *
 * Intervals as they come (dw_stretches) overlap and lie in any order, each with
 * a value.  A cover is made of them by a rule: disjoint pieces in order, each
 * with the one value that holds there.  Both are 0-based and half-open.
 */
#ifndef DW_DATA_COVER_H
#define DW_DATA_COVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/contig_set.h"

/* ---- intervals as they come ---- */

typedef struct dw_stretch {
    uint32_t start, end; /* start < end */
    uint32_t contig;     /* its number in the set */
    float value;         /* NAN: not known */
} dw_stretch;

/* {0} is an empty one; 16 bytes an interval. */
typedef struct dw_stretches {
    dw_stretch *item;
    size_t n, cap;
    dw_contig_set contigs;
    size_t last; /* contig of the last one */
} dw_stretches;

void dw_stretches_clear(dw_stretches *s);
/* An interval of no length holds nothing, and is not kept. */
int dw_stretches_add(dw_stretches *s, const char *contig, uint32_t start,
                     uint32_t end, float value, dw_err *err) DW_MUST_CHECK;
/* By contig, start, end, value. */
void dw_stretches_sort(dw_stretches *s);

/* ---- a cover ---- */

/* The value of a place that several intervals hold.  One of value NAN counts
 * only where no other does. */
typedef enum dw_cover_rule {
    DW_COVER_INSIDE, /* 1, whatever the values */
    DW_COVER_MAX,
    DW_COVER_MIN,
    DW_COVER_MEAN,
    DW_COVER_SUM,
    DW_COVER_COUNT, /* how many there are */
} dw_cover_rule;

typedef struct dw_piece {
    uint32_t start, end;
    float value;
} dw_piece;

/* {0} is one of nothing; 12 bytes a piece. */
typedef struct dw_cover {
    dw_cover_rule rule;
    dw_piece *piece; /* by contig, then place; disjoint */
    size_t n, cap;
    size_t *first; /* (n_contigs + 1) */
    size_t n_contigs;
} dw_cover;

/* From sorted stretches, each made longer by `pad` on both sides, but not
 * beyond 0 or INT32_MAX. */
int dw_cover_make(dw_cover *c, const dw_stretches *s, dw_cover_rule rule,
                  uint32_t pad, dw_err *err) DW_MUST_CHECK;
void dw_cover_clear(dw_cover *c);

/* ---- asked along a chromosome ---- */

typedef struct dw_cover_walk {
    const dw_cover *cover;
    size_t begin, at, end;
} dw_cover_walk;

/* Starts on a contig; SIZE_MAX is one that the cover lacks. */
dw_cover_walk dw_cover_begin(const dw_cover *c, size_t contig);
/* Is a base of [start, end) held?  Then the value is set: of several pieces by
 * the rule, where mean is by bases, sum and count are the greatest.  `start`
 * does not descend from call to call. */
bool dw_cover_at(dw_cover_walk *w, uint32_t start, uint32_t end, float *value);
/* Bases from [start, end) to the nearest one that is held, 0 if it is within;
 * UINT32_MAX when the contig has none. */
uint32_t dw_cover_distance(dw_cover_walk *w, uint32_t start, uint32_t end);

#endif
