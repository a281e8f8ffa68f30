/*
 * mat: dense algebra on matrices in single or double precision, which of the
 * two being known only when it runs: one source of an algorithm serves both.
 *
 * Vectors go in and come out in double, and what is summed out of a matrix (a
 * determinant, a product of two columns) is summed in double.  Column-major,
 * lower triangles.  Unless told otherwise all matrices of one
 * call have one precision.  Sizes of 0 are fine; nothing allocates; safe from
 * many threads.
 */
#ifndef DW_LINALG_MAT_H
#define DW_LINALG_MAT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

typedef struct dw_mat {
    void *at;    /* float or double */
    size_t ld;   /* between columns */
    bool single; /* float */
} dw_mat;

/* Memory for n numbers: its ld is for the caller to set.  at is NULL when
 * memory is exhausted.  dw_free(a.at). */
dw_mat dw_mat_alloc(size_t n_rows, size_t n_cols, bool single) DW_MUST_CHECK;

static inline dw_mat dw_mat_of(double *a, size_t ld)
{
    return (dw_mat){a, ld, false};
}

static inline size_t dw_mat_size(bool single)
{
    return single ? sizeof(float) : sizeof(double);
}

static inline double dw_mat_entry(dw_mat a, size_t i, size_t j)
{
    return a.single ? ((const float *)a.at)[i + j * a.ld]
                    : ((const double *)a.at)[i + j * a.ld];
}

/* The part that begins at row i, column j. */
static inline dw_mat dw_mat_from(dw_mat a, size_t i, size_t j)
{
    a.at = (char *)a.at + (i + j * a.ld) * dw_mat_size(a.single);
    return a;
}

/* Column j of a <- x (n), and x <- column j. */
void dw_mat_put(size_t n, const double *x, dw_mat a, size_t j);
void dw_mat_get(size_t n, dw_mat a, size_t j, double *x);

/* To (m x n) <- from, whatever the precision of either. */
void dw_mat_copy(size_t m, size_t n, dw_mat from, dw_mat to);
/* Column j of `to` <- alpha diag(x) times column i of `from`, likewise. */
void dw_mat_put_scaled(size_t n, double alpha, const double *x, dw_mat from,
                       size_t i, dw_mat to, size_t j);

/* A (m x n) <- diag(x) A */
void dw_mat_scale_rows(size_t m, size_t n, const double *x, dw_mat a);

/* Products of columns: x (n) <- alpha a_j + x; a_i' b_j. */
void dw_mat_axpy(size_t n, double alpha, dw_mat a, size_t j, double *x);
double dw_mat_dot(size_t n, dw_mat a, size_t i, dw_mat b, size_t j);
/* x_i <- x_i + alpha a_ij^2 */
void dw_mat_add_squares(size_t n, double alpha, dw_mat a, size_t j, double *x);

/* sum_i x_i a_ij^2 */
double dw_mat_weighted_squares(size_t n, const double *x, dw_mat a, size_t j);

/* C <- alpha op(A) op(B) + beta C;  op(A) (m x k), op(B) (k x n). */
void dw_mat_gemm(bool transa, bool transb, size_t m, size_t n, size_t k,
                 double alpha, dw_mat a, dw_mat b, double beta, dw_mat c);
/* C <- op(A) op(A)' + beta C, lower triangle;  op(A) (n x k). */
void dw_mat_syrk(bool trans, size_t n, size_t k, dw_mat a, double beta,
                 dw_mat c);
/* a_ii <- a_ii + x */
void dw_mat_add_identity(size_t n, double x, dw_mat a);

/* As those of linalg/chol. */
int dw_mat_factor(size_t n, dw_mat a) DW_MUST_CHECK;
double dw_mat_logdet(size_t n, dw_mat l);
int dw_mat_invert_factor(size_t n, dw_mat l) DW_MUST_CHECK;
/* From L^-1: x (n) <- diag(A^-1). */
void dw_mat_inverse_diagonal(size_t n, dw_mat linv, double *x);

/* B <- op(L)^-1 B;  B (m x n). */
void dw_mat_solve(bool trans, size_t m, size_t n, dw_mat l, dw_mat b);
/* B <- B op(L)^-1;  B (m x n). */
void dw_mat_solve_right(bool trans, size_t m, size_t n, dw_mat l, dw_mat b);

#endif
