#include "fit/crossval.h"

#include <math.h>
#include <string.h>

#include "fit/newton.h"
#include "linalg/dense.h"

/* From a prior that lets a standard deviation of an annotation multiply a
 * variance by e to one that leaves no coefficient, four to a decade. */
static const double ALPHA_LO = 1, ALPHA_RATIO = 1.7782794100389228;
enum { GRID = 33 };

/* What the optimum without fold k is worth on it. */
static double leave_out(const dw_crossval *cv, size_t k, double alpha,
                        const double *x, double *work)
{
    size_t d = cv->d;
    double *h = work, *chol = h + d * d, *g = chol + d * d, *step = g + d;
    double *hk = step + d;

    memset(h, 0, d * d * sizeof *h);
    memset(g, 0, d * sizeof *g);
    for (size_t j = 0; j < cv->folds; j++) {
        if (j == k)
            continue;
        dw_axpy(d * d, 1, cv->h + j * d * d, h);
        dw_axpy(d, 1, cv->g + j * d, g);
    }
    for (size_t i = cv->first; i < cv->first + cv->p; i++) {
        h[i + i * d] += alpha;
        g[i] -= alpha * x[i];
    }
    (void)dw_newton_step(d, h, g, 0, INFINITY, chol, step);
    dw_gemv(false, d, d, 1, cv->h + k * d * d, d, step, 0, hk);
    return dw_dot(d, cv->g + k * d, step) - 0.5 * dw_dot(d, step, hk);
}

/* The last of the grid leaves no coefficient: worth is counted from there. */
double dw_crossval_penalty(const dw_crossval *cv, const double *x, double *work)
{
    double alpha = ALPHA_LO * pow(ALPHA_RATIO, GRID - 1), best_alpha = alpha;
    double none[DW_CROSSVAL_FOLDS], best = 0, n = (double)cv->folds;

    for (size_t k = 0; k < cv->folds; k++)
        none[k] = leave_out(cv, k, alpha, x, work);
    for (int i = 1; i < GRID; i++) {
        double sum = 0, square = 0, error;

        alpha /= ALPHA_RATIO;
        for (size_t k = 0; k < cv->folds; k++) {
            double worth = leave_out(cv, k, alpha, x, work) - none[k];

            sum += worth;
            square += worth * worth;
        }
        error = sqrt((square - sum * sum / n) * n / (n - 1));
        if (sum > best && sum > error) {
            best = sum;
            best_alpha = alpha;
        }
    }
    return best_alpha;
}
