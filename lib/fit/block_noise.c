#include "fit/block_noise.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "lik/own_noise.h"

/* Blocks that differ by a thousandth do not differ. */
static const double LEAST_V = 1e-6;

struct fit {
    dw_dataset *data;
    size_t trait;
    dw_pool *pool;
    dw_objective *objective;
    dw_model *model;
    dw_own_noise_ws **ws; /* a thread's own */
    dw_own_noise *found;  /* (n) */
    int *rc;              /* (n) */
};

/* ---- blocks ---- */

static int find_block(struct fit *f, size_t t, size_t i)
{
    const dw_fit_block *b = dw_dataset_lend(f->data, t, i);
    const dw_model_trait *of = &f->model->trait[0];
    dw_factor factor;
    dw_gradient g;
    dw_value value;
    int rc;

    if (!b)
        return DW_EIO;
    factor = dw_fit_block_factor(b, f->trait);
    f->found[i] = b->of[f->trait].own;
    rc = dw_objective_block(f->objective, DW_LOSS_LIKELIHOOD, t, i, b, f->model,
                            NULL, &value, &g);
    return rc ? rc
              : dw_own_noise_find(f->ws[t], &factor, g.f,
                                  (dw_noise){of->s2, of->tau}, of->spread,
                                  &f->found[i]);
}

static bool counts(const void *ctx, size_t i)
{
    const struct fit *f = ctx;

    return f->data->block[i].of[f->trait].k > 0;
}

static void fit_block(void *ctx, size_t t, size_t i)
{
    struct fit *f = ctx;

    if (!dw_dataset_mine(f->data, i) || !counts(f, i))
        return;
    f->rc[i] = find_block(f, t, i);
}

static int pass(struct fit *f, dw_keeper *keeper, dw_err *err)
{
    size_t n = f->data->n;
    const dw_piece piece = {(double *)f->found,
                            n * sizeof *f->found / sizeof(double)};

    if (dw_keeper_recall(keeper, &piece, 1))
        return 0;
    dw_dataset_run(
        f->data, f->pool,
        &(dw_pass){.n = n, .asks = counts, .fn = fit_block, .ctx = f});
    dw_dataset_share(f->data, NULL, n, f->found, sizeof *f->found);
    dw_dataset_share(f->data, NULL, n, f->rc, sizeof *f->rc);
    for (size_t i = 0; i < n; i++) {
        if (f->rc[i] != 0)
            return dw_objective_fail(f->objective, i, f->rc[i], f->model, err);
    }
    return dw_keeper_note(keeper, &piece, 1, err);
}

/* ---- what they have in common ---- */

/* A step of EM: the mean of u over the training blocks becomes the model's, its
 * variance, and what is not known of it, are v. */
static void improve_model(struct fit *f)
{
    dw_model_trait *of = &f->model->trait[0];
    double mean[2] = {0}, square[2] = {0}, n = 0;

    for (size_t i = 0; i < f->data->n; i++) {
        const dw_own_noise *b = &f->found[i];
        double var[2];

        if (f->data->block[i].part != DW_PART_TRAIN || !counts(f, i))
            continue;
        n++;
        dw_own_noise_variance(b, of->spread, var);
        for (int a = 0; a < 2; a++) {
            mean[a] += b->u[a];
            square[a] += b->u[a] * b->u[a] + var[a];
        }
    }
    for (int a = 0; a < 2; a++) {
        mean[a] /= n;
        if (of->spread[a] > 0)
            of->spread[a] = fmax(LEAST_V, square[a] / n - mean[a] * mean[a]);
    }
    of->s2 *= exp(mean[0]);
    of->tau *= exp(mean[1]);
    for (size_t i = 0; i < f->data->n; i++) {
        for (int a = 0; a < 2; a++)
            f->found[i].u[a] -= mean[a];
    }
}

/* ---- the whole ---- */

static int make_workspaces(struct fit *f, dw_err *err)
{
    size_t k = f->data->max_k;

    for (size_t t = 0; t < dw_pool_size(f->pool); t++) {
        if (!(f->ws[t] = dw_own_noise_ws_new(k)))
            return dw_fail(err, DW_ENOMEM, "no memory for blocks of rank %zu",
                           k);
    }
    return 0;
}

int dw_block_noise_fit(dw_dataset *data, size_t trait, dw_pool *pool,
                       dw_keeper *keeper, dw_objective *o, dw_model *model,
                       bool improve, dw_err *err)
{
    struct fit f = {.data = data,
                    .trait = trait,
                    .pool = pool,
                    .objective = o,
                    .model = model,
                    .ws = dw_alloc(dw_pool_size(pool), sizeof(*f.ws)),
                    .found = dw_alloc(data->n, sizeof *f.found),
                    .rc = dw_alloc(data->n, sizeof *f.rc)};
    int rc = make_workspaces(&f, err);

    if (rc == 0)
        rc = pass(&f, keeper, err);
    if (rc == 0 && improve)
        improve_model(&f);
    for (size_t i = 0; i < data->n && rc == 0; i++)
        data->block[i].of[trait].own = f.found[i];
    for (size_t t = 0; t < dw_pool_size(pool); t++)
        dw_own_noise_ws_free(f.ws[t]);
    dw_free(f.ws);
    dw_free(f.found);
    dw_free(f.rc);
    return rc;
}
