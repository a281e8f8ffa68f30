#include "flow/variances.h"

#include "base/mem.h"
#include "flow/bound_model.h"
#include "input/read_prior.h"
#include "score/track_inputs.h"

struct dw_variances {
    dw_prior *prior; /* NULL: the model's */
    dw_bound_model model;
    size_t threads;
    dw_net_ws **net;         /* (threads) once there is a model */
    dw_track_inputs *tracks; /* (threads) */
};

/* ---- where they come from ---- */

static int use_model(dw_variances *v, dw_err *err)
{
    for (size_t t = 0; t < v->threads; t++)
        if (!(v->net[t] = dw_net_ws_new(&v->model.model.net)))
            return dw_fail(err, DW_ENOMEM, "not enough memory for the model");
    return 0;
}

static int read_given(dw_variances *v, const char *model, const char *prior,
                      dw_err *err)
{
    if (model && prior)
        return dw_fail(err, DW_EUSAGE,
                       "-m and --prior exclude each other: variances come "
                       "from one of them");
    if (prior)
        return (v->prior = dw_prior_read(prior, err)) ? 0 : err->code;
    if (model && dw_bound_model_read(&v->model, model, err) < 0)
        return err->code;
    return model ? use_model(v, err) : 0;
}

dw_variances *dw_variances_new(const char *model, const char *prior,
                               const char *trait, size_t threads, dw_err *err)
{
    dw_variances *v = dw_alloc(1, sizeof *v);

    v->threads = threads;
    v->model.wanted = trait;
    v->net = dw_alloc(threads, sizeof(*v->net));
    v->tracks = dw_alloc(threads, sizeof(*v->tracks));
    if (read_given(v, model, prior, err) == 0)
        return v;
    dw_variances_free(v);
    return NULL;
}

void dw_variances_free(dw_variances *v)
{
    if (!v)
        return;
    for (size_t t = 0; t < v->threads; t++) {
        dw_net_ws_free(v->net[t]);
        dw_track_inputs_clear(&v->tracks[t]);
    }
    dw_free(v->net);
    dw_free(v->tracks);
    dw_prior_free(v->prior);
    dw_bound_model_clear(&v->model);
    dw_free(v);
}

int dw_variances_take(dw_variances *v, dw_source *src, dw_err *err)
{
    int rc = v->prior ? 0 : dw_bound_model_take(&v->model, src, err);

    return rc > 0 ? use_model(v, err) : rc;
}

int dw_variances_bind(dw_variances *v, const dw_head *head, dw_err *err)
{
    if (v->prior)
        return 0;
    if (!v->model.there)
        return dw_fail(err, DW_EUSAGE,
                       "no model before the first block: give one with -m, or "
                       "prior variances with --prior");
    return dw_bound_model_bind(&v->model, head, err);
}

/* ---- what they are ---- */

static const dw_model_trait *trait_of(const dw_variances *v)
{
    return &v->model.model.trait[v->model.trait];
}

const char *dw_variances_trait(const dw_variances *v)
{
    return v->prior ? NULL : trait_of(v)->name;
}

dw_noise dw_variances_noise(const dw_variances *v)
{
    return v->prior ? (dw_noise){1, 0}
                    : (dw_noise){trait_of(v)->s2, trait_of(v)->tau};
}

void dw_variances_spread(const dw_variances *v, double spread[2])
{
    for (int a = 0; a < 2; a++)
        spread[a] = v->prior ? 0 : trait_of(v)->spread[a];
}

double dw_variances_mean(const dw_variances *v)
{
    return v->prior ? dw_prior_mean(v->prior) : trait_of(v)->c;
}

bool dw_variances_look(const dw_variances *v)
{
    return dw_net_looks(&v->model.model.net);
}

int dw_variances_of(const dw_variances *v, size_t thread,
                    const dw_variants *var, dw_tracks *tracks, double *f,
                    dw_err *err)
{
    const dw_model *model = &v->model.model;
    dw_track_inputs *in = &v->tracks[thread];

    if (v->prior) {
        dw_prior_variances(v->prior, var, f);
        return 0;
    }
    if (dw_track_inputs_bind(in, model, var, tracks, err) < 0)
        return err->code;
    dw_model_variances(model, v->model.trait, v->model.column, v->net[thread],
                       var->m, var->annot, var->m, dw_track_inputs_windows(in),
                       f);
    return 0;
}
