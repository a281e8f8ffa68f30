/*
 * ldscore_table: LD scores as LDSC lays them out: a table, and counts beside
 * it.
 */
#ifndef DW_FLOW_LDSCORE_TABLE_H
#define DW_FLOW_LDSCORE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "data/variant.h"
#include "record/rec_head.h"
#include "stream/outfile.h"

typedef struct dw_ldscore_table {
    dw_outfile *out;      /* borrowed */
    const char *counts;   /* PREFIX of .l2.M and .l2.M_5_50; NULL: not wanted */
    bool by_annotation;   /* a column each; else one, the total */
    size_t p;             /* columns; 0: not begun */
    dw_buf head;          /* until the first row */
    double *all, *common; /* (p) sums of annotations over variants */
    uint64_t missing;     /* annotations without a value, taken as 0 */
} dw_ldscore_table;

/* CHR SNP BP, then L2, or NAMEL2 for each annotation (L2 if there is only one),
 * as HEAD names them; once it has begun, 0.  DW_EMISMATCH when it names none.
 */
int dw_ldscore_table_begin(dw_ldscore_table *t, const dw_head *head,
                           dw_err *err) DW_MUST_CHECK;
/* Missing annotations of v become 0; how many of rows [from, from + n) were. */
uint64_t dw_ldscore_table_fill(dw_variants *v, size_t from, size_t n);
/* Adds rows [from, from + n) of v to a text, with their score (n x p, ld n).
 * In any thread. */
void dw_ldscore_table_text(dw_buf *text, const dw_variants *v, size_t from,
                           size_t n, size_t p, const double *score);
/* Writes that text, of those rows, and counts them.  Whether writing failed,
 * closing the output says. */
void dw_ldscore_table_add(dw_ldscore_table *t, const dw_buf *text,
                          const dw_variants *v, size_t from, size_t n);
/* Writes the counts; says how much was missing. */
int dw_ldscore_table_finish(dw_ldscore_table *t, dw_err *err) DW_MUST_CHECK;
void dw_ldscore_table_clear(dw_ldscore_table *t);

#endif
