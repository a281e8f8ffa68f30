#include "fit/scoring.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "fit/crossval.h"
#include "fit/information.h"
#include "fit/newton.h"
#include "linalg/dense.h"

enum { MAX_STEPS = 60 };

/* How much of the bend may go into H, most at first; or none. */
static const double BENDS[] = {0.5, 0.25, 0.125};

/* Bytes of information and bend that are held at a time, but those of some
 * blocks at least. */
static const size_t GROUP_BYTES = 16000000;
enum { GROUP_LEAST = 16 };

/* A step that promises less than this for each parameter is the last: they are
 * then within a twentieth of a standard error of the optimum, in the root of
 * the mean square.  Where the penalty is still to be chosen, a fifth will do.
 */
static const double GAIN_ENOUGH = 1e-3, GAIN_ROUGH = 0.02;
/* The penalty to begin with is what the folds say of the constant model, within
 * these: they know little yet.  By what factor it may still want to move when
 * it is left as it is; it is chosen that often at most. */
static const double ALPHA_START[2] = {100, 1000}, ALPHA_ENOUGH = 1.9;
enum { ALPHA_ROUNDS = 3 };

/* Of all blocks at one point. */
struct point {
    double loglik, *score;
};

struct fit {
    const dw_dataset *data;
    dw_pool *pool;
    dw_keeper *keeper;
    dw_objective *objective;
    const dw_scoring_opts *opts;
    dw_model *model;
    size_t p, d; /* d = p + 3 parameters */
    size_t *train, n_train;
    size_t *first, n_groups; /* group i begins at train[first[i]] */
    dw_information_ws **ws;  /* a thread's own */
    /* Of each block of a group: */
    dw_value *value;
    double *score, *average, *bend; /* (d), (d d), (d d) */
    int *rc;
    size_t group; /* the first block of the group at hand */
    bool learn[2];
    double alpha;
    /* Of all blocks at the point that was evaluated last: */
    dw_crossval cv;  /* score and average information by fold */
    double *bent;    /* (d d) the bend */
    double *scatter; /* (d d) sum of g_b g_b' over blocks */
};

size_t dw_linear_fit_group(size_t n, size_t d)
{
    size_t fit = GROUP_BYTES / (2 * d * d * sizeof(double));
    size_t most = fit > GROUP_LEAST ? fit : GROUP_LEAST;

    return n < most ? n : most;
}

/* ---- one block ---- */

static void fit_block(void *ctx, size_t t, size_t i)
{
    struct fit *f = ctx;
    size_t index = f->train[f->group + i];
    const dw_fit_block *b;
    const dw_model_trait *of = &f->model->trait[0];
    double *score = f->score + i * f->d;
    dw_gradient g;
    dw_factor factor;

    f->rc[i] = 0;
    if (!dw_dataset_mine(f->data, index))
        return;
    b = dw_dataset_lend(f->data, t, index);
    f->rc[i] =
        b ? dw_objective_block(f->objective, DW_LOSS_LIKELIHOOD, t, index, b,
                               f->model, NULL, &f->value[i], &g)
          : DW_EIO;
    if (f->rc[i] != 0)
        return;
    factor = dw_fit_block_factor(b, f->opts->trait);
    memset(score, 0, f->d * sizeof *score);
    for (size_t j = 0; j < b->m; j++) {
        const float *x = b->x + j * f->p;

        score[0] += g.d_a[j];
        for (size_t c = 0; c < f->p; c++)
            score[1 + c] += g.d_a[j] * x[c];
    }
    score[f->p + 1] = of->s2 * f->value[i].ds2;
    score[f->p + 2] = of->tau * f->value[i].dtau;
    f->rc[i] = dw_information_block(
        f->ws[t], &factor,
        dw_fit_block_noise(b, f->opts->trait, of->s2, of->tau), &g, b->x,
        f->average + i * f->d * f->d, f->bend + i * f->d * f->d);
}

/* ---- all blocks ---- */

/* Block i of the group at hand. */
static void add_block(struct fit *f, size_t i, struct point *at)
{
    size_t d = f->d, k = (f->group + i) * f->cv.folds / f->n_train;
    const double *score = f->score + i * d;

    at->loglik += f->value[i].value;
    dw_axpy(d, 1, score, at->score);
    dw_axpy(d, 1, score, f->cv.g + k * d);
    dw_axpy(d * d, 1, f->average + i * d * d, f->cv.h + k * d * d);
    dw_axpy(d * d, 1, f->bend + i * d * d, f->bent);
    for (size_t j = 0; j < d; j++)
        dw_axpy(d, score[j], score, f->scatter + j * d);
}

static int run_group(struct fit *f, size_t n, struct point *at, dw_err *err)
{
    const size_t *list = f->train + f->group;
    size_t d = f->d;

    dw_dataset_run(
        f->data, f->pool,
        &(dw_pass){
            .list = list, .n = n, .portion = true, .fn = fit_block, .ctx = f});
    dw_dataset_share(f->data, list, n, f->rc, sizeof *f->rc);
    dw_dataset_share(f->data, list, n, f->value, sizeof *f->value);
    dw_dataset_share(f->data, list, n, f->score, d * sizeof *f->score);
    dw_dataset_share(f->data, list, n, f->average, d * d * sizeof *f->average);
    dw_dataset_share(f->data, list, n, f->bend, d * d * sizeof *f->bend);
    for (size_t i = 0; i < n; i++) {
        if (f->rc[i] != 0)
            return dw_objective_fail(f->objective, list[i], f->rc[i], f->model,
                                     err);
        add_block(f, i, at);
    }
    return 0;
}

static int evaluate(struct fit *f, struct point *at, dw_err *err)
{
    size_t d = f->d;
    const dw_piece piece[] = {
        {&at->loglik, 1},           {at->score, d},
        {f->cv.g, d * f->cv.folds}, {f->cv.h, d * d * f->cv.folds},
        {f->bent, d * d},           {f->scatter, d * d}};

    if (dw_keeper_recall(f->keeper, piece, DW_COUNT(piece)))
        return 0;
    for (size_t i = 0; i < DW_COUNT(piece); i++)
        memset(piece[i].x, 0, piece[i].n * sizeof *piece[i].x);
    dw_dataset_announce(f->data, f->train, f->first, f->n_groups);
    for (size_t i = 0; i < f->n_groups; i++) {
        f->group = f->first[i];
        if (run_group(f, f->first[i + 1] - f->group, at, err) < 0)
            return err->code;
        dw_dataset_passing(f->data, f->first[i + 1], f->n_train);
    }
    return dw_keeper_note(f->keeper, piece, DW_COUNT(piece), err);
}

/* ---- parameters as one vector ---- */

static void get(const struct fit *f, double *x)
{
    for (size_t i = 0; i <= f->p; i++)
        x[i] = f->model->param[i];
    x[f->p + 1] = log(f->model->trait[0].s2);
    x[f->p + 2] = log(f->model->trait[0].tau);
}

static void set(struct fit *f, const double *x)
{
    double *noise[2] = {&f->model->trait[0].s2, &f->model->trait[0].tau};

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

/* What is not learned rests, and so does noise that would leave its bounds: its
 * gradient (g) and its rows and columns (h) become 0. */
static void rest(const struct fit *f, const double *total, double *g, double *h)
{
    const double noise[2] = {f->model->trait[0].s2, f->model->trait[0].tau};
    size_t d = f->d;

    for (size_t i = 0; i < 2; i++) {
        const double *bounds = dw_fit_noise_bounds[i];
        size_t c = f->p + 1 + i;

        if (f->learn[i] && !(noise[i] <= bounds[0] && total[c] < 0) &&
            !(noise[i] >= bounds[1] && total[c] > 0))
            continue;
        g[c] = 0;
        for (size_t j = 0; j < d; j++)
            h[j + c * d] = h[c + j * d] = 0;
    }
}

/* g, h: score and average information with the penalty in, at x, which was
 * evaluated last. */
static void penalised(const struct fit *f, const struct point *at,
                      const double *x, double *g, double *h)
{
    size_t d = f->d;

    memcpy(g, at->score, d * sizeof *g);
    memset(h, 0, d * d * sizeof *h);
    for (size_t k = 0; k < f->cv.folds; k++)
        dw_axpy(d * d, 1, f->cv.h + k * d * d, h);
    for (size_t i = 1; i <= f->p; i++) {
        g[i] -= f->alpha * x[i];
        h[i + i * d] += f->alpha;
    }
    rest(f, at->score, g, h);
}

/* ---- the climb ---- */

struct scratch {
    struct point at, next;
    double *x, *to, *g, *h, *work, *step;
    /* Where all began, and where climbs ended: (d) each. */
    double *place, place_loglik[1 + ALPHA_ROUNDS];
    size_t n_places;
};

/* g and H at s->x, which was evaluated last.  So much of the bend goes into H
 * that twice as much would leave it definite: H is then no less than half of
 * what it would be without. */
static void look(const struct fit *f, struct scratch *s, bool bend)
{
    size_t n = f->d * f->d;
    double *twice = s->work, *chol = s->work + n;

    penalised(f, &s->at, s->x, s->g, s->h);
    for (size_t i = 0; bend && i < DW_COUNT(BENDS); i++) {
        memcpy(twice, s->h, n * sizeof *twice);
        dw_axpy(n, 2 * BENDS[i], f->bent, twice);
        if (dw_newton_definite(f->d, twice, chol)) {
            dw_axpy(n, BENDS[i], f->bent, s->h);
            return;
        }
    }
}

/* One step; to a better point it is taken. */
static int try_step(struct fit *f, struct scratch *s, bool *better, dw_err *err)
{
    double was = s->at.loglik - penalty(f, s->x);

    for (size_t i = 0; i < f->d; i++)
        s->to[i] = s->x[i] + s->step[i];
    set(f, s->to);
    get(f, s->to); /* as it was rounded and bounded */
    if (evaluate(f, &s->next, err) < 0)
        return err->code;
    *better = s->next.loglik - penalty(f, s->to) > was;
    if (*better) {
        struct point next = s->next;

        s->next = s->at;
        s->at = next;
        memcpy(s->x, s->to, f->d * sizeof *s->x);
    }
    return 0;
}

/* To the optimum at this penalty, from a point that was evaluated last, as is
 * the one where it ends, until a step promises less than `enough` for each
 * parameter.  From the start the first step goes without the bend: at the
 * constant model it is large, and of what is far from the optimum. */
static int climb(struct fit *f, struct scratch *s, bool from_start,
                 double enough, dw_linear_fit *out, dw_err *err)
{
    double damping = 0;
    bool better = true;

    out->converged = false;
    look(f, s, !from_start);
    while (out->steps < MAX_STEPS && damping < 1e8) {
        out->converged = dw_newton_step(f->d, s->h, s->g, damping, 1, s->work,
                                        s->step) < enough * (double)f->d;
        if (out->converged)
            break;
        out->steps++;
        if (try_step(f, s, &better, err) < 0)
            return err->code;
        damping = better ? damping / 10 : fmax(1, 10 * damping);
        if (!better)
            continue;
        look(f, s, true);
        if (f->opts->progress)
            f->opts->progress(f->opts->ctx, out->steps, s->at.loglik);
    }
    set(f, s->x);
    return better ? 0 : evaluate(f, &s->at, err);
}

/* What the folds say at s->x, which was evaluated last. */
static double alpha_of_folds(struct fit *f, struct scratch *s)
{
    size_t d = f->d;

    for (size_t k = 0; k < f->cv.folds; k++)
        rest(f, s->at.score, f->cv.g + k * d, f->cv.h + k * d * d);
    return dw_crossval_penalty(&f->cv, s->x, s->work);
}

/* A penalty from the folds.  After the first climb it may only become stronger:
 * where the folds have little to say it would else go to and fro.  Is it one
 * that asks for another climb? */
static bool choose_alpha(struct fit *f, struct scratch *s, bool first)
{
    double was = f->alpha, found = alpha_of_folds(f, s);

    if (found < was * ALPHA_ENOUGH && !(first && found * ALPHA_ENOUGH < was))
        return false;
    f->alpha = found;
    return true;
}

static void keep_place(const struct fit *f, struct scratch *s)
{
    memcpy(s->place + s->n_places * f->d, s->x, f->d * sizeof *s->x);
    s->place_loglik[s->n_places++] = s->at.loglik;
}

/* To the best of the places so far, now that the penalty is another one; sets
 * *at_start if that is not the last, which was evaluated last. */
static int go_back(struct fit *f, struct scratch *s, bool *at_start,
                   dw_err *err)
{
    size_t last = s->n_places - 1, best = last;
    double most = -INFINITY;

    for (size_t i = s->n_places; i-- > 0;) {
        double worth = s->place_loglik[i] - penalty(f, s->place + i * f->d);

        if (worth > most) {
            most = worth;
            best = i;
        }
    }
    if (best == last)
        return 0;
    *at_start = best == 0;
    memcpy(s->x, s->place + best * f->d, f->d * sizeof *s->x);
    set(f, s->x);
    return evaluate(f, &s->at, err);
}

/* Climbs and choices of the penalty, until neither wants to move. */
static int settle(struct fit *f, struct scratch *s, bool choose,
                  dw_linear_fit *out, dw_err *err)
{
    bool at_start = true;

    get(f, s->x);
    if (evaluate(f, &s->at, err) < 0)
        return err->code;
    keep_place(f, s);
    choose = choose && f->cv.folds >= 2 && f->p > 0;
    if (choose)
        f->alpha =
            fmin(ALPHA_START[1], fmax(ALPHA_START[0], alpha_of_folds(f, s)));
    for (int round = 0; choose && round < ALPHA_ROUNDS; round++) {
        if (climb(f, s, at_start, GAIN_ROUGH, out, err) < 0)
            return err->code;
        at_start = out->steps == 0;
        choose = choose_alpha(f, s, round == 0);
        keep_place(f, s);
        if (choose && go_back(f, s, &at_start, err) < 0)
            return err->code;
    }
    return climb(f, s, at_start, GAIN_ENOUGH, out, err);
}

/* Standard errors, both, from the information at the end. */
static void find_errors(struct fit *f, struct scratch *s, dw_linear_fit *out)
{
    size_t d = f->d;
    double trace = 0;
    bool known;

    penalised(f, &s->at, s->x, s->g, s->h);
    known = dw_newton_inverse(d, s->h, s->work) == 0;
    for (size_t i = 0; i <= f->p; i++) {
        const double *row = s->work + i * d;

        dw_gemv(false, d, d, 1, f->scatter, d, row, 0, s->g);
        out->coef[i] = s->x[i];
        out->se[i] = known ? sqrt(row[i]) : NAN;
        out->block_se[i] = known ? sqrt(dw_dot(d, row, s->g)) : NAN;
        trace += i ? row[i] : 0;
    }
    out->loglik = s->at.loglik;
    out->alpha = f->alpha;
    out->gamma = known ? (double)f->p - f->alpha * trace : NAN;
}

/* ---- the whole ---- */

static int prepare(struct fit *f, dw_err *err)
{
    const dw_dataset *data = f->data;
    size_t group;

    f->train = dw_alloc(data->n, sizeof *f->train);
    for (size_t i = 0; i < data->n; i++) {
        const dw_fit_block *b = &data->block[i];

        if (b->part == DW_PART_TRAIN && b->of[f->opts->trait].k)
            f->train[f->n_train++] = i;
    }
    group = dw_linear_fit_group(f->n_train, f->d);
    f->n_groups = (f->n_train + group - 1) / group;
    f->first = dw_alloc(f->n_groups + 1, sizeof *f->first);
    for (size_t i = 0; i < f->n_groups; i++)
        f->first[i] = i * group;
    f->first[f->n_groups] = f->n_train;
    f->cv = (dw_crossval){.d = f->d, .first = 1, .p = f->p};
    f->cv.folds =
        f->n_train < DW_CROSSVAL_FOLDS ? f->n_train : DW_CROSSVAL_FOLDS;
    f->cv.g = dw_try_alloc(f->d, f->cv.folds * sizeof *f->cv.g);
    f->cv.h = dw_try_alloc(f->d * f->d, f->cv.folds * sizeof *f->cv.h);
    f->bent = dw_try_alloc(f->d, f->d * sizeof *f->bent);
    f->scatter = dw_try_alloc(f->d, f->d * sizeof *f->scatter);
    f->value = dw_alloc(group, sizeof *f->value);
    f->rc = dw_alloc(group, sizeof *f->rc);
    f->score = dw_try_alloc(f->d, group * sizeof *f->score);
    f->average = dw_try_alloc(f->d * f->d, group * sizeof *f->average);
    f->bend = dw_try_alloc(f->d * f->d, group * sizeof *f->bend);
    for (size_t t = 0; t < dw_pool_size(f->pool); t++) {
        f->ws[t] = dw_information_ws_new(data->max_k, f->p + 1);
        if (!f->ws[t] || !f->score || !f->average || !f->bend || !f->cv.g ||
            !f->cv.h || !f->bent || !f->scatter)
            return dw_fail(err, DW_ENOMEM,
                           "no memory for the information on %zu inputs", f->p);
    }
    return 0;
}

static void make_scratch(struct scratch *s, size_t d)
{
    double **vector[] = {&s->x,    &s->to,       &s->g,
                         &s->step, &s->at.score, &s->next.score};

    for (size_t i = 0; i < DW_COUNT(vector); i++)
        *vector[i] = dw_alloc(d, sizeof(double));
    s->h = dw_alloc(d * d, sizeof(double));
    s->place = dw_alloc(d, DW_COUNT(s->place_loglik) * sizeof(double));
    s->work = dw_alloc(2 * d * d + 3 * d, sizeof(double));
}

static void free_scratch(struct scratch *s)
{
    double *all[] = {s->x,        s->to,         s->g, s->step, s->place,
                     s->at.score, s->next.score, s->h, s->work};

    for (size_t i = 0; i < DW_COUNT(all); i++)
        dw_free(all[i]);
}

int dw_linear_fit_run(const dw_dataset *data, dw_pool *pool, dw_keeper *keeper,
                      dw_objective *objective, const dw_scoring_opts *opts,
                      dw_model *model, dw_linear_fit *out, dw_err *err)
{
    const dw_fit_noise *noise = &opts->noise;
    struct fit f = {.data = data,
                    .pool = pool,
                    .keeper = keeper,
                    .objective = objective,
                    .opts = opts,
                    .model = model,
                    .p = model->n_inputs,
                    .d = model->n_inputs + 3,
                    .learn = {noise->learn_s2, noise->learn_tau},
                    .alpha = opts->alpha < 0 ? ALPHA_START[0] : opts->alpha};
    size_t n_threads = dw_pool_size(pool);
    struct scratch s = {0};
    int rc;

    *out =
        (dw_linear_fit){.coef = dw_alloc(f.p + 1, sizeof *out->coef),
                        .se = dw_alloc(f.p + 1, sizeof *out->se),
                        .block_se = dw_alloc(f.p + 1, sizeof *out->block_se)};
    f.ws = dw_alloc(n_threads, sizeof(*f.ws));
    make_scratch(&s, f.d);
    rc = prepare(&f, err);
    if (rc == 0)
        rc = settle(&f, &s, opts->alpha < 0, out, err);
    if (rc == 0)
        find_errors(&f, &s, out);
    for (size_t t = 0; t < n_threads; t++)
        dw_information_ws_free(f.ws[t]);
    free_scratch(&s);
    dw_free(f.ws);
    dw_free(f.train);
    dw_free(f.first);
    dw_free(f.value);
    dw_free(f.rc);
    dw_free(f.score);
    dw_free(f.average);
    dw_free(f.bend);
    dw_free(f.bent);
    dw_free(f.scatter);
    dw_free(f.cv.g);
    dw_free(f.cv.h);
    return rc;
}
