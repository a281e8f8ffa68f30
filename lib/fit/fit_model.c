#include "fit/fit_model.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/ranks.h"
#include "fit/block_noise.h"

void dw_fit_report_clear(dw_fit_report *report)
{
    for (size_t t = 0; t < report->n_traits; t++) {
        dw_free(report->trait[t].linear.coef);
        dw_free(report->trait[t].linear.se);
        dw_free(report->trait[t].linear.block_se);
    }
    dw_free(report->trait);
    *report = (dw_fit_report){0};
}

struct stages {
    dw_dataset *data;
    dw_pool *pool;
    dw_keeper *keeper;
    const dw_fit_plan *plan;
    const dw_fit_watch *watch;
    dw_model *model;
    dw_fit_report *report;
    dw_real *linear; /* (heads (1 + n_inputs)) offset and linear part */
};

/* What is reported is worked out in double; so is the linear stage, whose last
 * digits decide when it has converged. */
static dw_objective *new_objective(const struct stages *s, const dw_net *net,
                                   enum dw_loss loss, size_t trait,
                                   bool in_double, dw_err *err)
{
    const dw_fit_noise *noise = &s->plan->train.noise;
    dw_objective_opts opts = {loss, s->plan->how, trait,
                              !noise->learn_s2 && !noise->learn_tau};

    if (in_double)
        opts.how.precision = DW_PRECISION_DOUBLE;
    return dw_objective_new(s->data, s->pool, net, &opts, err);
}

static void enter(const struct stages *s, const char *stage)
{
    if (s->watch->stage)
        s->watch->stage(s->watch->training.ctx, stage);
}

/* ---- what a model is worth ---- */

static const bool ALL[DW_PARTS] = {true, true, true};

/* sum (heads x parts) by one loss, as it was or by a pass. */
static int sum_parts(struct stages *s, const dw_model *model, enum dw_loss loss,
                     const bool wanted[DW_PARTS], dw_value *sum, dw_err *err)
{
    size_t n = model->net.heads * DW_PARTS;
    const dw_piece piece = {(double *)sum, n * sizeof *sum / sizeof(double)};
    dw_objective *o;
    int rc;

    if (dw_keeper_recall(s->keeper, &piece, 1))
        return 0;
    o = new_objective(s, &model->net, loss, 0, true, err);
    rc = o ? dw_objective_parts(o, loss, model, wanted, sum, err) : err->code;
    if (o)
        dw_objective_tell(o);
    dw_objective_free(o);
    return rc == 0 ? dw_keeper_note(s->keeper, &piece, 1, err) : rc;
}

static bool all_whole(const dw_dataset *data)
{
    for (size_t i = 0; i < data->n; i++) {
        if (!data->block[i].whole)
            return false;
    }
    return true;
}

static bool by_ldsr(const struct stages *s)
{
    return s->plan->train.loss == DW_LOSS_LDSR;
}

/* LD-score regression has noise of its own: the model's is the likelihood's. */
static void swap_noise(struct stages *s)
{
    for (size_t t = 0; t < s->model->n_traits; t++) {
        dw_model_trait *trait = &s->model->trait[t];
        dw_noise was = {trait->s2, trait->tau};

        trait->s2 = s->report->trait[t].ldsr_noise.s2;
        trait->tau = s->report->trait[t].ldsr_noise.tau;
        s->report->trait[t].ldsr_noise = was;
    }
}

/* Of all parts by LD-score regression, to which the whole factors belong. */
static int measure_ldsr(struct stages *s, const dw_model *model, bool base,
                        dw_value *sum, dw_err *err)
{
    bool whole = all_whole(s->data), own = s->report->has_train && by_ldsr(s);
    int rc = 0;

    if (own)
        swap_noise(s);
    if (whole)
        rc = sum_parts(s, model, DW_LOSS_LDSR, ALL, sum, err);
    if (own)
        swap_noise(s);
    for (size_t i = 0; i < model->net.heads * DW_PARTS && rc == 0; i++) {
        dw_trait_report *t = &s->report->trait[i / DW_PARTS];

        (base ? t->base_ldsr : t->ldsr)[i % DW_PARTS] =
            whole ? -sum[i].value : NAN;
    }
    return rc;
}

/* Of all parts, by both losses.  base: as the constant model's. */
static int measure(struct stages *s, const dw_model *model, bool base,
                   dw_err *err)
{
    size_t heads = model->net.heads;
    dw_value *sum = dw_alloc(heads * DW_PARTS, sizeof *sum);
    const double *weight = s->plan->train.weight;
    double *total = base ? s->report->base : s->report->loglik;
    int rc;

    enter(s, "evaluation");
    rc = sum_parts(s, model, DW_LOSS_LIKELIHOOD, ALL, sum, err);
    memset(total, 0, DW_PARTS * sizeof *total);
    for (size_t i = 0; i < heads * DW_PARTS && rc == 0; i++) {
        dw_trait_report *t = &s->report->trait[i / DW_PARTS];
        size_t part = i % DW_PARTS;

        (base ? t->base : t->loglik)[part] = sum[i].value;
        total[part] += (weight ? weight[i / DW_PARTS] : 1) * sum[i].value;
        t->h2 = (part ? t->h2 : 0) + sum[i].h2;
    }
    if (rc == 0)
        rc = measure_ldsr(s, model, base, sum, err);
    dw_free(sum);
    return rc;
}

/* ---- constant and linear ---- */

/* A model of trait t alone, shaped, at its start; its param is the caller's. */
static int begin_one(const struct stages *s, size_t t, const char *spec,
                     dw_model *one, dw_err *err)
{
    *one = *s->model;
    one->param = NULL;
    one->trait = &s->model->trait[t];
    one->n_traits = 1;
    if (dw_model_shape(one, spec, err) < 0)
        return err->code;
    one->param[0] = (dw_real)dw_link_start(one->link);
    return 0;
}

static bool has_block_noise(const struct stages *s)
{
    return s->plan->train.noise.block_s2 || s->plan->train.noise.block_tau;
}

/* Noise of the blocks' own, under the constant model as it stands. */
static int fit_block_noise(struct stages *s, size_t t, bool improve,
                           dw_err *err)
{
    dw_model one;
    dw_objective *o = NULL;
    int rc = begin_one(s, t, "const", &one, err);

    if (rc == 0) {
        o = new_objective(s, &one.net, DW_LOSS_LIKELIHOOD, t, true, err);
        rc = o ? dw_block_noise_fit(s->data, t, s->pool, s->keeper, o, &one,
                                    improve, err)
               : err->code;
    }
    dw_objective_free(o);
    dw_free(one.param);
    return rc;
}

static int fit_constant_of(struct stages *s, size_t t, dw_err *err)
{
    dw_constant *found = &s->report->trait[t].constant;
    dw_model_trait *trait = &s->model->trait[t];

    if (dw_constant_fit(s->data, t, s->pool, s->keeper, &s->plan->train.noise,
                        found, err) < 0)
        return err->code;
    trait->c = found->c;
    trait->s2 = found->s2;
    trait->tau = found->tau;
    return 0;
}

/* How often the constant model and the blocks' own noise take turns. */
enum { TURNS = 8 };

static int fit_constant(struct stages *s, dw_err *err)
{
    dw_model *model = s->model;

    enter(s, "constant model");
    model->link = s->plan->link;
    for (size_t t = 0; t < model->n_traits; t++) {
        const dw_fit_noise *noise = &s->plan->train.noise;
        dw_model_trait *trait = &model->trait[t];
        int rc = fit_constant_of(s, t, err);

        trait->spread[0] = noise->block_s2; /* to begin with */
        trait->spread[1] = noise->block_tau;
        for (int i = 1; i <= TURNS && rc == 0 && has_block_noise(s); i++) {
            rc = fit_block_noise(s, t, i < TURNS, err);
            if (rc == 0)
                rc = fit_constant_of(s, t, err);
        }
        if (rc < 0)
            return rc;
        if (s->watch->constant)
            s->watch->constant(s->watch->training.ctx, t,
                               &s->report->trait[t].constant);
    }
    if (dw_model_shape(model, "const", err) < 0)
        return err->code;
    for (size_t t = 0; t < model->n_traits; t++)
        model->param[t] = (dw_real)dw_link_start(model->link);
    return measure(s, model, true, err);
}

/* One trait's linear model; its part of s->linear is set. */
static int fit_line(struct stages *s, size_t t, dw_err *err)
{
    dw_trait_report *report = &s->report->trait[t];
    size_t heads = s->model->n_traits, p = s->model->n_inputs;
    dw_scoring_opts opts = {t, s->plan->train.noise, s->plan->alpha,
                            s->watch->linear, s->watch->training.ctx};
    dw_model one;
    dw_objective *o = NULL;
    int rc = begin_one(s, t, "linear", &one, err);

    if (rc == 0) {
        o = new_objective(s, &one.net, DW_LOSS_LIKELIHOOD, t, true, err);
        rc = o ? 0 : err->code;
    }
    if (rc == 0)
        rc = dw_linear_fit_run(s->data, s->pool, s->keeper, o, &opts, &one,
                               &report->linear, err);
    report->has_linear = rc == 0;
    if (rc == 0 && has_block_noise(s))
        rc = dw_block_noise_fit(s->data, t, s->pool, s->keeper, o, &one, false,
                                err);
    for (size_t i = 0; rc == 0 && i <= p; i++)
        s->linear[t + i * heads] = one.param[i];
    if (o)
        dw_objective_tell(o);
    dw_objective_free(o);
    dw_free(one.param);
    return rc;
}

static void tell_size(const struct stages *s, const dw_net *net,
                      size_t n_epochs)
{
    if (s->watch->train)
        s->watch->train(s->watch->training.ctx, net, n_epochs);
}

static int fit_linear(struct stages *s, dw_err *err)
{
    dw_net net;

    if (dw_model_net(s->model, s->plan->spec, &net, err) < 0)
        return err->code;
    if (net.kind == DW_NET_LINEAR)
        tell_size(s, &net, 0);
    enter(s, "linear model");
    for (size_t t = 0; t < s->model->n_traits; t++) {
        if (fit_line(s, t, err) < 0)
            return err->code;
    }
    return 0;
}

/* ---- networks ---- */

/* The model gets its own shape; what was found of its linear part stays. */
static int grow(struct stages *s, dw_err *err)
{
    dw_model *model = s->model;
    size_t n = (model->n_inputs + 1) * model->n_traits;

    if (dw_model_shape(model, s->plan->spec, err) < 0)
        return err->code;
    dw_net_init(&model->net, s->plan->train.seed, model->param);
    memcpy(model->param, s->linear, n * sizeof *model->param);
    return 0;
}

/* Where few blocks made the linear model, it can be worse than none on others:
 * training then begins with the constant model. */
static int choose_start(struct stages *s, dw_err *err)
{
    const bool valid[DW_PARTS] = {[DW_PART_VALID] = true};
    dw_fit_report *r = s->report;
    const double *weight = s->plan->train.weight;
    size_t heads = s->model->n_traits;
    size_t n = (s->model->n_inputs + 1) * heads;
    dw_value *sum;
    double gain = -r->base[DW_PART_VALID];
    int rc;

    if (r->trait[0].size[DW_PART_VALID].blocks == 0)
        return 0;
    sum = dw_alloc(heads * DW_PARTS, sizeof *sum);
    rc = sum_parts(s, s->model, DW_LOSS_LIKELIHOOD, valid, sum, err);
    for (size_t h = 0; h < heads; h++)
        gain +=
            (weight ? weight[h] : 1) * sum[h * DW_PARTS + DW_PART_VALID].value;
    dw_free(sum);
    if (rc < 0 || gain >= 0)
        return rc;
    r->from_constant = true;
    memset(s->linear, 0, n * sizeof *s->linear);
    for (size_t h = 0; h < heads; h++) {
        s->linear[h] = (dw_real)dw_link_start(s->model->link);
        s->model->trait[h].s2 = r->trait[h].constant.s2;
        s->model->trait[h].tau = r->trait[h].constant.tau;
        if (has_block_noise(s) && fit_block_noise(s, h, false, err) < 0)
            return err->code;
    }
    return grow(s, err);
}

/* Begins with a model that was fitted before: its variances, its noise. */
static int warm_start(struct stages *s, dw_err *err)
{
    const dw_model *init = s->plan->init;
    dw_model *model = s->model;
    size_t heads = model->n_traits;

    for (size_t t = 0; t < heads; t++) {
        dw_model_trait *to = &model->trait[t];
        const dw_model_trait *from = &init->trait[t];
        const dw_fit_noise *noise = &s->plan->train.noise;

        to->c = from->c;
        to->s2 = noise->learn_s2 ? from->s2 : noise->s2;
        to->tau = noise->learn_tau ? from->tau : noise->tau;
    }
    memcpy(s->linear, init->param,
           (init->net.p + 1) * heads * sizeof *s->linear);
    if (grow(s, err) < 0)
        return err->code;
    if (init->net.kind != DW_NET_CONST && init->net.kind != DW_NET_LINEAR)
        memcpy(model->param, init->param,
               dw_net_n_params(&init->net) * sizeof *model->param);
    return 0;
}

/* In log likelihood.  Where the truth is constant, networks have been seen to
 * beat their start by 0.9 in validation, and to lose 9 on other blocks. */
static const double MARGIN = 1;

static int train(struct stages *s, dw_err *err)
{
    dw_train_opts opts = s->plan->train;
    dw_objective *o;
    int rc;

    opts.both_losses = opts.both_losses && all_whole(s->data);
    o = new_objective(s, &s->model->net,
                      opts.both_losses ? DW_LOSS_LDSR : opts.loss, 0, false,
                      err);
    if (!o)
        return err->code;
    for (size_t t = 0; t < s->model->n_traits && by_ldsr(s); t++)
        s->report->trait[t].ldsr_noise =
            (dw_noise){s->model->trait[t].s2, s->model->trait[t].tau};
    tell_size(s, &s->model->net, opts.epochs);
    /* A constant start deserves no defence. */
    opts.margin = opts.loss == DW_LOSS_LIKELIHOOD ? MARGIN : 0;
    rc = dw_train_run(s->data, s->pool, s->keeper, o, &opts,
                      &s->watch->training, s->model, &s->report->train, err);
    s->report->has_train = rc == 0;
    if (rc == 0 && by_ldsr(s))
        swap_noise(s);
    if (s->keeper && rc == 0)
        s->keeper->trained = s->model;
    dw_objective_tell(o);
    dw_objective_free(o);
    return rc;
}

static int fit_inputs(struct stages *s, const char *const *name, dw_err *err)
{
    const dw_fit_plan *plan = s->plan;
    bool ldsr = by_ldsr(s);
    size_t n;
    dw_net net;
    int rc = dw_net_parse(&net, plan->spec, 0, err);

    if (rc == 0)
        rc = dw_dataset_standardise(s->data, s->model, name, plan->init, err);
    rc = dw_ranks_agree(rc, err);
    if (rc == 0 && dw_net_looks(&net))
        rc = dw_dataset_scale_tracks(s->data, s->model, plan->init, err);
    if (rc < 0)
        return rc;
    n = (s->model->n_inputs + 1) * s->model->n_traits;
    s->linear = dw_alloc(n, sizeof *s->linear);
    for (size_t t = 0; t < s->model->n_traits; t++)
        s->linear[t] = (dw_real)dw_link_start(s->model->link);
    if (plan->init)
        rc = warm_start(s, err);
    else if (!ldsr)
        rc = fit_linear(s, err);
    if (rc == 0 && !plan->init)
        rc = grow(s, err);
    if (rc == 0 && !ldsr && !plan->init && net.kind != DW_NET_LINEAR)
        rc = choose_start(s, err);
    if (rc == 0 && (ldsr || plan->init || net.kind != DW_NET_LINEAR))
        rc = train(s, err);
    return rc;
}

/* ---- the whole ---- */

int dw_fit_model(dw_dataset *data, dw_pool *pool, dw_keeper *keeper,
                 const char *const *name, const dw_fit_plan *plan,
                 const dw_fit_watch *watch, dw_model *model,
                 dw_fit_report *report, dw_err *err)
{
    struct stages s = {data, pool, keeper, plan, watch, model, report, NULL};
    dw_net net;
    int rc;

    *report = (dw_fit_report){.n_traits = model->n_traits};
    report->trait = dw_alloc(report->n_traits, sizeof *report->trait);
    for (size_t t = 0; t < report->n_traits; t++) {
        for (int part = 0; part < DW_PARTS; part++)
            report->trait[t].size[part] =
                dw_dataset_size(data, t, (dw_part)part);
    }
    if (dw_net_parse(&net, plan->spec, 0, err) < 0 || fit_constant(&s, err) < 0)
        return err->code;
    rc = net.kind == DW_NET_CONST ? 0 : fit_inputs(&s, name, err);
    if (rc == 0)
        rc = measure(&s, model, false, err);
    dw_free(s.linear);
    return rc;
}
