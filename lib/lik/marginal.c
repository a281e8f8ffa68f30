#include "lik/marginal.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "lik/marginal_core.h"
#include "linalg/chol.h"
#include "linalg/dense.h"

static const double LOG_2PI = 1.83787706640934548356;

/*
 * The cost of a factorisation or of the inverse of a factor, a flop, against a
 * product or a triangular solve; and how many more active variants than
 * eigenpairs the dual may have if we choose (it never pays past that, and so
 * the workspace is bounded).
 */
static const double COST_FACTOR = 1.5;
static const double DUAL_MAX_RATIO = 1.25;

static size_t side_of(size_t max_m, size_t max_k, enum dw_solver solver)
{
    double dual = ceil(DUAL_MAX_RATIO * (double)max_k);

    if (solver == DW_SOLVER_PRIMAL)
        return max_k;
    if (solver == DW_SOLVER_DUAL)
        return max_m;
    return dual < (double)max_m ? (size_t)dual : max_m > max_k ? max_m : max_k;
}

dw_marginal_ws *dw_marginal_ws_new(size_t max_m, size_t max_k,
                                   enum dw_solver solver)
{
    dw_marginal_ws *ws;
    size_t side = side_of(max_m, max_k, solver);
    size_t longer = max_m > max_k ? max_m : max_k;

    if (!dw_linalg_fits(longer) || !dw_linalg_fits(side))
        return NULL;
    ws = dw_alloc(1, sizeof(*ws));
    ws->max_m = max_m;
    ws->max_k = max_k;
    ws->max_side = side;
    ws->solver = solver;
    ws->s = dw_try_alloc(side, side * sizeof(double));
    ws->a = dw_try_alloc(max_m, max_k * sizeof(double));
    ws->d = dw_try_alloc(max_k, sizeof(double));
    ws->y = dw_try_alloc(max_k, sizeof(double));
    ws->u = dw_try_alloc(max_k, sizeof(double));
    ws->t = dw_try_alloc(longer, sizeof(double));
    ws->h = dw_try_alloc(max_m, sizeof(double));
    ws->r = dw_try_alloc(max_m, sizeof(double));
    ws->dd = dw_try_alloc(max_k, sizeof(double));
    ws->active = dw_try_alloc(max_m, sizeof(size_t));
    if (!ws->s || !ws->a || !ws->d || !ws->y || !ws->u || !ws->t || !ws->h ||
        !ws->r || !ws->dd || !ws->active) {
        dw_marginal_ws_free(ws);
        return NULL;
    }
    return ws;
}

void dw_marginal_ws_free(dw_marginal_ws *ws)
{
    if (!ws)
        return;
    dw_free(ws->s);
    dw_free(ws->a);
    dw_free(ws->d);
    dw_free(ws->y);
    dw_free(ws->u);
    dw_free(ws->t);
    dw_free(ws->h);
    dw_free(ws->r);
    dw_free(ws->dd);
    dw_free(ws->active);
    dw_free(ws);
}

static bool noise_ok(dw_noise noise)
{
    return isfinite(noise.s2) && isfinite(noise.tau) && noise.s2 >= 0 &&
           noise.tau >= 0 && noise.s2 + noise.tau > 0;
}

/* Sets active, d and its root, y; adds log|D|.  The scaling of the file's
 * comment, but for A. */
static int begin(dw_marginal_ws *ws, const dw_factor *b, const double *f,
                 dw_noise noise, double *logdet)
{
    if (b->m > ws->max_m || b->k > ws->max_k)
        return DW_EBUG;
    if (!noise_ok(noise))
        return DW_EDEGENERATE;
    ws->n_active = 0;
    for (size_t j = 0; j < b->m; j++) {
        if (!(f[j] >= 0) || isinf(f[j]))
            return DW_EDEGENERATE;
        if (f[j] > 0)
            ws->active[ws->n_active++] = j;
    }
    *logdet = 0;
    for (size_t i = 0; i < b->k; i++) {
        double d = noise.s2 + noise.tau / b->lambda[i];

        ws->d[i] = d;
        ws->u[i] = 1 / sqrt(d);
        ws->y[i] = b->y[i] * ws->u[i];
        *logdet += log(d);
    }
    return 0;
}

/* a (k x n_active) <- D^-1/2 Q F^1/2, D^-1/2 in u. */
static void scale(dw_marginal_ws *ws, const dw_factor *b, const double *f)
{
    const size_t k = b->k;
    const double *u = ws->u;

    for (size_t c = 0; c < ws->n_active; c++) {
        size_t j = ws->active[c];
        double root = sqrt(f[j]), *a = ws->a + c * k;

        if (b->q)
            for (size_t i = 0; i < k; i++)
                a[i] = b->q[i + j * k] * u[i] * root;
        else
            for (size_t i = 0; i < k; i++)
                a[i] = b->q32[i + j * k] * u[i] * root;
    }
}

static bool choose_dual(const dw_marginal_ws *ws, size_t k, unsigned want)
{
    double dk = (double)k, da = (double)ws->n_active;
    double variants = want & DW_MARGINAL_VARIANTS ? 1 : 0;
    double noise = want & DW_MARGINAL_NOISE ? 1 : 0;
    double factor = COST_FACTOR / 3;
    double primal, dual;

    if (ws->solver != DW_SOLVER_AUTO)
        return ws->solver == DW_SOLVER_DUAL;
    if (da > DUAL_MAX_RATIO * dk)
        return false;
    primal =
        dk * dk * da * (1 + variants) + dk * dk * dk * factor * (1 + noise);
    dual = da * da * dk * (1 + noise) + da * da * da * factor * (1 + variants);
    return dual < primal;
}

static void add_identity(size_t n, double *s)
{
    for (size_t i = 0; i < n; i++)
        s[i + i * n] += 1;
}

/* u <- S^-1 y, and h, r, diag(S^-1) in dd, by S = I + A A'. */
static int primal(dw_marginal_ws *ws, size_t k, unsigned want, double *logdet,
                  double *quad)
{
    const size_t n = ws->n_active;
    int rc;

    dw_syrk(false, k, n, 1, ws->a, k, 0, ws->s, k);
    add_identity(k, ws->s);
    if ((rc = dw_chol_factor(k, ws->s, k)) != 0)
        return rc;
    *logdet += dw_chol_logdet(k, ws->s, k);
    memcpy(ws->u, ws->y, k * sizeof(double));
    dw_trsm(false, k, 1, ws->s, k, ws->u, k);
    *quad = dw_dot(k, ws->u, ws->u);
    if (want & DW_MARGINAL_VARIANTS) { /* a_j <- L^-1 a_j */
        dw_trsm(false, k, n, ws->s, k, ws->a, k);
        for (size_t c = 0; c < n; c++) {
            const double *a = ws->a + c * k;

            ws->h[c] = dw_dot(k, a, a);
            ws->r[c] = dw_dot(k, a, ws->u);
        }
    }
    if (want & DW_MARGINAL_NOISE) {
        dw_trsm(true, k, 1, ws->s, k, ws->u, k);
        if ((rc = dw_chol_invert_factor(k, ws->s, k)) != 0)
            return rc;
        dw_chol_inverse_diagonal(k, ws->s, k, ws->dd);
    }
    return 0;
}

/* The same by T = I + A'A = L L':  S^-1 = I - A T^-1 A',  A' S^-1 = T^-1 A',
 * A' S^-1 A = I - T^-1. */
static int dual(dw_marginal_ws *ws, size_t k, unsigned want, double *logdet,
                double *quad)
{
    const size_t n = ws->n_active;
    int rc;

    dw_syrk(true, n, k, 1, ws->a, k, 0, ws->s, n);
    add_identity(n, ws->s);
    if ((rc = dw_chol_factor(n, ws->s, n)) != 0)
        return rc;
    *logdet += dw_chol_logdet(n, ws->s, n);
    dw_gemv(true, k, n, 1, ws->a, k, ws->y, 0, ws->r);
    dw_chol_solve(n, 1, ws->s, n, ws->r, n);
    memcpy(ws->u, ws->y, k * sizeof(double));
    dw_gemv(false, k, n, -1, ws->a, k, ws->r, 1, ws->u);
    *quad = dw_dot(k, ws->u, ws->y);
    if (want & DW_MARGINAL_NOISE) { /* a <- A L'^-1: rows give the diagonal */
        dw_trsm_right(true, k, n, ws->s, n, ws->a, k);
        for (size_t i = 0; i < k; i++)
            ws->dd[i] = 1;
        for (size_t c = 0; c < n; c++)
            for (size_t i = 0; i < k; i++)
                ws->dd[i] -= ws->a[i + c * k] * ws->a[i + c * k];
    }
    if (want & DW_MARGINAL_VARIANTS) {
        if ((rc = dw_chol_invert_factor(n, ws->s, n)) != 0)
            return rc;
        dw_chol_inverse_diagonal(n, ws->s, n, ws->h);
        for (size_t c = 0; c < n; c++)
            ws->h[c] = 1 - ws->h[c];
    }
    return 0;
}

int dw_marginal_solve(dw_marginal_ws *ws, const dw_factor *b, const double *f,
                      dw_noise noise, unsigned want, double *loglik)
{
    double logdet, quad;
    int rc;

    if ((rc = begin(ws, b, f, noise, &logdet)) != 0)
        return rc;
    scale(ws, b, f);
    if (choose_dual(ws, b->k, want))
        rc = dual(ws, b->k, want, &logdet, &quad);
    else
        rc = primal(ws, b->k, want, &logdet, &quad);
    if (rc != 0)
        return rc;
    *loglik = -0.5 * (logdet + quad + (double)b->k * LOG_2PI);
    if (want & DW_MARGINAL_NOISE) /* D scaled back: S^-1 = D^-1/2 .. D^-1/2 */
        for (size_t i = 0; i < b->k; i++)
            ws->dd[i] = -0.5 * (ws->dd[i] - ws->u[i] * ws->u[i]) / ws->d[i];
    return 0;
}

int dw_marginal_block(dw_marginal_ws *ws, const dw_factor *b, const double *f,
                      dw_noise noise, double *loglik, double *grad,
                      dw_noise *dnoise)
{
    unsigned want =
        (grad ? DW_MARGINAL_VARIANTS : 0) | (dnoise ? DW_MARGINAL_NOISE : 0);
    int rc = dw_marginal_solve(ws, b, f, noise, want, loglik);

    if (rc != 0)
        return rc;
    if (grad) {
        memset(grad, 0, b->m * sizeof(*grad));
        for (size_t c = 0; c < ws->n_active; c++)
            grad[ws->active[c]] = -0.5 * (ws->h[c] - ws->r[c] * ws->r[c]);
    }
    if (dnoise) {
        *dnoise = (dw_noise){0};
        for (size_t i = 0; i < b->k; i++) {
            dnoise->s2 += ws->dd[i];
            dnoise->tau += ws->dd[i] / b->lambda[i];
        }
    }
    return 0;
}

int dw_marginal_null(const dw_factor *b, dw_noise noise, double *loglik)
{
    double sum = (double)b->k * LOG_2PI;

    if (!noise_ok(noise))
        return DW_EDEGENERATE;
    for (size_t i = 0; i < b->k; i++) {
        double d = noise.s2 + noise.tau / b->lambda[i];

        sum += log(d) + b->y[i] * b->y[i] / d;
    }
    *loglik = -0.5 * sum;
    return 0;
}
