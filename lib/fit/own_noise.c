#include "fit/own_noise.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "fit/grams.h"
#include "fit/newton.h"

enum { N = DW_COMPONENTS_N, ROUNDS = 20, STEPS = 30 };

/* Where sd begins; below the least, 1 %, blocks do not differ. */
static const double SD_START = 0.5, SD_LEAST = 0.01, SD_RATIO = 1.05;
/* A step that promises less is the last. */
static const double GAIN_ENOUGH = 1e-4;
/* More than that is no noise: a factor of 150. */
static const double LARGEST = 5;

struct found {
    double u[2], var[2]; /* and posterior variances */
};

struct fit {
    dw_grams grams;
    double theta[N], sd[2]; /* sd 0: all blocks have the common one */
    struct found *found;    /* (n) */
    int *rc;                /* (n) */
};

/* ---- one block ---- */

/* Log likelihood plus log prior, with derivatives by u. */
struct point {
    double value, g[2], h[2 * 2];
};

static int evaluate(struct fit *f, size_t t, const dw_gram *b,
                    const double u[2], struct point *at)
{
    double theta[N];
    dw_components c = {0};
    int rc = dw_grams_block(&f->grams, t, b, f->theta, u, false, theta, &c);

    *at = (struct point){.value = c.loglik};
    for (int a = 0; a < 2 && rc == 0; a++) {
        double precision = f->sd[a] > 0 ? 1 / (f->sd[a] * f->sd[a]) : 0;

        if (precision == 0)
            continue;
        at->value -= 0.5 * precision * u[a] * u[a];
        at->g[a] = theta[1 + a] * c.score[1 + a] - precision * u[a];
        for (int d = 0; d < 2; d++) {
            if (f->sd[d] > 0)
                at->h[a + 2 * d] =
                    theta[1 + a] * theta[1 + d] * c.average[1 + a][1 + d];
        }
        at->h[a + 2 * a] += precision;
    }
    return rc == 0 && !isfinite(at->value) ? DW_EDEGENERATE : rc;
}

/* Newton's method with the average information, from where u is. */
static int climb(struct fit *f, size_t t, const dw_gram *b, double u[2],
                 struct point *at)
{
    double damping = 0.01, work[2 * 2], step[2];
    int rc = evaluate(f, t, b, u, at);

    for (int i = 0; i < STEPS && rc == 0 && damping < 1e8; i++) {
        struct point next;
        double to[2];

        if (dw_newton_step(2, at->h, at->g, damping, 1, work, step) <
            GAIN_ENOUGH)
            break;
        for (int a = 0; a < 2; a++)
            to[a] = fmin(LARGEST, fmax(-LARGEST, u[a] + step[a]));
        rc = evaluate(f, t, b, to, &next);
        if (rc == 0 && next.value > at->value) {
            memcpy(u, to, sizeof to);
            *at = next;
            damping /= 5;
        } else {
            damping *= 10;
        }
    }
    return rc;
}

static void fit_block(void *ctx, size_t t, size_t i)
{
    struct fit *f = ctx;
    struct found *found = &f->found[i];
    double inverse[2 * 2];
    struct point at;
    dw_gram b;

    f->rc[i] = 0;
    if (!dw_grams_mine(&f->grams, i))
        return;
    f->rc[i] = dw_grams_lend(&f->grams, t, i, &b);
    if (f->rc[i] == 0)
        f->rc[i] = climb(f, t, &b, found->u, &at);
    if (f->rc[i] != 0)
        return;
    if (dw_newton_inverse(2, at.h, inverse) != 0)
        f->rc[i] = DW_EDEGENERATE;
    for (int a = 0; a < 2 && f->rc[i] == 0; a++)
        found->var[a] = inverse[a + 2 * a];
}

/* ---- all blocks ---- */

static int run_round(struct fit *f, dw_keeper *keeper, dw_err *err)
{
    const dw_grams *g = &f->grams;
    const dw_piece piece = {(double *)f->found,
                            g->n * sizeof *f->found / sizeof(double)};

    if (dw_keeper_recall(keeper, &piece, 1))
        return 0;
    dw_pool_for(g->pool, g->n, fit_block, f);
    dw_dataset_share(g->data, g->train, g->n, f->found, sizeof *f->found);
    dw_dataset_share(g->data, g->train, g->n, f->rc, sizeof *f->rc);
    for (size_t i = 0; i < g->n; i++) {
        if (f->rc[i] != 0)
            return dw_grams_fail(g, i, f->rc[i], f->theta, err);
    }
    return dw_keeper_note(keeper, &piece, 1, err);
}

/* log p(e) of all that blocks have found by themselves, e_b ~ N(u_b, v_b), u_b
 * ~ N(0, sd^2).  What a block has found is the posterior less the prior: 1 /
 * v_b and e_b / v_b are what the likelihood has added to precision and shift.
 */
static double evidence(const struct fit *f, int a, double sd)
{
    const double prior = 1 / (f->sd[a] * f->sd[a]);
    double sum = 0;

    for (size_t i = 0; i < f->grams.n; i++) {
        const struct found *b = &f->found[i];
        double added = 1 / b->var[a] - prior, shift = b->u[a] / b->var[a];
        double precision = added + 1 / (sd * sd);

        if (added > 0)
            sum += 0.5 * shift * shift / precision -
                   0.5 * log(precision * sd * sd);
    }
    return sum;
}

/* The best sd of those from SD_LEAST on, SD_RATIO apart; does any still move?
 */
static bool update(struct fit *f)
{
    bool moved = false;

    for (int a = 0; a < 2; a++) {
        double best = SD_LEAST, highest = -INFINITY;

        if (f->sd[a] == 0)
            continue;
        for (double sd = SD_LEAST; sd < LARGEST; sd *= SD_RATIO) {
            double value = evidence(f, a, sd);

            if (value > highest) {
                highest = value;
                best = sd;
            }
        }
        moved = moved || best != f->sd[a];
        f->sd[a] = best;
    }
    return moved;
}

int dw_own_noise_fit(dw_dataset *data, size_t trait, dw_pool *pool,
                     dw_keeper *keeper, const dw_fit_noise *noise,
                     const dw_constant *common, double sd[2], dw_err *err)
{
    struct fit f = {
        .grams = {.data = data, .trait = trait, .pool = pool},
        .theta = {common->c, common->s2, common->tau},
        .sd = {noise->own_s2 ? SD_START : 0, noise->own_tau ? SD_START : 0}};
    int rc = dw_grams_open(&f.grams, err);

    f.found = dw_alloc(f.grams.n, sizeof *f.found);
    f.rc = dw_alloc(f.grams.n, sizeof *f.rc);
    for (int i = 0; i < ROUNDS && rc == 0; i++) {
        rc = run_round(&f, keeper, err);
        if (rc == 0 && !update(&f))
            break;
    }
    for (size_t i = 0; i < f.grams.n && rc == 0; i++)
        memcpy(data->block[f.grams.train[i]].of[trait].log_own, f.found[i].u,
               sizeof f.found[i].u);
    memcpy(sd, f.sd, sizeof f.sd);
    dw_grams_close(&f.grams);
    dw_free(f.found);
    dw_free(f.rc);
    return rc;
}
