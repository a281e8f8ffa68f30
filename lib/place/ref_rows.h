/*
 * ref_rows: what every kind of reference gives.
 *
 * Private to the references (ref_bim, ref_sites, ref_bcf) and to their face
 * (reference.h).
 */
#ifndef DW_PLACE_REF_ROWS_H
#define DW_PLACE_REF_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "data/reason.h"
#include "input/lines.h"
#include "input/ordered.h"
#include "place/build_evidence.h"
#include <stdbool.h>

typedef struct dw_ref_rows {
    dw_row_reader reader; /* k is 1: ALT's frequency; or 0: none in the row */
    uint64_t rows;        /* read so far, taken or not */
    dw_fates *fates;
    void (*close)(void *self);
    /* ALT's frequency where it is not in the row; NULL: nowhere. */
    int (*frequency)(void *self, size_t index, double *f, dw_err *err);
    size_t frequency_bytes; /* to be read for one of those */
} dw_ref_rows;

/* Each opens one kind and sets all but `fates`, which is borrowed from then on;
 * or fails.  The lines become theirs in any case.  Lengths of chromosomes that
 * a header states are told to `evidence`. */
int dw_ref_bim_open(dw_ref_rows *r, const char *path, dw_lines *take_lines,
                    dw_err *err) DW_MUST_CHECK;
int dw_ref_sites_open(dw_ref_rows *r, dw_lines *take_lines,
                      dw_build_evidence *evidence, dw_err *err) DW_MUST_CHECK;
int dw_ref_bcf_open(dw_ref_rows *r, const char *path,
                    dw_build_evidence *evidence, dw_err *err) DW_MUST_CHECK;

/* Counts a row and sets its alleles (upper case, in the buffers): true when
 * they are of ACGT; else the row is told to `fates`. */
bool dw_ref_take(dw_ref_rows *r, dw_row *row, dw_span alt, dw_span ref,
                 dw_buf *a1, dw_buf *a2);

#endif
