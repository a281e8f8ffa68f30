#include "lik/ldsr.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "linalg/dense.h"

enum { TILE = 256 }; /* columns of Q in double at a time */

struct dw_ldsr_ws {
    size_t max_m, max_k;
    double *wide;   /* (k x TILE) columns of Q */
    double *scaled; /* (k x TILE) the same, scaled; products */
    double *a;      /* (k x k) */
    double *e;      /* (m) */
};

dw_ldsr_ws *dw_ldsr_ws_new(size_t max_m, size_t max_k)
{
    dw_ldsr_ws *ws;

    if (!dw_linalg_fits(max_m) || !dw_linalg_fits(max_k))
        return NULL;
    ws = dw_alloc(1, sizeof(*ws));
    ws->max_m = max_m;
    ws->max_k = max_k;
    ws->wide = dw_try_alloc(max_k, TILE * sizeof(double));
    ws->scaled = dw_try_alloc(max_k, TILE * sizeof(double));
    ws->a = dw_try_alloc(max_k, max_k * sizeof(double));
    ws->e = dw_try_alloc(max_m, sizeof(double));
    if (!ws->wide || !ws->scaled || !ws->a || !ws->e) {
        dw_ldsr_ws_free(ws);
        return NULL;
    }
    return ws;
}

void dw_ldsr_ws_free(dw_ldsr_ws *ws)
{
    if (!ws)
        return;
    dw_free(ws->wide);
    dw_free(ws->scaled);
    dw_free(ws->a);
    dw_free(ws->e);
    dw_free(ws);
}

static int check(const dw_ldsr_ws *ws, const dw_ldsr_block *b)
{
    return b->m > ws->max_m || b->k > ws->max_k || b->core > b->m ||
                   b->l > b->m - b->core
               ? DW_EBUG
               : 0;
}

static size_t tile(size_t at, size_t end)
{
    return end - at < TILE ? end - at : TILE;
}

/* wide <- columns [at, at + n) of Q. */
static void widen(dw_ldsr_ws *ws, const dw_ldsr_block *b, size_t at, size_t n)
{
    const float *q = b->q + at * b->k;

    for (size_t i = 0; i < b->k * n; i++)
        ws->wide[i] = q[i];
}

static bool finite_all(const dw_ldsr_block *b, const double *f, dw_noise noise)
{
    return dw_all_finite(b->m, f) && isfinite(noise.s2) && isfinite(noise.tau);
}

/* What the panel's bias adds to r^2: r2 = (1 + eps) r^2 - eps. */
static double bias(const dw_ldsr_block *b)
{
    return b->people > 2 ? 1 / ((double)b->people - 2) : 0;
}

/* a (k x k) <- A = sum_i weight_i q_i q_i' over the n columns of Q from `from`
 * on; returns the sum of the weights.  Where none is negative, by half the
 * flops. */
static double weighted_gram(dw_ldsr_ws *ws, const dw_ldsr_block *b, size_t from,
                            size_t n, const double *weight)
{
    const size_t k = b->k;
    double total = 0, least = 0;

    for (size_t i = 0; i < n; i++) {
        total += weight[i];
        least = fmin(least, weight[i]);
    }
    memset(ws->a, 0, k * k * sizeof *ws->a);
    for (size_t at = 0; at < n; at += TILE) {
        size_t n_tile = tile(at, n);

        widen(ws, b, from + at, n_tile);
        for (size_t i = 0; i < n_tile; i++) {
            double w = weight[at + i], scale = least < 0 ? w : sqrt(w);

            for (size_t h = 0; h < k; h++)
                ws->scaled[h + i * k] = scale * ws->wide[h + i * k];
        }
        if (least < 0)
            dw_gemm(false, true, k, k, n_tile, 1, ws->scaled, k, ws->wide, k, 1,
                    ws->a, k);
        else
            dw_syrk(false, k, n_tile, 1, ws->scaled, k, 1, ws->a, k);
    }
    if (least >= 0)
        dw_symmetrise(k, ws->a, k);
    return total;
}

/* out_j <- sum_i weight_i r2_ij for j in [to, to + n_to), the sum over i in
 * [from, from + n_from), as q_j' A q_j. */
static void weigh(dw_ldsr_ws *ws, const dw_ldsr_block *b, size_t from,
                  size_t n_from, const double *weight, size_t to, size_t n_to,
                  double *out)
{
    const size_t k = b->k;
    double eps = bias(b);
    double total = weighted_gram(ws, b, from, n_from, weight);

    for (size_t at = 0; at < n_to; at += TILE) {
        size_t n = tile(at, n_to);

        widen(ws, b, to + at, n);
        dw_gemm(false, false, k, n, k, 1, ws->a, k, ws->wide, k, 0, ws->scaled,
                k);
        for (size_t j = 0; j < n; j++)
            out[at + j] =
                (1 + eps) * dw_dot(k, ws->wide + j * k, ws->scaled + j * k) -
                eps * total;
    }
}

int dw_ldsr_scores(dw_ldsr_ws *ws, const dw_ldsr_block *b, double *score)
{
    int rc = check(ws, b);

    if (rc != 0)
        return rc;
    for (size_t i = 0; i < b->m; i++)
        ws->e[i] = 1;
    weigh(ws, b, 0, b->m, ws->e, b->core, b->l, score);
    return 0;
}

/* e (l) */
static void expect(dw_ldsr_ws *ws, const dw_ldsr_block *b, const double *f,
                   dw_noise noise, double *e)
{
    weigh(ws, b, 0, b->m, f, b->core, b->l, e);
    for (size_t j = 0; j < b->l; j++)
        e[j] += noise.s2 + noise.tau;
}

int dw_ldsr_expected(dw_ldsr_ws *ws, const dw_ldsr_block *b, const double *f,
                     dw_noise noise, double *e)
{
    int rc = check(ws, b);

    if (rc != 0)
        return rc;
    if (!finite_all(b, f, noise))
        return DW_EDEGENERATE;
    expect(ws, b, f, noise, e);
    return 0;
}

/* What the square of a term is divided by. */
static double weigh_term(double score, double nh2m)
{
    double s = fmax(score, 1), w = nh2m * s + 1;

    return w * w * s;
}

double dw_ldsr_curvature(size_t l, const float *z, const double *score,
                         double nh2m)
{
    double sum = 0;

    for (size_t j = 0; j < l; j++)
        sum += isnan(z[j]) ? 0 : 2 / weigh_term(score[j], nh2m);
    return sum;
}

double dw_ldsr_terms(size_t l, const float *z, const double *score,
                     const double *e, double nh2m, size_t *n, double *slope)
{
    double loss = 0;

    *n = 0;
    for (size_t j = 0; j < l; j++) {
        double off = e[j] - (double)z[j] * (double)z[j];
        double scale = weigh_term(score[j], nh2m);
        bool seen = !isnan(z[j]);

        if (seen) {
            loss += off * off / scale;
            (*n)++;
        }
        if (slope)
            slope[j] = seen ? 2 * off / scale : 0;
    }
    return loss;
}

int dw_ldsr_loss(dw_ldsr_ws *ws, const dw_ldsr_block *b, const double *score,
                 const double *f, dw_noise noise, double nh2m, double *loss,
                 size_t *n, double *grad, dw_noise *dnoise)
{
    double total = 0;
    int rc = check(ws, b);

    if (rc != 0)
        return rc;
    if (!finite_all(b, f, noise) || !isfinite(nh2m))
        return DW_EDEGENERATE;
    expect(ws, b, f, noise, ws->e);
    *loss = dw_ldsr_terms(b->l, b->z, score, ws->e, nh2m, n, ws->e);
    for (size_t j = 0; j < b->l; j++)
        total += ws->e[j];
    if (dnoise)
        *dnoise = (dw_noise){.s2 = total, .tau = total};
    if (!grad)
        return 0;
    weigh(ws, b, b->core, b->l, ws->e, 0, b->m, grad);
    for (size_t i = 0; i < b->m; i++)
        grad[i] *= f[i];
    return 0;
}
