/*
 * sumstat_format: which column of a study's table means what, and why.
 *
 * A format is one row of format_table.  A table of none is read by the names
 * that columns commonly have.  Which allele has the effect is never guessed.
 */
#ifndef DW_STUDY_SUMSTAT_FORMAT_H
#define DW_STUDY_SUMSTAT_FORMAT_H

#include "base/buf.h"
#include "base/err.h"
#include "input/meaning.h"
#include "input/table.h"
#include "study/format_table.h"
#include "study/z_plan.h"

/* Why a column was chosen. */
typedef enum dw_column_why {
    DW_COLUMN_BY_NAME, /* a common name of its meaning */
    DW_COLUMN_BY_FORMAT,
    DW_COLUMN_BY_USER,
} dw_column_why;

/* What was understood of a header. */
typedef struct dw_sumstat_columns {
    const dw_study_format *format; /* NULL: none was told */
    int column[DW_MEANING_COUNT];  /* or DW_TABLE_NONE */
    dw_column_why why[DW_MEANING_COUNT];
    int ref, alt; /* to tell the other allele of, or DW_TABLE_NONE */
    int rows[DW_FORMAT_ROWS]; /* the columns of format->rows */
    dw_z_plan plan;
    double cases, controls; /* in the names of columns (daner), or 0 */
} dw_sumstat_columns;

/* Understands the header of t.  `format`: NULL to tell it from the header;
 * `columns`: NULL, or "EA=A1,OA=A2,..." that goes before all else.  Fails when
 * alleles, place (or id) or z cannot be found, with what to say; *c holds what
 * was understood until then. */
int dw_sumstat_columns_find(dw_sumstat_columns *c, const dw_table *t,
                            const char *format, const char *columns,
                            dw_err *err) DW_MUST_CHECK;

/* "bolt", or "table" where none was told. */
const char *dw_sumstat_format_name(const dw_sumstat_columns *c);
/* Is this column of the table used for anything? */
bool dw_sumstat_column_used(const dw_sumstat_columns *c, int column);

/* Adds "bolt, fastgwa, ...", of tables and of others. */
void dw_sumstat_format_list(dw_buf *out);

#endif
