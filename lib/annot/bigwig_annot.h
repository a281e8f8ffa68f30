/*
 * bigwig_annot: annotations from a bigWig or bigBed.
 *
 * NAME=FILE[:COLUMN][@W1,W2..] gives the column NAME, the value at the
 * variant's first base, and for each W a column NAME.W, the mean over the W
 * bases around it, [pos - 1 - W / 2, pos - 1 - W / 2 + W), that have data.
 * What the values are is told in signal.h; COLUMN is of a bigBed.
 */
#ifndef DW_ANNOT_BIGWIG_ANNOT_H
#define DW_ANNOT_BIGWIG_ANNOT_H

#include "annot/annotator.h"
#include "annot/signal.h"
#include "annot/spec.h"

/* `text` is what stands behind --bigwig; a reference is not needed. */
dw_annotator *dw_bigwig_annot_open(const char *text, const char *bim,
                                   dw_err *err) DW_MUST_CHECK;

/* ---- for all who read signals ---- */

/* The column of a bigBed that a spec asks for; 0: none. */
int dw_signal_spec_column(const dw_spec *s, const char *option,
                          const char *text, size_t *column,
                          dw_err *err) DW_MUST_CHECK;
/* DW_EMISMATCH if the lengths of the file's chromosomes are those of another
 * build; "." is one that is not known. */
int dw_signal_check_build(const dw_signal *s, const char *build,
                          dw_err *err) DW_MUST_CHECK;

/* Which variants a signal can say nothing of. {0} is an empty count. */
typedef struct dw_signal_misses {
    uint64_t asked;
    uint64_t absent; /* of a contig that the file lacks */
    uint64_t beyond; /* behind the end of their contig in the file */
    char contig[64]; /* the first that the file lacks */
} dw_signal_misses;

/* Counts the variants, and goes to their contig as dw_signal_seek does. */
int dw_signal_meet(dw_signal *s, const dw_variants *v, dw_signal_misses *n);
/* Warns of what looks like other names of chromosomes or another build, and
 * notes what else there is to say of the file. */
void dw_signal_tell(const dw_signal *s, const dw_signal_misses *n);

#endif
