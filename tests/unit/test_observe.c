/* The observed subset: missing z-scores against a panel without them. */
#include "tap.h"

#include "base/mem.h"
#include "lik/marginal.h"
#include "lik/observe.h"
#include "lik/posterior.h"
#include "lik_reference.h"
#include "linalg/blas.h"

/* Q is stored in float; what is compared here starts from the same floats, so
 * that rounding alone is left. */
static const double TOL = 1e-10;

/* A factor in float, and z in float. */
typedef struct stored {
    float q[REF_MAX * REF_MAX], z[REF_MAX];
} stored;

static stored store(const ref_block *b)
{
    stored s;

    for (size_t i = 0; i < b->k * b->m; i++)
        s.q[i] = (float)b->q[i];
    for (size_t i = 0; i < b->l; i++)
        s.z[i] = (float)b->z[i];
    return s;
}

/* What (3) says of the observed variants of a block whose LD is the stored
 * factor's: R = Q'Q.  The observed are made the whole core, moved to the
 * front; perm[i] is where variant i of this block stands in the stored one. */
static ref_block without(const ref_block *b, const stored *s, size_t *perm)
{
    ref_block o = {.m = b->m};
    size_t n = 0;

    for (int rest = 0; rest < 2; rest++)
        for (size_t j = 0; j < b->m; j++) {
            int seen =
                j >= b->core && j < b->core + b->l && !isnan(s->z[j - b->core]);

            if (seen == rest)
                continue;
            if (seen)
                o.z[o.l++] = s->z[j - b->core];
            perm[n++] = j;
        }
    for (size_t i = 0; i < b->m; i++)
        for (size_t j = 0; j < b->m; j++)
            for (size_t h = 0; h < b->k; h++)
                o.r[i][j] += (double)s->q[h + perm[i] * b->k] *
                             (double)s->q[h + perm[j] * b->k];
    ref_spectrum(&o);
    return o;
}

static void check_missing(const char *what, const ref_block *b, const stored *s,
                          size_t expect_k)
{
    size_t perm[REF_MAX], n_seen;
    ref_block o = without(b, s, perm);
    double f[REF_MAX], fo[REF_MAX], grad[REF_MAX], mean[REF_MAX], var[REF_MAX];
    double ll, worst = 0;
    dw_noise noise = {1.1, 0.3}, d;
    dw_factor fac;
    dw_observe_ws *ows = dw_observe_ws_new(b->m, b->k);
    dw_marginal_ws *ws =
        dw_marginal_ws_new(b->m, b->k, &(dw_solving){.solver = DW_SOLVER_AUTO});

    for (size_t j = 0; j < b->m; j++)
        f[j] = 0.2 * (double)(j + 1);
    for (size_t j = 0; j < b->m; j++)
        fo[j] = f[perm[j]];
    OK(dw_observe(ows, b->m, b->k, b->core, b->l, s->q, b->lambda, s->z, 1e-8,
                  &fac, &n_seen) == 0,
       "%s: observed", what);
    OK(n_seen == o.l && fac.k == expect_k && fac.k == o.k,
       "%s: %zu observed, rank %zu", what, n_seen, fac.k);
    ref_answer ref = ref_evaluate(&o, fo, noise);
    OK(dw_marginal_block(ws, &fac, f, noise, &ll, grad, &d) == 0 &&
           dw_posterior_block(ws, &fac, f, noise, mean, var, NULL) == 0,
       "%s: done", what);
    NEAR(ll, ref.loglik, TOL, 1e-3, what);
    NEAR(d.s2, ref.d_s2, TOL, 1, "by s2");
    NEAR(d.tau, ref.d_tau, TOL, 1, "by tau");
    for (size_t i = 0; i < b->m; i++) {
        size_t j = perm[i];

        worst = fmax(worst, fabs(grad[j] - ref.grad[i]));
        worst = fmax(worst, fabs(mean[j] - ref.mean[i]));
        worst = fmax(worst, fabs(var[j] - ref.var[i]));
    }
    OK(worst < TOL, "%s: gradient and posterior, off by %.1g", what, worst);
    dw_observe_ws_free(ows);
    dw_marginal_ws_free(ws);
}

static void test_missing(void)
{
    ref_block b = ref_make(40, 40, 8, 2, 5, 0);
    stored s = store(&b);

    s.z[3] = NAN;
    check_missing("one of five", &b, &s, 4);
    s.z[0] = s.z[1] = s.z[2] = NAN;
    check_missing("all but one", &b, &s, 1);

    b = ref_make(41, 4, 8, 0, 8, 0); /* rank 3 */
    s = store(&b);
    s.z[0] = s.z[7] = NAN;
    check_missing("still more than the rank", &b, &s, 3);

    b = ref_make(42, 40, 8, 1, 6, 5); /* variants 0 and 5 are twins */
    s = store(&b);
    s.z[1] = NAN;
    check_missing("with a twin in the flank", &b, &s, 5);
}

static void test_whole(void)
{
    ref_block b = ref_make(43, 40, 8, 1, 6, 0);
    stored s = store(&b);
    dw_factor fac;
    dw_observe_ws *ws = dw_observe_ws_new(b.m, b.k);
    size_t n_seen;
    double worst = 0;

    OK(dw_observe(ws, b.m, b.k, b.core, b.l, s.q, b.lambda, s.z, 1e-4, &fac,
                  &n_seen) == 0 &&
           n_seen == 6 && fac.k == b.k,
       "all observed");
    OK(fac.q32 == s.q && !fac.q && fac.lambda == b.lambda,
       "the factor is lent on, not copied");
    for (size_t i = 0; i < b.k; i++)
        worst = fmax(worst, fabs(fac.y[i] - b.y[i]));
    OK(worst < 1e-5, "y as by (5), to what floats hold: %.1g", worst);

    for (size_t i = 0; i < b.l; i++)
        s.z[i] = NAN;
    OK(dw_observe(ws, b.m, b.k, b.core, b.l, s.q, b.lambda, s.z, 1e-4, &fac,
                  NULL) == 0 &&
           fac.k == 0 && fac.m == b.m,
       "none observed: an empty factor");
    s.z[0] = INFINITY;
    OK(dw_observe(ws, b.m, b.k, b.core, b.l, s.q, b.lambda, s.z, 1e-4, &fac,
                  NULL) == DW_EFORMAT,
       "an infinite z is refused");
    s.z[0] = 1;
    s.q[b.core * b.k] = NAN;
    OK(dw_observe(ws, b.m, b.k, b.core, b.l, s.q, b.lambda, s.z, 1e-4, &fac,
                  NULL) == DW_EFORMAT,
       "a NaN in Q is refused");
    OK(dw_observe(ws, b.m, b.k, 3, 6, s.q, b.lambda, s.z, 1e-4, &fac, NULL) ==
           DW_EBUG,
       "a core that runs past the block");
    dw_observe_ws_free(ws);
    dw_observe_ws_free(NULL);
}

/* A cut keeps the largest eigenvalues of the observed alone. */
static void test_cut(void)
{
    ref_block b = ref_make(44, 40, 8, 0, 8, 0);
    stored s = store(&b);
    dw_factor fac;
    dw_observe_ws *ws = dw_observe_ws_new(b.m, b.k);
    double smallest;

    s.z[2] = NAN;
    OK(dw_observe(ws, 8, b.k, 0, 8, s.q, b.lambda, s.z, 1e-8, &fac, NULL) == 0,
       "no cut");
    size_t k = fac.k;
    smallest = fac.lambda[k - 1];
    OK(dw_observe(ws, 8, b.k, 0, 8, s.q, b.lambda, s.z, smallest * 1.01, &fac,
                  NULL) == 0 &&
           fac.k == k - 1,
       "a cut above the smallest drops it");
    dw_observe_ws_free(ws);
}

static void test_allocation(void)
{
    ref_block b = ref_make(45, 40, 8, 0, 8, 0);
    stored s = store(&b);
    dw_factor fac;
    dw_observe_ws *ws;

    for (unsigned long i = 1; i <= 2; i++) {
        dw_mem_fail_at(i);
        OK(!dw_observe_ws_new(8, 8), "allocation %lu", i);
        dw_mem_fail_at(0);
    }
    s.z[0] = NAN;
    for (unsigned long i = 1; i <= 6; i++) {
        ws = dw_observe_ws_new(8, 8);
        dw_mem_fail_at(i);
        OK(dw_observe(ws, 8, b.k, 0, 8, s.q, b.lambda, s.z, 1e-4, &fac, NULL) ==
               DW_ENOMEM,
           "allocation %lu for missing z-scores", i);
        dw_mem_fail_at(0);
        OK(dw_observe(ws, 8, b.k, 0, 8, s.q, b.lambda, s.z, 1e-4, &fac, NULL) ==
               0,
           "and again with memory");
        dw_observe_ws_free(ws);
    }
}

int main(void)
{
    dw_linalg_single_thread();
    test_missing();
    test_whole();
    test_cut();
    test_allocation();
    return tap_done();
}
