#include "fit/grams.h"

#include <math.h>

#include "base/mem.h"

enum { N = DW_COMPONENTS_N };

/* Without flanks and without missing z, Q Q' = L: S is diagonal. */
static bool is_diagonal(const dw_fit_block *b, const dw_fit_trait *t)
{
    return b->l == b->m && t->n_observed == b->l;
}

static void diagonal_block(const dw_fit_trait *b, const double theta[N],
                           dw_components *out)
{
    const double log_2pi = 1.83787706640934548356;

    *out = (dw_components){0};
    for (size_t i = 0; i < b->k; i++) {
        double d[N] = {b->n * b->lambda[i], 1, 1 / b->lambda[i]};
        double s = theta[0] * d[0] + theta[1] * d[1] + theta[2] * d[2];
        double v = b->y[i] / s;

        out->loglik -= 0.5 * (log(s) + v * b->y[i] + log_2pi);
        for (int a = 0; a < N; a++) {
            out->score[a] += 0.5 * d[a] * (v * v - 1 / s);
            for (int c = 0; c < N; c++) {
                out->average[a][c] += 0.5 * d[a] * d[c] * v * v / s;
                out->expected[a][c] += 0.5 * d[a] * d[c] / (s * s);
            }
        }
    }
}

/* G = N Q Q', where it is kept or in the thread's own. */
static int make_gram(dw_grams *all, size_t t, size_t i, const dw_fit_block *b,
                     const double **g)
{
    dw_factor factor = dw_fit_block_factor(b, all->trait);
    double *to = all->kept[i] ? all->kept[i] : all->gram[t];

    *g = to;
    for (size_t j = 0; j < b->m; j++)
        all->ones[t][j] = b->of[all->trait].n;
    return dw_components_gram(all->ws[t], &factor, all->ones[t], to);
}

bool dw_grams_mine(const dw_grams *g, size_t i)
{
    return dw_dataset_mine(g->data, g->train[i]);
}

/* Is a block's own Gram matrix there?  A diagonal of 0 is one not yet made. */
static bool is_made(const dw_grams *g, size_t i)
{
    return g->kept[i] && g->kept[i][0] > 0;
}

bool dw_grams_asks(const dw_grams *g, size_t i)
{
    const dw_fit_block *b = &g->data->block[g->train[i]];

    return !is_diagonal(b, &b->of[g->trait]) && !is_made(g, i);
}

int dw_grams_lend(dw_grams *g, size_t t, size_t i, dw_gram *out)
{
    const dw_fit_block *b = &g->data->block[g->train[i]];

    *out = (dw_gram){&b->of[g->trait], g->kept[i]};
    if (!dw_grams_asks(g, i))
        return 0;
    b = dw_dataset_lend(g->data, t, g->train[i]);
    return b ? make_gram(g, t, i, b, &out->g) : DW_EIO;
}

int dw_grams_block(dw_grams *g, size_t t, const dw_gram *b,
                   const double theta[N], const dw_own_noise *own,
                   bool expected, double at[N], dw_components *out)
{
    const dw_fit_trait *of = b->of;
    int rc = 0;

    at[0] = theta[0];
    for (int a = 1; a < N; a++)
        at[a] = theta[a] * exp(own->u[a - 1]);
    if (b->g)
        rc = dw_components_block(g->ws[t], of->k, b->g, of->lambda, of->y, at,
                                 expected, out);
    else
        diagonal_block(of, at, out);
    out->loglik += own->evidence;
    return rc;
}

int dw_grams_fail(const dw_grams *g, size_t i, int rc, const double theta[N],
                  dw_err *err)
{
    char name[DW_FIT_BLOCK_NAME];

    if (rc == DW_EIO)
        return dw_dataset_fail(g->data, g->train[i], err);
    dw_fit_block_name(&g->data->block[g->train[i]], name);
    return dw_fail(err, DW_EDEGENERATE,
                   "%s has no finite likelihood at a variance of %g, s2 %g, "
                   "tau %g",
                   name, theta[0], theta[1], theta[2]);
}

/* A gram is kept where it is no larger than the float32 Q of its block, and
 * while there is room: the bytes of block i if it is, else 0. */
static size_t worth_keeping(const dw_dataset *data, size_t trait, size_t i,
                            size_t so_far)
{
    const dw_fit_block *b = &data->block[i];
    const dw_fit_trait *t = &b->of[trait];
    size_t bytes = t->k * t->k * sizeof(double);

    if (b->part != DW_PART_TRAIN || is_diagonal(b, t) || 2 * t->k > b->m ||
        !dw_dataset_mine(data, i) ||
        (data->room && data->bytes + so_far + bytes > data->room))
        return 0;
    return bytes;
}

size_t dw_grams_kept(const dw_dataset *data, size_t trait)
{
    size_t bytes = 0;

    for (size_t i = 0; i < data->n; i++)
        bytes += worth_keeping(data, trait, i, bytes);
    return bytes;
}

int dw_grams_open(dw_grams *g, dw_err *err)
{
    const dw_dataset *data = g->data;
    size_t n_threads = dw_pool_size(g->pool), k = data->max_k;
    size_t kept = 0;

    g->train = dw_alloc(data->n, sizeof *g->train);
    for (size_t i = 0; i < data->n; i++) {
        const dw_fit_block *b = &data->block[i];

        if (b->part == DW_PART_TRAIN && b->of[g->trait].k)
            g->train[g->n++] = i;
    }
    g->ws = dw_alloc(n_threads, sizeof *g->ws);
    g->gram = dw_alloc(n_threads, sizeof *g->gram);
    g->ones = dw_alloc(n_threads, sizeof *g->ones);
    g->kept = dw_alloc(g->n, sizeof *g->kept);
    for (size_t t = 0; t < n_threads; t++) {
        g->ws[t] = dw_components_ws_new(k);
        g->gram[t] = dw_try_alloc(k, k * sizeof(double));
        g->ones[t] = dw_try_alloc(data->max_m, sizeof(double));
        if (!g->ws[t] || !g->gram[t] || !g->ones[t])
            return dw_fail(err, DW_ENOMEM, "no memory for blocks of rank %zu",
                           k);
    }
    for (size_t i = 0; i < g->n; i++) {
        size_t bytes = worth_keeping(data, g->trait, g->train[i], kept);

        g->kept[i] = bytes ? dw_try_alloc(bytes, 1) : NULL;
        kept += bytes;
    }
    return 0;
}

void dw_grams_close(dw_grams *g)
{
    for (size_t t = 0; t < dw_pool_size(g->pool); t++) {
        dw_components_ws_free(g->ws[t]);
        dw_free(g->gram[t]);
        dw_free(g->ones[t]);
    }
    for (size_t i = 0; i < g->n; i++)
        dw_free(g->kept[i]);
    dw_free(g->train);
    dw_free(g->ws);
    dw_free(g->gram);
    dw_free(g->ones);
    dw_free(g->kept);
}
