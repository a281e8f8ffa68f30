/*
 * overlap: why a study and a reference have so little in common.
 *
 * Another genome build, positions that count from 0, or files that do not
 * belong together: told by holding the study's ids and shifted positions
 * against the reference.
 */
#ifndef DW_PLACE_OVERLAP_H
#define DW_PLACE_OVERLAP_H

#include "base/buf.h"
#include "base/err.h"
#include "input/ordered.h"

/* Reads both anew, and adds what it finds: "99 % of its ids are in the
 * reference: is the study of another genome build?"; or nothing.  The rows that
 * the readers drop on the way are told once more: the caller restores its
 * counts. */
int dw_overlap_explain(const dw_row_reader *study, const dw_row_reader *ref,
                       dw_buf *out, dw_err *err) DW_MUST_CHECK;

/* The share of the study's positions, of those that the reference could have,
 * that it has.  The same otherwise. */
int dw_overlap_share(const dw_row_reader *study, const dw_row_reader *ref,
                     double *share, dw_err *err) DW_MUST_CHECK;

#endif
