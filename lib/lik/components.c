#include "lik/components.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "linalg/chol.h"
#include "linalg/dense.h"

enum { N = DW_COMPONENTS_N, CHUNK = 256 };

struct dw_components_ws {
    size_t max_k;
    double *p;     /* (k x k) S, its factor, then P = S^-1 */
    double *pg;    /* (k x k) P G */
    double *chunk; /* (k x CHUNK) scaled columns of Q; or vectors */
};

dw_components_ws *dw_components_ws_new(size_t max_k)
{
    dw_components_ws *ws;

    if (!dw_linalg_fits(max_k))
        return NULL;
    ws = dw_alloc(1, sizeof(*ws));
    ws->max_k = max_k;
    ws->p = dw_try_alloc(max_k, max_k * sizeof(double));
    ws->pg = dw_try_alloc(max_k, max_k * sizeof(double));
    ws->chunk = dw_try_alloc(max_k, CHUNK * sizeof(double));
    if (!ws->p || !ws->pg || !ws->chunk) {
        dw_components_ws_free(ws);
        return NULL;
    }
    return ws;
}

void dw_components_ws_free(dw_components_ws *ws)
{
    if (!ws)
        return;
    dw_free(ws->p);
    dw_free(ws->pg);
    dw_free(ws->chunk);
    dw_free(ws);
}

int dw_components_gram(dw_components_ws *ws, const dw_factor *b,
                       const double *w, double *g)
{
    const size_t k = b->k;

    if (k > ws->max_k)
        return DW_EBUG;
    memset(g, 0, k * k * sizeof(*g));
    for (size_t j0 = 0; j0 < b->m; j0 += CHUNK) {
        size_t n = b->m - j0 < CHUNK ? b->m - j0 : CHUNK;

        for (size_t c = 0; c < n; c++) {
            double root = sqrt(w[j0 + c]), *to = ws->chunk + c * k;
            const double *from = dw_factor_column(b, j0 + c, to);

            for (size_t i = 0; i < k; i++)
                to[i] = root * from[i];
        }
        dw_syrk(false, k, n, 1, ws->chunk, k, 1, g, k);
    }
    dw_symmetrise(k, g, k);
    return 0;
}

/* p <- c G + s2 I + tau L^-1, its inverse (both triangles); returns log|S| in
 * *logdet. */
static int invert(dw_components_ws *ws, size_t k, const double *g,
                  const double *lambda, const double *theta, double *logdet)
{
    int rc;

    for (size_t i = 0; i < k * k; i++)
        ws->p[i] = theta[0] * g[i];
    for (size_t i = 0; i < k; i++)
        ws->p[i + i * k] += theta[1] + theta[2] / lambda[i];
    if ((rc = dw_chol_factor(k, ws->p, k)) != 0)
        return rc;
    *logdet = dw_chol_logdet(k, ws->p, k);
    if ((rc = dw_chol_inverse(k, ws->p, k)) != 0)
        return rc;
    dw_symmetrise(k, ws->p, k);
    return 0;
}

/* 1/2 tr(P S_i P S_j) with S_1 = G, S_2 = I, S_3 = L^-1.  `x` (k), `y` (k):
 * scratch for rows of P G. */
static void expect(dw_components_ws *ws, size_t k, const double *g,
                   const double *lambda, double e[N][N])
{
    double sum[N][N] = {{0}};

    dw_gemm(false, false, k, k, k, 1, ws->p, k, g, k, 0, ws->pg, k);
    for (size_t j = 0; j < k; j++) {
        double inv_j = 1 / lambda[j];

        for (size_t i = 0; i < k; i++) {
            double p = ws->p[i + j * k], pg = ws->pg[i + j * k];
            double gp = ws->pg[j + i * k], inv_i = 1 / lambda[i];

            sum[0][0] += pg * gp;        /* (PG)_ij (PG)_ji */
            sum[0][1] += pg * p;         /* (PG)_ij P_ji */
            sum[0][2] += pg * p * inv_i; /* (PG)_ij P_ji / L_i */
            sum[1][1] += p * p;          /* P_ij P_ji */
            sum[1][2] += p * p * inv_j;  /* P_ij P_ji / L_j */
            sum[2][2] += p * p * inv_i * inv_j;
        }
    }
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            e[i][j] = 0.5 * (i <= j ? sum[i][j] : sum[j][i]);
}

int dw_components_block(dw_components_ws *ws, size_t k, const double *g,
                        const double *lambda, const double *y,
                        const double theta[DW_COMPONENTS_N], bool expected,
                        dw_components *out)
{
    const double log_2pi = 1.83787706640934548356;
    double *v = ws->chunk, *d = v + k; /* d: S_i v, one column each */
    double *pd = d + N * k, logdet, trace[N] = {0};
    int rc;

    if (k > ws->max_k)
        return DW_EBUG;
    for (int i = 0; i < N; i++)
        if (!(theta[i] >= 0) || isinf(theta[i]))
            return DW_EDEGENERATE;
    if (theta[1] + theta[2] <= 0)
        return DW_EDEGENERATE;
    if ((rc = invert(ws, k, g, lambda, theta, &logdet)) != 0)
        return rc;

    *out = (dw_components){0};
    dw_gemv(false, k, k, 1, ws->p, k, y, 0, v);
    dw_gemv(false, k, k, 1, g, k, v, 0, d);
    for (size_t i = 0; i < k; i++) {
        d[i + k] = v[i];
        d[i + 2 * k] = v[i] / lambda[i];
        trace[1] += ws->p[i + i * k];
        trace[2] += ws->p[i + i * k] / lambda[i];
    }
    trace[0] = dw_dot(k * k, ws->p, g);
    dw_gemm(false, false, k, N, k, 1, ws->p, k, d, k, 0, pd, k);
    for (int i = 0; i < N; i++) {
        out->score[i] = 0.5 * (dw_dot(k, v, d + i * k) - trace[i]);
        for (int j = 0; j < N; j++)
            out->average[i][j] = 0.5 * dw_dot(k, d + i * k, pd + j * k);
    }
    out->loglik = -0.5 * (logdet + dw_dot(k, y, v) + (double)k * log_2pi);
    if (expected)
        expect(ws, k, g, lambda, out->expected);
    return 0;
}
