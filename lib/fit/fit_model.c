#include "fit/fit_model.h"

#include <string.h>

#include "base/mem.h"

void dw_fit_report_clear(dw_fit_report *report)
{
    dw_free(report->linear.coef);
    dw_free(report->linear.se);
    dw_free(report->linear.block_se);
    *report = (dw_fit_report){0};
}

struct stages {
    dw_dataset *data;
    dw_pool *pool;
    const dw_fit_plan *plan;
    const dw_fit_watch *watch;
    dw_model *model;
    dw_fit_report *report;
};

/* Log likelihoods of all parts under a model. */
static int measure(struct stages *s, const dw_model *model,
                   double loglik[DW_PARTS], double *h2, dw_err *err)
{
    const bool all[DW_PARTS] = {true, true, true};
    dw_value sum[DW_PARTS];
    dw_objective *o =
        dw_objective_new(s->data, s->pool, &model->net, DW_LOSS_LIKELIHOOD,
                         s->plan->solver, err);
    int rc = o ? dw_objective_parts(o, DW_LOSS_LIKELIHOOD, model, all, sum, err)
               : err->code;

    dw_objective_free(o);
    *h2 = 0;
    for (int part = 0; part < DW_PARTS && rc == 0; part++) {
        loglik[part] = sum[part].value;
        *h2 += sum[part].h2;
    }
    return rc;
}

static int fit_constant(struct stages *s, dw_err *err)
{
    dw_constant *found = &s->report->constant;
    dw_model *model = s->model;
    dw_model_trait *trait = &model->trait[0];

    if (dw_constant_fit(s->data, s->pool, &s->plan->train.noise, found, err) <
        0)
        return err->code;
    if (s->watch->constant)
        s->watch->constant(s->watch->ctx, found);
    model->link = s->plan->link;
    trait->c = found->c;
    trait->s2 = found->s2;
    trait->tau = found->tau;
    if (dw_model_shape(model, "const", err) < 0)
        return err->code;
    model->param[0] = (dw_real)dw_link_start(model->link);
    return measure(s, model, s->report->base, &s->report->h2, err);
}

/* The model as a linear one. */
static int fit_linear(struct stages *s, dw_err *err)
{
    dw_model *model = s->model;
    dw_objective *o;
    int rc;

    if (dw_model_shape(model, "linear", err) < 0)
        return err->code;
    model->param[0] = (dw_real)dw_link_start(model->link);
    o = dw_objective_new(s->data, s->pool, &model->net, DW_LOSS_LIKELIHOOD,
                         s->plan->solver, err);
    if (!o)
        return err->code;
    rc = dw_linear_fit_run(s->data, s->pool, o, &s->plan->train.noise,
                           s->plan->alpha, model, &s->report->linear,
                           s->watch->linear, s->watch->ctx, err);
    s->report->has_linear = rc == 0;
    dw_objective_free(o);
    return rc;
}

/* The model gets its own shape; what was found of its linear part stays. */
static int grow(struct stages *s, dw_err *err)
{
    dw_model *model = s->model;
    size_t n = model->n_inputs + 1;
    dw_real *linear = dw_alloc(n, sizeof *linear);
    int rc;

    linear[0] = (dw_real)dw_link_start(model->link);
    if (s->report->has_linear)
        memcpy(linear, model->param, n * sizeof *linear);
    rc = dw_model_shape(model, s->plan->spec, err);
    if (rc == 0) {
        dw_net_init(&model->net, s->plan->train.seed, model->param);
        memcpy(model->param, linear, n * sizeof *linear);
    }
    dw_free(linear);
    return rc;
}

/* In log likelihood.  Where the truth is constant, networks have been seen to
 * beat their start by 0.9 in validation, and to lose 9 on other blocks. */
static const double MARGIN = 1;

static int train(struct stages *s, dw_err *err)
{
    dw_train_opts opts = s->plan->train;
    dw_objective *o;
    int rc;

    if (grow(s, err) < 0)
        return err->code;
    o = dw_objective_new(s->data, s->pool, &s->model->net, s->plan->train.loss,
                         s->plan->solver, err);
    if (!o)
        return err->code;
    /* A constant start deserves no defence. */
    opts.margin = s->report->has_linear ? MARGIN : 0;
    rc = dw_train_run(s->data, s->pool, o, &opts, s->model, s->watch->epoch,
                      s->watch->ctx, &s->report->train, err);
    s->report->has_train = rc == 0;
    dw_objective_free(o);
    return rc;
}

int dw_fit_model(dw_dataset *data, dw_pool *pool, const char *const *name,
                 const dw_fit_plan *plan, const dw_fit_watch *watch,
                 dw_model *model, dw_fit_report *report, dw_err *err)
{
    struct stages s = {data, pool, plan, watch, model, report};
    bool ldsr = plan->train.loss == DW_LOSS_LDSR;
    dw_net net;
    int rc;

    *report = (dw_fit_report){0};
    for (int part = 0; part < DW_PARTS; part++)
        report->size[part] = dw_dataset_size(data, (dw_part)part);
    if (dw_net_parse(&net, plan->spec, 0, err) < 0 || fit_constant(&s, err) < 0)
        return err->code;
    if (net.kind == DW_NET_CONST) {
        memcpy(report->loglik, report->base, sizeof report->loglik);
        return 0;
    }
    rc = dw_dataset_standardise(data, model, name, err);
    if (rc == 0 && !ldsr)
        rc = fit_linear(&s, err);
    if (rc == 0 && (ldsr || net.kind == DW_NET_MLP))
        rc = train(&s, err);
    if (rc == 0)
        rc = measure(&s, model, report->loglik, &report->h2, err);
    return rc;
}
