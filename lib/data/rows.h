/*
 * rows: variants as a table gives them, before anything is said of REF and ALT.
 *
 * One row type for studies, references and annotations, so that one reader can
 * put all of them in order and one merge can join them.  Each row has k numbers
 * of its own; what they are, the reader of the table says.
 */
#ifndef DW_DATA_ROWS_H
#define DW_DATA_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "data/contig.h"

/* One row; everything that it points to is lent. */
typedef struct dw_row {
    const char *contig; /* by dw_contig_name; "" when it has no place */
    uint32_t pos;       /* 1-based; 0 when it has no place */
    size_t index;       /* from 0: which row of its file */
    dw_span id;         /* "." when it has none */
    dw_span a1, a2;     /* a1 is the effect allele; empty when it has none */
    const float *value; /* (k) NAN where missing */
    uint32_t actions;   /* dw_action bits: what was done to it so far */
} dw_row;

/* A row of which no more is known; contig "" and position 0: it has no place.
 * Field by field, since a row is cleared as a whole by an instruction that is
 * slow to begin. */
static inline void dw_row_begin(dw_row *row, const char *contig, uint32_t pos,
                                dw_span id)
{
    row->contig = contig;
    row->pos = pos;
    row->index = 0;
    row->id = id;
    row->a1.s = row->a2.s = "";
    row->a1.n = row->a2.n = 0;
    row->value = NULL;
    row->actions = 0;
}

/* Many rows, one behind the other.  {.k = ...} is an empty one. */
typedef struct dw_rows {
    size_t n, k;
    struct dw_rows_item {
        uint32_t contig, pos; /* contig: index into the names below */
        size_t index, text;
        uint32_t id_n, a1_n, a2_n, actions;
    } * item;
    float *value; /* (k x n), ld k */
    char *text;
    char (*contig)[DW_CONTIG_MAX];
    struct dw_map *contigs; /* name to index */
    uint32_t last_contig;
    size_t n_text, n_contigs;
    size_t cap_item, cap_value, cap_text, cap_contig;
} dw_rows;

/* Copies the row in.  0 or DW_ENOMEM. */
int dw_rows_add(dw_rows *r, const dw_row *row) DW_MUST_CHECK;
/* Row i, lent until rows are added.  Here, so that who needs little of a row
 * need not have all of it made. */
static inline dw_row dw_rows_at(const dw_rows *r, size_t i)
{
    const struct dw_rows_item *item = &r->item[i];
    const char *s = r->text + item->text;

    return (dw_row){
        .contig = r->contig[item->contig],
        .pos = item->pos,
        .index = item->index,
        .id = {s, item->id_n},
        .a1 = {s + item->id_n, item->a1_n},
        .a2 = {s + item->id_n + item->a1_n, item->a2_n},
        .value = r->k ? r->value + i * r->k : NULL,
        .actions = item->actions,
    };
}

/* Gives row i a place: how rows known by their id get one. */
int dw_rows_place(dw_rows *r, size_t i, const char *contig,
                  uint32_t pos) DW_MUST_CHECK;
void dw_rows_reset(dw_rows *r); /* no rows; keeps the memory */
void dw_rows_clear(dw_rows *r);

/* The order in which rows i come by contig, position and index: (n) indices,
 * to be freed by dw_free; NULL when memory is exhausted. */
size_t *dw_rows_order(const dw_rows *r) DW_MUST_CHECK;

#endif
