/*
 * marginal: the log evidence of one LD block, and its gradient.
 *
 *     y ~ N(0, S),  S = Q F Q' + D,  D_i = s2 + tau / L_i                (6)
 *     log p = -1/2 ( log|S| + y' S^-1 y + k log 2 pi )                   (7)
 *     d log p / d log F_j = -1/2 F_j ( q_j' S^-1 q_j - (q_j' S^-1 y)^2 ) (8)
 *     d log p / d D_i = -1/2 ( (S^-1)_ii - (S^-1 y)_i^2 )               (10)
 *
 * F_j = N f_j.  Three ways to the answer: primal, by S (k x k); dual, by T = I
 * + A'A, A = D^-1/2 Q F^1/2 (a x a, where a counts the F_j > 0); and cg, by
 * products with Q alone, which estimates the determinant and the diagonals.
 */
#ifndef DW_LIK_MARGINAL_H
#define DW_LIK_MARGINAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "lik/lik_factor.h"

enum dw_solver {
    DW_SOLVER_AUTO,
    DW_SOLVER_PRIMAL,
    DW_SOLVER_DUAL,
    DW_SOLVER_CG
};
#define DW_SOLVER_CHOICES "auto|primal|dual|cg"

enum dw_precision { DW_PRECISION_DOUBLE, DW_PRECISION_SINGLE };

typedef struct dw_solving {
    enum dw_solver solver; /* auto: primal or dual, whichever costs less; */
    bool estimate;         /* and cg where both would cost far more */
    /* Single: matrices and products in single, sums, determinants and vectors
     * in double.  A block that is not positive definite in single is done in
     * double. */
    enum dw_precision precision;
    double cg_tol;    /* of a residual against its right-hand side; 0: the */
    size_t cg_probes; /* defaults, below */
} dw_solving;

/* The error that 16 probes leave is far above that of the residual. */
#define DW_CG_TOL 1e-3
enum { DW_CG_PROBES = 16 };

/* How the last block was done. */
typedef struct dw_solved {
    enum dw_solver solver; /* not auto */
    bool again;            /* single was not enough: done again in double */
    size_t steps;          /* cg: of the slowest right-hand side */
    double residual;       /* cg: the largest, as cg_tol measures it */
    bool converged;        /* cg: residual <= cg_tol; else always true */
} dw_solved;

/* Workspace of one thread, for blocks up to max_m, max_k and for one way of
 * solving: max_k max_m numbers of the precision, and max_k^2 (primal), max_m^2
 * (dual) or about 1.6 max_k^2 (auto); for cg what lik/iterative.h says.  In
 * single, one in double comes to it when a block takes that. */
typedef struct dw_marginal_ws dw_marginal_ws;
size_t dw_marginal_ws_bytes(size_t max_m, size_t max_k, const dw_solving *how);

/* Of `how` what is 0 is in double, and cg by its defaults.  NULL when memory is
 * exhausted, or a size is no BLAS integer. */
dw_marginal_ws *dw_marginal_ws_new(size_t max_m, size_t max_k,
                                   const dw_solving *how) DW_MUST_CHECK;
void dw_marginal_ws_free(dw_marginal_ws *ws); /* NULL is fine */

/*
 *   f       (m)  F_j >= 0; where it is 0 the variant takes no part
 *   loglik  set to (7)
 *   grad    (m)  set to (8), by log F_j; NULL: not computed
 *   dnoise       set to the derivatives by s2 and tau, from (10); NULL: not
 *                computed
 *
 * 0; DW_EDEGENERATE if an F_j, s2 or tau is negative, infinite or NaN, or a D_i
 * is 0; DW_EBUG if the block is larger than the workspace; DW_ENOMEM (single
 * only: at the first block that takes double); i > 0 if S (or T) is not
 * positive definite in double at its i-th column, which takes an F so large
 * that it overflows.  Unless 0 nothing is set.  Allocates nothing in double;
 * calls on distinct workspaces may run at the same time.
 *
 * The dual finds F_j q_j' S^-1 q_j as 1 - (T^-1)_jj: to 1e-15 absolutely, and
 * no better relatively, where the primal is exact relatively too.
 */
int dw_marginal_block(dw_marginal_ws *ws, const dw_factor *b, const double *f,
                      dw_noise noise, double *loglik, double *grad,
                      dw_noise *dnoise) DW_MUST_CHECK;

/* How the last block that returned 0 was done. */
dw_solved dw_marginal_solved(const dw_marginal_ws *ws);

/* (7) at F = 0, in closed form: 0, or DW_EDEGENERATE as above. */
int dw_marginal_null(const dw_factor *b, dw_noise noise,
                     double *loglik) DW_MUST_CHECK;

#endif
