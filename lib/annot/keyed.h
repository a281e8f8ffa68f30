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
 * not in order are loaded and sorted; that is found out before the first value
 * is given, since none could be taken back.  A source with an index is asked
 * for the places of each table alone.
 */
#ifndef DW_ANNOT_KEYED_H
#define DW_ANNOT_KEYED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "annot/annotator.h"
#include "input/ordered.h"

/* Where the rows come from. */
typedef struct dw_keyed_source {
    dw_row_reader reader;
    /* While it is true the reader gives keys, and any numbers: for a first
     * reading, which looks at the order alone.  NULL: they are in order. */
    bool *keys_only;
    /* Has an index: the reader, once rewound, gives the rows of positions
     * [first, last] of the contig, in order, until it is sought or rewound
     * again; at first it gives none.  NULL: it has no index. */
    void (*seek)(void *self, const char *contig, uint32_t first, uint32_t last);
    void (*close)(void *self);
} dw_keyed_source;

/* The annotator of a source, whose `self` it takes over; its names are still to
 * be given.  `file` is borrowed, and may be part of the self. */
dw_annotator *dw_keyed_annotator(const dw_keyed_source *source,
                                 const char *file);

/* The row of rows [first, first + n), all of one place, that is the variant's:
 * by alleles where the rows have them, as written before on the other strand;
 * else by id, else the only one, or any if all say the same; SIZE_MAX when none
 * of that holds. */
size_t dw_keyed_choose(const dw_rows *rows, size_t first, size_t n,
                       const dw_row *variant);

#endif
