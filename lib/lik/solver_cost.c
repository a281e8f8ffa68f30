#include "lik/solver_cost.h"

#include <math.h>

/* A flop of a part costs flop (1 + size / n) flops of a large product: as
 * fitted to OpenBLAS 0.3.21 on a Zen 3 core (AVX2), n from 200 to 2100. */
typedef struct part {
    double flop, size;
} part;

static const part SYRK = {1.1, 0};
static const part SOLVE = {1.1, 60};
static const part SOLVE_RIGHT = {1.1, 50};
static const part FACTOR = {1.15, 150};
static const part INVERSE = {1.15, 380}; /* its diagonal */

/* The dual never pays with more active variants than this, times the
 * eigenpairs; and so its workspace is bounded. */
static const double DUAL_MAX_RATIO = 1.25;

static double cost(part p, double n, double flops)
{
    return p.flop * (1 + p.size / n) * flops;
}

enum dw_solver dw_dense_cheaper(size_t k, size_t n, bool variants, bool noise)
{
    double dk = (double)k, dn = (double)n;
    double primal, dual;

    if (n == 0 || dn > DUAL_MAX_RATIO * dk)
        return DW_SOLVER_PRIMAL;
    primal = cost(SYRK, dk, dk * dk * dn) + cost(FACTOR, dk, dk * dk * dk / 3);
    dual = cost(SYRK, dn, dn * dn * dk) + cost(FACTOR, dn, dn * dn * dn / 3);
    if (variants) {
        primal += cost(SOLVE, dk, dk * dk * dn);
        dual += cost(INVERSE, dn, dn * dn * dn / 3);
    }
    if (noise) {
        primal += cost(INVERSE, dk, dk * dk * dk / 3);
        dual += cost(SOLVE_RIGHT, dn, dn * dn * dk);
    }
    return dual < primal ? DW_SOLVER_DUAL : DW_SOLVER_PRIMAL;
}

size_t dw_dense_side(size_t max_m, size_t max_k, enum dw_solver solver)
{
    double dual = ceil(DUAL_MAX_RATIO * (double)max_k);

    if (solver == DW_SOLVER_PRIMAL)
        return max_k;
    if (solver == DW_SOLVER_DUAL)
        return max_m;
    return dual < (double)max_m ? (size_t)dual : max_m > max_k ? max_m : max_k;
}
