#include "fit/train.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "linalg/dense.h"
#include "nn/optim.h"

/* A block's share of a batch. */
struct slot {
    dw_value value;
    dw_real *grad; /* (n_params) */
    int rc;
};

struct training {
    const dw_dataset *data;
    dw_pool *pool;
    dw_objective *objective;
    const dw_train_opts *opts;
    dw_model *model;
    size_t n_params;
    size_t *train, n_train; /* training blocks, in this epoch's order */
    double scale;           /* a step's gradient: -1 / (batch x mean weight) */
    struct slot *slot;      /* (batch) */
    double *grad;           /* (n_params + 2) of the loss; then log s2, tau */
    uint8_t *decays;        /* (n_params) */
    dw_adamw *adam, *noise_adam;
    size_t step, n_steps, warmup;
    size_t epoch, at; /* the batch at hand begins at train[at] */
};

/* ---- one step ---- */

static void run_slot(void *ctx, size_t t, size_t i)
{
    struct training *tr = ctx;
    size_t block = tr->train[tr->at + i];
    struct slot *slot = &tr->slot[i];
    dw_rng rng = dw_rng_init(tr->opts->seed, (uint64_t)tr->epoch << 32 | block);
    dw_net_noise dropout = {tr->opts->dropout, dw_rng_u64(&rng)};
    dw_gradient g;

    slot->rc = dw_objective_block(tr->objective, tr->opts->loss, t, block,
                                  tr->model, &dropout, &slot->value, &g);
    if (slot->rc != 0)
        return;
    memset(slot->grad, 0, tr->n_params * sizeof *slot->grad);
    dw_objective_backward(tr->objective, t, block, tr->model, &dropout,
                          tr->scale, slot->grad);
}

/* The gradient of the loss, summed in block order; 0 or a block at fault. */
static int sum_slots(struct training *tr, size_t n, dw_value *sum, dw_err *err)
{
    size_t p = tr->n_params;

    memset(tr->grad, 0, (p + 2) * sizeof *tr->grad);
    for (size_t i = 0; i < n; i++) {
        const struct slot *s = &tr->slot[i];
        double check = 0;

        for (size_t j = 0; j < p && s->rc == 0; j++) {
            tr->grad[j] += s->grad[j];
            check += s->grad[j] - s->grad[j]; /* NaN unless all are finite */
        }
        if (s->rc != 0 || isnan(check))
            return dw_objective_fail(tr->objective, tr->train[tr->at + i],
                                     tr->model, err);
        tr->grad[p] += tr->scale * tr->model->trait[0].s2 * s->value.ds2;
        tr->grad[p + 1] += tr->scale * tr->model->trait[0].tau * s->value.dtau;
        sum->value += s->value.value;
        sum->h2 += s->value.h2;
    }
    return 0;
}

/* log s2 and log tau have an optimiser of their own: the network's clipping
 * and decay are none of their business. */
static void step_noise(struct training *tr, double lr)
{
    const dw_train_opts *o = tr->opts;
    /* LD-score regression sees no more of the two than their sum. */
    const bool learn[2] = {o->loss == DW_LOSS_LIKELIHOOD && o->noise.learn_s2,
                           o->loss == DW_LOSS_LIKELIHOOD && o->noise.learn_tau};
    double *noise[2] = {&tr->model->trait[0].s2, &tr->model->trait[0].tau};
    const uint8_t decays[2] = {0, 0};
    dw_real logs[2] = {0, 0}; /* moves only: the values stay in double */

    dw_adamw_step(tr->noise_adam, lr, 0, decays, tr->grad + tr->n_params, logs);
    for (int i = 0; i < 2; i++) {
        const double *bounds = dw_fit_noise_bounds[i];

        if (learn[i])
            *noise[i] = fmin(bounds[1],
                             fmax(bounds[0], *noise[i] * exp((double)logs[i])));
    }
}

static int run_step(struct training *tr, dw_value *sum, double *lr,
                    double *norm, dw_err *err)
{
    const dw_train_opts *o = tr->opts;
    size_t n = tr->n_train - tr->at;

    n = n < o->batch ? n : o->batch;
    dw_pool_for(tr->pool, n, run_slot, tr);
    if (sum_slots(tr, n, sum, err) < 0)
        return err->code;
    *lr = dw_optim_schedule(o->lr, tr->warmup, tr->n_steps, tr->step++);
    *norm += dw_optim_clip(tr->n_params, tr->grad, o->clip);
    dw_adamw_step(tr->adam, *lr, o->weight_decay, tr->decays, tr->grad,
                  tr->model->param);
    step_noise(tr, *lr);
    tr->at += n;
    return 0;
}

/* ---- epochs ---- */

static void shuffle(struct training *tr)
{
    dw_rng rng = dw_rng_init(tr->opts->seed, UINT64_MAX - tr->epoch);

    for (size_t i = tr->n_train; i > 1; i--) {
        size_t j = (size_t)dw_rng_below(&rng, i), swap = tr->train[i - 1];

        tr->train[i - 1] = tr->train[j];
        tr->train[j] = swap;
    }
}

/* Values of the parts that are not trained on; at the start of that which is,
 * too. */
static int evaluate(struct training *tr, dw_epoch *e, dw_err *err)
{
    const bool wanted[DW_PARTS] = {tr->epoch == 0, true, true};
    enum dw_loss loss[2] = {DW_LOSS_LIKELIHOOD, tr->opts->loss};
    double *to[2] = {e->loglik, e->value};
    dw_value sum[DW_PARTS];

    for (int i = 0; i < 2; i++) {
        if (i == 0 || loss[1] != loss[0]) {
            if (dw_objective_parts(tr->objective, loss[i], tr->model, wanted,
                                   sum, err) < 0)
                return err->code;
        }
        for (int part = 0; part < DW_PARTS; part++) {
            if (wanted[part])
                to[i][part] = sum[part].weight > 0 ? sum[part].value : NAN;
        }
    }
    for (int part = 0; part < DW_PARTS; part++)
        e->h2 += sum[part].h2;
    return 0;
}

static int run_epoch(struct training *tr, dw_epoch *e, dw_err *err)
{
    dw_value sum = {0};
    size_t steps = 0;

    *e = (dw_epoch){.epoch = tr->epoch};
    if (tr->epoch) {
        shuffle(tr);
        for (tr->at = 0; tr->at < tr->n_train; steps++) {
            if (run_step(tr, &sum, &e->lr, &e->grad_norm, err) < 0)
                return err->code;
        }
        e->grad_norm /= (double)steps;
        e->value[DW_PART_TRAIN] = sum.value;
        e->loglik[DW_PART_TRAIN] =
            tr->opts->loss == DW_LOSS_LIKELIHOOD ? sum.value : NAN;
        e->h2 = sum.h2;
    }
    if (evaluate(tr, e, err) < 0)
        return err->code;
    e->s2 = tr->model->trait[0].s2;
    e->tau = tr->model->trait[0].tau;
    return 0;
}

/* The best so far: parameters and noise. */
struct best {
    dw_real *param;
    double s2, tau, value;
    size_t epoch;
    /* The highest validation, whether or not it passed the margin: patience
     * counts from there. */
    double highest;
    size_t highest_epoch;
};

static void keep_best(struct training *tr, struct best *best, dw_epoch *e)
{
    double value = e->value[DW_PART_VALID];
    bool blind = isnan(value); /* nothing to judge by: the last one is best */

    if (blind || e->epoch == 0 || value > best->highest) {
        best->highest = value;
        best->highest_epoch = e->epoch;
    }
    e->best = blind || e->epoch == 0 ||
              value > best->value + (best->epoch ? 0 : tr->opts->margin);
    if (!e->best)
        return;
    best->value = value;
    best->epoch = e->epoch;
    best->s2 = tr->model->trait[0].s2;
    best->tau = tr->model->trait[0].tau;
    memcpy(best->param, tr->model->param, tr->n_params * sizeof *best->param);
}

static int run_epochs(struct training *tr, dw_epoch_fn *each, void *ctx,
                      dw_train_result *out, dw_err *err)
{
    struct best best = {.param =
                            dw_alloc(tr->n_params, sizeof *tr->model->param)};
    size_t patience = tr->opts->patience;
    int rc = 0;

    for (tr->epoch = 0; tr->epoch <= tr->opts->epochs; tr->epoch++) {
        dw_epoch e;

        if ((rc = run_epoch(tr, &e, err)) < 0)
            break;
        keep_best(tr, &best, &e);
        out->epochs = tr->epoch;
        if (each)
            each(ctx, &e);
        if (patience && tr->epoch - best.highest_epoch >= patience) {
            out->stopped = tr->epoch < tr->opts->epochs;
            break;
        }
    }
    if (rc == 0) {
        memcpy(tr->model->param, best.param, tr->n_params * sizeof *best.param);
        tr->model->trait[0].s2 = best.s2;
        tr->model->trait[0].tau = best.tau;
        out->best_epoch = best.epoch;
    }
    dw_free(best.param);
    return rc;
}

/* ---- the whole ---- */

/* Gradients are divided by what an average batch holds, so that rates and
 * clipping mean the same whatever the size of blocks. */
static double step_scale(const struct training *tr)
{
    double weight = 0;

    for (size_t i = 0; i < tr->n_train; i++) {
        const dw_fit_block *b = &tr->data->block[tr->train[i]];

        weight +=
            (double)(tr->opts->loss == DW_LOSS_LDSR ? b->n_observed : b->k);
    }
    return -(double)tr->n_train / ((double)tr->opts->batch * weight);
}

static int prepare(struct training *tr, dw_err *err)
{
    const dw_train_opts *o = tr->opts;
    double epoch_steps;

    tr->train = dw_alloc(tr->data->n, sizeof *tr->train);
    for (size_t i = 0; i < tr->data->n; i++) {
        if (tr->data->block[i].part == DW_PART_TRAIN)
            tr->train[tr->n_train++] = i;
    }
    tr->scale = step_scale(tr);
    tr->slot = dw_alloc(o->batch, sizeof *tr->slot);
    for (size_t i = 0; i < o->batch; i++) {
        tr->slot[i].grad = dw_try_alloc(tr->n_params, sizeof(dw_real));
        if (!tr->slot[i].grad)
            return dw_fail(err, DW_ENOMEM,
                           "no memory for %zu gradients of %zu parameters",
                           o->batch, tr->n_params);
    }
    tr->grad = dw_alloc(tr->n_params + 2, sizeof *tr->grad);
    tr->decays = dw_alloc(tr->n_params, 1);
    dw_net_decays(&tr->model->net, tr->decays);
    tr->adam = dw_adamw_new(tr->n_params);
    tr->noise_adam = dw_adamw_new(2);
    epoch_steps = ceil((double)tr->n_train / (double)o->batch);
    tr->n_steps = (size_t)epoch_steps * o->epochs;
    tr->warmup = (size_t)(o->warmup * epoch_steps);
    return 0;
}

int dw_train_run(const dw_dataset *data, dw_pool *pool, dw_objective *objective,
                 const dw_train_opts *opts, dw_model *model, dw_epoch_fn *each,
                 void *ctx, dw_train_result *out, dw_err *err)
{
    struct training tr = {.data = data,
                          .pool = pool,
                          .objective = objective,
                          .opts = opts,
                          .model = model,
                          .n_params = dw_net_n_params(&model->net)};
    int rc = prepare(&tr, err);

    *out = (dw_train_result){0};
    if (rc == 0)
        rc = run_epochs(&tr, each, ctx, out, err);
    for (size_t i = 0; i < opts->batch; i++)
        dw_free(tr.slot[i].grad);
    dw_free(tr.slot);
    dw_free(tr.train);
    dw_free(tr.grad);
    dw_free(tr.decays);
    dw_adamw_free(tr.adam);
    dw_adamw_free(tr.noise_adam);
    return rc;
}
