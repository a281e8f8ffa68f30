#include "fit/information.h"

#include <string.h>

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
    double *w;     /* (d x CHUNK) w_j = [1 x_j] */
    double *by;    /* (d x CHUNK) w_j times a number of the variant */
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
    ws->by = dw_try_alloc(d, CHUNK * sizeof(double));
    if (!ws->gram || !ws->s || !ws->u || !ws->v || !ws->chunk || !ws->w ||
        !ws->by) {
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
    dw_free(ws->by);
    dw_free(ws);
}

/* n columns of Q and of inputs, from j0 on, widened. */
static void widen(dw_information_ws *ws, const dw_factor *b, const float *x,
                  size_t j0, size_t n)
{
    size_t k = b->k, d = ws->d, p = d - 1;

    for (size_t c = 0; c < n; c++) {
        double *q = ws->chunk + c * k, *w = ws->w + c * d;
        const double *from = dw_factor_column(b, j0 + c, q);

        if (from != q)
            memcpy(q, from, k * sizeof *q);
        w[0] = 1;
        for (size_t i = 0; i < p; i++)
            w[1 + i] = x[i + (j0 + c) * p];
    }
}

static void put_by(dw_information_ws *ws, size_t c, double scale)
{
    for (size_t i = 0; i < ws->d; i++)
        ws->by[i + c * ws->d] = scale * ws->w[i + c * ws->d];
}

/* v (k x d) <- Q diag(f o slope o Q'u) W';  bend, but for the noise, B. */
static void sum_variants(dw_information_ws *ws, const dw_factor *b,
                         const dw_gradient *at, const float *x, double *bend)
{
    size_t k = b->k, d = ws->d;

    for (size_t j0 = 0; j0 < b->m; j0 += CHUNK) {
        size_t n = b->m - j0 < CHUNK ? b->m - j0 : CHUNK;
        double old = j0 ? 1 : 0;

        widen(ws, b, x, j0, n);
        for (size_t c = 0; c < n; c++)
            put_by(ws, c,
                   at->f[j0 + c] * at->slope[j0 + c] *
                       dw_dot(k, ws->chunk + c * k, ws->u));
        dw_gemm(false, true, k, d, n, 1, ws->chunk, k, ws->by, d, old, ws->v,
                k);
        for (size_t c = 0; c < n; c++)
            put_by(ws, c, at->d_a[j0 + c] * at->bend[j0 + c]);
        dw_gemm(false, true, d, d, n, -1, ws->w, d, ws->by, d, old, bend,
                d + 2);
    }
}

int dw_information_block(dw_information_ws *ws, const dw_factor *b,
                         dw_noise noise, const dw_gradient *at, const float *x,
                         double *average, double *bend)
{
    size_t k = b->k, d = ws->d, all = d + 2;
    int rc;

    if (k > ws->max_k ||
        (rc = dw_components_gram(ws->gram, b, at->f, ws->s)) < 0)
        return DW_EBUG;
    for (size_t i = 0; i < k; i++) {
        ws->s[i + i * k] += noise.s2 + noise.tau / b->lambda[i];
        ws->u[i] = b->y[i];
    }
    if ((rc = dw_chol_factor(k, ws->s, k)) != 0)
        return rc;
    dw_chol_solve(k, 1, ws->s, k, ws->u, k);
    memset(bend, 0, all * all * sizeof *bend);
    sum_variants(ws, b, at, x, bend);
    for (size_t i = 0; i < k; i++) {
        ws->v[i + d * k] = noise.s2 * ws->u[i];
        ws->v[i + (d + 1) * k] = noise.tau / b->lambda[i] * ws->u[i];
    }
    dw_trsm(false, k, all, ws->s, k, ws->v, k);
    dw_syrk(true, all, k, 0.5, ws->v, k, 0, average, all);
    dw_symmetrise(all, average, all);
    dw_symmetrise(all, bend, all);
    return 0;
}
