/*
 * format_table: what the programs of the field write, one row a format.
 *
 * Data only; sumstat_format reads it.  A format is added by adding a row.
 */
#ifndef DW_STUDY_FORMAT_TABLE_H
#define DW_STUDY_FORMAT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "data/contig.h"
#include "data/reason.h"

enum { DW_FORMAT_ROWS = 2 };

/* In lists of column names "A|B" is either, and "FRQ_A_*" any that begins so.
 */
typedef struct dw_study_format {
    const char *name;    /* as --format takes it */
    const char *program; /* in words */
    /* A header that has all of these, and none of `never`, is of this format;
     * the first row that fits is it. */
    const char *tells, *never;
    /* As --columns takes them.  A column that the header lacks is passed over.
     * Places, ids, N and INFO may also be found by their common names; alleles,
     * frequency and effect may not. */
    const char *columns;
    /* The ways to z that are tried before the common ones, the best first; one
     * with a column of its own, as P=P_BOLT_LMM, is open only where the header
     * has that. */
    const char *ways;
    /* Rows are read only if this column, where there is one, holds this value
     * (or does not, if `differs`). */
    struct {
        const char *column, *value;
        bool differs;
        dw_reason reason;
    } rows[DW_FORMAT_ROWS];
    enum dw_contig_codes codes;
    bool other_of_pair; /* the other allele is the one of REF and ALT that the
                         * effect allele is not */
    bool other_of_ref;  /* the other allele is not written: the reference tells
                         * it */
    bool alleles_of_id; /* the id is chromosome:position:other:effect */
    bool own_n;         /* N is not to be found by a common name */
    const char *no_n;   /* what to say when there is no N; NULL: nothing */
} dw_study_format;

const dw_study_format *dw_study_formats(size_t *n);

/* Names that may stand for the effect and the other allele in a free table. */
typedef struct dw_allele_pair {
    const char *effect, *other;
    bool plain; /* says what it means; two that do not leave it open */
} dw_allele_pair;

const dw_allele_pair *dw_allele_pairs(size_t *n);

#endif
