#include "fit/constant.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "fit/newton.h"
#include "lik/components.h"

enum { N = DW_COMPONENTS_N, MAX_STEPS = 100 };

/* Noise outside of these is no noise that a study has; tau so small is 0 for
 * any eigenvalue that is kept. */
const double dw_fit_noise_bounds[2][2] = {{1e-3, 1e3}, {1e-6, 1e4}};

/* A step that promises less is the last: far below what a test could see. */
static const double GAIN_ENOUGH = 1e-6;

struct fit {
    const dw_dataset *data;
    size_t trait;
    dw_pool *pool;
    dw_keeper *keeper;
    size_t *train; /* (n) the training blocks */
    size_t n;
    dw_components_ws **ws; /* a thread's own, as the next two */
    double **gram;         /* (k x k) */
    double **ones;         /* (m) */
    double **kept;         /* (n) a block's gram, where it pays to keep it */
    dw_components *part;   /* (n) */
    int *rc;               /* (n) */
    double theta[N];
    bool expected;
};

/* ---- one block ---- */

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

/* G = N Q Q', from memory where it is kept. */
static int find_gram(struct fit *f, size_t t, size_t i, const dw_fit_block *b,
                     const double **g)
{
    dw_factor factor = dw_fit_block_factor(b, f->trait);
    double *to = f->kept[i] ? f->kept[i] : f->gram[t];

    *g = to;
    if (f->kept[i] && to[0] > 0) /* a diagonal of 0 is one not yet made */
        return 0;
    for (size_t j = 0; j < b->m; j++)
        f->ones[t][j] = b->of[f->trait].n;
    return dw_components_gram(f->ws[t], &factor, f->ones[t], to);
}

/* What a block says of its own s2 and tau, as of the model's. */
static void to_model(const dw_own_noise *noise, dw_components *part)
{
    const double own[N] = {1, exp(noise->u[0]), exp(noise->u[1])};

    part->loglik += noise->evidence;
    for (int a = 0; a < N; a++) {
        part->score[a] *= own[a];
        for (int c = 0; c < N; c++) {
            part->average[a][c] *= own[a] * own[c];
            part->expected[a][c] *= own[a] * own[c];
        }
    }
}

static int find_block(struct fit *f, size_t t, size_t i, const dw_fit_trait *of)
{
    dw_noise noise =
        dw_own_noise_of(&of->own, (dw_noise){f->theta[1], f->theta[2]});
    const double theta[N] = {f->theta[0], noise.s2, noise.tau};
    size_t next = i + dw_pool_size(f->pool);
    const dw_fit_block *b;
    const double *g;
    int rc;

    if (is_diagonal(&f->data->block[f->train[i]], of)) {
        diagonal_block(of, theta, &f->part[i]);
        return 0;
    }
    if (next < f->n)
        dw_dataset_ahead(f->data, f->train[next]);
    b = dw_dataset_lend(f->data, t, f->train[i]);
    rc = b ? find_gram(f, t, i, b, &g) : DW_EIO;
    return rc ? rc
              : dw_components_block(f->ws[t], of->k, g, of->lambda, of->y,
                                    theta, f->expected, &f->part[i]);
}

static void fit_block(void *ctx, size_t t, size_t i)
{
    struct fit *f = ctx;
    const dw_fit_trait *of = &f->data->block[f->train[i]].of[f->trait];

    f->rc[i] = 0;
    if (!dw_dataset_mine(f->data, f->train[i]))
        return;
    f->rc[i] = find_block(f, t, i, of);
    if (f->rc[i] == 0)
        to_model(&of->own, &f->part[i]);
}

/* ---- all blocks ---- */

static int fail(const struct fit *f, size_t i, dw_err *err)
{
    char name[DW_FIT_BLOCK_NAME];

    dw_fit_block_name(&f->data->block[f->train[i]], name);
    if (f->rc[i] == DW_EIO)
        return dw_fail(err, DW_EIO, "%s cannot be read back from TMPDIR", name);
    return dw_fail(err, DW_EDEGENERATE,
                   "%s has no finite likelihood at a variance of %g, s2 %g, "
                   "tau %g",
                   name, f->theta[0], f->theta[1], f->theta[2]);
}

/* Sums in block order.  Derivatives become those by log theta. */
static int evaluate(struct fit *f, const double log_theta[N],
                    const double fixed[N], dw_components *sum, dw_err *err)
{
    const dw_piece piece = {(double *)sum, sizeof *sum / sizeof(double)};

    for (int a = 0; a < N; a++)
        f->theta[a] = isnan(fixed[a]) ? exp(log_theta[a]) : fixed[a];
    if (dw_keeper_recall(f->keeper, &piece, 1))
        return 0;
    dw_pool_for(f->pool, f->n, fit_block, f);
    dw_dataset_share(f->data, f->train, f->n, f->part, sizeof *f->part);
    dw_dataset_share(f->data, f->train, f->n, f->rc, sizeof *f->rc);
    *sum = (dw_components){0};
    for (size_t i = 0; i < f->n; i++) {
        const dw_components *p = &f->part[i];

        if (f->rc[i] != 0 || !isfinite(p->loglik))
            return fail(f, i, err);
        sum->loglik += p->loglik;
        for (int a = 0; a < N; a++) {
            double scale = isnan(fixed[a]) ? f->theta[a] : 0;

            sum->score[a] += scale * p->score[a];
            for (int c = 0; c < N; c++) {
                double both = isnan(fixed[c]) ? scale * f->theta[c] : 0;

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

/* A gram is kept where it is no larger than the float32 Q of its block, and
 * while there is room. */
static int prepare(struct fit *f, dw_err *err)
{
    const dw_dataset *data = f->data;
    size_t n_threads = dw_pool_size(f->pool), k = data->max_k;
    size_t left = data->room > data->bytes ? data->room - data->bytes : 0;

    f->train = dw_alloc(data->n, sizeof *f->train);
    for (size_t i = 0; i < data->n; i++) {
        const dw_fit_block *b = &data->block[i];

        if (b->part == DW_PART_TRAIN && b->of[f->trait].k)
            f->train[f->n++] = i;
    }
    f->ws = dw_alloc(n_threads, sizeof *f->ws);
    f->gram = dw_alloc(n_threads, sizeof *f->gram);
    f->ones = dw_alloc(n_threads, sizeof *f->ones);
    f->kept = dw_alloc(f->n, sizeof *f->kept);
    f->part = dw_alloc(f->n, sizeof *f->part);
    f->rc = dw_alloc(f->n, sizeof *f->rc);
    for (size_t t = 0; t < n_threads; t++) {
        f->ws[t] = dw_components_ws_new(k);
        f->gram[t] = dw_try_alloc(k, k * sizeof(double));
        f->ones[t] = dw_try_alloc(data->max_m, sizeof(double));
        if (!f->ws[t] || !f->gram[t] || !f->ones[t])
            return dw_fail(err, DW_ENOMEM, "no memory for blocks of rank %zu",
                           k);
    }
    for (size_t i = 0; i < f->n; i++) {
        const dw_fit_block *b = &data->block[f->train[i]];

        const dw_fit_trait *t = &b->of[f->trait];

        size_t bytes = t->k * t->k * sizeof(double);

        if (is_diagonal(b, t) || 2 * t->k > b->m ||
            !dw_dataset_mine(data, f->train[i]) || (data->room && bytes > left))
            continue;
        f->kept[i] = dw_try_alloc(bytes, 1);
        left -= bytes;
    }
    return 0;
}

static void release(struct fit *f)
{
    for (size_t t = 0; t < dw_pool_size(f->pool); t++) {
        dw_components_ws_free(f->ws[t]);
        dw_free(f->gram[t]);
        dw_free(f->ones[t]);
    }
    for (size_t i = 0; i < f->n; i++)
        dw_free(f->kept[i]);
    dw_free(f->train);
    dw_free(f->ws);
    dw_free(f->gram);
    dw_free(f->ones);
    dw_free(f->kept);
    dw_free(f->part);
    dw_free(f->rc);
}

int dw_constant_fit(const dw_dataset *data, size_t trait, dw_pool *pool,
                    dw_keeper *keeper, const dw_fit_noise *noise,
                    dw_constant *out, dw_err *err)
{
    struct fit f = {
        .data = data, .trait = trait, .pool = pool, .keeper = keeper};
    dw_part_size size = dw_dataset_size(data, trait, DW_PART_TRAIN);
    const double(*bounds)[2] = dw_fit_noise_bounds;
    double fixed[N] = {NAN, noise->learn_s2 ? NAN : noise->s2,
                       noise->learn_tau ? NAN : noise->tau};
    double x[N], lo[N], hi[N];
    int rc = prepare(&f, err);

    *out = (dw_constant){0};
    if (rc == 0) {
        double n = data->block[f.train[0]].of[trait].n;

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
    release(&f);
    return rc;
}
