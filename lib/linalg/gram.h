/*
 * gram: A A' = V diag(w) V' for a matrix A, by its shorter side.
 *
 * With fewer columns than rows, A'A = U diag(w) U' is the smaller problem of
 * the two, and V = A U diag(w)^-1/2.
 */
#ifndef DW_LINALG_GRAM_H
#define DW_LINALG_GRAM_H

#include <stddef.h>

#include "base/err.h"

/* Workspace of one thread, for min(k, n) up to max_order. */
typedef struct dw_gram_ws dw_gram_ws;

/* NULL when memory is exhausted; see eigen.h for the largest order. */
dw_gram_ws *dw_gram_ws_new(size_t max_order) DW_MUST_CHECK;
void dw_gram_ws_free(dw_gram_ws *ws); /* NULL is fine */

/*
 *   a (k x n)           ld k
 *   floor               > 0: eigenvalues below are left out
 *   v (k x min(k, n))   set: the first *kept columns, orthonormal
 *   w (min(k, n))       set: all eigenvalues, descending
 *
 * 0; i > 0 if it did not converge, or a holds a NaN or infinity; DW_EBUG if it
 * is larger than the workspace, DW_ENOMEM.
 */
int dw_gram_eigen(dw_gram_ws *ws, size_t k, size_t n, const double *a,
                  double floor, double *v, double *w,
                  size_t *kept) DW_MUST_CHECK;

#endif
