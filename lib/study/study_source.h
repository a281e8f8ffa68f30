/*
 * study_source: a study's file as a sequence of rows, whatever its kind.
 *
 * A source gives a row's key as it stands in the file, and its numbers by
 * column.  What the columns mean, sumstat_format says of tables and gwas_vcf of
 * its own; z, N and the rest are made of them by read_sumstats, the same way
 * for all.
 */
#ifndef DW_STUDY_STUDY_SOURCE_H
#define DW_STUDY_STUDY_SOURCE_H

#include "base/crew.h"
#include "base/err.h"
#include "data/reason.h"
#include "data/rows.h"
#include "input/lines.h"

typedef struct dw_study_source {
    void *self;
    /* The next row: contig, pos, id, and the alleles as they are written, a1
     * the effect allele; *reason when it cannot be taken.  1, 0, negative. */
    int (*next)(void *self, dw_row *row, dw_reason *reason, dw_err *err);
    /* Of the current row: NAN when missing. */
    int (*number)(const void *self, int column, double *x, dw_err *err);
    /* log10 of the number, from its text: 1e-400 is not 0.  -INFINITY of 0. */
    int (*log10)(const void *self, int column, double *x, dw_err *err);
    const char *(*name)(const void *self, int column);
    int (*rewind)(void *self, dw_err *err);
    dw_origin (*origin)(const void *self);
    /* As dw_lines_share. */
    void (*share)(void *self, dw_crew *crew);
    void (*close)(void *self);
} dw_study_source;

#endif
