/* LD-score regression of a block of more than one tile, against plain loops. */
#include "tap.h"

#include "base/rng.h"
#include "lik/ldsr.h"
#include "linalg/blas.h"

enum { M = 600, K = 40, CORE = 130, L = 300, PEOPLE = 50 };

static float q[K * M], z[L];
static double f[M], r2[M][L];

/* r2_ij of all variants i with the core's j, its bias taken off. */
static void make(void)
{
    dw_rng rng = dw_rng_init(4, 0);
    const double eps = 1.0 / (PEOPLE - 2);

    for (size_t i = 0; i < K * M; i++)
        q[i] = (float)(dw_rng_normal(&rng) / 6);
    for (size_t i = 0; i < M; i++)
        f[i] = dw_rng_exponential(&rng);
    for (size_t j = 0; j < L; j++)
        z[j] = j % 7 ? (float)(2 * dw_rng_normal(&rng)) : NAN;
    for (size_t i = 0; i < M; i++)
        for (size_t j = 0; j < L; j++) {
            double r = 0;

            for (size_t h = 0; h < K; h++)
                r += (double)q[h + i * K] * q[h + (CORE + j) * K];
            r2[i][j] = (1 + eps) * r * r - eps;
        }
}

static double apart(size_t n, const double *a, const double *b)
{
    double worst = 0, scale = 0;

    for (size_t i = 0; i < n; i++) {
        if (isnan(a[i]))
            return INFINITY;
        worst = fmax(worst, fabs(a[i] - b[i]));
        scale = fmax(scale, fabs(b[i]));
    }
    return worst / scale;
}

int main(void)
{
    dw_ldsr_block b = {M, K, CORE, L, q, PEOPLE, z};
    dw_ldsr_ws *ws = dw_ldsr_ws_new(M, K);
    double score[L], e[L], want_score[L] = {0}, want_e[L], grad[M];
    double want_grad[M] = {0}, slope[L], loss, want;
    dw_noise noise = {1, 0.2};
    size_t n, want_n;

    dw_linalg_single_thread();
    make();
    for (size_t j = 0; j < L; j++) {
        want_e[j] = noise.s2 + noise.tau;
        for (size_t i = 0; i < M; i++) {
            want_score[j] += r2[i][j];
            want_e[j] += r2[i][j] * f[i];
        }
    }
    OK(dw_ldsr_scores(ws, &b, score) == 0 &&
           apart(L, score, want_score) < 1e-12,
       "LD scores");
    OK(dw_ldsr_expected(ws, &b, f, noise, e) == 0 &&
           apart(L, e, want_e) < 1e-12,
       "expected z^2");
    want = dw_ldsr_terms(L, z, want_score, want_e, 0.3, &want_n, slope);
    for (size_t i = 0; i < M; i++)
        for (size_t j = 0; j < L; j++)
            want_grad[i] += slope[j] * r2[i][j] * f[i];
    OK(dw_ldsr_loss(ws, &b, score, f, noise, 0.3, &loss, &n, grad, NULL) == 0 &&
           n == want_n && fabs(loss / want - 1) < 1e-11,
       "loss");
    OK(apart(M, grad, want_grad) < 1e-11, "gradient");
    dw_ldsr_ws_free(ws);
    return tap_done();
}
