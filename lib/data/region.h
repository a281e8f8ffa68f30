/*
 * region: a set of intervals, and whether a position lies in one of them.
 *
 * Intervals are 0-based and half-open, as in a BED; positions asked for are
 * 1-based, as in a VCF: [start, end) holds position pos if start < pos <= end.
 */
#ifndef DW_DATA_REGION_H
#define DW_DATA_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/contig.h"

typedef struct dw_region {
    uint32_t start, end; /* start < end */
    uint32_t contig;     /* index into the set's contigs */
    uint32_t reach;      /* of this contig's regions up to this one, the one
                          * that ends last */
    size_t line;         /* of the file that it came from; 0: of none */
} dw_region;

/* {0} is an empty set. */
typedef struct dw_regions {
    dw_region *item; /* sorted: contig, start, end */
    size_t n, cap;
    struct dw_region_contig {
        char name[DW_CONTIG_MAX];
        size_t first, end; /* its regions are [first, end) */
    } * contig;            /* sorted by dw_contig_cmp */
    size_t n_contigs, cap_contigs;
} dw_regions;

void dw_regions_clear(dw_regions *r);

/* Adds one; `contig` is a name given by dw_contig_name.  An empty interval
 * holds nothing, and is not kept.  The set is to be sorted before it is asked.
 * DW_ENOMEM, or DW_EFORMAT when start > end. */
int dw_regions_add(dw_regions *r, const char *contig, uint32_t start,
                   uint32_t end, size_t line, dw_err *err) DW_MUST_CHECK;
/* Adds those of a text as -r takes it, several divided by commas: "22",
 * "chr6:25000000-34000000" (1-based, both ends within), "X:1000-", "X:1000"
 * (that position alone). */
int dw_regions_add_text(dw_regions *r, const char *text,
                        dw_err *err) DW_MUST_CHECK;
void dw_regions_sort(dw_regions *r);

/* The contig's index, or SIZE_MAX when no region lies on it. */
size_t dw_regions_contig(const dw_regions *r, const char *contig);
/* A region that holds position pos (from 1) of the c-th contig, or SIZE_MAX;
 * of several the one that ends last.  c may be SIZE_MAX: none holds it. */
size_t dw_regions_find(const dw_regions *r, size_t c, uint32_t pos);
bool dw_regions_hold(const dw_regions *r, const char *contig, uint32_t pos);

/* The first region (of the sorted set) that shares a base with the one before
 * it on its contig, or SIZE_MAX when all are disjoint. */
size_t dw_regions_overlap(const dw_regions *r);

#endif
