/*
 * scoring: the linear model, fitted to its optimum by Newton's method.
 *
 * Parameters are b, v of a = b + v'x, log s2 and log tau; the penalty
 * alpha/2 |v|^2 on the log likelihood is a normal prior on the coefficients,
 * and alpha is chosen by cross-validation over blocks (fit/crossval.h) unless
 * it is given.
 *
 * Steps are by A + t B + alpha, A the average information of all blocks and B
 * their bend (fit/information.h).  By A alone they are long where B is positive
 * and short where it is negative, and it can be the larger of the two while the
 * optimum is far.  Half of B makes it the mean of the observed and the expected
 * information.  Errors and folds go by A, which is semidefinite block by block.
 */
#ifndef DW_FIT_SCORING_H
#define DW_FIT_SCORING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/par.h"
#include "fit/constant.h"
#include "fit/dataset.h"
#include "fit/keeper.h"
#include "fit/objective.h"
#include "nn/model.h"

typedef struct dw_linear_fit {
    /* (1 + p) b and v; their standard deviations by H^-1, H = A + alpha; and by
     * how their scores vary over blocks, H^-1 J H^-1, J = sum_b g_b g_b', which
     * is right too where the effects are not normal.  The caller's, dw_free. */
    double *coef, *se, *block_se;
    double alpha;
    double gamma; /* p - alpha tr(H^-1): how many coefficients are determined */
    double loglik; /* of the training blocks, without the penalty */
    size_t steps;
    bool converged;
} dw_linear_fit;

/* Called after each accepted step. */
typedef void dw_scoring_fn(void *ctx, size_t step, double loglik);

typedef struct dw_scoring_opts {
    size_t trait; /* of the data; the objective's first */
    dw_fit_noise noise;
    double alpha;            /* < 0: by cross-validation */
    dw_scoring_fn *progress; /* may be NULL */
    void *ctx;
} dw_scoring_opts;

/* How many of n blocks are worked on between two sums, where there are d
 * parameters; two matrices (d x d) of each are held.  The more, the less
 * threads and ranks wait for one another. */
size_t dw_linear_fit_group(size_t n, size_t d);

/* Fits model->param (of a linear net of one head, its start), s2 and tau of its
 * trait. */
int dw_linear_fit_run(const dw_dataset *data, dw_pool *pool, dw_keeper *keeper,
                      dw_objective *objective, const dw_scoring_opts *opts,
                      dw_model *model, dw_linear_fit *out,
                      dw_err *err) DW_MUST_CHECK;

#endif
