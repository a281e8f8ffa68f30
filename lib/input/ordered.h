/*
 * ordered: rows of a table, place by place, in the order of the genome.
 *
 * A table that is sorted is streamed: at any time only the rows of one place
 * are held.  One that is not is found out where its order breaks; it can then
 * be loaded as a whole and sorted.  So what comes after needs one merge only.
 */
#ifndef DW_INPUT_ORDERED_H
#define DW_INPUT_ORDERED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "data/group.h"
#include "data/reason.h"
#include "data/rows.h"
#include "input/lines.h"

/* Whatever gives rows.  All functions are there. */
typedef struct dw_row_reader {
    void *self;
    size_t k; /* numbers in each row */
    /* The next row, lent until the next call.  1, 0, negative. */
    int (*next)(void *self, dw_row *row, dw_err *err);
    int (*rewind)(void *self, dw_err *err);
    dw_origin (*origin)(const void *self);
} dw_row_reader;

typedef struct dw_ordered dw_ordered;

/* The reader is borrowed.  Rows without a place are told to `fates` with the
 * reason `unplaced`; or to nobody, if it is NULL. */
dw_ordered *dw_ordered_new(const dw_row_reader *reader, dw_fates *fates,
                           dw_reason unplaced);
void dw_ordered_free(dw_ordered *o); /* NULL is fine */

/* Gets ready to give all rows from the first: by streaming or, once their order
 * was found broken, by reading and sorting all of them now. */
int dw_ordered_start(dw_ordered *o, dw_err *err) DW_MUST_CHECK;
/* Loads rows that have no place, and gives them the place that the reference
 * has for their id, or that the id itself is; told to `fates` as
 * DW_REASON_ID_UNKNOWN where there is none, as DW_REASON_ID_AMBIGUOUS where the
 * reference has several.
 * Both readers are read from their start. */
int dw_ordered_start_by_id(dw_ordered *o, const dw_row_reader *ref,
                           dw_err *err) DW_MUST_CHECK;

/* The rows of the next place: 1, 0, negative.  When the order breaks while
 * streaming, DW_EMISMATCH, and dw_ordered_broken is true: start all anew. */
int dw_ordered_next(dw_ordered *o, dw_err *err) DW_MUST_CHECK;
bool dw_ordered_broken(const dw_ordered *o);
/* The current place and its rows (n > 0); lent until the next call. */
const dw_group *dw_ordered_group(const dw_ordered *o);
const char *dw_ordered_contig(const dw_ordered *o);
uint32_t dw_ordered_pos(const dw_ordered *o);

/* <0, 0, >0: the current place of a against that of b. */
int dw_ordered_cmp(const dw_ordered *a, const dw_ordered *b);

#endif
