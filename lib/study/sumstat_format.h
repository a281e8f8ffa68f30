/*
 * sumstat_format: which column of a study's table means what.
 *
 * A format is one row of data: its name, the headers that tell it, its columns,
 * and the ways to z in the order in which they are preferred.  A table of no
 * known format is read by the names that columns commonly have.
 */
#ifndef DW_STUDY_SUMSTAT_FORMAT_H
#define DW_STUDY_SUMSTAT_FORMAT_H

#include "base/buf.h"
#include "base/err.h"
#include "input/meaning.h"
#include "input/table.h"

/* The ways to z. */
typedef enum dw_z_way {
    DW_Z_NONE,
    DW_Z_Z,
    DW_Z_CHISQ,     /* sign(BETA) sqrt(CHISQ) */
    DW_Z_BETA_SE,   /* BETA / SE */
    DW_Z_OR_SE,     /* log(OR) / SE */
    DW_Z_BETA_LOGP, /* sign(BETA), LOG10P */
    DW_Z_OR_LOGP,
    DW_Z_BETA_P, /* sign(BETA), P */
    DW_Z_OR_P,
} dw_z_way;

/* What was understood of a header. */
typedef struct dw_sumstat_columns {
    const char *format;           /* "bolt"; "table" when none was told */
    int column[DW_MEANING_COUNT]; /* or DW_TABLE_NONE */
    dw_z_way way;
} dw_sumstat_columns;

/* Understands the header of t.  `format`: NULL to tell it from the header;
 * `columns`: NULL, or "EA=A1,OA=A2,..." that goes before all else.  Fails when
 * alleles, place (or id) or z cannot be found, with what to say. */
int dw_sumstat_columns_find(dw_sumstat_columns *c, const dw_table *t,
                            const char *format, const char *columns,
                            dw_err *err) DW_MUST_CHECK;

/* Adds "fastgwa: z = BETA / SE, effect allele A1, ..." */
void dw_sumstat_columns_tell(const dw_sumstat_columns *c, const dw_table *t,
                             dw_buf *out);

/* "bolt, fastgwa, ...", for the usage text. */
const char *dw_sumstat_format_names(void);

#endif
