/*
 * table_rows: tables of variants as rows, each variant once, in order.
 *
 * The tables of a run of blocks overlap: of what a table has in common with
 * those before it nothing is given again.  That needs tables whose starts
 * ascend on a contig, as dw-ldblock writes them; of others a variant may come
 * twice, and out of order, which dw_ordered sorts.
 */
#ifndef DW_FLOW_TABLE_ROWS_H
#define DW_FLOW_TABLE_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/variant.h"
#include "input/ordered.h"

enum { DW_TABLE_VALUES_MAX = 4 };

/* Where tables come from, and what of them goes into a row's numbers. */
typedef struct dw_table_source {
    void *self;
    const char *name; /* for messages; borrowed */
    /* The next table, into v.  1, 0, negative. */
    int (*next)(void *self, dw_variants *v, dw_err *err);
    int (*rewind)(void *self, dw_err *err);
    size_t k; /* numbers of a row, at most DW_TABLE_VALUES_MAX */
    void (*values)(void *self, const dw_variants *v, size_t i, float *value);
    void (*close)(void *self); /* NULL: nothing to close */
} dw_table_source;

typedef struct dw_table_rows dw_table_rows;

/* The source is copied; it is closed when the rows are freed. */
dw_table_rows *dw_table_rows_new(const dw_table_source *source);
void dw_table_rows_free(dw_table_rows *r); /* NULL is fine */
const dw_row_reader *dw_table_rows_reader(const dw_table_rows *r);
uint64_t dw_table_rows_given(const dw_table_rows *r); /* since the rewind */

#endif
