/*
 * table: text with a header line, column by name.
 *
 * Tab, comma or runs of blanks, told from the header.  Lines that start with
 * "##", "#name=" or "# " before the header are passed over, and so are those
 * behind it that start with "#" and are no row; one leading "#" of the header
 * is dropped.  Names are matched exactly first, then with case ignored
 * and "-", "." and blank as "_".  A row with another number of fields than the
 * header is a fault that names the line.  So is a record broken over two lines,
 * unless dw_table_allow_split was called.
 */
#ifndef DW_INPUT_TABLE_H
#define DW_INPUT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "input/lines.h"

typedef struct dw_table dw_table;

enum { DW_TABLE_NONE = -1 };

dw_table *dw_table_open(const char *path, dw_err *err) DW_MUST_CHECK;
void dw_table_close(dw_table *t); /* NULL is fine */
const dw_lines *dw_table_lines(const dw_table *t);
/* Closes the table and hands over its lines, to be rewound by whoever found
 * that the file is no table after all. */
dw_lines *dw_table_take_lines(dw_table *take_table);
void dw_table_share(dw_table *t, dw_crew *crew); /* as dw_lines_share */

size_t dw_table_width(const dw_table *t);
const char *dw_table_separator(const dw_table *t); /* "tabs", "commas" .. */
const char *dw_table_name(const dw_table *t, size_t column);
int dw_table_find(const dw_table *t, const char *name); /* or DW_TABLE_NONE */
/* Another column whose name is the same by the same rule, or DW_TABLE_NONE. */
int dw_table_namesake(const dw_table *t, int column);
/* Finds or fails, naming what was looked for and the nearest header. */
int dw_table_require(const dw_table *t, const char *name, int *column,
                     dw_err *err) DW_MUST_CHECK;

/* The header's name nearest to a word, or NULL; all of them, for a message. */
const char *dw_table_nearest(const dw_table *t, const char *word);
void dw_table_list(const dw_table *t, dw_buf *out);
size_t dw_table_header_line(const dw_table *t);

/* The next row; its fields are lent until the next call.  1, 0, negative. */
int dw_table_next(dw_table *t, dw_err *err) DW_MUST_CHECK;
/* From now on two lines whose fields add up to the header's are one row, of
 * which dw_table_is_split is true and all fields are empty: what stands on the
 * second line may belong to another record. */
void dw_table_allow_split(dw_table *t);
bool dw_table_is_split(const dw_table *t);
/* Back to before the first row; a pipe was kept, so that it works for any. */
int dw_table_rewind(dw_table *t, dw_err *err) DW_MUST_CHECK;
static inline dw_span dw_table_field(const dw_table *t, int column);
/* The field as a number: NAN when it is missing by dw_text_is_na. */
int dw_table_double(const dw_table *t, int column, double *x,
                    dw_err *err) DW_MUST_CHECK;
/* The field as a position, 1 .. 2^31-1. */
int dw_table_position(const dw_table *t, int column, uint32_t *pos,
                      dw_err *err) DW_MUST_CHECK;

/* What a table begins with: its current row, for dw_table_field alone, which is
 * asked for each field of each row. */
struct dw_table_row {
    dw_fields found; /* n 0: they stand below */
    dw_span *field;
};

static inline dw_span dw_table_field(const dw_table *t, int column)
{
    const struct dw_table_row *row = (const struct dw_table_row *)t;

    return row->found.n ? dw_fields_at(&row->found, (size_t)column)
                        : row->field[column];
}

#endif
