/*
 * pivoted: a Cholesky factor of low rank, its pivots chosen on the way.
 *
 *     R ~ C C',   R (n x n) positive semidefinite, C (n x rank)
 *
 * Column-major.  R - C C' is what is left: positive semidefinite as well, with
 * a diagonal that only shrinks, which says when to stop.  Of R only the columns
 * of pivots tried are read, so that it costs about 2 n rank^2 flops, nearly all
 * in products of matrices.  Pivots are tried many at a time: drawn by what is
 * left of their diagonal, as in randomly pivoted Cholesky, then the larger ones
 * of them taken in order.  The draw is the same each time.
 */
#ifndef DW_LINALG_PIVOTED_H
#define DW_LINALG_PIVOTED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Workspace of one thread; grows to the largest n that it has seen. */
typedef struct dw_pivoted_ws dw_pivoted_ws;

dw_pivoted_ws *dw_pivoted_ws_new(void);
void dw_pivoted_ws_free(dw_pivoted_ws *ws); /* NULL is fine */

/*
 * r (n x n, ld ldr, both triangles, finite) is read; c (n x max_rank, ld n) and
 * *rank are set.  Stops when no diagonal element of what is left is above
 * `tol`, or above some times the amount by which one is below 0, which only
 * rounding of R can bring about.
 *
 * 0; 1 when that would take more than max_rank columns: *rank of them are
 * there; DW_ENOMEM.
 */
int dw_pivoted_factor(dw_pivoted_ws *ws, size_t n, const float *r, size_t ldr,
                      double tol, size_t max_rank, double *c,
                      size_t *rank) DW_MUST_CHECK;

/* An estimate from below, mostly within a factor of two, of the largest
 * eigenvalue by absolute value of R - C C'.  Negative: DW_ENOMEM. */
double dw_pivoted_left(dw_pivoted_ws *ws, size_t n, const float *r, size_t ldr,
                       const double *c, size_t rank);

#endif
