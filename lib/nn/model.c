#include "nn/model.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

void dw_model_clear(dw_model *model)
{
    if (!model)
        return;
    for (size_t i = 0; i < model->n_inputs; i++)
        dw_free(model->input[i].name);
    dw_free(model->input);
    dw_free(model->param);
    for (size_t i = 0; i < model->n_traits; i++)
        dw_free(model->trait[i].name);
    dw_free(model->trait);
    *model = (dw_model){0};
}

dw_model_trait *dw_model_add_trait(dw_model *model, const char *name)
{
    dw_model_trait *more = dw_alloc(model->n_traits + 1, sizeof *more);

    if (model->n_traits)
        memcpy(more, model->trait, model->n_traits * sizeof *more);
    dw_free(model->trait);
    model->trait = more;
    more[model->n_traits].name = dw_strdup(name);
    return &more[model->n_traits++];
}

int dw_model_shape(dw_model *model, const char *spec, dw_err *err)
{
    dw_real *param;
    size_t n;

    if (dw_net_parse(&model->net, spec, model->n_inputs, err) < 0)
        return err->code;
    model->net.heads = model->n_traits;
    n = dw_net_n_params(&model->net);
    param = dw_try_alloc(n, sizeof *param);
    if (!param)
        return dw_fail(err, DW_ENOMEM, "no memory for %zu parameters", n);
    dw_free(model->param);
    model->param = param;
    return 0;
}

int dw_model_bind(const dw_model *model, size_t n, const char *const *name,
                  size_t *column, dw_err *err)
{
    for (size_t i = 0; i < model->n_inputs; i++) {
        const char *want = model->input[i].name;
        const char *near;

        column[i] = 0;
        while (column[i] < n && strcmp(name[column[i]], want) != 0)
            column[i]++;
        if (column[i] < n)
            continue;
        near = dw_text_nearest(want, name, n);
        return dw_fail(err, DW_EMISMATCH,
                       "the model needs annotation \"%s\", which the stream "
                       "does not have%s%s%s; dw-ingest --add adds one",
                       want, near ? " (it has \"" : "", near ? near : "",
                       near ? "\")" : "");
    }
    return 0;
}

void dw_model_inputs(const dw_model *model, const size_t *column, size_t m,
                     const float *annot, size_t ld, dw_real *x)
{
    size_t p = model->n_inputs;

    for (size_t i = 0; i < p; i++) {
        const dw_input *in = &model->input[i];
        const float *v = annot + column[i] * ld;
        double scale = 1 / in->sd;

        for (size_t j = 0; j < m; j++) {
            double raw = in->missing ? isnan(v[j]) : v[j];

            x[i + j * p] = (dw_real)(isnan(raw) ? 0 : (raw - in->mean) * scale);
        }
    }
}

void dw_model_link(const dw_model *model, size_t trait, size_t m,
                   const dw_real *a, double *f)
{
    double c = model->trait[trait].c;

    for (size_t j = 0; j < m; j++)
        f[j] = c * dw_link_value(model->link, a[trait + j * model->net.heads]);
}

/* In tiles, so that the inputs need no memory that grows with m. */
void dw_model_variances(const dw_model *model, size_t trait,
                        const size_t *column, dw_net_ws *ws, size_t m,
                        const float *annot, size_t ld, double *f)
{
    enum { TILE = 512 };
    dw_real *x = dw_alloc(model->n_inputs, TILE * sizeof *x);
    dw_real *a = dw_alloc(model->net.heads, TILE * sizeof *a);

    for (size_t at = 0; at < m; at += TILE) {
        size_t n = m - at < TILE ? m - at : TILE;

        dw_model_inputs(model, column, n, annot + at, ld, x);
        dw_net_forward(&model->net, ws, model->param, n, x, NULL, a);
        dw_model_link(model, trait, n, a, f + at);
    }
    dw_free(x);
    dw_free(a);
}
