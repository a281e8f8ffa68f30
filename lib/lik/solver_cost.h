/*
 * solver_cost: which way to the evidence of a block costs least.  Private to
 * lik.
 *
 * A cost is the time of BLAS and LAPACK by the flops and size of each call; the
 * constants are what tests/bench/bench_linalg fits.  All of them
 * scale alike from double to single.
 */
#ifndef DW_LIK_SOLVER_COST_H
#define DW_LIK_SOLVER_COST_H

#include <stdbool.h>
#include <stddef.h>

#include "lik/marginal.h"

/* Where estimates will do, blocks of a larger rank go to cg: it is some ten
 * times cheaper there, and a dense S would have 128 MB. */
enum { DW_DENSE_MAX_K = 4000 };

/* Primal or dual, for k eigenpairs and n variants with F_j > 0; `variants`: (8)
 * is wanted, `noise`: (10). */
enum dw_solver dw_dense_cheaper(size_t k, size_t n, bool variants, bool noise);

/* The side of the largest system that dense algebra may have to hold. */
size_t dw_dense_side(size_t max_m, size_t max_k, enum dw_solver solver);

#endif
