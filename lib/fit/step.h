/*
 * step: one step of training on a batch of blocks.
 *
 * The blocks of a batch run in parallel, each into a gradient of its own, and
 * these are summed in order: neither threads nor ranks have any bearing on the
 * result.  A batch has one block of each lane (the blocks whose number in the
 * stream leaves the same rest by `batch`): so a batch is shared evenly by any
 * number of ranks that divides it, and is the same for all numbers.
 *
 * What is not finite does no harm: a gradient that holds such a number is not
 * taken, and the step before it, which led there, is taken back; the rate is
 * halved.  That can happen so often; then the fit is refused.
 */
#ifndef DW_FIT_STEP_H
#define DW_FIT_STEP_H

#include "fit/train.h"
#include "nn/optim.h"

enum { DW_STEP_FAULTS_MAX = 10 };

/* Parameters, noise and moments, all that a step changes. */
typedef struct dw_step_state {
    dw_real *param;                /* (n_params) */
    double *noise;                 /* (2 heads) s2 and tau of each trait */
    double *moment, *noise_moment; /* dw_adamw_moments */
} dw_step_state;

typedef struct dw_stepper {
    const dw_dataset *data;
    dw_pool *pool;
    dw_objective *objective;
    const dw_train_opts *opts;
    const dw_train_watch *watch;
    dw_model *model;
    size_t n_params, heads;
    /* An epoch: step s has the blocks order[first[s]] to order[first[s+1]]. */
    size_t *order, *first, n_train, n_steps;
    size_t epoch, done; /* the epoch at hand; steps in all */
    double factor;      /* of the rate, halved by faults and plateaus */
    size_t faults;
    double rate, norm; /* of the last step */
    double seconds;    /* of a core, for sums and steps */
    /* Its own. */
    size_t at, n;    /* the batch at hand begins at order[at] */
    double *scale;   /* (heads) a step's gradient: -1 / (batch x mean weight) */
    dw_value *value; /* (batch x heads) */
    dw_real *block_grad; /* (batch x n_params) */
    int *rc;             /* (batch) */
    double *grad; /* (n_params + 2 heads) of the loss; then log s2, log tau */
    uint8_t *decays; /* (n_params) */
    dw_adamw *adam, *noise_adam;
    dw_step_state undo; /* as it was before the last step */
} dw_stepper;

/* data, pool, objective, opts, watch and model are set, all else is 0. */
int dw_stepper_begin(dw_stepper *s, dw_err *err) DW_MUST_CHECK;
void dw_stepper_end(dw_stepper *s);

/* Sets the order of s->epoch, of which the steps from the `from`-th on will be
 * made. */
void dw_stepper_order(dw_stepper *s, size_t from);
/* One step, or, if it is faulty, one back; adds to *sum.  DW_EDEGENERATE when
 * there were too many faults; DW_EIO. */
int dw_stepper_step(dw_stepper *s, size_t step, dw_value *sum,
                    dw_err *err) DW_MUST_CHECK;
/* A fault that was found elsewhere; `what` says it. */
int dw_stepper_fault(dw_stepper *s, const char *what,
                     dw_err *err) DW_MUST_CHECK;

/* What stands now, copied from or to. */
void dw_stepper_get(const dw_stepper *s, dw_step_state *to);
void dw_stepper_set(dw_stepper *s, const dw_step_state *from);

#endif
