#include "lik/check_z.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "lik/leave_out.h"
#include "linalg/dense.h"

/* Where h and tau / s2 are looked for, in steps of their logarithm. */
static const double RIDGE_LOW = 1e-4, RIDGE_HIGH = 30;
enum { RIDGE_STEPS = 18, NOISE_STEPS = 100 };
/* Terms above count as this when a and b are fitted; and what is then lost. */
static const double CAP = 4, CAPPED = 0.9205;
enum { FIT_STEPS = 200 };
/* Off by less is not worth a judgement: z has an error of 1 by itself. */
static const double OFF = 2;
/* log of how much better the other sign has to be. */
static const double FLIP = 2;
/* A variance is no smaller: z-scores come from numbers of some digits. */
static const double LEAST_VAR = 1e-6;
/* h is found anew when misfits are gone, so many times at most. */
enum { ROUNDS = 4 };

struct dw_check_z_ws {
    dw_leave_out left;
    size_t cap_n;
    dw_left *of;           /* (n) as they are now */
    double *var;           /* (n) a rss + b own */
    double *expected, *sd; /* (n) */
    double *filled;        /* (n) z, with E of those taken out */
    unsigned char *verdict;
};

/* One block. */
struct task {
    dw_check_z_ws *ws;
    dw_leave_out *left; /* of ws */
    size_t n, most;
    const double *z;
    double people, p;
    double ridge, cross; /* h; (1 - df / people)^2 */
    double told, alone;
    bool stopped;
};

dw_check_z_ws *dw_check_z_ws_new(void)
{
    return dw_alloc(1, sizeof(dw_check_z_ws));
}

static void release(dw_check_z_ws *ws)
{
    dw_leave_out_clear(&ws->left);
    dw_free(ws->of);
    dw_free(ws->var);
    dw_free(ws->expected);
    dw_free(ws->sd);
    dw_free(ws->filled);
    dw_free(ws->verdict);
    memset(ws, 0, sizeof *ws);
}

void dw_check_z_ws_free(dw_check_z_ws *ws)
{
    if (ws)
        release(ws);
    dw_free(ws);
}

static int fit(dw_check_z_ws *ws, size_t n)
{
    if (n <= ws->cap_n)
        return 0;
    release(ws);
    ws->of = dw_try_alloc(n, sizeof *ws->of);
    ws->var = dw_try_alloc(n, sizeof *ws->var);
    ws->expected = dw_try_alloc(n, sizeof *ws->expected);
    ws->sd = dw_try_alloc(n, sizeof *ws->sd);
    ws->filled = dw_try_alloc(n, sizeof *ws->filled);
    ws->verdict = dw_try_alloc(n, 1);
    if (!ws->of || !ws->var || !ws->expected || !ws->sd || !ws->filled ||
        !ws->verdict) {
        release(ws);
        return DW_ENOMEM;
    }
    ws->cap_n = n;
    return 0;
}

/* ---- the noise, had no variant an effect ---- */

static double ridge_at(size_t i, size_t steps)
{
    return RIDGE_LOW * pow(RIDGE_HIGH / RIDGE_LOW, (double)i / (double)steps);
}

/* The log-likelihood of z ~ N(0, s2 (R + h I)) at the best s2, which is set:
 * t = Q z, and `rest` of z'z has no part in the range of R. */
static double likelihood(const dw_leave_out *w, double h, double rest,
                         double *s2)
{
    double n = (double)w->n, quad = rest / h;
    double logdet = (double)(w->n - w->k) * log(h);

    for (size_t i = 0; i < w->k; i++) {
        quad += w->t[i] * w->t[i] / w->lambda[i] / (w->lambda[i] + h);
        logdet += log(w->lambda[i] + h);
    }
    *s2 = quad / n;
    return -0.5 * (n * log(*s2) + logdet);
}

static void find_noise(const struct task *t, dw_check_z *out)
{
    const dw_leave_out *w = t->left;
    const double *z = t->ws->filled;
    double rest = dw_dot(t->n, z, z), best = -INFINITY;

    dw_gemv(false, w->k, w->n, 1, w->q, w->k, z, 0, w->t);
    for (size_t i = 0; i < w->k; i++)
        rest -= w->t[i] * w->t[i] / w->lambda[i];
    for (size_t i = 0; i <= NOISE_STEPS; i++) {
        double h = ridge_at(i, NOISE_STEPS), s2;
        double log_lik = likelihood(w, h, fmax(rest, 0), &s2);

        if (log_lik > best) {
            best = log_lik;
            out->s2 = s2;
            out->tau = s2 * h;
        }
    }
}

/* ---- how far off a z is, and may be ---- */

static bool is_gone(const struct task *t, size_t j)
{
    return t->ws->verdict[j] != DW_Z_FINE;
}

static double variance(const struct task *t, const dw_left *of)
{
    return t->told * of->rss + t->alone * of->own + LEAST_VAR;
}

/* One step to the a and b of the greatest likelihood of all differences, each
 * taken by itself.  Both stay positive; the likelihood never falls.  How far it
 * went. */
static double step(struct task *t)
{
    double up[2] = {0}, down[2] = {0}, by[2];

    for (size_t j = 0; j < t->n; j++) {
        const dw_left *of = &t->ws->of[j];
        double v, ratio;

        if (is_gone(t, j))
            continue;
        v = variance(t, of);
        ratio = fmin(of->off * of->off / v, CAP) / CAPPED;
        up[0] += of->rss * ratio / v;
        up[1] += of->own * ratio / v;
        down[0] += of->rss / v;
        down[1] += of->own / v;
    }
    for (int i = 0; i < 2; i++)
        by[i] = down[i] > 0 ? sqrt(up[i] / down[i]) : 1;
    t->told *= by[0];
    t->alone *= by[1];
    return fmax(fabs(by[0] - 1), fabs(by[1] - 1));
}

static void begin_steps(struct task *t)
{
    dw_left sum = {0};

    for (size_t j = 0; j < t->n; j++) {
        const dw_left *of = &t->ws->of[j];

        if (is_gone(t, j))
            continue;
        sum.off += of->off * of->off;
        sum.rss += of->rss;
        sum.own += of->own;
    }
    t->told = sum.rss > 0 ? sum.off / sum.rss / 2 : 1;
    t->alone = sum.off / sum.own / 2;
}

/* Differences and their variances, of those not taken out.  `anew`: a and b are
 * not known yet. */
static void judge(struct task *t, bool anew)
{
    dw_check_z_ws *ws = t->ws;

    for (size_t j = 0; j < t->n; j++) {
        if (!is_gone(t, j))
            ws->of[j] = dw_leave_out_of(t->left, j);
    }
    if (anew)
        begin_steps(t);
    for (int i = 0; i < FIT_STEPS && step(t) > 1e-6; i++)
        continue;
    for (size_t j = 0; j < t->n; j++) {
        if (is_gone(t, j))
            continue;
        ws->var[j] = variance(t, &ws->of[j]);
        ws->expected[j] = t->z[j] - ws->of[j].off;
        ws->sd[j] = sqrt(ws->var[j]);
    }
}

/* ---- the ridge ---- */

/* The likelihood of all differences; the worst of them count as some. */
static double told_so_well(const struct task *t)
{
    double sum = 0;

    for (size_t j = 0; j < t->n; j++) {
        double off = t->ws->of[j].off, v = t->ws->var[j];

        if (!is_gone(t, j))
            sum -= log(v) + fmin(off * off / v, CAP);
    }
    return sum;
}

static void find_ridge(struct task *t)
{
    dw_leave_out *w = t->left;
    const size_t n_gone = w->n_gone;
    double best = -INFINITY, df = 0;

    for (size_t i = 0; i <= RIDGE_STEPS; i++) {
        double h = ridge_at(i, RIDGE_STEPS), well;

        dw_leave_out_begin(w, h, t->ws->filled);
        judge(t, true);
        well = told_so_well(t);
        if (well > best) {
            best = well;
            t->ridge = h;
        }
    }
    w->n_gone = n_gone;
    for (size_t i = 0; i < w->k; i++)
        df += w->lambda[i] / (w->lambda[i] + t->ridge);
    t->cross = t->people > 0 ? fmax(1 - df / t->people, 1 / t->people) : 1;
    t->cross *= t->cross;
}

/* ---- what is a misfit ---- */

double dw_check_z_p(double off, double sd)
{
    return erfc(fabs(off) / sd / sqrt(2));
}

static bool is_tested(const struct task *t, const dw_left *of)
{
    return of->rss / t->cross <= 0.5;
}

/* Is a z of that size a misfit, where `expected` was? */
static bool is_off(const struct task *t, double z, double expected, double var)
{
    double off = fabs(z - expected);

    return off > OFF && off > 0.5 * fmax(fabs(z), fabs(expected)) &&
           dw_check_z_p(off, sqrt(var)) < t->p;
}

static bool is_misfit(const struct task *t, size_t j, const dw_left *of)
{
    return is_tested(t, of) &&
           is_off(t, t->z[j], t->z[j] - of->off, variance(t, of));
}

static bool is_misfit_now(const struct task *t, size_t j)
{
    return !is_gone(t, j) && is_misfit(t, j, &t->ws->of[j]);
}

/* Is j one when d is out, of which the column was just asked for? */
static bool is_misfit_without(const struct task *t, size_t j, size_t d)
{
    dw_left of = dw_leave_out_of_without(t->left, j, d);

    return is_misfit(t, j, &of);
}

/* ---- one misfit after the other ---- */

/* The misfit that is most standard deviations off; n if there is none. */
static size_t worst(const struct task *t)
{
    const dw_check_z_ws *ws = t->ws;
    double most = 0;
    size_t at = t->n;

    for (size_t j = 0; j < t->n; j++) {
        double by = fabs(ws->of[j].off) / ws->sd[j];

        if (is_misfit_now(t, j) && by > most) {
            most = by;
            at = j;
        }
    }
    return at;
}

/* A second misfit that would be none without d, and without which d would be
 * none; n if there is no such.  Only d's nearest can be it. */
static size_t other_of_pair(const struct task *t, size_t d)
{
    dw_leave_out *w = t->left;
    double most = 0;
    size_t other = t->n;
    bool paired;

    for (size_t j = 0; j < t->n; j++) {
        double near = w->x[j] * w->x[j] / w->pjj[j];

        if (j != d && !is_gone(t, j) && near > most) {
            most = near;
            other = j;
        }
    }
    if (other == t->n || !is_misfit_now(t, other) ||
        is_misfit_without(t, other, d))
        return t->n;
    dw_leave_out_column(w, other);
    paired = !is_misfit_without(t, d, other);
    dw_leave_out_column(w, d);
    return paired ? other : t->n;
}

static dw_z_verdict verdict_of(const struct task *t, size_t j)
{
    double z = t->z[j], expected = t->ws->expected[j], var = t->ws->var[j];
    /* log N(-z; E, Var) - log N(z; E, Var) */
    double better = -2 * z * expected / var;

    return better > FLIP && fabs(z) > OFF && !is_off(t, -z, expected, var)
               ? DW_Z_FLIP
               : DW_Z_MISFIT;
}

/* Of d the column was just asked for. */
static int take_out(struct task *t, size_t d, dw_z_verdict verdict)
{
    t->ws->verdict[d] = (unsigned char)verdict;
    t->ws->filled[d] = t->ws->expected[d];
    return dw_leave_out_take(t->left, d);
}

static int take_worst(struct task *t, size_t d)
{
    size_t other;
    int rc;

    dw_leave_out_column(t->left, d);
    other = other_of_pair(t, d);
    rc = take_out(t, d, other < t->n ? DW_Z_PAIR : verdict_of(t, d));
    if (rc < 0 || other == t->n)
        return rc;
    dw_leave_out_column(t->left, other);
    return take_out(t, other, DW_Z_PAIR);
}

/* P by the ridge that was found, without those taken out before. */
static int start(struct task *t)
{
    dw_leave_out *w = t->left;
    const size_t n_gone = w->n_gone;
    int rc = 0;

    dw_leave_out_begin(w, t->ridge, t->z);
    for (size_t s = 0; s < n_gone && rc == 0; s++) {
        dw_leave_out_column(w, w->gone[s]);
        rc = dw_leave_out_take(w, w->gone[s]);
    }
    return rc;
}

/* Until there is none left.  1 if any was taken out. */
static int search(struct task *t)
{
    const size_t before = t->left->n_gone;
    bool anew = true;
    int rc = start(t);

    while (rc == 0) {
        size_t d;

        judge(t, anew);
        anew = false;
        d = worst(t);
        if (d == t->n)
            return t->left->n_gone > before;
        t->stopped = t->left->n_gone >= t->most;
        if (t->stopped)
            return 0;
        rc = take_worst(t, d);
    }
    return rc;
}

/* ---- the whole ---- */

static void conclude(const struct task *t, dw_check_z *out)
{
    dw_check_z_ws *ws = t->ws;

    *out = (dw_check_z){.ridge = t->ridge,
                        .told = t->told,
                        .alone = t->alone,
                        .stopped = t->stopped,
                        .expected = ws->expected,
                        .sd = ws->sd,
                        .verdict = ws->verdict};
    find_noise(t, out);
    for (size_t j = 0; j < t->n; j++) {
        if (!is_gone(t, j) && !is_tested(t, &ws->of[j]))
            ws->verdict[j] = DW_Z_UNTESTED;
    }
    for (size_t j = 0; j < t->n; j++)
        out->n[ws->verdict[j]]++;
}

static void leave_untested(dw_check_z_ws *ws, size_t n, dw_check_z *out)
{
    *out = (dw_check_z){.s2 = NAN,
                        .tau = NAN,
                        .ridge = NAN,
                        .told = NAN,
                        .alone = NAN,
                        .expected = ws->expected,
                        .sd = ws->sd,
                        .verdict = ws->verdict};
    out->n[DW_Z_UNTESTED] = n;
    for (size_t j = 0; j < n; j++)
        ws->expected[j] = ws->sd[j] = NAN;
    memset(ws->verdict, DW_Z_UNTESTED, n);
}

int dw_check_z_block(dw_check_z_ws *ws, size_t n, size_t k,
                     const double *lambda, const double *q, const double *z,
                     uint64_t people, double p, dw_check_z *out)
{
    struct task t = {.ws = ws,
                     .left = &ws->left,
                     .n = n,
                     .most = n / DW_CHECK_Z_SHARE,
                     .z = z,
                     .people = (double)people,
                     .p = p};
    int rc = fit(ws, n);

    if (rc == 0)
        rc = dw_leave_out_fit(&ws->left, n, k, lambda, q);
    if (rc < 0)
        return rc;
    if (!dw_all_finite(n, z) || !dw_all_finite(n * k, q))
        return DW_EDEGENERATE;
    if (n < DW_CHECK_Z_LEAST || k == 0 || dw_nrm2(n, z) == 0) {
        leave_untested(ws, n, out);
        return 0;
    }
    memset(ws->verdict, DW_Z_FINE, n);
    memcpy(ws->filled, z, n * sizeof *z);
    for (int round = 0; round < ROUNDS; round++) {
        find_ridge(&t);
        rc = search(&t);
        if (rc <= 0)
            break;
    }
    if (rc < 0)
        return rc;
    conclude(&t, out);
    return 0;
}
