/*
 * grams: the training blocks of one trait under the constant model's three
 * variances (lik/components), with the Gram matrices that these need.
 */
#ifndef DW_FIT_GRAMS_H
#define DW_FIT_GRAMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/par.h"
#include "fit/dataset.h"
#include "lik/components.h"

typedef struct dw_grams {
    const dw_dataset *data;
    size_t trait;
    dw_pool *pool;
    size_t *train; /* (n) the training blocks that have a z of it */
    size_t n;
    /* Its own. */
    dw_components_ws **ws; /* a thread's own, as the next two */
    double **gram;         /* (k x k) */
    double **ones;         /* (m) */
    double **kept;         /* (n) a block's gram, where it pays to keep it */
} dw_grams;

/* data, trait and pool are set, all else is 0.  DW_ENOMEM.  To be closed
 * whatever comes of it. */
int dw_grams_open(dw_grams *g, dw_err *err) DW_MUST_CHECK;
void dw_grams_close(dw_grams *g);
/* The bytes of matrices that are kept while it is open. */
size_t dw_grams_kept(const dw_dataset *data, size_t trait);

/* A block as it is lent to a thread of the pool, until that thread's next. */
typedef struct dw_gram {
    const dw_fit_trait *of;
    const double *g; /* N Q Q'; NULL: S is diagonal */
} dw_gram;

/* Is train[i] this rank's? */
bool dw_grams_mine(const dw_grams *g, size_t i);
/* Will its block be asked for?  Not where a matrix is kept or none needed. */
bool dw_grams_asks(const dw_grams *g, size_t i);
/* train[i], which is this rank's.  0, or DW_EIO. */
int dw_grams_lend(dw_grams *g, size_t t, size_t i, dw_gram *out) DW_MUST_CHECK;
/*
 * (7) of what was lent to thread t, or its evidence, and its derivatives by (c,
 * s2, tau) of this block: theta, where the block's own noise comes on top of
 * it.  `at` is set to these.  As dw_components_block.
 */
int dw_grams_block(dw_grams *g, size_t t, const dw_gram *b,
                   const double theta[DW_COMPONENTS_N], const dw_own_noise *own,
                   bool expected, double at[DW_COMPONENTS_N],
                   dw_components *out) DW_MUST_CHECK;

/* What dw_grams_lend or dw_grams_block returned for train[i], for the user. */
int dw_grams_fail(const dw_grams *g, size_t i, int rc,
                  const double theta[DW_COMPONENTS_N], dw_err *err);

#endif
