#include "fit/scoring.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "fit/information.h"
#include "fit/newton.h"
#include "linalg/dense.h"

enum {
    MAX_STEPS = 60,
    GROUP = 16, /* blocks whose information is held at a time */
};

/* A step that promises less than this is the last (a coefficient is then within
 * a tenth of its standard error); the evidence may still move alpha by this
 * share. */
static const double GAIN_ENOUGH = 5e-3, ALPHA_ENOUGH = 0.05;
static const double ALPHA_START = 10, ALPHA_LO = 1e-3, ALPHA_HI = 1e8;

/* At one point: log likelihood, score and information, summed. */
struct point {
    double loglik, *score, *h;
};

struct fit {
    const dw_dataset *data;
    dw_pool *pool;
    dw_objective *objective;
    dw_model *model;
    size_t p, d; /* d = p + 3 parameters */
    size_t *train, n_train;
    dw_information_ws **ws; /* a thread's own */
    dw_value value[GROUP];
    double *score, *h; /* (d x GROUP), (d d x GROUP) */
    int rc[GROUP];
    size_t group;     /* the first block of the group at hand */
    bool information; /* is h wanted? */
    bool learn[2];
    double alpha;
};

/* ---- one block ---- */

static void fit_block(void *ctx, size_t t, size_t i)
{
    struct fit *f = ctx;
    size_t index = f->train[f->group + i];
    const dw_fit_block *b = &f->data->block[index];
    dw_noise noise = {f->model->s2, f->model->tau};
    double *score = f->score + i * f->d;
    dw_gradient g;
    dw_factor factor = dw_fit_block_factor(b);

    f->rc[i] = dw_objective_block(f->objective, DW_LOSS_LIKELIHOOD, t, index,
                                  f->model, NULL, &f->value[i], &g);
    if (f->rc[i] != 0)
        return;
    memset(score, 0, f->d * sizeof *score);
    for (size_t j = 0; j < b->m; j++) {
        const float *x = b->x + j * f->p;

        score[0] += g.d_a[j];
        for (size_t c = 0; c < f->p; c++)
            score[1 + c] += g.d_a[j] * x[c];
    }
    score[f->p + 1] = noise.s2 * f->value[i].ds2;
    score[f->p + 2] = noise.tau * f->value[i].dtau;
    if (f->information)
        f->rc[i] = dw_information_block(f->ws[t], &factor, noise, g.f, g.slope,
                                        b->x, f->h + i * f->d * f->d);
}

/* ---- all blocks ---- */

/* h is left alone unless the information is wanted. */
static int evaluate(struct fit *f, bool information, struct point *at,
                    dw_err *err)
{
    size_t d = f->d;

    at->loglik = 0;
    memset(at->score, 0, d * sizeof *at->score);
    if (information)
        memset(at->h, 0, d * d * sizeof *at->h);
    f->information = information;
    for (f->group = 0; f->group < f->n_train; f->group += GROUP) {
        size_t n = f->n_train - f->group;

        n = n < GROUP ? n : GROUP;
        dw_pool_for(f->pool, n, fit_block, f);
        for (size_t i = 0; i < n; i++) {
            if (f->rc[i] != 0)
                return dw_objective_fail(f->objective, f->train[f->group + i],
                                         f->model, err);
            at->loglik += f->value[i].value;
            dw_axpy(d, 1, f->score + i * d, at->score);
            if (information)
                dw_axpy(d * d, 1, f->h + i * d * d, at->h);
        }
    }
    return 0;
}

/* ---- parameters as one vector ---- */

static void get(const struct fit *f, double *x)
{
    for (size_t i = 0; i <= f->p; i++)
        x[i] = f->model->param[i];
    x[f->p + 1] = log(f->model->s2);
    x[f->p + 2] = log(f->model->tau);
}

static void set(struct fit *f, const double *x)
{
    double *noise[2] = {&f->model->s2, &f->model->tau};

    for (size_t i = 0; i <= f->p; i++)
        f->model->param[i] = (dw_real)x[i];
    for (int i = 0; i < 2; i++) {
        const double *bounds = dw_fit_noise_bounds[i];

        if (f->learn[i])
            *noise[i] = fmin(bounds[1], fmax(bounds[0], exp(x[f->p + 1 + i])));
    }
}

static double penalty(const struct fit *f, const double *x)
{
    return 0.5 * f->alpha * dw_dot(f->p, x + 1, x + 1);
}

/* g, h: score and information with the penalty in; what is not learned rests,
 * and so does noise that would leave its bounds. */
static void penalised(const struct fit *f, const struct point *at,
                      const double *x, double *g, double *h)
{
    const double noise[2] = {f->model->s2, f->model->tau};
    size_t d = f->d;

    memcpy(g, at->score, d * sizeof *g);
    memcpy(h, at->h, d * d * sizeof *h);
    for (size_t i = 1; i <= f->p; i++) {
        g[i] -= f->alpha * x[i];
        h[i + i * d] += f->alpha;
    }
    for (size_t i = 0; i < 2; i++) {
        const double *bounds = dw_fit_noise_bounds[i];
        size_t c = f->p + 1 + i;

        if (f->learn[i] && !(noise[i] <= bounds[0] && g[c] < 0) &&
            !(noise[i] >= bounds[1] && g[c] > 0))
            continue;
        g[c] = 0;
        for (size_t j = 0; j < d; j++)
            h[j + c * d] = h[c + j * d] = 0;
    }
}

/* MacKay's update.  Returns by what share alpha moved. */
static double update_alpha(struct fit *f, const double *h, const double *x,
                           double *inverse, dw_linear_fit *out)
{
    double trace = 0, square = dw_dot(f->p, x + 1, x + 1), alpha;

    if (dw_newton_inverse(f->d, h, inverse) != 0)
        return 0;
    for (size_t i = 1; i <= f->p; i++)
        trace += inverse[i + i * f->d];
    out->gamma = fmax(0, (double)f->p - f->alpha * trace);
    alpha = square > 0 ? out->gamma / square : ALPHA_HI;
    alpha = fmin(ALPHA_HI, fmax(ALPHA_LO, alpha));
    trace = fabs(alpha / f->alpha - 1);
    f->alpha = alpha;
    return trace;
}

/* ---- the climb ---- */

struct scratch {
    struct point at, next;
    double *x, *to, *g, *h, *work, *step;
};

/*
 * BFGS: what the score did along a step, taken or not, corrects the curvature
 * H along it.  Average information is the right start, but with few blocks it
 * can be wrong by a factor of two in some direction, and steps by it alone
 * then jump to and fro.
 */
static void correct(struct fit *f, struct scratch *s)
{
    size_t d = f->d;
    double *h = s->at.h, *step = s->g, *hs = s->step, slope = 0, curve;

    for (size_t i = 0; i < d; i++)
        step[i] = s->to[i] - s->x[i];
    dw_gemv(false, d, d, 1, h, d, step, 0, hs);
    curve = dw_dot(d, step, hs);
    for (size_t i = 0; i < d; i++)
        slope += step[i] * (s->at.score[i] - s->next.score[i]);
    /* Where the likelihood is not concave H has to stay definite. */
    if (!(curve > 0) || slope < 0.1 * curve)
        return;
    for (size_t j = 0; j < d; j++) {
        double dj = s->at.score[j] - s->next.score[j];

        for (size_t i = 0; i < d; i++)
            h[i + j * d] += (s->at.score[i] - s->next.score[i]) * dj / slope -
                            hs[i] * hs[j] / curve;
    }
}

/* Goes to the next point, which is better; its H is its own if it was worked
 * out, else the corrected one. */
static void accept(struct fit *f, struct scratch *s, bool information)
{
    struct point was = s->at;

    s->at = s->next;
    s->next = was;
    if (!information) {
        double *h = s->at.h;

        s->at.h = s->next.h;
        s->next.h = h;
    }
    memcpy(s->x, s->to, f->d * sizeof *s->x);
}

/* One step from s->at by s->h and s->g, which promises `gain`. */
static int try_step(struct fit *f, struct scratch *s, bool information,
                    bool *better, dw_err *err)
{
    double was = s->at.loglik - penalty(f, s->x);

    for (size_t i = 0; i < f->d; i++)
        s->to[i] = s->x[i] + s->step[i];
    set(f, s->to);
    get(f, s->to); /* as it was rounded and bounded */
    if (evaluate(f, information, &s->next, err) < 0)
        return err->code;
    *better = s->next.loglik - penalty(f, s->to) > was;
    if (!*better || !information)
        correct(f, s);
    if (*better)
        accept(f, s, information);
    return 0;
}

static int climb(struct fit *f, struct scratch *s, bool evidence,
                 dw_linear_fit *out, dw_scoring_fn *progress, void *ctx,
                 dw_err *err)
{
    double damping = 0;

    get(f, s->x);
    if (evaluate(f, true, &s->at, err) < 0)
        return err->code;
    while (out->steps < MAX_STEPS) {
        bool better = false;
        double gain, moved = 0;

        penalised(f, &s->at, s->x, s->g, s->h);
        if (evidence && f->p && out->steps) {
            moved = update_alpha(f, s->h, s->x, s->work, out);
            penalised(f, &s->at, s->x, s->g, s->h);
        }
        gain = dw_newton_step(f->d, s->h, s->g, damping, 1, s->work, s->step);
        out->converged = gain < GAIN_ENOUGH && moved < ALPHA_ENOUGH;
        if (out->converged || damping > 1e8)
            break;
        /* Far from the end the information is worth its price. */
        if (try_step(f, s, out->steps++ == 0, &better, err) < 0)
            return err->code;
        damping = better ? damping / 10 : fmax(0.1, 10 * damping);
        if (better && progress)
            progress(ctx, out->steps, s->at.loglik);
    }
    set(f, s->x);
    return evaluate(f, true, &s->at, err);
}

static void find_errors(struct fit *f, struct scratch *s, dw_linear_fit *out)
{
    bool known;

    penalised(f, &s->at, s->x, s->g, s->h);
    known = dw_newton_inverse(f->d, s->h, s->work) == 0;
    for (size_t i = 0; i <= f->p; i++)
        out->coef[i] = s->x[i];
    for (size_t i = 0; i <= f->p; i++)
        out->se[i] = known ? sqrt(s->work[i + i * f->d]) : NAN;
    out->loglik = s->at.loglik;
    out->alpha = f->alpha;
}

/* ---- the whole ---- */

static int prepare(struct fit *f, dw_err *err)
{
    const dw_dataset *data = f->data;

    f->train = dw_alloc(data->n, sizeof *f->train);
    for (size_t i = 0; i < data->n; i++) {
        if (data->block[i].part == DW_PART_TRAIN)
            f->train[f->n_train++] = i;
    }
    f->score = dw_try_alloc(f->d, GROUP * sizeof *f->score);
    f->h = dw_try_alloc(f->d * f->d, GROUP * sizeof *f->h);
    for (size_t t = 0; t < dw_pool_size(f->pool); t++) {
        f->ws[t] = dw_information_ws_new(data->max_k, f->p + 1);
        if (!f->ws[t] || !f->score || !f->h)
            return dw_fail(err, DW_ENOMEM,
                           "no memory for the information on %zu inputs", f->p);
    }
    return 0;
}

static void make_scratch(struct scratch *s, size_t d)
{
    double **vector[] = {&s->x,    &s->to,       &s->g,
                         &s->step, &s->at.score, &s->next.score};
    double **matrix[] = {&s->h, &s->work, &s->at.h, &s->next.h};

    for (size_t i = 0; i < DW_COUNT(vector); i++)
        *vector[i] = dw_alloc(d, sizeof(double));
    for (size_t i = 0; i < DW_COUNT(matrix); i++)
        *matrix[i] = dw_alloc(d * d, sizeof(double));
}

static void free_scratch(struct scratch *s)
{
    double *all[] = {s->x,          s->to, s->g,    s->step, s->at.score,
                     s->next.score, s->h,  s->work, s->at.h, s->next.h};

    for (size_t i = 0; i < DW_COUNT(all); i++)
        dw_free(all[i]);
}

int dw_linear_fit_run(const dw_dataset *data, dw_pool *pool,
                      dw_objective *objective, const dw_fit_noise *noise,
                      double alpha, dw_model *model, dw_linear_fit *out,
                      dw_scoring_fn *progress, void *ctx, dw_err *err)
{
    struct fit f = {.data = data,
                    .pool = pool,
                    .objective = objective,
                    .model = model,
                    .p = model->n_inputs,
                    .d = model->n_inputs + 3,
                    .learn = {noise->learn_s2, noise->learn_tau},
                    .alpha = alpha < 0 ? ALPHA_START : alpha};
    size_t n_threads = dw_pool_size(pool);
    struct scratch s = {0};
    int rc;

    *out = (dw_linear_fit){.coef = dw_alloc(f.p + 1, sizeof *out->coef),
                           .se = dw_alloc(f.p + 1, sizeof *out->se)};
    f.ws = dw_alloc(n_threads, sizeof(*f.ws));
    make_scratch(&s, f.d);
    rc = prepare(&f, err);
    if (rc == 0)
        rc = climb(&f, &s, alpha < 0, out, progress, ctx, err);
    if (rc == 0)
        find_errors(&f, &s, out);
    for (size_t t = 0; t < n_threads; t++)
        dw_information_ws_free(f.ws[t]);
    free_scratch(&s);
    dw_free(f.ws);
    dw_free(f.train);
    dw_free(f.score);
    dw_free(f.h);
    return rc;
}
