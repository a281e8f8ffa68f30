/*
 * train: a network fitted by steps on mini-batches of blocks.
 *
 * AdamW with warm-up on the mean, per observation, of the loss over a batch;
 * dropout; the norm of the gradient clipped (fit/step).  After each epoch the
 * validation blocks are evaluated: the best model so far is kept, and training
 * stops when there was no better one for `patience` epochs.  The start counts
 * as epoch 0, and has to be beaten by `margin`: a few blocks tell two models
 * apart by so much by chance.
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
#include "fit/keeper.h"
#include "fit/objective.h"
#include "nn/model.h"

/* How the learning rate goes behind the warm-up: along half a cosine to 0;
 * halved after each two epochs without a better validation; not at all. */
#define DW_SCHEDULE_CHOICES "cosine|plateau|constant"
enum dw_schedule {
    DW_SCHEDULE_COSINE,
    DW_SCHEDULE_PLATEAU,
    DW_SCHEDULE_CONSTANT
};

typedef struct dw_train_opts {
    enum dw_loss loss;
    enum dw_schedule schedule;
    size_t epochs, batch; /* batch >= 1: blocks a step */
    size_t patience;      /* 0: no early stop */
    double margin; /* by how much the validation has to beat the start's */
    /* LD-score regression's loss of the other parts is found after each epoch
     * whatever is trained on; its whole factors are there. */
    bool both_losses;
    double lr, warmup; /* warm-up in epochs */
    double weight_decay, clip, dropout;
    uint64_t seed;
    /* What is learned of it, by steps; LDSR: after each epoch
     * (fit/intercept). */
    dw_fit_noise noise;
    const double *weight; /* (traits) of each in the loss; NULL: 1 */
} dw_train_opts;

/* One epoch's findings, summed over traits by their weights.  Values of the
 * training part are running ones: each block's before the step that it took
 * part in, under dropout. */
typedef struct dw_epoch {
    size_t epoch; /* from 0, the start */
    /* Log likelihood, and the value of the loss that is trained on (the same
     * but for LDSR), by part; NAN for a part without blocks. */
    double loglik[DW_PARTS], value[DW_PARTS];
    /* LD-score regression's loss (12), the mean over variants with a z, of the
     * parts that are not trained on; NAN where it was not found. */
    double ldsr[DW_PARTS];
    double s2, tau;       /* of the first trait */
    double h2;            /* sum of f over the cores of all blocks seen */
    double lr, grad_norm; /* last rate; mean norm before clipping */
    size_t faults;        /* steps taken back so far */
    bool best;
} dw_epoch;

/* What happens meanwhile, told in the caller's thread; any may be NULL. */
typedef struct dw_train_watch {
    void *ctx;
    /* After each step: how many of the epoch's n blocks were trained on. */
    void (*step)(void *ctx, size_t epoch, size_t done, size_t n);
    void (*epoch)(void *ctx, const dw_epoch *epoch); /* the 0th too */
    /* A step was taken back, since something in it was not finite. */
    void (*fault)(void *ctx, const char *what);
} dw_train_watch;

typedef struct dw_train_result {
    size_t best_epoch, epochs, steps, faults;
    bool stopped;     /* by patience */
    dw_phases phases; /* from where it began or went on; and sums and steps */
    double seconds;
} dw_train_result;

/*
 * Trains model->param, s2 and tau from where they are, or from where the
 * keeper says; they end as the best.  DW_EDEGENERATE, naming the block and the
 * parameters, if too much ceased to be finite; what keeper->save returns.
 */
int dw_train_run(const dw_dataset *data, dw_pool *pool, dw_keeper *keeper,
                 dw_objective *objective, const dw_train_opts *opts,
                 const dw_train_watch *watch, dw_model *model,
                 dw_train_result *out, dw_err *err) DW_MUST_CHECK;

#endif
