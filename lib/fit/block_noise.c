#include "fit/block_noise.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "fit/newton.h"
#include "lik/components.h"

enum { MAX_STEPS = 50, EM_ROUNDS = 1000 };

/* A step that promises less is the last. */
static const double GAIN_ENOUGH = 1e-8;
/* Blocks that differ by less than a thousandth do not differ. */
static const double LEAST_V = 1e-6;

/* Where a block's maximum is, and what it knows of it; doubles only. */
struct found {
    double u[2];    /* 0 where it is the model's */
    double h[2][2]; /* average information, by u; likewise */
    double penalty; /* what log p gains by u, less the penalty and Laplace */
};

struct fit {
    dw_dataset *data;
    size_t trait;
    dw_pool *pool;
    dw_objective *objective;
    dw_model *model;
    bool own[2];
    const double *v;
    dw_components_ws **ws; /* a thread's own, as the next */
    double **gram;         /* (k x k) Q F Q' */
    struct found *found;   /* (n) */
    int *rc;               /* (n) */
};

/* ---- one block ---- */

struct at {
    double value; /* log p less the penalty */
    double g[2], h[2][2], info[2][2];
};

/* log p, its score and information by u. */
static int evaluate(const struct fit *f, dw_components_ws *ws,
                    const double *gram, const dw_fit_trait *t,
                    const double u[2], struct at *at)
{
    const dw_model_trait *of = &f->model->trait[0];
    const double theta[] = {1, of->s2 * exp(u[0]), of->tau * exp(u[1])};
    dw_components c;
    int rc = dw_components_block(ws, t->k, gram, t->lambda, t->y, theta, false,
                                 &c);

    *at = (struct at){.value = c.loglik};
    for (int a = 0; a < 2 && rc == 0; a++) {
        if (!f->own[a])
            continue;
        at->value -= 0.5 * u[a] * u[a] / f->v[a];
        at->g[a] = theta[a + 1] * c.score[a + 1] - u[a] / f->v[a];
        for (int b = 0; b < 2; b++)
            at->info[a][b] = f->own[b] ? theta[a + 1] * theta[b + 1] *
                                             c.average[a + 1][b + 1]
                                       : 0;
        memcpy(at->h[a], at->info[a], sizeof at->h[a]);
        at->h[a][a] += 1 / f->v[a];
    }
    return rc == 0 && !isfinite(at->value) ? DW_EDEGENERATE : rc;
}

/* log det(I + V H); V^1/2 H V^1/2 has the same. */
static double log_volume(const struct fit *f, const double h[2][2])
{
    double d0 = 1 + f->v[0] * h[0][0], d1 = 1 + f->v[1] * h[1][1];

    return log(d0 * d1 - f->v[0] * f->v[1] * h[0][1] * h[1][0]);
}

static int climb(const struct fit *f, dw_components_ws *ws, const double *gram,
                 const dw_fit_trait *t, struct found *out)
{
    double damping = 0, work[4], step[2];
    struct at at, next;
    int rc = evaluate(f, ws, gram, t, out->u, &at);

    for (int i = 0; i < MAX_STEPS && rc == 0 && damping < 1e8; i++) {
        double to[2];

        if (dw_newton_step(2, &at.h[0][0], at.g, damping, 1, work, step) <
            GAIN_ENOUGH)
            break;
        for (int a = 0; a < 2; a++)
            to[a] = out->u[a] + step[a];
        rc = evaluate(f, ws, gram, t, to, &next);
        if (rc == 0 && next.value > at.value) {
            at = next;
            memcpy(out->u, to, sizeof to);
            damping /= 10;
        } else {
            damping = fmax(1e-2, 10 * damping);
        }
    }
    memcpy(out->h, at.info, sizeof out->h);
    out->penalty = -0.5 * log_volume(f, at.info);
    for (int a = 0; a < 2; a++)
        out->penalty -= f->own[a] ? 0.5 * out->u[a] * out->u[a] / f->v[a] : 0;
    return rc;
}

static int find_block(struct fit *f, size_t t, size_t i)
{
    const dw_fit_block *b = dw_dataset_lend(f->data, t, i);
    const dw_fit_trait *of = &f->data->block[i].of[f->trait];
    const dw_own_noise *own = &of->own;
    struct found *found = &f->found[i];
    dw_factor factor;
    dw_gradient g;
    dw_value value;
    int rc;

    if (!b)
        return DW_EIO;
    factor = dw_fit_block_factor(b, f->trait);
    *found = (struct found){
        .u = {f->own[0] ? log(own->s2) : 0, f->own[1] ? log(own->tau) : 0}};
    rc = dw_objective_block(f->objective, DW_LOSS_LIKELIHOOD, t, i, b, f->model,
                            NULL, &value, &g);
    if (rc == 0)
        rc = dw_components_gram(f->ws[t], &factor, g.f, f->gram[t]);
    return rc ? rc : climb(f, f->ws[t], f->gram[t], of, found);
}

static void fit_block(void *ctx, size_t t, size_t i)
{
    struct fit *f = ctx;
    size_t next = i + dw_pool_size(f->pool);

    if (!dw_dataset_mine(f->data, i) || f->data->block[i].of[f->trait].k == 0)
        return;
    if (next < f->data->n)
        dw_dataset_ahead(f->data, next);
    f->rc[i] = find_block(f, t, i);
}

/* ---- all blocks ---- */

static int pass(struct fit *f, dw_keeper *keeper, dw_err *err)
{
    size_t n = f->data->n;
    const dw_piece piece = {(double *)f->found,
                            n * sizeof *f->found / sizeof(double)};

    if (dw_keeper_recall(keeper, &piece, 1))
        return 0;
    dw_pool_for(f->pool, n, fit_block, f);
    dw_dataset_share(f->data, NULL, n, f->found, sizeof *f->found);
    dw_dataset_share(f->data, NULL, n, f->rc, sizeof *f->rc);
    for (size_t i = 0; i < n; i++) {
        if (f->rc[i] != 0)
            return dw_objective_fail(f->objective, i, f->rc[i], f->model, err);
    }
    return dw_keeper_note(keeper, &piece, 1, err);
}

/* What a block knows of u_b: likelihood N(H^-1 r, H^-1). */
struct known {
    double r[2], h[2][2];
};

/* A normal distribution over blocks. */
struct over {
    double mean[2], v[2];
};

/* Mean and variances of u_b by what is known of it and of the blocks; both 0
 * where it has none of its own. */
static void posterior(const struct known *b, const struct over *all,
                      const bool own[2], double mean[2], double var[2])
{
    double p0 = b->h[0][0] + 1 / all->v[0], p1 = b->h[1][1] + 1 / all->v[1];
    double off = b->h[0][1], det = p0 * p1 - off * off;
    double r0 = b->r[0] + all->mean[0] / all->v[0];
    double r1 = b->r[1] + all->mean[1] / all->v[1];

    var[0] = own[0] ? p1 / det : 0;
    var[1] = own[1] ? p0 / det : 0;
    mean[0] = own[0] ? (p1 * r0 - off * r1) / det : 0;
    mean[1] = own[1] ? (p0 * r1 - off * r0) / det : 0;
}

/* One round of EM. */
static void improve_over(const struct known *b, size_t n, const bool own[2],
                         struct over *all)
{
    double sum[2] = {0}, squares[2] = {0};

    for (size_t i = 0; i < n; i++) {
        double mean[2], var[2];

        posterior(&b[i], all, own, mean, var);
        for (int a = 0; a < 2; a++) {
            sum[a] += mean[a];
            squares[a] += mean[a] * mean[a] + var[a];
        }
    }
    for (int a = 0; a < 2; a++) {
        double mean = sum[a] / (double)n;

        if (!own[a])
            continue;
        all->mean[a] = mean;
        all->v[a] = fmax(LEAST_V, squares[a] / (double)n - mean * mean);
    }
}

/* v and the mean of u, which becomes the model's, by what the training blocks
 * know.  At the maximum of the sum the slope of log p is V^-1 u, which says
 * where that of log p would be. */
static void improve(struct fit *f, double v[2])
{
    struct over all = {{0, 0}, {v[0], v[1]}};
    struct known *b = dw_alloc(f->data->n, sizeof *b);
    dw_model_trait *of = &f->model->trait[0];
    size_t n = 0;

    for (size_t i = 0; i < f->data->n; i++) {
        const dw_fit_block *block = &f->data->block[i];
        const struct found *at = &f->found[i];

        if (block->part != DW_PART_TRAIN || block->of[f->trait].k == 0)
            continue;
        memcpy(b[n].h, at->h, sizeof at->h);
        for (int a = 0; a < 2; a++)
            b[n].r[a] = at->h[a][0] * at->u[0] + at->h[a][1] * at->u[1] +
                        at->u[a] / v[a];
        n++;
    }
    for (int round = 0; round < EM_ROUNDS; round++)
        improve_over(b, n, f->own, &all);
    memcpy(v, all.v, sizeof all.v);
    of->s2 *= exp(all.mean[0]);
    of->tau *= exp(all.mean[1]);
    for (size_t i = 0; i < f->data->n; i++) {
        for (int a = 0; a < 2; a++)
            f->found[i].u[a] -= all.mean[a];
    }
    dw_free(b);
}

/* ---- the whole ---- */

static int make_workspaces(struct fit *f, dw_err *err)
{
    size_t k = f->data->max_k;

    for (size_t t = 0; t < dw_pool_size(f->pool); t++) {
        f->ws[t] = dw_components_ws_new(k);
        f->gram[t] = dw_try_alloc(k, k * sizeof(double));
        if (!f->ws[t] || !f->gram[t])
            return dw_fail(err, DW_ENOMEM, "no memory for blocks of rank %zu",
                           k);
    }
    return 0;
}

int dw_block_noise_fit(dw_dataset *data, size_t trait, dw_pool *pool,
                       dw_keeper *keeper, dw_objective *o,
                       dw_model *model, const dw_fit_noise *noise,
                       double v[2], bool improves, dw_err *err)
{
    struct fit f = {.data = data,
                    .trait = trait,
                    .pool = pool,
                    .objective = o,
                    .model = model,
                    .own = {noise->block_s2, noise->block_tau},
                    .v = v,
                    .ws = dw_alloc(dw_pool_size(pool), sizeof *f.ws),
                    .gram = dw_alloc(dw_pool_size(pool), sizeof *f.gram),
                    .found = dw_alloc(data->n, sizeof *f.found),
                    .rc = dw_alloc(data->n, sizeof *f.rc)};
    int rc = make_workspaces(&f, err);

    if (rc == 0)
        rc = pass(&f, keeper, err);
    if (rc == 0 && improves)
        improve(&f, v);
    for (size_t i = 0; i < data->n && rc == 0; i++)
        data->block[i].of[trait].own =
            (dw_own_noise){exp(f.found[i].u[0]), exp(f.found[i].u[1]),
                           f.found[i].penalty};
    for (size_t t = 0; t < dw_pool_size(pool); t++) {
        dw_components_ws_free(f.ws[t]);
        dw_free(f.gram[t]);
    }
    dw_free(f.ws);
    dw_free(f.gram);
    dw_free(f.found);
    dw_free(f.rc);
    return rc;
}
