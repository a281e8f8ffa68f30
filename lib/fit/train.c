#include "fit/train.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "fit/intercept.h"
#include "fit/judge.h"
#include "fit/step.h"

/* Epochs without a better validation after which DW_SCHEDULE_PLATEAU halves. */
enum { PLATEAU = 2 };

/* Steps beyond those of the last epoch, once that has been evaluated: what is
 * worked out behind the training is gone on with from here. */
enum { DONE = 1 };

/* The best so far: parameters and noise. */
struct best {
    dw_real *param;
    double *noise; /* (2 heads) */
    double value;
    size_t epoch;
    /* The highest validation, whether or not it passed the margin: patience
     * counts from there. */
    double highest;
    size_t highest_epoch;
};

struct training {
    dw_stepper s;
    dw_keeper *keeper;
    size_t at; /* steps of the epoch that are done */
    dw_value sum;
    double norm; /* sums of the epoch so far */
    dw_judge judge;
    struct best best;
    size_t lowered_epoch;
};

/* ---- on the way ---- */

/* The model as it would be if this were the end; borrows. */
static void best_model(const struct training *tr, dw_model_trait *trait,
                       dw_model *out)
{
    const dw_model *model = tr->s.model;

    *out = *model;
    out->param = tr->best.param;
    out->trait = trait;
    for (size_t h = 0; h < tr->s.heads; h++) {
        trait[h] = model->trait[h];
        trait[h].s2 = tr->best.noise[2 * h];
        trait[h].tau = tr->best.noise[2 * h + 1];
    }
}

static dw_step_state state_of(dw_snapshot *at)
{
    return (dw_step_state){at->param, at->noise, at->moment, at->noise_moment};
}

/* The keeper's snapshot <- where the training is. */
static int take(struct training *tr, dw_err *err)
{
    dw_snapshot *at = &tr->keeper->at;
    const struct best *best = &tr->best;
    dw_step_state state;

    if (!at->n_params &&
        dw_snapshot_shape(at, tr->s.n_params, tr->s.heads, err) < 0)
        return err->code;
    state = state_of(at);
    dw_stepper_get(&tr->s, &state);
    memcpy(at->best, best->param, at->n_params * sizeof *at->best);
    memcpy(at->best_noise, best->noise, 2 * tr->s.heads * sizeof(double));
    at->count[DW_AT_EPOCH] = tr->s.epoch;
    at->count[DW_AT_STEP] = tr->at;
    at->count[DW_AT_STEPS] = tr->s.done;
    at->count[DW_AT_BEST_EPOCH] = best->epoch;
    at->count[DW_AT_HIGHEST_EPOCH] = best->highest_epoch;
    at->count[DW_AT_FAULTS] = tr->s.faults;
    at->count[DW_AT_LOWERED_EPOCH] = tr->lowered_epoch;
    at->number[DW_AT_BEST] = best->value;
    at->number[DW_AT_HIGHEST] = best->highest;
    at->number[DW_AT_FACTOR] = tr->s.factor;
    at->number[DW_AT_VALUE] = tr->sum.value;
    at->number[DW_AT_H2] = tr->sum.h2;
    at->number[DW_AT_LR] = tr->s.rate;
    at->number[DW_AT_NORM] = tr->norm;
    return 0;
}

static int save(struct training *tr, dw_err *err)
{
    dw_model_trait *trait;
    dw_model model;
    int rc;

    if (take(tr, err) < 0)
        return err->code;
    trait = dw_alloc(tr->s.heads, sizeof *trait);
    best_model(tr, trait, &model);
    rc = tr->keeper->save(tr->keeper->ctx, &tr->keeper->at, &model, err);
    dw_free(trait);
    return rc;
}

static int pause(struct training *tr, dw_err *err)
{
    return dw_keeper_due(tr->keeper) ? save(tr, err) : 0;
}

/* Goes on from where a fit was stopped. */
static int restore(struct training *tr, dw_err *err)
{
    dw_snapshot *at = &tr->keeper->at;
    struct best *best = &tr->best;
    dw_step_state state = state_of(at);

    if (at->n_params != tr->s.n_params || at->n_traits != tr->s.heads ||
        at->count[DW_AT_EPOCH] > tr->s.opts->epochs ||
        at->count[DW_AT_STEP] > tr->s.n_steps + DONE)
        return dw_fail(err, DW_EMISMATCH,
                       "the checkpoint is of another training: %zu parameters "
                       "and %zu traits, not %zu and %zu",
                       at->n_params, at->n_traits, tr->s.n_params, tr->s.heads);
    dw_stepper_set(&tr->s, &state);
    dw_stepper_get(&tr->s, &tr->s.undo);
    memcpy(best->param, at->best, at->n_params * sizeof *at->best);
    memcpy(best->noise, at->best_noise, 2 * tr->s.heads * sizeof(double));
    tr->s.epoch = (size_t)at->count[DW_AT_EPOCH];
    tr->at = (size_t)at->count[DW_AT_STEP];
    tr->s.done = (size_t)at->count[DW_AT_STEPS];
    best->epoch = (size_t)at->count[DW_AT_BEST_EPOCH];
    best->highest_epoch = (size_t)at->count[DW_AT_HIGHEST_EPOCH];
    tr->s.faults = (size_t)at->count[DW_AT_FAULTS];
    tr->lowered_epoch = (size_t)at->count[DW_AT_LOWERED_EPOCH];
    best->value = at->number[DW_AT_BEST];
    best->highest = at->number[DW_AT_HIGHEST];
    tr->s.factor = at->number[DW_AT_FACTOR];
    tr->sum.value = at->number[DW_AT_VALUE];
    tr->sum.h2 = at->number[DW_AT_H2];
    tr->s.rate = at->number[DW_AT_LR];
    tr->norm = at->number[DW_AT_NORM];
    return 0;
}

/* ---- epochs ---- */

/* A step that leads to where nothing can be evaluated is taken back. */
static int evaluate_or_back(struct training *tr, dw_epoch *e, dw_err *err)
{
    int rc;

    for (;;) {
        dw_err why = {0};

        e->h2 = tr->sum.h2;
        rc = dw_judge_epoch(&tr->judge, tr->s.epoch == 0, e, &why);
        if (rc != DW_EDEGENERATE || tr->s.epoch == 0) {
            if (rc < 0)
                *err = why;
            return rc;
        }
        if (dw_stepper_fault(&tr->s, why.msg, err) < 0)
            return err->code;
    }
}

static int run_steps(struct training *tr, dw_err *err)
{
    const dw_train_watch *watch = tr->s.watch;

    dw_stepper_order(&tr->s, tr->at);
    while (tr->at < tr->s.n_steps) {
        if (dw_stepper_step(&tr->s, tr->at, &tr->sum, err) < 0)
            return err->code;
        tr->norm += tr->s.norm;
        tr->at++;
        if (watch->step)
            watch->step(watch->ctx, tr->s.epoch, tr->s.first[tr->at],
                        tr->s.n_train);
        if (pause(tr, err) < 0)
            return err->code;
    }
    return 0;
}

static int run_epoch(struct training *tr, dw_epoch *e, dw_err *err)
{
    *e = (dw_epoch){.epoch = tr->s.epoch};
    if (tr->s.epoch) {
        if (run_steps(tr, err) < 0)
            return err->code;
        e->lr = tr->s.rate;
        e->grad_norm = tr->norm / (double)tr->s.n_steps;
        e->value[DW_PART_TRAIN] = tr->sum.value;
        e->loglik[DW_PART_TRAIN] =
            tr->s.opts->loss == DW_LOSS_LIKELIHOOD ? tr->sum.value : NAN;
    }
    if (tr->s.opts->loss == DW_LOSS_LDSR &&
        dw_intercept_fit(tr->s.objective, &tr->s.opts->noise, tr->s.model,
                         err) < 0)
        return err->code;
    if (evaluate_or_back(tr, e, err) < 0)
        return err->code;
    e->s2 = tr->s.model->trait[0].s2;
    e->tau = tr->s.model->trait[0].tau;
    e->faults = tr->s.faults;
    return 0;
}

static void keep_best(struct training *tr, dw_epoch *e)
{
    struct best *best = &tr->best;
    double value = e->value[DW_PART_VALID];
    bool blind = isnan(value); /* nothing to judge by: the last one is best */

    if (blind || e->epoch == 0 || value > best->highest) {
        best->highest = value;
        best->highest_epoch = e->epoch;
    }
    e->best = blind || e->epoch == 0 ||
              value > best->value + (best->epoch ? 0 : tr->s.opts->margin);
    if (!e->best)
        return;
    best->value = value;
    best->epoch = e->epoch;
    for (size_t h = 0; h < tr->s.heads; h++) {
        best->noise[2 * h] = tr->s.model->trait[h].s2;
        best->noise[2 * h + 1] = tr->s.model->trait[h].tau;
    }
    memcpy(best->param, tr->s.model->param,
           tr->s.n_params * sizeof *best->param);
}

/* On a plateau of the validation the rate is halved. */
static void lower(struct training *tr)
{
    size_t since = tr->best.highest_epoch > tr->lowered_epoch
                       ? tr->best.highest_epoch
                       : tr->lowered_epoch;

    if (tr->s.opts->schedule != DW_SCHEDULE_PLATEAU ||
        tr->s.epoch - since < PLATEAU)
        return;
    tr->s.factor /= 2;
    tr->lowered_epoch = tr->s.epoch;
}

static int run_epochs(struct training *tr, dw_train_result *out, dw_err *err)
{
    const dw_train_opts *opts = tr->s.opts;
    const dw_train_watch *watch = tr->s.watch;
    bool stop = false;

    out->epochs = tr->s.epoch;
    out->stopped = tr->s.epoch < opts->epochs;
    while (tr->at <= tr->s.n_steps) {
        dw_epoch e;

        if (run_epoch(tr, &e, err) < 0)
            return err->code;
        keep_best(tr, &e);
        lower(tr);
        out->epochs = tr->s.epoch;
        if (watch->epoch)
            watch->epoch(watch->ctx, &e);
        stop = opts->patience &&
               tr->s.epoch - tr->best.highest_epoch >= opts->patience;
        out->stopped = tr->s.epoch < opts->epochs;
        tr->at = tr->s.n_steps + DONE;
        if (stop || tr->s.epoch == opts->epochs)
            break;
        tr->s.epoch++;
        tr->at = 0;
        tr->sum = (dw_value){0};
        tr->norm = 0;
        if (pause(tr, err) < 0)
            return err->code;
    }
    return tr->keeper ? take(tr, err) : 0;
}

/* ---- the whole ---- */

int dw_train_run(const dw_dataset *data, dw_pool *pool, dw_keeper *keeper,
                 dw_objective *objective, const dw_train_opts *opts,
                 const dw_train_watch *watch, dw_model *model,
                 dw_train_result *out, dw_err *err)
{
    struct training tr = {.s = {.data = data,
                                .pool = pool,
                                .objective = objective,
                                .opts = opts,
                                .watch = watch,
                                .model = model},
                          .keeper = keeper};
    int rc = dw_stepper_begin(&tr.s, err);
    dw_model best;

    *out = (dw_train_result){0};
    tr.best.noise = dw_alloc(2 * tr.s.heads, sizeof *tr.best.noise);
    tr.best.param = dw_alloc(tr.s.n_params, sizeof *tr.best.param);
    dw_judge_begin(&tr.judge, objective, opts, model);
    if (rc == 0 && dw_keeper_training(keeper))
        rc = restore(&tr, err);
    if (rc == 0)
        rc = run_epochs(&tr, out, err);
    if (rc == 0) {
        best_model(&tr, model->trait, &best);
        memcpy(model->param, tr.best.param,
               tr.s.n_params * sizeof *model->param);
        out->best_epoch = tr.best.epoch;
        out->steps = tr.s.done;
        out->faults = tr.s.faults;
        out->phases = dw_objective_phases(objective);
        out->seconds = tr.s.seconds;
    }
    dw_free(tr.best.noise);
    dw_free(tr.best.param);
    dw_judge_end(&tr.judge);
    dw_stepper_end(&tr.s);
    return rc;
}
