#include "fit/step.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "linalg/dense.h"

/* ---- the order of an epoch ---- */

static void shuffle(uint64_t seed, uint64_t stream, size_t *x, size_t n)
{
    dw_rng rng = dw_rng_init(seed, stream);

    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)dw_rng_below(&rng, i), swap = x[i - 1];

        x[i - 1] = x[j];
        x[j] = swap;
    }
}

/* lane (n_train) <- the training blocks of lane `l`; how many. */
static size_t gather_lane(const dw_stepper *s, size_t l, size_t *lane)
{
    size_t n = 0;

    for (size_t i = 0; i < s->data->n; i++) {
        const dw_fit_block *b = &s->data->block[i];

        if (b->part == DW_PART_TRAIN && b->index % s->opts->batch == l)
            lane[n++] = i;
    }
    return n;
}

/* Steps of an epoch: the longest lane. */
static size_t count_steps(const dw_stepper *s)
{
    size_t *n = dw_alloc(s->opts->batch, sizeof *n), most = 0;

    for (size_t i = 0; i < s->data->n; i++) {
        const dw_fit_block *b = &s->data->block[i];

        if (b->part == DW_PART_TRAIN && ++n[b->index % s->opts->batch] > most)
            most++;
    }
    dw_free(n);
    return most;
}

void dw_stepper_order(dw_stepper *s, size_t from)
{
    size_t n_steps = s->n_steps, *lane = dw_alloc(s->n_train, sizeof *lane);
    size_t *next = dw_alloc(n_steps, sizeof *next);

    /* Twice over the lanes: how many blocks each step has, then which. */
    memset(s->first, 0, (n_steps + 1) * sizeof *s->first);
    for (size_t l = 0; l < s->opts->batch; l++) {
        size_t n = gather_lane(s, l, lane);

        for (size_t i = 0; i < n; i++)
            s->first[i + 1]++;
    }
    for (size_t i = 0; i < n_steps; i++)
        s->first[i + 1] += s->first[i];
    for (size_t l = 0; l < s->opts->batch; l++) {
        size_t n = gather_lane(s, l, lane);

        shuffle(s->opts->seed, UINT64_MAX - (s->epoch << 16) - l, lane, n);
        for (size_t i = 0; i < n; i++)
            s->order[s->first[i] + next[i]++] = lane[i];
    }
    dw_dataset_announce(s->data, s->order, s->first + from, n_steps - from);
    dw_free(lane);
    dw_free(next);
}

/* ---- states ---- */

void dw_stepper_get(const dw_stepper *s, dw_step_state *to)
{
    memcpy(to->param, s->model->param, s->n_params * sizeof *to->param);
    memcpy(to->moment, dw_adamw_moments(s->adam),
           (2 * s->n_params + 2) * sizeof *to->moment);
    memcpy(to->noise_moment, dw_adamw_moments(s->noise_adam),
           (4 * s->heads + 2) * sizeof *to->noise_moment);
    for (size_t h = 0; h < s->heads; h++) {
        to->noise[2 * h] = s->model->trait[h].s2;
        to->noise[2 * h + 1] = s->model->trait[h].tau;
    }
}

void dw_stepper_set(dw_stepper *s, const dw_step_state *from)
{
    memcpy(s->model->param, from->param, s->n_params * sizeof *from->param);
    memcpy(dw_adamw_moments(s->adam), from->moment,
           (2 * s->n_params + 2) * sizeof *from->moment);
    memcpy(dw_adamw_moments(s->noise_adam), from->noise_moment,
           (4 * s->heads + 2) * sizeof *from->noise_moment);
    for (size_t h = 0; h < s->heads; h++) {
        s->model->trait[h].s2 = from->noise[2 * h];
        s->model->trait[h].tau = from->noise[2 * h + 1];
    }
}

int dw_stepper_fault(dw_stepper *s, const char *what, dw_err *err)
{
    if (s->faults == DW_STEP_FAULTS_MAX)
        return dw_fail(err, DW_EDEGENERATE,
                       "%s; %zu steps were taken back before, and the learning "
                       "rate is down to %.3g: a lower --lr may mend it",
                       what, s->faults, s->opts->lr * s->factor);
    s->faults++;
    s->factor /= 2;
    dw_stepper_set(s, &s->undo);
    if (s->watch->fault)
        s->watch->fault(s->watch->ctx, what);
    return 0;
}

/* ---- one step ---- */

static void run_block(void *ctx, size_t t, size_t i)
{
    dw_stepper *s = ctx;
    size_t block = s->order[s->at + i], p = s->n_params;
    dw_rng rng = dw_rng_init(s->opts->seed, (uint64_t)s->epoch << 32 | block);
    dw_net_noise dropout = {s->opts->dropout, dw_rng_u64(&rng)};
    dw_real *grad = s->block_grad + i * p;
    const dw_fit_block *b;
    dw_gradient g;

    s->rc[i] = 0;
    if (!dw_dataset_mine(s->data, block))
        return;
    b = dw_dataset_lend(s->data, t, block);
    s->rc[i] =
        b ? dw_objective_block(s->objective, s->opts->loss, t, block, b,
                               s->model, &dropout, s->value + i * s->heads, &g)
          : DW_EIO;
    if (s->rc[i] != 0)
        return;
    memset(grad, 0, p * sizeof *grad);
    dw_objective_backward(s->objective, t, b, s->model, &dropout, s->scale,
                          grad);
}

/* Adds a block to the gradient.  Returns the first parameter (then log s2 and
 * log tau of each trait) at which it is not finite, or SIZE_MAX. */
static size_t add_block(dw_stepper *s, size_t i)
{
    const dw_real *g = s->block_grad + i * s->n_params;
    size_t p = s->n_params;
    double *noise = s->grad + p, check = 0;

    for (size_t j = 0; j < p; j++) {
        s->grad[j] += g[j];
        check += g[j] - g[j]; /* NaN unless all are finite */
    }
    for (size_t j = 0; isnan(check) && j < p; j++) {
        if (!isfinite(g[j]))
            return j;
    }
    for (size_t h = 0; h < s->heads; h++) {
        const dw_value *v = &s->value[i * s->heads + h];
        const dw_model_trait *t = &s->model->trait[h];
        const double d[2] = {t->s2 * v->ds2, t->tau * v->dtau};

        for (size_t j = 0; j < 2; j++) {
            if (!isfinite(d[j]))
                return p + 2 * h + j;
            noise[2 * h + j] += s->scale[h] * d[j];
        }
    }
    return SIZE_MAX;
}

/* What was found in a block, as a message. */
static void name_fault(const dw_stepper *s, size_t block, size_t at,
                       char text[DW_ERR_MAX])
{
    char name[DW_FIT_BLOCK_NAME], what[DW_NET_PART_MAX];
    const dw_model_trait *t = &s->model->trait[0];

    dw_fit_block_name(&s->data->block[block], name);
    if (at == SIZE_MAX) {
        snprintf(text, DW_ERR_MAX,
                 "%s has no finite likelihood (s2 %g, tau %g)", name, t->s2,
                 t->tau);
        return;
    }
    if (at < s->n_params)
        dw_net_part(&s->model->net, at, what);
    else
        snprintf(what, sizeof what, "%s",
                 (at - s->n_params) % 2 ? "log tau" : "log s2");
    snprintf(text, DW_ERR_MAX, "%s: the gradient of the %s is not finite", name,
             what);
}

/* 1: all is finite; 0: a fault, which was dealt with; negative. */
static int sum_blocks(dw_stepper *s, dw_value *sum, dw_err *err)
{
    memset(s->grad, 0, (s->n_params + 2 * s->heads) * sizeof *s->grad);
    for (size_t i = 0; i < s->n; i++) {
        size_t block = s->order[s->at + i];
        size_t at = s->rc[i] == 0 ? add_block(s, i) : SIZE_MAX;
        char text[DW_ERR_MAX];

        if (s->rc[i] == DW_EIO || s->rc[i] == DW_ENOMEM)
            return dw_objective_fail(s->objective, block, s->rc[i], s->model,
                                     err);
        if (s->rc[i] == 0 && at == SIZE_MAX)
            continue;
        name_fault(s, block, at, text);
        return dw_stepper_fault(s, text, err);
    }
    for (size_t i = 0; i < s->n * s->heads; i++) {
        size_t h = i % s->heads;
        double w = s->opts->weight ? s->opts->weight[h] : 1;

        sum->value += w * s->value[i].value;
        sum->h2 += s->value[i].h2;
    }
    return 1;
}

static double rate(const dw_stepper *s)
{
    const dw_train_opts *o = s->opts;
    size_t total = s->n_steps * o->epochs;
    size_t warmup = (size_t)(o->warmup * (double)s->n_steps);

    if (o->schedule != DW_SCHEDULE_COSINE && s->done >= warmup)
        return s->factor * o->lr;
    return s->factor * dw_optim_schedule(o->lr, warmup, total, s->done);
}

/* log s2 and log tau have an optimiser of their own: the network's clipping
 * and decay are none of their business. */
static void step_noise(dw_stepper *s)
{
    const dw_train_opts *o = s->opts;
    /* LD-score regression sees no more of the two than their sum. */
    const bool learn[2] = {o->loss == DW_LOSS_LIKELIHOOD && o->noise.learn_s2,
                           o->loss == DW_LOSS_LIKELIHOOD && o->noise.learn_tau};
    size_t n = 2 * s->heads;
    uint8_t *decays = dw_alloc(n, sizeof *decays);
    /* Moves only: the values stay in double. */
    dw_real *logs = dw_alloc(n, sizeof *logs);

    dw_adamw_step(s->noise_adam, s->rate, 0, decays, s->grad + s->n_params,
                  logs);
    for (size_t i = 0; i < n; i++) {
        const double *bounds = dw_fit_noise_bounds[i % 2];
        dw_model_trait *t = &s->model->trait[i / 2];
        double *x = i % 2 ? &t->tau : &t->s2;

        if (learn[i % 2])
            *x = fmin(bounds[1], fmax(bounds[0], *x * exp((double)logs[i])));
    }
    dw_free(decays);
    dw_free(logs);
}

/* After a step: parameters that have left the range of their numbers. */
static int check_params(dw_stepper *s, dw_err *err)
{
    for (size_t j = 0; j < s->n_params; j++) {
        char text[DW_ERR_MAX], what[DW_NET_PART_MAX];

        if (isfinite(s->model->param[j]))
            continue;
        dw_net_part(&s->model->net, j, what);
        snprintf(text, sizeof text, "a step of %g made the %s infinite",
                 s->rate, what);
        return dw_stepper_fault(s, text, err);
    }
    return 0;
}

int dw_stepper_step(dw_stepper *s, size_t step, dw_value *sum, dw_err *err)
{
    const dw_train_opts *o = s->opts;
    const size_t *list;
    double began;
    int rc;

    s->at = s->first[step];
    s->n = s->first[step + 1] - s->at;
    list = s->order + s->at;
    dw_dataset_run(s->data, s->pool,
                   &(dw_pass){.list = list,
                              .n = s->n,
                              .portion = true,
                              .fn = run_block,
                              .ctx = s});
    dw_dataset_share(s->data, list, s->n, s->rc, sizeof *s->rc);
    dw_dataset_share(s->data, list, s->n, s->value,
                     s->heads * sizeof *s->value);
    dw_dataset_share(s->data, list, s->n, s->block_grad,
                     s->n_params * sizeof *s->block_grad);
    began = dw_clock_thread();
    rc = sum_blocks(s, sum, err);
    s->rate = rate(s);
    s->done++;
    s->norm = 0;
    if (rc <= 0)
        return rc;
    s->norm = dw_optim_clip(s->n_params, s->grad, o->clip);
    dw_stepper_get(s, &s->undo);
    dw_adamw_step(s->adam, s->rate, o->weight_decay, s->decays, s->grad,
                  s->model->param);
    step_noise(s);
    s->seconds += dw_clock_thread() - began;
    return check_params(s, err);
}

/* ---- the whole ---- */

/* Gradients are divided by what an average batch holds, so that rates and
 * clipping mean the same whatever the size of blocks. */
static void find_scale(dw_stepper *s)
{
    double weight = 0;

    for (size_t h = 0; h < s->heads; h++) {
        double w = s->opts->weight ? s->opts->weight[h] : 1;

        for (size_t i = 0; i < s->data->n; i++) {
            const dw_fit_block *b = &s->data->block[i];
            const dw_fit_trait *t = &b->of[h];

            if (b->part == DW_PART_TRAIN)
                weight +=
                    w * (double)(s->opts->loss == DW_LOSS_LDSR ? t->n_observed
                                                               : t->k);
        }
        s->scale[h] = w;
    }
    for (size_t h = 0; h < s->heads; h++)
        s->scale[h] *= -(double)s->n_train / ((double)s->opts->batch * weight);
}

static int no_memory(const dw_stepper *s, dw_err *err)
{
    return dw_fail(err, DW_ENOMEM,
                   "no memory for %zu gradients of %zu parameters",
                   s->opts->batch, s->n_params);
}

int dw_stepper_begin(dw_stepper *s, dw_err *err)
{
    size_t batch = s->opts->batch, p, heads;

    s->n_params = p = dw_net_n_params(&s->model->net);
    s->heads = heads = s->model->net.heads;
    s->n_train = dw_dataset_size(s->data, 0, DW_PART_TRAIN).blocks;
    s->n_steps = count_steps(s);
    s->factor = 1;
    s->order = dw_alloc(s->n_train, sizeof *s->order);
    s->first = dw_alloc(s->n_steps + 1, sizeof *s->first);
    s->scale = dw_alloc(heads, sizeof *s->scale);
    s->value = dw_alloc(batch * heads, sizeof *s->value);
    s->rc = dw_alloc(batch, sizeof *s->rc);
    s->block_grad = dw_try_alloc(batch, p * sizeof *s->block_grad);
    s->grad = dw_try_alloc(p + 2 * heads, sizeof *s->grad);
    s->decays = dw_try_alloc(p, 1);
    s->undo.param = dw_try_alloc(p, sizeof *s->undo.param);
    s->undo.moment = dw_try_alloc(2 * p + 2, sizeof *s->undo.moment);
    s->undo.noise = dw_alloc(2 * heads, sizeof *s->undo.noise);
    s->undo.noise_moment =
        dw_alloc(4 * heads + 2, sizeof *s->undo.noise_moment);
    if (!s->block_grad || !s->grad || !s->decays || !s->undo.param ||
        !s->undo.moment)
        return no_memory(s, err);
    dw_net_decays(&s->model->net, s->decays);
    s->adam = dw_adamw_new(p);
    s->noise_adam = dw_adamw_new(2 * heads);
    find_scale(s);
    dw_stepper_get(s, &s->undo);
    return 0;
}

void dw_stepper_end(dw_stepper *s)
{
    void *all[] = {s->order,       s->first,      s->scale,
                   s->value,       s->rc,         s->block_grad,
                   s->grad,        s->decays,     s->undo.param,
                   s->undo.moment, s->undo.noise, s->undo.noise_moment};

    for (size_t i = 0; i < DW_COUNT(all); i++)
        dw_free(all[i]);
    dw_adamw_free(s->adam);
    dw_adamw_free(s->noise_adam);
}
