#include "lik/marginal.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "lik/marginal_core.h"
#include "lik/solver_cost.h"
#include "linalg/dense.h"

static const double LOG_2PI = 1.83787706640934548356;

static bool may_take_cg(const dw_solving *how, size_t max_k)
{
    return how->solver == DW_SOLVER_CG ||
           (how->solver == DW_SOLVER_AUTO && how->estimate &&
            max_k > DW_DENSE_MAX_K);
}

/* The largest rank that dense algebra may be taken for; 0: none. */
static size_t dense_k_of(const dw_solving *how, size_t max_k)
{
    if (how->solver == DW_SOLVER_CG)
        return 0;
    return may_take_cg(how, max_k) ? DW_DENSE_MAX_K : max_k;
}

size_t dw_marginal_ws_bytes(size_t max_m, size_t max_k, const dw_solving *how)
{
    size_t k = dense_k_of(how, max_k), side, n;

    n = (5 * max_k + 2 * max_m) * sizeof(double) + max_m * sizeof(size_t);
    if (may_take_cg(how, max_k))
        n += dw_iterative_bytes(max_m, max_k, how);
    if (!k)
        return n;
    side = dw_dense_side(max_m, k, how->solver);
    return n + (side * side + k * (max_m + 1) + max_m + k) *
                   dw_mat_size(how->precision == DW_PRECISION_SINGLE);
}

/* Room for dense algebra on the blocks that it may be taken for. */
static bool take_dense(dw_marginal_ws *ws)
{
    size_t m = ws->max_m, k = dense_k_of(&ws->how, ws->max_k), longer;
    bool single = ws->how.precision == DW_PRECISION_SINGLE;

    if (!k)
        return true;
    ws->dense_k = k;
    ws->max_side = dw_dense_side(m, k, ws->how.solver);
    longer = m > k ? m : k;
    ws->s = dw_mat_alloc(ws->max_side, ws->max_side, single);
    ws->a = dw_mat_alloc(k, m + 1, single);
    ws->v = dw_mat_alloc(longer, 1, single);
    return ws->s.at && ws->a.at && ws->v.at;
}

dw_marginal_ws *dw_marginal_ws_new(size_t max_m, size_t max_k,
                                   const dw_solving *how)
{
    dw_marginal_ws *ws;
    size_t longer = max_m > max_k ? max_m : max_k;

    if (!dw_linalg_fits(longer))
        return NULL;
    ws = dw_alloc(1, sizeof(*ws));
    ws->max_m = max_m;
    ws->max_k = max_k;
    ws->how = *how;
    if (may_take_cg(how, max_k) &&
        !(ws->cg = dw_iterative_new(max_m, max_k, how))) {
        dw_marginal_ws_free(ws);
        return NULL;
    }
    ws->d = dw_try_alloc(max_k, sizeof(double));
    ws->y = dw_try_alloc(max_k, sizeof(double));
    ws->u = dw_try_alloc(max_k, sizeof(double));
    ws->x = dw_try_alloc(max_k, sizeof(double));
    ws->h = dw_try_alloc(max_m, sizeof(double));
    ws->r = dw_try_alloc(max_m, sizeof(double));
    ws->dd = dw_try_alloc(max_k, sizeof(double));
    ws->active = dw_try_alloc(max_m, sizeof(size_t));
    if (!take_dense(ws) || !ws->d || !ws->y || !ws->u || !ws->x || !ws->h ||
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
    dw_iterative_free(ws->cg);
    dw_marginal_ws_free(ws->in_double);
    dw_free(ws->s.at);
    dw_free(ws->a.at);
    dw_free(ws->v.at);
    dw_free(ws->d);
    dw_free(ws->y);
    dw_free(ws->u);
    dw_free(ws->x);
    dw_free(ws->h);
    dw_free(ws->r);
    dw_free(ws->dd);
    dw_free(ws->active);
    dw_free(ws);
}

dw_solved dw_marginal_solved(const dw_marginal_ws *ws)
{
    return ws->solved;
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
    dw_mat q = dw_factor_q(b), a = ws->a;

    a.ld = b->k;
    for (size_t c = 0; c < ws->n_active; c++) {
        size_t j = ws->active[c];

        dw_mat_put_scaled(b->k, sqrt(f[j]), ws->u, q, j, a, c);
    }
}

/* h and r of the active variants move to the front. */
static int by_cg(dw_marginal_ws *ws, const dw_factor *b, const double *f,
                 unsigned want, double *logdet, double *quad)
{
    dw_iterative_out out = {.x = ws->x};
    int rc;

    if (want & DW_MARGINAL_VARIANTS) {
        out.h = ws->h;
        out.r = ws->r;
    }
    if (want & DW_MARGINAL_NOISE)
        out.diag = ws->dd;
    if ((rc = dw_iterative_solve(ws->cg, b, f, ws->u, ws->y, &out)) != 0)
        return rc;
    *logdet += out.logdet;
    *quad = out.quad;
    for (size_t c = 0; c < ws->n_active && out.h; c++) {
        ws->h[c] = ws->h[ws->active[c]];
        ws->r[c] = ws->r[ws->active[c]];
    }
    ws->solved.steps = out.steps;
    ws->solved.residual = out.residual;
    ws->solved.converged = out.residual <= dw_iterative_tol(ws->cg);
    return 0;
}

static enum dw_solver choose(const dw_marginal_ws *ws, size_t k, unsigned want)
{
    if (k == 0)
        return DW_SOLVER_PRIMAL;
    if (ws->how.solver != DW_SOLVER_AUTO)
        return ws->how.solver;
    if (k > ws->dense_k)
        return DW_SOLVER_CG;
    return dw_dense_cheaper(k, ws->n_active, want & DW_MARGINAL_VARIANTS,
                            want & DW_MARGINAL_NOISE);
}

static int solve(dw_marginal_ws *ws, const dw_factor *b, const double *f,
                 dw_noise noise, unsigned want, double *loglik)
{
    double logdet, quad;
    int rc;

    if ((rc = begin(ws, b, f, noise, &logdet)) != 0)
        return rc;
    ws->solved = (dw_solved){choose(ws, b->k, want), .converged = true};
    if (ws->solved.solver == DW_SOLVER_CG) {
        rc = by_cg(ws, b, f, want, &logdet, &quad);
    } else {
        scale(ws, b, f);
        rc = ws->solved.solver == DW_SOLVER_DUAL
                 ? dw_marginal_dual(ws, b->k, want, &logdet, &quad)
                 : dw_marginal_primal(ws, b->k, want, &logdet, &quad);
    }
    if (rc != 0)
        return rc;
    *loglik = -0.5 * (logdet + quad + (double)b->k * LOG_2PI);
    if (want & DW_MARGINAL_NOISE) /* D scaled back: S^-1 = D^-1/2 .. D^-1/2 */
        for (size_t i = 0; i < b->k; i++)
            ws->dd[i] = -0.5 * (ws->dd[i] - ws->x[i] * ws->x[i]) / ws->d[i];
    return 0;
}

int dw_marginal_solve(dw_marginal_ws *ws, const dw_factor *b, const double *f,
                      dw_noise noise, unsigned want, double *loglik,
                      const dw_marginal_ws **from)
{
    double found;
    int rc = solve(ws, b, f, noise, want, &found);

    *from = ws;
    if (ws->how.precision == DW_PRECISION_SINGLE &&
        (rc > 0 || (rc == 0 && !isfinite(found)))) {
        if (!ws->in_double) {
            dw_solving how = ws->how;

            how.precision = DW_PRECISION_DOUBLE;
            ws->in_double = dw_marginal_ws_new(ws->max_m, ws->max_k, &how);
            if (!ws->in_double)
                return DW_ENOMEM;
        }
        *from = ws->in_double;
        rc = solve(ws->in_double, b, f, noise, want, &found);
        ws->solved = ws->in_double->solved;
        ws->solved.again = true;
    }
    if (rc == 0)
        *loglik = found;
    return rc;
}

int dw_marginal_block(dw_marginal_ws *ws, const dw_factor *b, const double *f,
                      dw_noise noise, double *loglik, double *grad,
                      dw_noise *dnoise)
{
    unsigned want =
        (grad ? DW_MARGINAL_VARIANTS : 0) | (dnoise ? DW_MARGINAL_NOISE : 0);
    const dw_marginal_ws *at;
    int rc = dw_marginal_solve(ws, b, f, noise, want, loglik, &at);

    if (rc != 0)
        return rc;
    if (grad) {
        memset(grad, 0, b->m * sizeof(*grad));
        for (size_t c = 0; c < at->n_active; c++)
            grad[at->active[c]] = -0.5 * (at->h[c] - at->r[c] * at->r[c]);
    }
    if (dnoise) {
        *dnoise = (dw_noise){0};
        for (size_t i = 0; i < b->k; i++) {
            dnoise->s2 += at->dd[i];
            dnoise->tau += at->dd[i] / b->lambda[i];
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
