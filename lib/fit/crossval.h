/*
 * crossval: how strong a penalty on the coefficients should be, told by folds
 * of blocks that are left out in turn.
 *
 * Around a point, the log likelihood of fold k is taken as quadratic: score
 * g_k, information H_k.  Without fold k, and with penalty alpha/2 |v|^2, the
 * optimum is at delta_k = (sum_{j != k} H_j + alpha)^-1 (sum_{j != k} g_j -
 * alpha v); what it is worth on fold k is g_k' delta_k - 1/2 delta_k' H_k
 * delta_k.
 *
 * The evidence would be cheaper, but it believes the likelihood: where a few
 * strong loci make all of it, which no normal prior expects, it finds every
 * coefficient determined, and the model is worse than none on other
 * chromosomes. Folds see that.
 */
#ifndef DW_FIT_CROSSVAL_H
#define DW_FIT_CROSSVAL_H

#include <stddef.h>

enum { DW_CROSSVAL_FOLDS = 10 };

/* Of d parameters, those from `first` to first + p - 1 carry the penalty; one
 * whose row of H is 0 rests. */
typedef struct dw_crossval {
    size_t d, first, p;
    size_t folds; /* 2 to DW_CROSSVAL_FOLDS */
    double *g;    /* (d x folds) */
    double *h;    /* (d d x folds) */
} dw_crossval;

/* The alpha, of a grid, for which the gain over v = 0 is largest, summed over
 * all folds, of those whose gain is above its standard error: one fold alone is
 * not believed.  The largest of the grid if there is none.  x (d) is the point.
 * work (2 d^2 + 3 d). */
double dw_crossval_penalty(const dw_crossval *cv, const double *x,
                           double *work);

#endif
