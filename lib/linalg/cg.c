#include "linalg/cg.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "linalg/dense.h"
#include "linalg/eigen.h"

struct dw_cg {
    size_t max_n, max_c, max_steps;
    /* Right-hand sides that are not done yet lie in the first columns of these
     * (n x max_c): what is done costs no more products. */
    double *r, *z, *p, *sp;
    size_t *column; /* (max_c) which right-hand side it is */
    double *rho;    /* (max_c) r'z, by slot */
    double *first;  /* (max_c) b'M^-1 b, by right-hand side, as all below */
    size_t *steps;
    double *alpha, *beta; /* (max_steps x max_c) */
    double *diag, *off;   /* (max_steps) the Lanczos matrix, then eigenvalues */
    double *vectors;      /* (max_steps x max_steps + 2 max_steps) */
};

dw_cg *dw_cg_new(size_t max_n, size_t max_c, size_t max_steps)
{
    dw_cg *ws;
    size_t n = max_n, s = max_steps;

    if (!dw_linalg_fits(n) || !dw_linalg_fits(max_c) || !dw_linalg_fits(s))
        return NULL;
    ws = dw_alloc(1, sizeof *ws);
    ws->max_n = n;
    ws->max_c = max_c;
    ws->max_steps = s;
    ws->r = dw_try_alloc(max_c, n * sizeof(double));
    ws->z = dw_try_alloc(max_c, n * sizeof(double));
    ws->p = dw_try_alloc(max_c, n * sizeof(double));
    ws->sp = dw_try_alloc(max_c, n * sizeof(double));
    ws->column = dw_try_alloc(max_c, sizeof(size_t));
    ws->rho = dw_try_alloc(max_c, sizeof(double));
    ws->first = dw_try_alloc(max_c, sizeof(double));
    ws->steps = dw_try_alloc(max_c, sizeof(size_t));
    ws->alpha = dw_try_alloc(max_c, s * sizeof(double));
    ws->beta = dw_try_alloc(max_c, s * sizeof(double));
    ws->diag = dw_try_alloc(s, sizeof(double));
    ws->off = dw_try_alloc(s, sizeof(double));
    ws->vectors = dw_try_alloc(s + 2, s * sizeof(double));
    if (!ws->r || !ws->z || !ws->p || !ws->sp || !ws->column || !ws->rho ||
        !ws->first || !ws->steps || !ws->alpha || !ws->beta || !ws->diag ||
        !ws->off || !ws->vectors) {
        dw_cg_free(ws);
        return NULL;
    }
    return ws;
}

void dw_cg_free(dw_cg *ws)
{
    if (!ws)
        return;
    dw_free(ws->r);
    dw_free(ws->z);
    dw_free(ws->p);
    dw_free(ws->sp);
    dw_free(ws->column);
    dw_free(ws->rho);
    dw_free(ws->first);
    dw_free(ws->steps);
    dw_free(ws->alpha);
    dw_free(ws->beta);
    dw_free(ws->diag);
    dw_free(ws->off);
    dw_free(ws->vectors);
    dw_free(ws);
}

/* Slot s is done: the last one takes its place. */
static void retire(dw_cg *ws, size_t n, size_t s, size_t last)
{
    if (s == last)
        return;
    memcpy(ws->r + s * n, ws->r + last * n, n * sizeof(double));
    memcpy(ws->z + s * n, ws->z + last * n, n * sizeof(double));
    memcpy(ws->p + s * n, ws->p + last * n, n * sizeof(double));
    ws->column[s] = ws->column[last];
    ws->rho[s] = ws->rho[last];
}

/* One step of all `live` slots: x, r, z and their r'z. */
static int step(dw_cg *ws, const dw_cg_system *sys, size_t live, double *x)
{
    const size_t n = sys->n;

    sys->product(sys->ctx, live, ws->p, ws->sp);
    for (size_t s = 0; s < live; s++) {
        size_t c = ws->column[s];
        double *p = ws->p + s * n, *sp = ws->sp + s * n;
        double curve = dw_dot(n, p, sp), alpha = ws->rho[s] / curve;

        if (!(curve > 0) || !isfinite(alpha))
            return 1;
        ws->alpha[ws->steps[c] + c * ws->max_steps] = alpha;
        dw_axpy(n, alpha, p, x + c * n);
        dw_axpy(n, -alpha, sp, ws->r + s * n);
    }
    memcpy(ws->z, ws->r, live * n * sizeof(double));
    sys->precondition(sys->ctx, live, ws->z);
    for (size_t s = 0; s < live; s++) {
        size_t c = ws->column[s];
        double *p = ws->p + s * n, *z = ws->z + s * n;
        double rho = dw_dot(n, ws->r + s * n, z), beta = rho / ws->rho[s];

        if (!(rho >= 0) || !isfinite(beta))
            return 1;
        ws->beta[ws->steps[c]++ + c * ws->max_steps] = beta;
        ws->rho[s] = rho;
        for (size_t i = 0; i < n; i++)
            p[i] = z[i] + beta * p[i];
    }
    return 0;
}

/* Slots from the right-hand sides; one of 0 has its x at once. */
static int begin(dw_cg *ws, const dw_cg_system *sys, size_t c, const double *b,
                 size_t *live)
{
    const size_t n = sys->n;

    memcpy(ws->r, b, c * n * sizeof(double));
    memcpy(ws->z, b, c * n * sizeof(double));
    sys->precondition(sys->ctx, c, ws->z);
    memcpy(ws->p, ws->z, c * n * sizeof(double));
    for (size_t j = 0; j < c; j++) {
        ws->column[j] = j;
        ws->steps[j] = 0;
        ws->rho[j] = ws->first[j] = dw_dot(n, ws->r + j * n, ws->z + j * n);
        if (!(ws->rho[j] >= 0) || isinf(ws->rho[j]))
            return 1;
    }
    *live = c;
    for (size_t s = c; s-- > 0;)
        if (ws->rho[s] == 0)
            retire(ws, n, s, --*live);
    return 0;
}

int dw_cg_solve(dw_cg *ws, const dw_cg_system *sys, size_t c, const double *b,
                double *x, double tol, dw_cg_end *end)
{
    const size_t n = sys->n;
    size_t live;
    int rc;

    if (n > ws->max_n || c > ws->max_c)
        return DW_EBUG;
    *end = (dw_cg_end){0};
    memset(x, 0, c * n * sizeof(double));
    if ((rc = begin(ws, sys, c, b, &live)) != 0)
        return rc;
    while (live && end->steps < ws->max_steps) {
        if ((rc = step(ws, sys, live, x)) != 0)
            return rc;
        end->steps++;
        for (size_t s = live; s-- > 0;) {
            double left = sqrt(ws->rho[s] / ws->first[ws->column[s]]);

            if (left > tol)
                continue;
            end->residual = fmax(end->residual, left);
            retire(ws, n, s, --live);
        }
    }
    for (size_t s = 0; s < live; s++)
        end->residual =
            fmax(end->residual, sqrt(ws->rho[s] / ws->first[ws->column[s]]));
    return 0;
}

double dw_cg_quadrature(dw_cg *ws, size_t column, double (*fn)(double))
{
    const double *alpha = ws->alpha + column * ws->max_steps;
    const double *beta = ws->beta + column * ws->max_steps;
    const size_t n = ws->steps[column];
    double sum = 0, *v = ws->vectors;

    for (size_t i = 0; i < n; i++) {
        ws->diag[i] = 1 / alpha[i] + (i ? beta[i - 1] / alpha[i - 1] : 0);
        ws->off[i] = sqrt(beta[i]) / alpha[i];
    }
    if (dw_eigen_tridiagonal(n, ws->diag, ws->off, v, v + n * n) != 0)
        return NAN;
    for (size_t i = 0; i < n; i++)
        sum += v[i * n] * v[i * n] * fn(ws->diag[i]);
    return ws->first[column] * sum;
}
