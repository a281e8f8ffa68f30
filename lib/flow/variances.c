#include "flow/variances.h"

#include <string.h>

#include "base/mem.h"
#include "flow/bound_model.h"
#include "input/read_prior.h"
#include "score/predict.h"

struct dw_variances {
    dw_prior *prior;       /* NULL: the models' */
    dw_bound_model *model; /* (n_models), one at least; empty at first */
    size_t n_models;
    size_t threads;
    dw_predict_ws **ws;        /* (threads) once there is a model */
    dw_prediction *prediction; /* (threads) */
};

/* ---- where they come from ---- */

static void use_models(dw_variances *v)
{
    dw_predictor *of = dw_alloc(v->n_models, sizeof *of);

    for (size_t i = 0; i < v->n_models; i++)
        of[i] = (dw_predictor){&v->model[i].model, v->model[i].trait,
                               v->model[i].column};
    for (size_t t = 0; t < v->threads; t++)
        v->ws[t] = dw_predict_ws_new(of, v->n_models);
    dw_free(of);
}

static int read_given(dw_variances *v, const char *const *model, size_t n,
                      const char *prior, const char *trait, dw_err *err)
{
    if (n && prior)
        return dw_fail(err, DW_EUSAGE,
                       "-m and --prior exclude each other: variances come "
                       "from one of them");
    if (prior && !(v->prior = dw_prior_read(prior, err)))
        return err->code;
    return dw_bound_models_read(model, n, trait, &v->model, err);
}

dw_variances *dw_variances_new(const char *const *model, size_t n,
                               const char *prior, const char *trait,
                               size_t threads, dw_err *err)
{
    dw_variances *v = dw_alloc(1, sizeof *v);

    v->threads = threads;
    v->n_models = n ? n : 1;
    v->ws = dw_alloc(threads, sizeof(*v->ws));
    v->prediction = dw_alloc(threads, sizeof *v->prediction);
    if (read_given(v, model, n, prior, trait, err) == 0)
        return v;
    dw_variances_free(v);
    return NULL;
}

void dw_variances_free(dw_variances *v)
{
    if (!v)
        return;
    for (size_t t = 0; t < v->threads; t++) {
        dw_predict_ws_free(v->ws[t]);
        dw_prediction_clear(&v->prediction[t]);
    }
    dw_free(v->ws);
    dw_free(v->prediction);
    dw_prior_free(v->prior);
    dw_bound_models_free(v->model, v->n_models);
    dw_free(v);
}

int dw_variances_take(dw_variances *v, dw_source *src, dw_err *err)
{
    int rc = v->prior ? 0 : dw_bound_model_take(v->model, src, err);

    return rc < 0 ? rc : 0;
}

int dw_variances_bind(dw_variances *v, const dw_head *head, dw_err *err)
{
    if (v->prior)
        return 0;
    if (!v->model->there)
        return dw_fail(err, DW_EUSAGE,
                       "no model before the first block: give one with -m, or "
                       "prior variances with --prior");
    for (size_t i = 0; i < v->n_models; i++) {
        if (dw_bound_model_bind(&v->model[i], head, err) < 0)
            return err->code;
    }
    if (!v->ws[0])
        use_models(v);
    return 0;
}

/* ---- what they are ---- */

const char *dw_variances_trait(const dw_variances *v)
{
    return v->prior ? NULL : v->model->model.trait[v->model->trait].name;
}

dw_noise dw_variances_noise(const dw_variances *v, double spread[2])
{
    memset(spread, 0, 2 * sizeof *spread);
    return v->prior ? (dw_noise){1, 0} : dw_predict_noise(v->ws[0], spread);
}

double dw_variances_mean(const dw_variances *v)
{
    double sum = 0;

    if (v->prior)
        return dw_prior_mean(v->prior);
    for (size_t i = 0; i < v->n_models; i++)
        sum += v->model[i].model.trait[v->model[i].trait].c;
    return sum / (double)v->n_models;
}

bool dw_variances_look(const dw_variances *v)
{
    for (size_t i = 0; i < v->n_models; i++) {
        if (dw_net_looks(&v->model[i].model.net))
            return true;
    }
    return false;
}

int dw_variances_of(const dw_variances *v, size_t thread,
                    const dw_variants *var, dw_tracks *tracks, double *f,
                    dw_err *err)
{
    dw_prediction *p = &v->prediction[thread];

    if (v->prior) {
        dw_prior_variances(v->prior, var, f);
        return 0;
    }
    if (dw_predict_prior(v->ws[thread], var, tracks, p, err) < 0)
        return err->code;
    memcpy(f, p->f, var->m * sizeof *f);
    return 0;
}
