#include "fit/constant.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "fit/grams.h"
#include "fit/newton.h"

enum { N = DW_COMPONENTS_N, MAX_STEPS = 100 };

/* Noise outside of these is no noise that a study has; tau so small is 0 for
 * any eigenvalue that is kept. */
const double dw_fit_noise_bounds[2][2] = {{1e-3, 1e3}, {1e-6, 1e4}};

/* A step that promises less is the last: far below what a test could see. */
static const double GAIN_ENOUGH = 1e-6;

struct part {
    dw_components at;
    double theta[N]; /* the block's */
};

struct fit {
    dw_grams grams;
    dw_keeper *keeper;
    struct part *part; /* (n) */
    int *rc;           /* (n) */
    double theta[N];
    bool expected;
};

/* ---- all blocks ---- */

static void fit_block(void *ctx, size_t t, size_t i)
{
    struct fit *f = ctx;
    struct part *p = &f->part[i];
    dw_gram b;

    f->rc[i] = 0;
    if (!dw_grams_mine(&f->grams, i))
        return;
    f->rc[i] = dw_grams_lend(&f->grams, t, i, &b);
    if (f->rc[i] == 0)
        f->rc[i] = dw_grams_block(&f->grams, t, &b, f->theta, &b.of->own,
                                  f->expected, p->theta, &p->at);
}

static bool asks(const void *ctx, size_t i)
{
    const struct fit *f = ctx;

    return dw_grams_asks(&f->grams, i);
}

/* Sums in block order.  Derivatives become those by log theta. */
static int evaluate(struct fit *f, const double log_theta[N],
                    const double fixed[N], dw_components *sum, dw_err *err)
{
    const dw_piece piece = {(double *)sum, sizeof *sum / sizeof(double)};
    dw_grams *g = &f->grams;

    for (int a = 0; a < N; a++)
        f->theta[a] = isnan(fixed[a]) ? exp(log_theta[a]) : fixed[a];
    if (dw_keeper_recall(f->keeper, &piece, 1))
        return 0;
    dw_dataset_run(g->data, g->pool,
                   &(dw_pass){.list = g->train,
                              .n = g->n,
                              .asks = asks,
                              .fn = fit_block,
                              .ctx = f});
    dw_dataset_share(g->data, g->train, g->n, f->part, sizeof *f->part);
    dw_dataset_share(g->data, g->train, g->n, f->rc, sizeof *f->rc);
    *sum = (dw_components){0};
    for (size_t i = 0; i < g->n; i++) {
        const dw_components *p = &f->part[i].at;
        const double *theta = f->part[i].theta;

        if (f->rc[i] != 0 || !isfinite(p->loglik))
            return dw_grams_fail(g, i, f->rc[i], theta, err);
        sum->loglik += p->loglik;
        for (int a = 0; a < N; a++) {
            double scale = isnan(fixed[a]) ? theta[a] : 0;

            sum->score[a] += scale * p->score[a];
            for (int c = 0; c < N; c++) {
                double both = isnan(fixed[c]) ? scale * theta[c] : 0;

                sum->average[a][c] += both * p->average[a][c];
                sum->expected[a][c] += both * p->expected[a][c];
            }
        }
    }
    return dw_keeper_note(f->keeper, &piece, 1, err);
}

/* Where a bound is reached and the gradient points beyond it, that coordinate
 * rests: its row and column leave the system. */
static void rest_at_bounds(const double x[N], double lo[N], double hi[N],
                           dw_components *at)
{
    for (int a = 0; a < N; a++) {
        if (!((x[a] <= lo[a] && at->score[a] < 0) ||
              (x[a] >= hi[a] && at->score[a] > 0)))
            continue;
        at->score[a] = 0;
        for (int c = 0; c < N; c++)
            at->average[a][c] = at->average[c][a] = 0;
    }
}

static int climb(struct fit *f, double x[N], const double fixed[N],
                 double lo[N], double hi[N], dw_constant *out, dw_err *err)
{
    dw_components at, next;
    double damping = 0.01, work[N * N], step[N];

    if (evaluate(f, x, fixed, &at, err) < 0)
        return err->code;
    for (out->steps = 0; out->steps < MAX_STEPS; out->steps++) {
        dw_components free_at = at;
        double to[N], gain;

        rest_at_bounds(x, lo, hi, &free_at);
        gain = dw_newton_step(N, &free_at.average[0][0], free_at.score, damping,
                              2, work, step);
        if (gain < GAIN_ENOUGH) {
            out->converged = true;
            break;
        }
        for (int a = 0; a < N; a++)
            to[a] = fmin(hi[a], fmax(lo[a], x[a] + step[a]));
        if (evaluate(f, to, fixed, &next, err) < 0)
            return err->code;
        if (next.loglik > at.loglik) {
            at = next;
            memcpy(x, to, sizeof to);
            damping /= 5;
        } else {
            damping = fmax(1e-3, damping * 10);
        }
        if (damping > 1e8) { /* rounding, not slope, decides here */
            out->converged = true;
            break;
        }
    }
    return 0;
}

/* Standard errors from the expected information, in the logarithms. */
static int find_errors(struct fit *f, const double x[N], const double fixed[N],
                       dw_constant *out, dw_err *err)
{
    double inverse[N * N], se[N];
    dw_components at;

    f->expected = true;
    if (evaluate(f, x, fixed, &at, err) < 0)
        return err->code;
    out->loglik = at.loglik;
    out->c = f->theta[0];
    out->s2 = f->theta[1];
    out->tau = f->theta[2];
    for (int a = 0; a < N; a++)
        se[a] = NAN;
    if (dw_newton_inverse(N, &at.expected[0][0], inverse) == 0) {
        for (int a = 0; a < N; a++)
            se[a] = f->theta[a] * sqrt(inverse[a + a * N]);
    }
    out->c_se = se[0];
    out->s2_se = se[1];
    out->tau_se = se[2];
    return 0;
}

/* ---- the whole ---- */

int dw_constant_fit(const dw_dataset *data, size_t trait, dw_pool *pool,
                    dw_keeper *keeper, const dw_fit_noise *noise,
                    dw_constant *out, dw_err *err)
{
    struct fit f = {.grams = {.data = data, .trait = trait, .pool = pool},
                    .keeper = keeper};
    dw_part_size size = dw_dataset_size(data, trait, DW_PART_TRAIN);
    const double(*bounds)[2] = dw_fit_noise_bounds;
    double fixed[N] = {NAN, noise->learn_s2 ? NAN : noise->s2,
                       noise->learn_tau ? NAN : noise->tau};
    double x[N], lo[N], hi[N];
    int rc = dw_grams_open(&f.grams, err);

    f.part = dw_alloc(f.grams.n, sizeof *f.part);
    f.rc = dw_alloc(f.grams.n, sizeof *f.rc);
    *out = (dw_constant){0};
    if (rc == 0) {
        double n = data->block[f.grams.train[0]].of[trait].n;

        /* c so small is nothing beside the noise, whatever the LD. */
        lo[0] = log(1e-6 / n);
        hi[0] = 0;
        x[0] = log(0.1 / (double)size.variants);
        x[0] = fmin(hi[0], fmax(lo[0], x[0]));
        x[1] = 0;
        x[2] = log(0.1);
        for (int a = 1; a < N; a++) {
            lo[a] = log(bounds[a - 1][0]);
            hi[a] = log(bounds[a - 1][1]);
        }
        rc = climb(&f, x, fixed, lo, hi, out, err);
    }
    if (rc == 0)
        rc = find_errors(&f, x, fixed, out, err);
    out->no_signal = rc == 0 && x[0] <= lo[0];
    dw_grams_close(&f.grams);
    dw_free(f.part);
    dw_free(f.rc);
    return rc;
}
