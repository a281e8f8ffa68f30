#include "lik/observe.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "linalg/dense.h"
#include "linalg/gram.h"

struct dw_observe_ws {
    size_t max_m, max_k;
    double *y, *t; /* (k) */

    /* Only where z is missing. */
    dw_gram_ws *gram;
    double *v;      /* (k x k) eigenvectors of Q_o Q_o' */
    double *lambda; /* (k) */
    double *wide;   /* (k x m) Q in double, its observed columns first */
    double *q;      /* (k x m) V'Q */
};

dw_observe_ws *dw_observe_ws_new(size_t max_m, size_t max_k)
{
    dw_observe_ws *ws;

    if (!dw_linalg_fits(max_m) || !dw_linalg_fits(max_k))
        return NULL;
    ws = dw_alloc(1, sizeof(*ws));
    ws->max_m = max_m;
    ws->max_k = max_k;
    ws->y = dw_try_alloc(max_k, sizeof(double));
    ws->t = dw_try_alloc(max_k, sizeof(double));
    if (!ws->y || !ws->t) {
        dw_observe_ws_free(ws);
        return NULL;
    }
    return ws;
}

void dw_observe_ws_free(dw_observe_ws *ws)
{
    if (!ws)
        return;
    dw_gram_ws_free(ws->gram);
    dw_free(ws->y);
    dw_free(ws->t);
    dw_free(ws->v);
    dw_free(ws->lambda);
    dw_free(ws->wide);
    dw_free(ws->q);
    dw_free(ws);
}

static int take_rest(dw_observe_ws *ws)
{
    const size_t m = ws->max_m, k = ws->max_k;

    if (!ws->gram)
        ws->gram = dw_gram_ws_new(k);
    if (!ws->v)
        ws->v = dw_try_alloc(k, k * sizeof(double));
    if (!ws->lambda)
        ws->lambda = dw_try_alloc(k, sizeof(double));
    if (!ws->wide)
        ws->wide = dw_try_alloc(m, k * sizeof(double));
    if (!ws->q)
        ws->q = dw_try_alloc(m, k * sizeof(double));
    return ws->gram && ws->v && ws->lambda && ws->wide && ws->q ? 0 : DW_ENOMEM;
}

/* t (k) <- Q_o z_o */
static void project(dw_observe_ws *ws, size_t k, size_t l, const float *q,
                    const float *z)
{
    memset(ws->t, 0, k * sizeof(double));
    for (size_t j = 0; j < l; j++) {
        if (isnan(z[j]))
            continue;
        for (size_t i = 0; i < k; i++)
            ws->t[i] += (double)q[i + j * k] * (double)z[j];
    }
}

/* v <- eigenvectors of Q_o Q_o' that are kept, lambda its eigenvalues; `wide`
 * is used as scratch for Q_o. */
static int observed_eigen(dw_observe_ws *ws, size_t k, size_t l, const float *q,
                          const float *z, double min_eigen, size_t *kept)
{
    /* Below the least number there is, an eigenvalue is none. */
    double floor = min_eigen > 0 ? min_eigen : DBL_MIN;
    size_t n = 0;
    int rc;

    for (size_t j = 0; j < l; j++) {
        if (isnan(z[j]))
            continue;
        for (size_t i = 0; i < k; i++)
            ws->wide[i + n * k] = q[i + j * k];
        n++;
    }
    rc =
        dw_gram_eigen(ws->gram, k, n, ws->wide, floor, ws->v, ws->lambda, kept);
    return rc > 0 ? DW_EFORMAT : rc;
}

/* (6) again for the observed: Q <- V'Q, L <- G, y <- G^-1 V' Q_o z_o. */
static int rotate(dw_observe_ws *ws, size_t m, size_t k, size_t core, size_t l,
                  const float *q, const float *z, double min_eigen,
                  dw_factor *out)
{
    size_t kept = 0;
    int rc = take_rest(ws);

    if (rc == 0)
        rc = observed_eigen(ws, k, l, q + core * k, z, min_eigen, &kept);
    if (rc != 0)
        return rc;
    for (size_t i = 0; i < m * k; i++)
        ws->wide[i] = q[i];
    dw_gemm(true, false, kept, m, k, 1, ws->v, k, ws->wide, k, 0, ws->q, kept);
    dw_gemv(true, k, kept, 1, ws->v, k, ws->t, 0, ws->y);
    for (size_t i = 0; i < kept; i++)
        ws->y[i] /= ws->lambda[i];
    *out = (dw_factor){
        .m = m, .k = kept, .lambda = ws->lambda, .y = ws->y, .q = ws->q};
    return 0;
}

int dw_observe(dw_observe_ws *ws, size_t m, size_t k, size_t core, size_t l,
               const float *q, const double *lambda, const float *z,
               double min_eigen, dw_factor *out, size_t *n_observed)
{
    size_t seen = 0;

    if (m > ws->max_m || k > ws->max_k || core > m || l > m - core)
        return DW_EBUG;
    for (size_t j = 0; j < l; j++) {
        if (isinf(z[j]))
            return DW_EFORMAT;
        seen += !isnan(z[j]);
    }
    if (n_observed)
        *n_observed = seen;
    project(ws, k, l, q + core * k, z);
    if (seen < l)
        return rotate(ws, m, k, core, l, q, z, min_eigen, out);
    for (size_t i = 0; i < k; i++)
        ws->y[i] = ws->t[i] / lambda[i];
    *out = (dw_factor){.m = m, .k = k, .lambda = lambda, .y = ws->y, .q32 = q};
    return 0;
}
