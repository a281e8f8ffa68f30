/*
 * blas: the BLAS and LAPACK that the program was linked to, or that it found
 * when it was started.
 */
#ifndef DW_LINALG_BLAS_H
#define DW_LINALG_BLAS_H

#include "base/err.h"

/* One BLAS thread: blocks are what runs in parallel, and more threads within a
 * product change its bits.  Those that OpenBLAS has started are ended.  Called
 * once, before any work, by a tool that computes. */
void dw_linalg_single_thread(void);

/* Solves small problems with known answers: DW_EBUG if the BLAS or LAPACK that
 * was found gets them wrong, or takes integers of another width. */
int dw_linalg_check(dw_err *err) DW_MUST_CHECK;

/* Both of the above: how a tool that computes begins. */
int dw_linalg_begin(dw_err *err) DW_MUST_CHECK;

/* "OpenBLAS 0.3.21", or "reference BLAS": for --version. */
const char *dw_linalg_library(void);

#endif
