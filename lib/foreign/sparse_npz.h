/*
 * sparse_npz: a sparse matrix of SciPy (save_npz) as the correlations of a
 * block.
 *
 *     format.npy 'csr', 'csc' or 'coo'   shape.npy   data.npy
 *     csr, csc: indices.npy, indptr.npy              coo: row.npy, col.npy
 *
 * Entries are unpacked and put in place a few at a time: apart from the file's
 * bytes and the block nothing is held.
 */
#ifndef DW_FOREIGN_SPARSE_NPZ_H
#define DW_FOREIGN_SPARSE_NPZ_H

#include <stddef.h>

#include "base/err.h"
#include "foreign/ld_order.h"
#include "ld/corr.h"

/* Adds all entries to c, a matrix of o->n variants placed as `o` says.  Rows
 * that are not n, an index out of range, pointers that descend, arrays of
 * different lengths: DW_EFORMAT, or DW_EMISMATCH for the first. */
int dw_sparse_npz_fill(const void *bytes, size_t n, const dw_ld_order *o,
                       dw_corr *c, dw_err *err) DW_MUST_CHECK;

#endif
