#include "lik/solver_cost.h"

#include <math.h>

/*
 * The cost of a factorisation or of the inverse of a factor, a flop, against a
 * product or a triangular solve; and how many more active variants than
 * eigenpairs the dual may have if we choose (it never pays past that, and so
 * the workspace is bounded).
 */
static const double COST_FACTOR = 1.5;
static const double DUAL_MAX_RATIO = 1.25;

enum dw_solver dw_dense_cheaper(size_t k, size_t n, bool variants, bool noise)
{
    double dk = (double)k, da = (double)n;
    double factor = COST_FACTOR / 3;
    double primal, dual;

    if (da > DUAL_MAX_RATIO * dk)
        return DW_SOLVER_PRIMAL;
    primal =
        dk * dk * da * (1 + variants) + dk * dk * dk * factor * (1 + noise);
    dual = da * da * dk * (1 + noise) + da * da * da * factor * (1 + variants);
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
