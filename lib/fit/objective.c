#include "fit/objective.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "lik/ldsr.h"

struct worker {
    dw_marginal_ws *marginal;
    dw_ldsr_ws *ldsr;
    dw_net_ws *net;
    dw_real *a;            /* (m) output of the network, then its gradient */
    double *f, *slope, *g; /* (m) see dw_gradient */
};

struct dw_objective {
    const dw_dataset *data;
    dw_pool *pool;
    struct worker *worker;
    double **score; /* (n) LD scores of each block, for LDSR */
};

static size_t largest_k(const dw_dataset *data)
{
    size_t k = data->max_k;

    for (size_t i = 0; i < data->n; i++) {
        if (data->block[i].k_full > k)
            k = data->block[i].k_full;
    }
    return k;
}

static dw_ldsr_block ldsr_block(const dw_fit_block *b)
{
    return (dw_ldsr_block){.m = b->m,
                           .k = b->k_full,
                           .core = b->core,
                           .l = b->l,
                           .q = b->q_full,
                           .people = b->people,
                           .z = b->z};
}

static void score_block(void *ctx, size_t t, size_t i)
{
    dw_objective *o = ctx;
    dw_ldsr_block b = ldsr_block(&o->data->block[i]);

    o->score[i] = dw_try_alloc(b.l, sizeof(double));
    if (o->score[i] &&
        dw_ldsr_scores(o->worker[t].ldsr, &b, o->score[i]) != 0) {
        dw_free(o->score[i]);
        o->score[i] = NULL;
    }
}

static int make_scores(dw_objective *o, dw_err *err)
{
    o->score = dw_alloc(o->data->n, sizeof *o->score);
    dw_pool_for(o->pool, o->data->n, score_block, o);
    for (size_t i = 0; i < o->data->n; i++) {
        char name[DW_FIT_BLOCK_NAME];

        dw_fit_block_name(&o->data->block[i], name);
        if (!o->score[i])
            return dw_fail(err, DW_ENOMEM, "%s: no memory for its LD scores",
                           name);
    }
    return 0;
}

static int make_workers(dw_objective *o, const dw_net *net, enum dw_loss loss,
                        enum dw_solver solver, dw_err *err)
{
    size_t m = o->data->max_m, k = largest_k(o->data);

    for (size_t t = 0; t < dw_pool_size(o->pool); t++) {
        struct worker *w = &o->worker[t];

        w->marginal = dw_marginal_ws_new(m, k, solver);
        w->net = dw_net_ws_new(net);
        w->a = dw_try_alloc(m, sizeof *w->a);
        w->f = dw_try_alloc(m, sizeof *w->f);
        w->g = dw_try_alloc(m, sizeof *w->g);
        w->slope = dw_try_alloc(m, sizeof *w->slope);
        if (loss == DW_LOSS_LDSR)
            w->ldsr = dw_ldsr_ws_new(m, k);
        if (!w->marginal || !w->net || !w->a || !w->f || !w->g || !w->slope ||
            (loss == DW_LOSS_LDSR && !w->ldsr))
            return dw_fail(err, DW_ENOMEM,
                           "no memory for blocks of %zu variants and rank %zu "
                           "in %zu threads",
                           m, k, dw_pool_size(o->pool));
    }
    return 0;
}

dw_objective *dw_objective_new(const dw_dataset *data, dw_pool *pool,
                               const dw_net *net, enum dw_loss loss,
                               enum dw_solver solver, dw_err *err)
{
    dw_objective *o = dw_alloc(1, sizeof *o);

    o->data = data;
    o->pool = pool;
    o->worker = dw_alloc(dw_pool_size(pool), sizeof *o->worker);
    if (make_workers(o, net, loss, solver, err) < 0 ||
        (loss == DW_LOSS_LDSR && make_scores(o, err) < 0)) {
        dw_objective_free(o);
        return NULL;
    }
    return o;
}

void dw_objective_free(dw_objective *o)
{
    if (!o)
        return;
    for (size_t t = 0; t < dw_pool_size(o->pool); t++) {
        struct worker *w = &o->worker[t];

        dw_marginal_ws_free(w->marginal);
        dw_ldsr_ws_free(w->ldsr);
        dw_net_ws_free(w->net);
        dw_free(w->a);
        dw_free(w->f);
        dw_free(w->g);
        dw_free(w->slope);
    }
    for (size_t i = 0; o->score && i < o->data->n; i++)
        dw_free(o->score[i]);
    dw_free(o->score);
    dw_free(o->worker);
    dw_free(o);
}

/* ---- one block ---- */

static int ldsr_value(struct worker *w, const dw_fit_block *b,
                      const double *score, const dw_model *model,
                      dw_noise noise, bool gradient, dw_value *out)
{
    dw_ldsr_block lb = ldsr_block(b);
    dw_noise slope = {0};
    size_t n = 0;
    int rc = dw_ldsr_loss(w->ldsr, &lb, score, w->f, noise,
                          b->n * model->trait[0].c, &out->value, &n,
                          gradient ? w->g : NULL, gradient ? &slope : NULL);

    out->value = -out->value;
    out->weight = (double)n;
    out->ds2 = -slope.s2;
    out->dtau = -slope.tau;
    for (size_t j = 0; gradient && j < b->m; j++)
        w->g[j] = -w->g[j];
    return rc;
}

int dw_objective_block(dw_objective *o, enum dw_loss loss, size_t t,
                       size_t block, const dw_model *model,
                       const dw_net_noise *dropout, dw_value *out,
                       dw_gradient *gradient)
{
    const dw_fit_block *b = &o->data->block[block];
    struct worker *w = &o->worker[t];
    dw_noise noise = {model->trait[0].s2, model->trait[0].tau}, slope = {0};
    int rc;

    *out = (dw_value){.weight = (double)b->k};
    dw_net_forward(&model->net, w->net, model->param, b->m, b->x, dropout,
                   w->a);
    dw_model_link(model, 0, b->m, w->a, w->f);
    for (size_t j = 0; j < b->l; j++)
        out->h2 += w->f[b->core + j];
    dw_scal(b->m, b->n, w->f);
    if (loss == DW_LOSS_LDSR) {
        rc = ldsr_value(w, b, o->score[block], model, noise, gradient != NULL,
                        out);
    } else {
        dw_factor factor = dw_fit_block_factor(b);

        rc =
            dw_marginal_block(w->marginal, &factor, w->f, noise, &out->value,
                              gradient ? w->g : NULL, gradient ? &slope : NULL);
        out->ds2 = slope.s2;
        out->dtau = slope.tau;
    }
    if (rc == 0 && !isfinite(out->value))
        rc = DW_EDEGENERATE;
    if (gradient) {
        for (size_t j = 0; j < b->m; j++) {
            w->slope[j] = dw_link_slope(model->link, w->a[j]);
            w->g[j] *= w->slope[j];
        }
        *gradient = (dw_gradient){w->f, w->slope, w->g};
    }
    return rc;
}

void dw_objective_backward(dw_objective *o, size_t t, size_t block,
                           const dw_model *model, const dw_net_noise *dropout,
                           double scale, dw_real *grad)
{
    const dw_fit_block *b = &o->data->block[block];
    struct worker *w = &o->worker[t];

    for (size_t j = 0; j < b->m; j++)
        w->a[j] = (dw_real)(scale * w->g[j]);
    dw_net_backward(&model->net, w->net, model->param, b->m, b->x, dropout,
                    w->a, grad);
}

int dw_objective_fail(const dw_objective *o, size_t block,
                      const dw_model *model, dw_err *err)
{
    char name[DW_FIT_BLOCK_NAME];

    dw_fit_block_name(&o->data->block[block], name);
    return dw_fail(err, DW_EDEGENERATE,
                   "%s has no finite likelihood (s2 %g, tau %g): the fit has "
                   "run away; a lower --lr may mend it",
                   name, model->trait[0].s2, model->trait[0].tau);
}

/* ---- all blocks ---- */

struct summing {
    dw_objective *o;
    enum dw_loss loss;
    const dw_model *model;
    const bool *wanted;
    dw_value *value; /* (n) */
    int *rc;         /* (n) */
};

static void sum_block(void *ctx, size_t t, size_t i)
{
    struct summing *s = ctx;

    if (s->wanted[s->o->data->block[i].part])
        s->rc[i] = dw_objective_block(s->o, s->loss, t, i, s->model, NULL,
                                      &s->value[i], NULL);
}

int dw_objective_parts(dw_objective *o, enum dw_loss loss,
                       const dw_model *model, const bool wanted[DW_PARTS],
                       dw_value sum[DW_PARTS], dw_err *err)
{
    size_t n = o->data->n;
    struct summing s = {.o = o, .loss = loss, .model = model, .wanted = wanted};
    int rc = 0;

    memset(sum, 0, DW_PARTS * sizeof *sum);
    s.value = dw_alloc(n, sizeof *s.value);
    s.rc = dw_alloc(n, sizeof *s.rc);
    dw_pool_for(o->pool, n, sum_block, &s);
    for (size_t i = 0; i < n && rc == 0; i++) {
        dw_value *to = &sum[o->data->block[i].part];

        if (s.rc[i] != 0)
            rc = dw_objective_fail(o, i, model, err);
        to->value += s.value[i].value;
        to->weight += s.value[i].weight;
        to->h2 += s.value[i].h2;
    }
    dw_free(s.value);
    dw_free(s.rc);
    return rc;
}
