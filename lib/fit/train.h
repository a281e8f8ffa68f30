/*
 * train: a network fitted by steps on mini-batches of blocks.
 *
 * AdamW with warm-up and cosine on the mean, per observation, of the loss over
 * a batch; dropout; the norm of the gradient clipped.  After each epoch the
 * validation blocks are evaluated: the best model so far is kept, and training
 * stops when there was no better one for `patience` epochs.  The start counts
 * as epoch 0, and has to be beaten by `margin`: a few blocks tell two models
 * apart by so much by chance.  The blocks of a batch run in
 * parallel, each into a gradient of its own, and these are summed in order: the
 * threads have no bearing on the result.
 */
#ifndef DW_FIT_TRAIN_H
#define DW_FIT_TRAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/par.h"
#include "fit/constant.h"
#include "fit/dataset.h"
#include "fit/objective.h"
#include "nn/model.h"

typedef struct dw_train_opts {
    enum dw_loss loss;
    size_t epochs, batch; /* batch >= 1: blocks a step */
    size_t patience;      /* 0: no early stop */
    double margin;     /* by how much the validation has to beat the start's */
    double lr, warmup; /* warm-up in epochs */
    double weight_decay, clip, dropout;
    uint64_t seed;
    /* What is learned of it.  LDSR: nothing is. */
    dw_fit_noise noise;
} dw_train_opts;

/* One epoch's findings.  Values of the training part are running ones: each
 * block's before the step that it took part in, under dropout. */
typedef struct dw_epoch {
    size_t epoch; /* from 0, the start */
    /* Log likelihood, and the value of the loss that is trained on (the same
     * but for LDSR), by part; NAN for a part without blocks. */
    double loglik[DW_PARTS], value[DW_PARTS];
    double s2, tau, h2;   /* h2: sum of f over the cores of all blocks seen */
    double lr, grad_norm; /* last rate; mean norm before clipping */
    bool best;
} dw_epoch;

typedef void dw_epoch_fn(void *ctx, const dw_epoch *epoch);

typedef struct dw_train_result {
    size_t best_epoch, epochs;
    bool stopped; /* by patience */
} dw_train_result;

/*
 * Trains model->param, s2 and tau from where they are; they end as the best.
 * `each` is called after each epoch, the 0th too, from the caller's thread.
 * DW_EDEGENERATE, naming the block, if anything ceased to be finite.
 */
int dw_train_run(const dw_dataset *data, dw_pool *pool, dw_objective *objective,
                 const dw_train_opts *opts, dw_model *model, dw_epoch_fn *each,
                 void *ctx, dw_train_result *out, dw_err *err) DW_MUST_CHECK;

#endif
