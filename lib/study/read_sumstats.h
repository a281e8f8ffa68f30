/*
 * read_sumstats: the rows of a study that carry a z.
 *
 * A row's value is z, frequency of a1 (NAN: missing) and sample size, as
 * harmonise.h orders them; a1 is the effect allele, both alleles in upper case,
 * of ACGT or I and D.
 * Rows that carry none are told to `fates`, one reason each.  Text where a
 * number belongs is a fault, with line and column.
 */
#ifndef DW_STUDY_READ_SUMSTATS_H
#define DW_STUDY_READ_SUMSTATS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/crew.h"
#include "base/err.h"
#include "data/reason.h"
#include "input/ordered.h"

typedef struct dw_sumstats_opts {
    const char *format;            /* NULL: told from the header */
    const char *columns;           /* NULL, or "EA=A1,..." */
    double n, n_cases, n_controls; /* 0: not given */
    double min_maf, min_info;      /* 0: no limit */
} dw_sumstats_opts;

typedef struct dw_sumstats dw_sumstats;

/* The options and `fates` are borrowed.  Fails when it cannot be understood, or
 * when an option asks for a column that is not there. */
dw_sumstats *dw_sumstats_open(const char *path, const dw_sumstats_opts *opts,
                              dw_fates *fates, dw_err *err) DW_MUST_CHECK;
void dw_sumstats_close(dw_sumstats *s);                /* NULL is fine */
void dw_sumstats_share(dw_sumstats *s, dw_crew *crew); /* as dw_lines_share */
const dw_row_reader *dw_sumstats_reader(const dw_sumstats *s);

bool dw_sumstats_has_places(const dw_sumstats *s); /* else ids only */
bool dw_sumstats_has_frequency(const dw_sumstats *s);
/* Are there cases and controls, by column or by option? */
bool dw_sumstats_is_binary(const dw_sumstats *s);
/* Rows read so far, taken or not. */
uint64_t dw_sumstats_rows(const dw_sumstats *s);
/* Adds what was understood: "fastgwa: z = BETA / SE; ...; N from N". */
void dw_sumstats_tell(const dw_sumstats *s, dw_buf *out);

#endif
