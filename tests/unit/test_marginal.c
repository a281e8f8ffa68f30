/* (7), (8), (10) against dense algebra on (3), and finite differences. */
#include "tap.h"

#include "base/mem.h"
#include "lik/components.h"
#include "lik/marginal.h"
#include "lik_reference.h"
#include "linalg/blas.h"

/* Dense algebra and ours differ by rounding, amplified by the condition of S,
 * which is at most some 1e4 here. */
static const double TOL = 1e-10;

static const struct shape {
    const char *what;
    size_t n, m, core, l, twin;
} SHAPES[] = {
    {"full rank, no flanks", 40, 6, 0, 6, 0},
    {"full rank, flanks", 40, 8, 2, 4, 0},
    {"a flank on the left", 40, 7, 3, 4, 0},
    {"duplicate variants", 40, 8, 0, 7, 3},
    {"fewer people than variants", 5, 8, 1, 7, 0},
    {"two people", 2, 8, 0, 8, 0},
    {"one core variant", 40, 5, 2, 1, 0},
    {"one variant", 40, 1, 0, 1, 0},
};

static const dw_noise NOISES[] = {{1, 0}, {1, 0.35}, {2.5, 0.01}, {0, 0.5}};

static const enum dw_solver SOLVERS[] = {DW_SOLVER_AUTO, DW_SOLVER_PRIMAL,
                                         DW_SOLVER_DUAL};

static void draw_f(uint64_t seed, size_t m, double *f)
{
    dw_rng r = dw_rng_init(seed, 8);

    for (size_t j = 0; j < m; j++)
        f[j] = exp(dw_rng_normal(&r));
}

/* The largest |a - b| relative to the largest of b. */
static double apart(size_t n, const double *a, const double *b)
{
    double worst = 0, scale = 1e-300;

    for (size_t i = 0; i < n; i++) {
        worst = fmax(worst, fabs(a[i] - b[i]));
        scale = fmax(scale, fabs(b[i]));
        if (isnan(a[i]))
            return NAN;
    }
    return worst / scale;
}

static void test_dense(void)
{
    double f[REF_MAX], grad[REF_MAX], loglik;
    dw_noise d;

    for (size_t s = 0; s < DW_COUNT(SHAPES); s++)
        for (size_t way = 0; way < DW_COUNT(SOLVERS); way++) {
            const struct shape *h = &SHAPES[s];
            ref_block b = ref_make(s, h->n, h->m, h->core, h->l, h->twin);
            dw_factor fac = ref_factor(&b);
            dw_marginal_ws *ws = dw_marginal_ws_new(
                b.m, b.k, &(dw_solving){.solver = SOLVERS[way]});
            double worst = 0, worst_grad = 0, worst_noise = 0;

            for (size_t i = 0; i < DW_COUNT(NOISES); i++) {
                draw_f(s, b.m, f);
                f[b.m / 2] *= i & 1; /* one is 0 in half of the cases */
                ref_answer ref = ref_evaluate(&b, f, NOISES[i]);
                if (dw_marginal_block(ws, &fac, f, NOISES[i], &loglik, grad,
                                      &d) != 0)
                    worst = NAN;
                worst += fabs(loglik / ref.loglik - 1);
                worst_grad += apart(b.m, grad, ref.grad);
                worst_noise += apart(2, (double[]){d.s2, d.tau},
                                     (double[]){ref.d_s2, ref.d_tau});
            }
            OK(worst < TOL, "%s, solver %zu: log p, off by %.1g", h->what, way,
               worst);
            OK(worst_grad < TOL, "%s, solver %zu: gradient, off by %.1g",
               h->what, way, worst_grad);
            OK(worst_noise < TOL, "%s, solver %zu: s2 and tau, off by %.1g",
               h->what, way, worst_noise);
            dw_marginal_ws_free(ws);
        }
}

/* With R_ll of full rank, (3) is a density of z itself: no range, no U. */
static void test_density_of_z(void)
{
    ref_block b = ref_make(3, 40, 8, 2, 5, 0);
    double c[REF_MAX][REF_MAX], zs[REF_MAX][REF_MAX], f[REF_MAX], loglik, want;
    double logdet_r;
    dw_factor fac = ref_factor(&b);
    dw_noise noise = {0.9, 0.3};
    dw_marginal_ws *ws =
        dw_marginal_ws_new(b.m, b.k, &(dw_solving){.solver = DW_SOLVER_AUTO});

    draw_f(3, b.m, f);
    for (size_t i = 0; i < b.l; i++)
        for (size_t j = 0; j < b.l; j++)
            c[i][j] = b.r[b.core + i][b.core + j];
    logdet_r = ref_solve(b.l, c, 0, zs);
    for (size_t i = 0; i < b.l; i++)
        for (size_t j = 0; j < b.l; j++) {
            c[i][j] = noise.s2 * b.r[b.core + i][b.core + j] +
                      (i == j ? noise.tau : 0);
            for (size_t h = 0; h < b.m; h++)
                c[i][j] += b.r[b.core + i][h] * f[h] * b.r[h][b.core + j];
        }
    for (size_t i = 0; i < b.l; i++)
        zs[i][0] = b.z[i];
    want = -0.5 * (ref_solve(b.l, c, 1, zs) + (double)b.l * log(2 * acos(-1)));
    for (size_t i = 0; i < b.l; i++)
        want -= 0.5 * b.z[i] * zs[i][0];
    want += 0.5 * logdet_r;
    OK(dw_marginal_block(ws, &fac, f, noise, &loglik, NULL, NULL) == 0, "done");
    NEAR(loglik, want, TOL, 1, "log p(y) = log p(z) + 1/2 log |R_ll|");
    dw_marginal_ws_free(ws);
}

static void test_differences(void)
{
    ref_block b = ref_make(4, 40, 8, 1, 6, 0);
    dw_factor fac = ref_factor(&b);
    dw_marginal_ws *ws =
        dw_marginal_ws_new(b.m, b.k, &(dw_solving){.solver = DW_SOLVER_AUTO});
    double f[REF_MAX], grad[REF_MAX], ll, up, down;
    const double step = 1e-4; /* error of the difference: some 1e-9 */
    dw_noise noise = {1.1, 0.2}, d;
    int rc;

    draw_f(4, b.m, f);
    rc = dw_marginal_block(ws, &fac, f, noise, &ll, grad, &d);
    for (size_t j = 0; j < b.m; j++) {
        double keep = f[j];

        f[j] = keep * exp(step);
        rc |= dw_marginal_block(ws, &fac, f, noise, &up, NULL, NULL);
        f[j] = keep * exp(-step);
        rc |= dw_marginal_block(ws, &fac, f, noise, &down, NULL, NULL);
        f[j] = keep;
        NEAR(grad[j], (up - down) / (2 * step), 1e-6, 1e-2, "by log F_j");
    }
    for (int which = 0; which < 2; which++) {
        dw_noise a = noise, c = noise;

        *(which ? &a.tau : &a.s2) += step;
        *(which ? &c.tau : &c.s2) -= step;
        rc |= dw_marginal_block(ws, &fac, f, a, &up, NULL, NULL);
        rc |= dw_marginal_block(ws, &fac, f, c, &down, NULL, NULL);
        NEAR(which ? d.tau : d.s2, (up - down) / (2 * step), 1e-6, 1e-2,
             which ? "by tau" : "by s2");
    }
    OK(rc == 0, "all done");
    dw_marginal_ws_free(ws);
}

static void test_edges(void)
{
    ref_block b = ref_make(5, 40, 6, 0, 6, 0);
    dw_factor fac = ref_factor(&b), none = {.m = 6};
    dw_marginal_ws *ws =
        dw_marginal_ws_new(6, 6, &(dw_solving){.solver = DW_SOLVER_AUTO});
    double f[REF_MAX] = {0}, grad[REF_MAX], ll = 7, null;
    float q32[REF_MAX * REF_MAX];
    double narrow[REF_MAX * REF_MAX], ll32;
    dw_noise noise = {1, 0.1}, d;
    const double bad[] = {NAN, INFINITY, -1e-9};

    OK(dw_marginal_block(ws, &fac, f, noise, &ll, grad, &d) == 0, "F = 0");
    OK(dw_marginal_null(&fac, noise, &null) == 0, "null");
    NEAR(ll, null, 1e-14, 1, "F = 0 is the null");
    OK(dw_marginal_block(ws, &none, f, noise, &ll, grad, &d) == 0 && ll == 0 &&
           d.s2 == 0,
       "k = 0 says nothing");
    draw_f(5, 6, f);
    for (size_t i = 0; i < 36; i++)
        narrow[i] = q32[i] = (float)b.q[i];
    fac.q = narrow;
    OK(dw_marginal_block(ws, &fac, f, noise, &ll, NULL, NULL) == 0, "double");
    fac.q = NULL;
    fac.q32 = q32;
    OK(dw_marginal_block(ws, &fac, f, noise, &ll32, NULL, NULL) == 0, "float");
    OK(ll == ll32, "Q in float gives what its widened copy gives");
    ll = 7;
    for (size_t i = 0; i < DW_COUNT(bad); i++) {
        f[2] = bad[i];
        OK(dw_marginal_block(ws, &fac, f, noise, &ll, grad, &d) ==
                   DW_EDEGENERATE &&
               ll == 7,
           "F of %g is refused", bad[i]);
        f[2] = 1;
        OK(dw_marginal_block(ws, &fac, f, (dw_noise){bad[i], 2}, &ll, grad,
                             &d) == DW_EDEGENERATE,
           "s2 of %g is refused", bad[i]);
        OK(dw_marginal_null(&fac, (dw_noise){1, bad[i]}, &ll) == DW_EDEGENERATE,
           "tau of %g is refused", bad[i]);
    }
    OK(dw_marginal_block(ws, &fac, f, (dw_noise){0, 0}, &ll, grad, &d) ==
           DW_EDEGENERATE,
       "no noise at all is refused");
    dw_marginal_ws_free(ws);

    ws = dw_marginal_ws_new(6, 6, &(dw_solving){.solver = DW_SOLVER_PRIMAL});
    f[0] = 1e308, f[1] = 1e308;
    OK(dw_marginal_block(ws, &fac, f, noise, &ll, grad, &d) != 0 && ll == 7,
       "an F that overflows is told");
    dw_marginal_ws_free(ws);

    ws = dw_marginal_ws_new(5, 6, &(dw_solving){.solver = DW_SOLVER_AUTO});
    OK(dw_marginal_block(ws, &fac, f, noise, &ll, NULL, NULL) == DW_EBUG,
       "larger than the workspace");
    dw_marginal_ws_free(ws);
    dw_marginal_ws_free(NULL);
}

/* (c, s2, tau): the evidence and score of marginal, and the informations. */
static void test_components(void)
{
    ref_block b = ref_make(6, 40, 8, 2, 5, 0);
    dw_factor fac = ref_factor(&b);
    dw_marginal_ws *ws =
        dw_marginal_ws_new(b.m, b.k, &(dw_solving){.solver = DW_SOLVER_PRIMAL});
    dw_components_ws *cs = dw_components_ws_new(b.k);
    double w[REF_MAX], f[REF_MAX], grad[REF_MAX], g[REF_MAX * REF_MAX], ll;
    double theta[3] = {0.7, 1.2, 0.3};
    dw_components out, cheap;
    dw_noise d;

    draw_f(6, b.m, w);
    for (size_t j = 0; j < b.m; j++)
        f[j] = theta[0] * w[j];
    OK(dw_components_gram(cs, &fac, w, g) == 0, "gram");
    OK(dw_components_block(cs, b.k, g, b.lambda, b.y, theta, true, &out) == 0,
       "components");
    OK(dw_marginal_block(ws, &fac, f, (dw_noise){theta[1], theta[2]}, &ll, grad,
                         &d) == 0,
       "marginal");
    NEAR(out.loglik, ll, TOL, 1, "the same log p");
    double dc = 0;
    for (size_t j = 0; j < b.m; j++)
        dc += grad[j] / theta[0];
    NEAR(out.score[0], dc, TOL, 1, "score by c");
    NEAR(out.score[1], d.s2, TOL, 1, "score by s2");
    NEAR(out.score[2], d.tau, TOL, 1, "score by tau");
    OK(dw_components_block(cs, b.k, g, b.lambda, b.y, theta, false, &cheap) ==
               0 &&
           cheap.score[0] == out.score[0] && cheap.expected[0][0] == 0,
       "without the expected information");

    /* -d score_i / d theta_j is twice the average information less the
     * expected one. */
    for (int j = 0; j < 3; j++) {
        double up[3], down[3];
        dw_components a, c;
        const double step = 1e-5;
        int rc;

        memcpy(up, theta, sizeof(up));
        memcpy(down, theta, sizeof(down));
        up[j] += step;
        down[j] -= step;
        rc = dw_components_block(cs, b.k, g, b.lambda, b.y, up, false, &a);
        rc |= dw_components_block(cs, b.k, g, b.lambda, b.y, down, false, &c);
        OK(rc == 0, "both sides");
        for (int i = 0; i < 3; i++)
            NEAR(2 * out.average[i][j] - out.expected[i][j],
                 -(a.score[i] - c.score[i]) / (2 * step), 1e-6, 1e-2,
                 "observed information");
    }
    theta[0] = 0;
    OK(dw_components_block(cs, b.k, g, b.lambda, b.y, theta, true, &out) == 0,
       "c = 0");
    memset(f, 0, sizeof(f));
    ref_answer null = ref_evaluate(&b, f, (dw_noise){theta[1], theta[2]});
    NEAR(out.loglik, null.loglik, TOL, 1, "c = 0 is the null");
    theta[2] = NAN;
    OK(dw_components_block(cs, b.k, g, b.lambda, b.y, theta, true, &out) ==
           DW_EDEGENERATE,
       "NaN is refused");
    OK(dw_components_block(cs, b.k + 1, g, b.lambda, b.y, theta, true, &out) ==
           DW_EBUG,
       "larger than the workspace");
    dw_components_ws_free(cs);
    dw_marginal_ws_free(ws);
}

/* Both ways at sizes where BLAS and LAPACK take their blocked code. */
static void test_both_ways(void)
{
    enum { M = 150, K = 130 };
    static double q[K * M], f[M], grad[3][M];
    double lambda[K], y[K], ll[3];
    dw_rng r = dw_rng_init(9, 9);
    dw_factor fac = {.m = M, .k = K, .lambda = lambda, .y = y, .q = q};
    dw_noise noise = {1, 0.3}, d[3];

    for (size_t i = 0; i < K * M; i++)
        q[i] = 0.2 * dw_rng_normal(&r);
    for (size_t i = 0; i < K; i++) {
        lambda[i] = 10.0 / (double)(i + 1);
        y[i] = dw_rng_normal(&r);
    }
    for (size_t j = 0; j < M; j++)
        f[j] = j % 3 ? dw_rng_exponential(&r) : 0;
    for (int way = 0; way < 3; way++) {
        dw_marginal_ws *ws =
            dw_marginal_ws_new(M, K, &(dw_solving){.solver = SOLVERS[way]});

        if (dw_marginal_block(ws, &fac, f, noise, &ll[way], grad[way],
                              &d[way]) != 0)
            ll[way] = NAN;
        dw_marginal_ws_free(ws);
    }
    for (int way = 0; way < 2; way++) {
        NEAR(ll[way], ll[2], 1e-12, 1, "log p, both ways");
        OK(apart(M, grad[way], grad[2]) < 1e-11, "gradient, both ways");
        NEAR(d[way].s2, d[2].s2, 1e-11, 1, "by s2, both ways");
        NEAR(d[way].tau, d[2].tau, 1e-11, 1, "by tau, both ways");
    }
    OK(grad[0][0] == 0 && grad[2][3] == 0, "no variance, no gradient");
}

static void test_allocation(void)
{
    for (unsigned long i = 1; i <= 11; i++) {
        dw_mem_fail_at(i);
        OK(!dw_marginal_ws_new(8, 8, &(dw_solving){.solver = DW_SOLVER_AUTO}),
           "allocation %lu", i);
        dw_mem_fail_at(0);
    }
    for (unsigned long i = 1; i <= 3; i++) {
        dw_mem_fail_at(i);
        OK(!dw_components_ws_new(8), "components, allocation %lu", i);
        dw_mem_fail_at(0);
    }
    OK(!dw_marginal_ws_new((size_t)1 << 40, 8,
                           &(dw_solving){.solver = DW_SOLVER_AUTO}),
       "a size past BLAS integers");
}

int main(void)
{
    dw_linalg_single_thread();
    test_dense();
    test_density_of_z();
    test_differences();
    test_edges();
    test_components();
    test_both_ways();
    test_allocation();
    return tap_done();
}
