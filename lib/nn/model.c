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
    for (size_t i = 0; i < model->n_tracks; i++)
        dw_free(model->track[i].name);
    dw_free(model->track);
    dw_free(model->param);
    for (size_t i = 0; i < model->n_traits; i++)
        dw_free(model->trait[i].name);
    dw_free(model->trait);
    *model = (dw_model){0};
}

dw_model_trait *dw_model_add_trait(dw_model *model, const char *name)
{
    model->trait =
        dw_realloc(model->trait, model->n_traits + 1, sizeof *model->trait);
    model->trait[model->n_traits] = (dw_model_trait){.name = dw_strdup(name)};
    return &model->trait[model->n_traits++];
}

void dw_model_add_track(dw_model *model, const char *name, double mean,
                        double sd)
{
    model->track =
        dw_realloc(model->track, model->n_tracks + 1, sizeof *model->track);
    model->track[model->n_tracks++] =
        (dw_model_track){dw_strdup(name), mean, sd};
}

int dw_model_net(const dw_model *model, const char *spec, dw_net *net,
                 dw_err *err)
{
    if (dw_net_parse(net, spec, model->n_inputs, err) < 0)
        return err->code;
    net->heads = model->n_traits;
    if (!dw_net_looks(net))
        return 0;
    return dw_net_set_tracks(net, model->n_tracks, model->window, model->bin,
                             err);
}

int dw_model_shape(dw_model *model, const char *spec, dw_err *err)
{
    dw_real *param;
    dw_net net;
    size_t n;

    if (dw_model_net(model, spec, &net, err) < 0)
        return err->code;
    n = dw_net_n_params(&net);
    param = dw_try_alloc(n, sizeof *param);
    if (!param)
        return dw_fail(err, DW_ENOMEM, "no memory for %zu parameters", n);
    dw_free(model->param);
    model->param = param;
    model->net = net;
    return 0;
}

/* *at <- where `want` stands among n names; `what` it is, for the message. */
static int find(const char *what, const char *want, size_t n,
                const char *const *name, size_t *at, dw_err *err)
{
    const char *near;

    for (*at = 0; *at < n; ++*at) {
        if (strcmp(name[*at], want) == 0)
            return 0;
    }
    near = dw_text_nearest(want, name, n);
    return dw_fail(err, DW_EMISMATCH,
                   "the model needs %s \"%s\", which the stream does not "
                   "have%s%s%s; dw-ingest --add adds one",
                   what, want, near ? " (it has \"" : "", near ? near : "",
                   near ? "\")" : "");
}

int dw_model_bind(const dw_model *model, size_t n, const char *const *name,
                  size_t *column, dw_err *err)
{
    int rc = 0;

    for (size_t i = 0; i < model->n_inputs && rc == 0; i++)
        rc = find("annotation", model->input[i].name, n, name, &column[i], err);
    return rc;
}

int dw_model_bind_tracks(const dw_model *model, size_t n,
                         const char *const *name, size_t window, size_t *which,
                         dw_err *err)
{
    int rc = 0;

    for (size_t i = 0; i < model->n_tracks && rc == 0; i++)
        rc = find("track", model->track[i].name, n, name, &which[i], err);
    if (rc == 0 && window < model->net.window)
        rc = dw_fail(err, DW_EMISMATCH,
                     "the model looks at windows of %zu bases, and the stream "
                     "holds what windows of %zu need: dw-ingest "
                     "--track-window makes them wider",
                     model->net.window, window);
    return rc;
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

/* Windows of a piece of the variants. */
struct piece {
    dw_net_windows all;
    size_t begin;
};

static void cut_piece(void *ctx, size_t at, size_t n, dw_real *to)
{
    const struct piece *piece = ctx;

    piece->all.cut(piece->all.ctx, piece->begin + at, n, to);
}

/* In tiles, so that the inputs need no memory that grows with m. */
void dw_model_variances(const dw_model *model, size_t trait,
                        const size_t *column, dw_net_ws *ws, size_t m,
                        const float *annot, size_t ld, dw_net_windows windows,
                        double *f)
{
    enum { TILE = 512 };
    struct piece piece = {.all = windows};
    dw_real *x = dw_alloc(model->n_inputs, TILE * sizeof *x);
    dw_real *a = dw_alloc(model->net.heads, TILE * sizeof *a);

    for (size_t at = 0; at < m; at += TILE) {
        size_t n = m - at < TILE ? m - at : TILE;
        dw_net_input in = {x, {cut_piece, &piece}};

        piece.begin = at;
        dw_model_inputs(model, column, n, annot + at, ld, x);
        dw_net_forward(&model->net, ws, model->param, n, &in, NULL, a);
        dw_model_link(model, trait, n, a, f + at);
    }
    dw_free(x);
    dw_free(a);
}
