/*
 * read_sumstats: the rows of a study that carry a z.
 *
 * A row's value is z, frequency of a1 (NAN: missing) and sample size, as
 * harmonise.h orders them; a1 is the effect allele, both alleles in upper case,
 * of ACGT or I and D.
 * Rows that carry none are told to `fates`, one reason each.  Text where a
 * number belongs is a fault, with line and column.  Tables of any format and
 * GWAS-VCF (text or BCF) are read the same way.
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
    const char *study;             /* of a GWAS-VCF with several; or NULL */
    double n, n_cases, n_controls; /* 0: not given */
    double min_maf, min_info;      /* 0: no limit */
    bool n_of_se;                  /* N is inferred from SE and frequency */
    bool check_sd;                 /* sd_check.h */
    bool zero_based;               /* positions count from 0 */
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
bool dw_sumstats_has_other(const dw_sumstats *s);  /* the other allele */
/* Are there cases and controls, by column, option, odds ratio or metadata? */
bool dw_sumstats_is_binary(const dw_sumstats *s);
/* The genome build as the file, or the YAML beside it, states it; or "". */
const char *dw_sumstats_build(const dw_sumstats *s);
/* Was the YAML beside it read?  Its digest, as dw_origin has it. */
bool dw_sumstats_has_meta(const dw_sumstats *s, uint64_t *digest);
/* Rows read so far, taken or not. */
uint64_t dw_sumstats_rows(const dw_sumstats *s);
/* Adds what was understood: "fastgwa: z = BETA / SE; ...; N from N", and how
 * many z so far were made in another way. */
void dw_sumstats_tell(const dw_sumstats *s, dw_buf *out);
/* What looks wrong in the first rows, each line ended by a newline; "" if
 * nothing does. */
const char *dw_sumstats_warnings(const dw_sumstats *s);

/* Adds, for people, what is understood of the file and why, its first rows, and
 * what looks wrong.  0, or the fault that keeps it from being read: `out` holds
 * then what was understood until there. */
int dw_sumstats_explain(const char *path, const dw_sumstats_opts *opts,
                        dw_buf *out, dw_err *err) DW_MUST_CHECK;

#endif
