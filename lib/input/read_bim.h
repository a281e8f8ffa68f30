/*
 * read_bim: the variants of a PLINK .bim, in the order of their genotypes.
 *
 * Six columns without a header: chromosome, id, cM, position, A1, A2.  ALT is
 * A1 and REF is A2 (what plink2 takes them for), though neither is known to be
 * the reference genome's.
 */
#ifndef DW_INPUT_READ_BIM_H
#define DW_INPUT_READ_BIM_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "data/contig.h"
#include "input/lines.h"

/* One row.  Texts are lent until the next call. */
typedef struct dw_bim_row {
    size_t index;               /* from 0: the variant's place in the .bed */
    char contig[DW_CONTIG_MAX]; /* "" when the file says 0: not placed */
    uint32_t pos;               /* 1-based; 0: not placed */
    double cm;                  /* 0 mostly means: not known */
    dw_span id, a1, a2;         /* as written; an allele may be "0" or "." */
} dw_bim_row;

typedef struct dw_bim dw_bim;

dw_bim *dw_bim_open(const char *path, dw_err *err) DW_MUST_CHECK;
/* From lines that are at their start; they become its own. */
dw_bim *dw_bim_take(dw_lines *lines);
void dw_bim_close(dw_bim *bim); /* NULL is fine */
/* The next row.  1, 0 at the end, negative with file and line. */
int dw_bim_next(dw_bim *bim, dw_bim_row *row, dw_err *err) DW_MUST_CHECK;
/* Back to the first row. */
int dw_bim_rewind(dw_bim *bim, dw_err *err) DW_MUST_CHECK;
const dw_lines *dw_bim_lines(const dw_bim *bim);

#endif
