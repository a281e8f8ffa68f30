#include "score/predict.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "lik/posterior.h"
#include "score/block_lik.h"
#include "score/track_inputs.h"

struct member {
    dw_predictor of;
    dw_net_ws *net; /* NULL until it is first asked for */
    dw_track_inputs tracks;
};

struct dw_predict_ws {
    struct member *member;
    size_t n_members;
    dw_noise noise;
    double spread[2];
    dw_block_lik lik;
    double *big_f; /* (m) F_j = N f_j */
    double *one;   /* (cap_one) f_j of one member of several */
    size_t cap_one;
};

void dw_prediction_clear(dw_prediction *p)
{
    dw_free(p->f);
    dw_free(p->mean);
    dw_free(p->sd);
    dw_free(p->w);
    *p = (dw_prediction){0};
}

dw_predict_ws *dw_predict_ws_new(const dw_predictor *of, size_t n)
{
    dw_predict_ws *ws = dw_alloc(1, sizeof *ws);

    ws->member = dw_alloc(n, sizeof *ws->member);
    ws->n_members = n;
    for (size_t i = 0; i < n; i++) {
        const dw_model_trait *trait = &of[i].model->trait[of[i].head];

        ws->member[i].of = of[i];
        ws->noise.s2 += trait->s2 / (double)n;
        ws->noise.tau += trait->tau / (double)n;
        for (size_t a = 0; a < 2; a++)
            ws->spread[a] += trait->spread[a] / (double)n;
    }
    return ws;
}

dw_noise dw_predict_noise(const dw_predict_ws *ws, double spread[2])
{
    memcpy(spread, ws->spread, sizeof ws->spread);
    return ws->noise;
}

static void release(dw_predict_ws *ws)
{
    dw_block_lik_clear(&ws->lik);
    dw_free(ws->big_f);
    ws->big_f = NULL;
}

void dw_predict_ws_free(dw_predict_ws *ws)
{
    if (!ws)
        return;
    release(ws);
    for (size_t i = 0; i < ws->n_members; i++) {
        dw_net_ws_free(ws->member[i].net);
        dw_track_inputs_clear(&ws->member[i].tracks);
    }
    dw_free(ws->member);
    dw_free(ws->one);
    dw_free(ws);
}

/* ---- room ---- */

static int no_memory(size_t m, dw_err *err)
{
    return dw_fail(err, DW_ENOMEM, "not enough memory for %zu variants", m);
}

static int fit_workspace(dw_predict_ws *ws, size_t m, size_t k, dw_err *err)
{
    int rc = dw_block_lik_fit(&ws->lik, m, k, NULL);

    if (rc > 0) {
        dw_free(ws->big_f);
        ws->big_f = dw_try_alloc(ws->lik.max_m, sizeof *ws->big_f);
        if (ws->big_f)
            return 0;
        release(ws);
    }
    return rc == 0 ? 0 : no_memory(m, err);
}

static int fit_prediction(dw_prediction *p, size_t m, dw_err *err)
{
    if (p->f && m <= p->cap)
        return 0;
    dw_prediction_clear(p);
    p->f = dw_try_alloc(m, sizeof *p->f);
    p->mean = dw_try_alloc(m, sizeof *p->mean);
    p->sd = dw_try_alloc(m, sizeof *p->sd);
    p->w = dw_try_alloc(m, sizeof *p->w);
    if (!p->f || !p->mean || !p->sd || !p->w) {
        dw_prediction_clear(p);
        return no_memory(m, err);
    }
    p->cap = m;
    return 0;
}

/* ---- predictions ---- */

/* f (m) <- the variances of one model. */
static int ask(struct member *a, const dw_variants *var,
               const dw_tracks *tracks, double *f, dw_err *err)
{
    const dw_predictor *of = &a->of;

    if (!a->net && !(a->net = dw_net_ws_new(&of->model->net)))
        return no_memory(var->m, err);
    if (dw_track_inputs_bind(&a->tracks, of->model, var, tracks, err) < 0)
        return err->code;
    dw_model_variances(of->model, of->head, of->column, a->net, var->m,
                       var->annot, var->m, dw_track_inputs_windows(&a->tracks),
                       f);
    return 0;
}

static int fit_one(dw_predict_ws *ws, size_t m, dw_err *err)
{
    if (ws->n_members == 1 || (ws->one && m <= ws->cap_one))
        return 0;
    dw_free(ws->one);
    ws->one = dw_try_alloc(m, sizeof *ws->one);
    ws->cap_one = m;
    return ws->one ? 0 : no_memory(m, err);
}

int dw_predict_prior(dw_predict_ws *ws, const dw_variants *var,
                     const dw_tracks *tracks, dw_prediction *out, dw_err *err)
{
    const size_t n = ws->n_members;

    if (fit_prediction(out, var->m, err) < 0 || fit_one(ws, var->m, err) < 0)
        return err->code;
    out->begin = 0;
    out->end = var->m;
    for (size_t i = 0; i < n; i++) {
        double *f = i == 0 ? out->f : ws->one;

        if (ask(&ws->member[i], var, tracks, f, err) < 0)
            return err->code;
        for (size_t j = 0; j < var->m && i > 0; j++)
            out->f[j] += f[j];
    }
    for (size_t j = 0; j < var->m; j++) {
        out->f[j] /= (double)n;
        out->mean[j] = out->sd[j] = out->w[j] = NAN;
    }
    return 0;
}

/* What a kernel returned, in words. */
static int tell(int rc, dw_noise noise, dw_err *err)
{
    if (rc > 0 || rc == DW_EDEGENERATE)
        return dw_fail(err, DW_EDEGENERATE,
                       "the model's variances (s2 %g, tau %g) give no "
                       "posterior here",
                       noise.s2, noise.tau);
    return dw_block_lik_fault(rc, err);
}

/* Posterior moments of sqrt(N) b, to those of b and of an allele's effect.
 * Rounding can leave a variance below 0. */
static void scale(const dw_variants *var, double n, dw_prediction *out)
{
    for (size_t j = 0; j < var->m; j++) {
        double q = var->eaf[j], variance = 2 * q * (1 - q);

        out->mean[j] /= sqrt(n);
        out->sd[j] = sqrt(fmax(0, out->sd[j]) / n);
        out->w[j] = variance > 0 ? out->mean[j] / sqrt(variance) : NAN;
    }
}

int dw_predict_block(dw_predict_ws *ws, const dw_variants *var,
                     const dw_tracks *tracks, const dw_ldblock *ld,
                     size_t trait, double n, dw_prediction *out, dw_err *err)
{
    dw_noise noise = ws->noise;
    dw_factor factor;
    double evidence;
    int rc;

    if (dw_predict_prior(ws, var, tracks, out, err) < 0 ||
        fit_workspace(ws, ld->m, ld->k, err) < 0)
        return err->code;
    out->begin = ld->core;
    out->end = ld->core + ld->l;
    for (size_t j = 0; j < ld->m; j++)
        ws->big_f[j] = n * out->f[j];
    rc = dw_block_lik_observe(&ws->lik, ld, var->z + trait * var->m + ld->core,
                              &factor, NULL);
    if (rc == 0)
        rc = dw_block_lik_noise(&ws->lik, &factor, ws->big_f, ws->spread,
                                &noise, &evidence);
    if (rc == 0)
        rc = dw_posterior_block(ws->lik.marginal, &factor, ws->big_f, noise,
                                out->mean, out->sd, NULL);
    if (rc == 0)
        scale(var, n, out);
    return tell(rc, ws->noise, err);
}
