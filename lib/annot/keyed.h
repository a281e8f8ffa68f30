/*
 * keyed: rows that are keyed by variant, as an annotator.
 *
 * Whatever gives rows with a place (a table, the INFO of a VCF, a table with an
 * index) becomes columns here, by one merge with each table of variants.
 *
 * Rows in order are streamed: of them only those are held that the current
 * table has places for, so that memory does not grow with the file, and tables
 * that overlap (those of a run of blocks) are served without reading twice.  A
 * table that begins before what is held costs a new beginning.  Rows that are
 * not in order are found out where their order breaks (`broken`), and loaded
 * and sorted when all begins anew.  A source with an index is asked for the
 * places of each table alone.
 */
#ifndef DW_ANNOT_KEYED_H
#define DW_ANNOT_KEYED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "annot/annotator.h"
#include "annot/ask.h"
#include "input/ordered.h"

/* Where the rows come from. */
typedef struct dw_keyed_source {
    dw_row_reader reader;
    /* Has an index: the reader, once rewound, gives the rows of the contig from
     * the first of these positions to the last, in order, and may leave out
     * those at other positions; the array is lent until the next seek.  NULL:
     * it has no index. */
    void (*seek)(void *self, const char *contig, const uint32_t *pos, size_t n);
    void (*close)(void *self);
    /* (k) How several rows of one variant (the same alleles and id) are made
     * one; lent.  NULL: the first counts, or if they have neither alleles nor
     * id any, if all rows of the place say the same. */
    const dw_ask_rule *rule;
} dw_keyed_source;

/* The annotator of a source, whose `self` it takes over; its names are still to
 * be given.  `file` is borrowed, and may be part of the self. */
dw_annotator *dw_keyed_annotator(const dw_keyed_source *source,
                                 const char *file);

/* 0, or DW_EFORMAT: a name is empty, or is there twice. */
int dw_keyed_check_names(const dw_annotator *a, dw_err *err) DW_MUST_CHECK;

#endif
