#include "fit/information.h"

#include "base/mem.h"
#include "lik/components.h"
#include "linalg/chol.h"
#include "linalg/dense.h"

enum { CHUNK = 256 }; /* variants widened at a time */

struct dw_information_ws {
    size_t max_k, d;
    dw_components_ws *gram;
    double *s;     /* (k x k) S, then its factor */
    double *u;     /* (k) */
    double *v;     /* (k x d + 2) */
    double *chunk; /* (k x CHUNK) columns of Q */
    double *w;     /* (d x CHUNK) F_j (q_j'u) slope_j [1 x_j] */
};

dw_information_ws *dw_information_ws_new(size_t max_k, size_t d)
{
    dw_information_ws *ws = dw_alloc(1, sizeof *ws);

    ws->max_k = max_k;
    ws->d = d;
    ws->gram = dw_components_ws_new(max_k);
    ws->s = dw_try_alloc(max_k, max_k * sizeof(double));
    ws->u = dw_try_alloc(max_k, sizeof(double));
    ws->v = dw_try_alloc(max_k, (d + 2) * sizeof(double));
    ws->chunk = dw_try_alloc(max_k, CHUNK * sizeof(double));
    ws->w = dw_try_alloc(d, CHUNK * sizeof(double));
    if (!ws->gram || !ws->s || !ws->u || !ws->v || !ws->chunk || !ws->w) {
        dw_information_ws_free(ws);
        return NULL;
    }
    return ws;
}

void dw_information_ws_free(dw_information_ws *ws)
{
    if (!ws)
        return;
    dw_components_ws_free(ws->gram);
    dw_free(ws->s);
    dw_free(ws->u);
    dw_free(ws->v);
    dw_free(ws->chunk);
    dw_free(ws->w);
    dw_free(ws);
}

/* v (k x d) <- Q diag(f o t o slope) [1 x'],  t = Q'u */
static void directions(dw_information_ws *ws, const dw_factor *b,
                       const double *f, const double *slope, const float *x)
{
    size_t k = b->k, d = ws->d, p = d - 1;

    for (size_t j0 = 0; j0 < b->m; j0 += CHUNK) {
        size_t n = b->m - j0 < CHUNK ? b->m - j0 : CHUNK;

        for (size_t c = 0; c < n; c++) {
            double *q = ws->chunk + c * k, *w = ws->w + c * d;

            const double *from = dw_factor_column(b, j0 + c, q);
            double scale = f[j0 + c] * slope[j0 + c] * dw_dot(k, from, ws->u);

            if (from != q) {
                for (size_t i = 0; i < k; i++)
                    q[i] = from[i];
            }
            w[0] = scale;
            for (size_t i = 0; i < p; i++)
                w[1 + i] = scale * x[i + (j0 + c) * p];
        }
        dw_gemm(false, true, k, d, n, 1, ws->chunk, k, ws->w, d, j0 ? 1 : 0,
                ws->v, k);
    }
}

int dw_information_block(dw_information_ws *ws, const dw_factor *b,
                         dw_noise noise, const double *f, const double *slope,
                         const float *x, double *h)
{
    size_t k = b->k, d = ws->d;
    int rc;

    if (k > ws->max_k || (rc = dw_components_gram(ws->gram, b, f, ws->s)) < 0)
        return DW_EBUG;
    for (size_t i = 0; i < k; i++) {
        ws->s[i + i * k] += noise.s2 + noise.tau / b->lambda[i];
        ws->u[i] = b->y[i];
    }
    if ((rc = dw_chol_factor(k, ws->s, k)) != 0)
        return rc;
    dw_chol_solve(k, 1, ws->s, k, ws->u, k);
    directions(ws, b, f, slope, x);
    for (size_t i = 0; i < k; i++) {
        ws->v[i + d * k] = noise.s2 * ws->u[i];
        ws->v[i + (d + 1) * k] = noise.tau / b->lambda[i] * ws->u[i];
    }
    dw_trsm(false, k, d + 2, ws->s, k, ws->v, k);
    dw_syrk(true, d + 2, k, 0.5, ws->v, k, 0, h, d + 2);
    dw_symmetrise(d + 2, h, d + 2);
    return 0;
}
