#include "fit/objective.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "lik/ldsr.h"

struct worker {
    dw_marginal_ws *marginal;
    dw_ldsr_ws *ldsr;
    dw_net_ws *net;
    dw_track_windows windows;
    dw_real *a; /* (heads x m) of the network, then its gradient */
    double *f, *slope, *bend; /* (m) see dw_gradient */
    double *g;                /* (m x heads) */
    dw_phases phases;
};

struct dw_objective {
    const dw_dataset *data;
    dw_pool *pool;
    size_t first, heads;
    bool fixed_noise;
    struct worker *worker;
    double **score; /* (n x heads) LD scores of each block, for LDSR */
    /* (n) What was least well done of each block: by one thread at a time. */
    dw_solved *solved;
};

static dw_ldsr_block ldsr_block(const dw_fit_block *b, size_t trait)
{
    return (dw_ldsr_block){.m = b->m,
                           .k = b->k,
                           .core = b->core,
                           .l = b->l,
                           .q = b->q,
                           .people = b->of[trait].people,
                           .z = b->of[trait].z};
}

/* The LD scores of a block, which no model has a part in: worked out when they
 * are first asked for, by the one thread that has the block.  NULL: no memory.
 */
static const double *ld_scores(dw_objective *o, struct worker *w, size_t index,
                               const dw_fit_block *b, size_t h)
{
    double **score = &o->score[index * o->heads + h];
    dw_ldsr_block lb = ldsr_block(b, o->first + h);

    if (!*score && (*score = dw_try_alloc(b->l, sizeof **score)) &&
        dw_ldsr_scores(w->ldsr, &lb, *score) != 0) {
        dw_free(*score);
        *score = NULL;
    }
    return *score;
}

static int make_workers(dw_objective *o, const dw_net *net,
                        const dw_objective_opts *opts, dw_err *err)
{
    size_t m = o->data->max_m, k = o->data->max_k;
    bool ldsr = opts->loss == DW_LOSS_LDSR;

    for (size_t t = 0; t < dw_pool_size(o->pool); t++) {
        struct worker *w = &o->worker[t];

        w->marginal = dw_marginal_ws_new(m, k, &opts->how);
        w->net = dw_net_ws_new(net);
        w->a = dw_try_alloc(m, o->heads * sizeof *w->a);
        w->f = dw_try_alloc(m, sizeof *w->f);
        w->g = dw_try_alloc(m, o->heads * sizeof *w->g);
        w->slope = dw_try_alloc(m, sizeof *w->slope);
        w->bend = dw_try_alloc(m, sizeof *w->bend);
        if (ldsr)
            w->ldsr = dw_ldsr_ws_new(m, k);
        if (!w->marginal || !w->net || !w->a || !w->f || !w->g || !w->slope ||
            !w->bend || (ldsr && !w->ldsr))
            return dw_fail(err, DW_ENOMEM,
                           "no memory for blocks of %zu variants and rank %zu "
                           "in %zu threads",
                           m, k, dw_pool_size(o->pool));
    }
    return 0;
}

dw_objective *dw_objective_new(const dw_dataset *data, dw_pool *pool,
                               const dw_net *net, const dw_objective_opts *opts,
                               dw_err *err)
{
    dw_objective *o = dw_alloc(1, sizeof *o);

    o->data = data;
    o->pool = pool;
    o->first = opts->first_trait;
    o->fixed_noise = opts->fixed_noise;
    o->heads = net->heads;
    o->worker = dw_alloc(dw_pool_size(pool), sizeof *o->worker);
    o->solved = dw_alloc(data->n, sizeof *o->solved);
    o->score = dw_alloc(data->n * o->heads, sizeof *o->score);
    if (make_workers(o, net, opts, err) < 0) {
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
        dw_free(w->bend);
    }
    for (size_t i = 0; i < o->data->n * o->heads; i++)
        dw_free(o->score[i]);
    dw_free(o->score);
    dw_free(o->solved);
    dw_free(o->worker);
    dw_free(o);
}

dw_phases dw_objective_phases(const dw_objective *o)
{
    dw_phases sum = {0};

    for (size_t t = 0; t < dw_pool_size(o->pool); t++) {
        sum.net += o->worker[t].phases.net;
        sum.loss += o->worker[t].phases.loss;
    }
    return sum;
}

void dw_objective_tell(const dw_objective *o)
{
    size_t n_again = 0, n_short = 0, worst = 0;

    dw_dataset_share(o->data, NULL, o->data->n, o->solved, sizeof *o->solved);
    for (size_t i = 0; i < o->data->n; i++) {
        n_again += o->solved[i].again;
        n_short += o->solved[i].residual > 0;
        if (o->solved[i].residual > o->solved[worst].residual)
            worst = i;
    }
    if (n_again)
        dw_note("%zu of %zu blocks were not positive definite in single "
                "precision, and done in double",
                n_again, o->data->n);
    if (n_short) {
        char name[DW_FIT_BLOCK_NAME];

        dw_fit_block_name(&o->data->block[worst], name);
        dw_warn("%s: conjugate gradients did not converge: a residual of %.2g "
                "after %zu steps%s; --solver primal needs none",
                name, o->solved[worst].residual, o->solved[worst].steps,
                n_short > 1 ? ", and others" : "");
    }
}

/* ---- one block ---- */

/* Keeps what is worth telling. */
static void note_solved(dw_solved *so_far, dw_solved now)
{
    so_far->again |= now.again;
    if (!now.converged && now.residual > so_far->residual) {
        so_far->residual = now.residual;
        so_far->steps = now.steps;
    }
}

static int ldsr_value(struct worker *w, const dw_fit_block *b, size_t trait,
                      const double *score, double c, dw_noise noise, double *g,
                      dw_value *out)
{
    double nh2m = b->of[trait].n * c;
    dw_ldsr_block lb = ldsr_block(b, trait);
    dw_noise slope = {0};
    dw_noise own = dw_fit_block_noise(b, trait, 1, 1);
    double curvature;
    size_t n = 0;
    int rc;

    if (!score)
        return DW_ENOMEM;
    rc = dw_ldsr_loss(w->ldsr, &lb, score, w->f, noise, nh2m, &out->value, &n,
                      g, &slope);
    curvature = dw_ldsr_curvature(lb.l, lb.z, score, nh2m);
    out->value = -out->value;
    out->weight = (double)n;
    out->ds2 = -slope.s2;
    out->dtau = -slope.tau;
    out->curvature[0] = own.s2 * own.s2 * curvature;
    out->curvature[1] = own.s2 * own.tau * curvature;
    out->curvature[2] = own.tau * own.tau * curvature;
    for (size_t j = 0; g && j < b->m; j++)
        g[j] = -g[j];
    return rc;
}

static int likelihood(const dw_objective *o, struct worker *w,
                      const dw_fit_block *b, size_t trait, dw_noise noise,
                      double *g, dw_solved *solved, dw_value *out)
{
    dw_factor factor = dw_fit_block_factor(b, trait);
    dw_noise slope = {0};
    int rc = dw_marginal_block(w->marginal, &factor, w->f, noise, &out->value,
                               g, g && !o->fixed_noise ? &slope : NULL);

    out->weight = (double)factor.k;
    out->ds2 = slope.s2;
    out->dtau = slope.tau;
    if (rc == 0)
        note_solved(solved, dw_marginal_solved(w->marginal));
    return rc;
}

/* One head, from the network's output; g (m) set unless NULL. */
static int head_value(dw_objective *o, enum dw_loss loss, struct worker *w,
                      size_t index, const dw_fit_block *b,
                      const dw_model *model, size_t h, double *g, dw_value *out)
{
    const dw_model_trait *mt = &model->trait[h];
    size_t trait = o->first + h;
    dw_noise own = dw_fit_block_noise(b, trait, 1, 1);
    dw_noise noise = dw_fit_block_noise(b, trait, mt->s2, mt->tau);
    int rc;

    *out = (dw_value){0};
    dw_model_link(model, h, b->m, w->a, w->f);
    for (size_t j = 0; j < b->l; j++)
        out->h2 += w->f[b->core + j];
    if (b->of[trait].k == 0) {
        if (g)
            memset(g, 0, b->m * sizeof *g);
        return 0;
    }
    dw_scal(b->m, b->of[trait].n, w->f);
    rc = loss == DW_LOSS_LDSR
             ? ldsr_value(w, b, trait, ld_scores(o, w, index, b, h), mt->c,
                          noise, g, out)
             : likelihood(o, w, b, trait, noise, g, &o->solved[index], out);
    if (loss == DW_LOSS_LIKELIHOOD)
        out->value += b->of[trait].own.evidence;
    out->ds2 *= own.s2;
    out->dtau *= own.tau;
    if (rc == 0 && !isfinite(out->value))
        rc = DW_EDEGENERATE;
    for (size_t j = 0; g && j < b->m; j++) {
        w->slope[j] = dw_link_slope(model->link, w->a[h + j * o->heads]);
        w->bend[j] = dw_link_bend(model->link, w->a[h + j * o->heads]);
        g[j] *= w->slope[j];
    }
    return rc;
}

int dw_objective_block(dw_objective *o, enum dw_loss loss, size_t t,
                       size_t index, const dw_fit_block *b,
                       const dw_model *model, const dw_net_noise *dropout,
                       dw_value *out, dw_gradient *gradient)
{
    struct worker *w = &o->worker[t];
    dw_net_input in = dw_fit_block_input(o->data, b, &model->net, &w->windows);
    double began = dw_clock_thread(), then;
    int rc = 0;

    dw_net_forward(&model->net, w->net, model->param, b->m, &in, dropout, w->a);
    then = dw_clock_thread();
    w->phases.net += then - began;
    for (size_t h = 0; h < o->heads && rc == 0; h++)
        rc = head_value(o, loss, w, index, b, model, h,
                        gradient ? w->g + h * b->m : NULL, &out[h]);
    w->phases.loss += dw_clock_thread() - then;
    if (gradient)
        *gradient = (dw_gradient){w->f, w->slope, w->bend, w->g};
    return rc;
}

void dw_objective_backward(dw_objective *o, size_t t, const dw_fit_block *b,
                           const dw_model *model, const dw_net_noise *dropout,
                           const double *scale, dw_real *grad)
{
    struct worker *w = &o->worker[t];
    dw_net_input in = dw_fit_block_input(o->data, b, &model->net, &w->windows);
    double began = dw_clock_thread();

    for (size_t h = 0; h < o->heads; h++) {
        for (size_t j = 0; j < b->m; j++)
            w->a[h + j * o->heads] = (dw_real)(scale[h] * w->g[j + h * b->m]);
    }
    dw_net_backward(&model->net, w->net, model->param, b->m, &in, dropout, w->a,
                    grad);
    w->phases.net += dw_clock_thread() - began;
}

int dw_objective_fail(const dw_objective *o, size_t index, int rc,
                      const dw_model *model, dw_err *err)
{
    char name[DW_FIT_BLOCK_NAME];

    if (rc == DW_EIO)
        return dw_dataset_fail(o->data, index, err);
    if (rc == DW_ENOMEM)
        return dw_fit_block_no_memory(&o->data->block[index], err);
    dw_fit_block_name(&o->data->block[index], name);
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
    dw_value *value; /* (n x heads) */
    int *rc;         /* (n) */
};

static bool is_wanted(const void *ctx, size_t i)
{
    const struct summing *s = ctx;

    return s->wanted[s->o->data->block[i].part];
}

static void sum_block(void *ctx, size_t t, size_t i)
{
    struct summing *s = ctx;
    const dw_dataset *data = s->o->data;
    const dw_fit_block *b;

    if (!is_wanted(s, i) || !dw_dataset_mine(data, i))
        return;
    b = dw_dataset_lend(data, t, i);
    s->rc[i] = b ? dw_objective_block(s->o, s->loss, t, i, b, s->model, NULL,
                                      s->value + i * s->o->heads, NULL)
                 : DW_EIO;
}

static void add_value(const dw_value *v, dw_value *to)
{
    to->value += v->value;
    to->weight += v->weight;
    to->h2 += v->h2;
    to->ds2 += v->ds2;
    to->dtau += v->dtau;
    for (int i = 0; i < 3; i++)
        to->curvature[i] += v->curvature[i];
}

int dw_objective_parts(dw_objective *o, enum dw_loss loss,
                       const dw_model *model, const bool wanted[DW_PARTS],
                       dw_value *sum, dw_err *err)
{
    size_t n = o->data->n, heads = o->heads;
    struct summing s = {.o = o, .loss = loss, .model = model, .wanted = wanted};
    int rc = 0;

    memset(sum, 0, heads * DW_PARTS * sizeof *sum);
    s.value = dw_alloc(n * heads, sizeof *s.value);
    s.rc = dw_alloc(n, sizeof *s.rc);
    dw_dataset_run(
        o->data, o->pool,
        &(dw_pass){.n = n, .asks = is_wanted, .fn = sum_block, .ctx = &s});
    dw_dataset_share(o->data, NULL, n, s.value, heads * sizeof *s.value);
    dw_dataset_share(o->data, NULL, n, s.rc, sizeof *s.rc);
    for (size_t i = 0; i < n && rc == 0; i++) {
        if (s.rc[i] != 0)
            rc = dw_objective_fail(o, i, s.rc[i], model, err);
        for (size_t h = 0; h < heads; h++)
            add_value(&s.value[i * heads + h],
                      &sum[h * DW_PARTS + o->data->block[i].part]);
    }
    dw_free(s.value);
    dw_free(s.rc);
    return rc;
}
