/* Single precision and conjugate gradients against dense algebra in double. */
#include "apart.h"
#include "held.h"
#include "tap.h"

#include "base/mem.h"
#include "lik/marginal.h"
#include "lik/posterior.h"
#include "lik_reference.h"
#include "linalg/blas.h"

/* More than a tile of columns. */
enum { M = 300, K = 130 };

static const dw_noise NOISE = {1, 0.3};

typedef struct answer {
    int rc;
    double loglik, grad[M], mean[M], var[M];
    dw_noise d;
    dw_solved solved;
} answer;

static answer solve(const dw_factor *b, const double *f, dw_noise noise,
                    dw_solving how)
{
    dw_marginal_ws *ws = dw_marginal_ws_new(b->m, b->k, &how);
    answer a = {0};

    a.rc = dw_posterior_block(ws, b, f, noise, a.mean, a.var, NULL);
    if (a.rc == 0)
        a.rc = dw_marginal_block(ws, b, f, noise, &a.loglik, a.grad, &a.d);
    a.solved = dw_marginal_solved(ws);
    dw_marginal_ws_free(ws);
    return a;
}

/* The largest relative error of all that is told. */
static double worst(size_t m, const answer *a, const answer *b)
{
    double e[] = {
        fabs(a->loglik / b->loglik - 1), apart(m, a->grad, b->grad),
        apart(m, a->mean, b->mean),      apart(m, a->var, b->var),
        fabs(a->d.s2 / b->d.s2 - 1),     fabs(a->d.tau / b->d.tau - 1)};
    double most = 0;

    for (size_t i = 0; i < DW_COUNT(e); i++)
        most = isnan(e[i]) ? INFINITY : fmax(most, e[i]);
    return a->rc == 0 ? most : INFINITY;
}

/* As in a real block the rows of Q get shorter. */
typedef struct sample {
    float q32[K * M];
    double q[K * M], lambda[K], y[K], f[M];
    dw_factor b;
} sample;

static void make(sample *s)
{
    dw_rng r = dw_rng_init(9, 9);

    for (size_t i = 0; i < K; i++) {
        s->lambda[i] = 40.0 / (double)(i + 1);
        s->y[i] = 2 * dw_rng_normal(&r);
    }
    for (size_t j = 0; j < M; j++) {
        for (size_t i = 0; i < K; i++)
            s->q[i + j * K] = s->q32[i + j * K] =
                (float)(sqrt(s->lambda[i] / M) * dw_rng_normal(&r));
        s->f[j] = j % 3 ? dw_rng_exponential(&r) : 0;
    }
    s->b = (dw_factor){M, K, s->lambda, s->y, NULL, s->q32, 7};
}

static void test_single(void)
{
    static sample s;
    /* 2^-24 by the condition of S, some 20, by sums of some 100 terms. */
    const double tol = 2e-5;

    make(&s);
    for (int way = DW_SOLVER_PRIMAL; way <= DW_SOLVER_DUAL; way++) {
        enum dw_solver solver = (enum dw_solver)way;
        answer exact = solve(&s.b, s.f, NOISE, (dw_solving){.solver = solver});
        answer single = solve(
            &s.b, s.f, NOISE,
            (dw_solving){.solver = solver, .precision = DW_PRECISION_SINGLE});
        double off = worst(M, &single, &exact);

        OK(exact.rc == 0 && exact.solved.solver == solver &&
               exact.solved.converged && !exact.solved.again,
           "solver %d in double", way);
        OK(off < tol && off > 1e-9 && !single.solved.again,
           "solver %d in single, off by %.1g", way, off);
        s.b.q = s.q;
        single = solve(
            &s.b, s.f, NOISE,
            (dw_solving){.solver = solver, .precision = DW_PRECISION_SINGLE});
        s.b.q = NULL;
        off = worst(M, &single, &exact);
        OK(off < tol && off > 1e-9, "and from Q in double, off by %.1g", off);
    }
}

/* So large an F that I is lost beside A A', whose rank is below k. */
static void test_again(void)
{
    static sample s;

    make(&s);
    for (size_t j = 0; j < M; j++)
        s.f[j] = j < 60 ? 1e10 : 0;
    dw_solving how = {.solver = DW_SOLVER_PRIMAL};
    answer exact = solve(&s.b, s.f, NOISE, how), again, none;

    how.precision = DW_PRECISION_SINGLE;
    again = solve(&s.b, s.f, NOISE, how);
    OK(exact.rc == 0 && again.solved.again && again.rc == 0 &&
           memcmp(again.grad, exact.grad, sizeof exact.grad) == 0 &&
           again.loglik == exact.loglik,
       "not positive definite in single: done in double");
    s.f[0] = s.f[1] = 1e308;
    none = solve(&s.b, s.f, NOISE, how);
    OK(none.rc > 0, "nor in double: told");
}

/* Without flanks and with a constant F, S is diagonal and so is M: nothing is
 * left to estimate. */
static void test_cg_exact(void)
{
    ref_block b = ref_make(3, 40, 8, 0, 8, 0);
    dw_factor fac = ref_factor(&b);
    double f[REF_MAX];
    answer cg, exact;

    for (size_t j = 0; j < 8; j++)
        f[j] = 0.7;
    exact = solve(&fac, f, NOISE, (dw_solving){.solver = DW_SOLVER_PRIMAL});
    cg = solve(&fac, f, NOISE,
               (dw_solving){.solver = DW_SOLVER_CG, .cg_probes = 1});
    OK(cg.solved.solver == DW_SOLVER_CG && cg.solved.steps <= 1 &&
           worst(8, &cg, &exact) < 1e-10,
       "constant F, no flanks: off by %.1g", worst(8, &cg, &exact));
}

static void test_cg(void)
{
    static sample s;
    const dw_solving how = {
        .solver = DW_SOLVER_CG, .cg_tol = 1e-12, .cg_probes = 2000};
    answer exact, cg, other, single;

    make(&s);
    exact = solve(&s.b, s.f, NOISE, (dw_solving){.solver = DW_SOLVER_PRIMAL});
    cg = solve(&s.b, s.f, NOISE, how);
    OK(cg.rc == 0 && cg.solved.converged && cg.solved.steps > 3 &&
           cg.solved.residual <= 1e-12,
       "%zu steps to %.1g", cg.solved.steps, cg.solved.residual);
    OK(apart(M, cg.mean, exact.mean) < 1e-10,
       "the posterior mean is no estimate: off by %.1g",
       apart(M, cg.mean, exact.mean));
    /* Errors of 2000 probes, as they came out, doubled. */
    NEAR(cg.loglik, exact.loglik, 2e-4, 1, "log p");
    OK(apart(M, cg.grad, exact.grad) < 5e-3, "gradient, off by %.1g",
       apart(M, cg.grad, exact.grad));
    OK(apart(M, cg.var, exact.var) < 1.2e-2, "posterior variance, off by %.1g",
       apart(M, cg.var, exact.var));
    NEAR(cg.d.s2, exact.d.s2, 1e-2, 1, "by s2");
    NEAR(cg.d.tau, exact.d.tau, 1e-2, 1, "by tau");
    OK(cg.grad[0] == 0 && cg.mean[3] == 0 && cg.var[3] == 0,
       "no variance, no gradient");

    other = solve(&s.b, s.f, NOISE, how);
    OK(memcmp(&cg, &other, sizeof cg) == 0, "the same probes at every call");
    s.b.id = 8;
    other = solve(&s.b, s.f, NOISE, how);
    OK(other.loglik != cg.loglik && apart(M, other.mean, cg.mean) < 1e-10,
       "others for another block");
    s.b.id = 7;
    s.b.q = s.q;
    other = solve(&s.b, s.f, NOISE, how);
    OK(worst(M, &other, &cg) < 1e-10, "Q in double gives the same");
    s.b.q = NULL;
    dw_solving coarse = how;
    coarse.precision = DW_PRECISION_SINGLE;
    coarse.cg_tol = 1e-5;
    single = solve(&s.b, s.f, NOISE, coarse);
    OK(worst(M, &single, &cg) < 2e-4, "and single, off by %.1g",
       worst(M, &single, &cg));
}

/* The error by probes falls as their root, and is the same on both sides: what
 * an optimiser sees is smooth. */
static void test_cg_smooth(void)
{
    static sample s;
    const dw_solving how = {.solver = DW_SOLVER_CG, .cg_tol = 1e-10};
    double slope = 0, step = 1e-4, got;
    answer at, up, down;

    make(&s);
    at = solve(&s.b, s.f, NOISE, how);
    for (size_t j = 0; j < M; j++)
        slope += at.grad[j];
    for (size_t j = 0; j < M; j++)
        s.f[j] *= exp(step);
    up = solve(&s.b, s.f, NOISE, how);
    for (size_t j = 0; j < M; j++)
        s.f[j] *= exp(-2 * step);
    down = solve(&s.b, s.f, NOISE, how);
    got = (up.loglik - down.loglik) / (2 * step);
    NEAR(got, slope, 0.05, 1, "a difference of log p, by its gradient");
    OK(fabs(up.loglik + down.loglik - 2 * at.loglik) < 1e-5,
       "and no jump: %.1g", up.loglik + down.loglik - 2 * at.loglik);
}

static void test_cg_edges(void)
{
    static sample s;
    dw_solving how = {.solver = DW_SOLVER_CG, .cg_tol = 1e-300};
    dw_factor none = {.m = 4};
    double f[4] = {1, 1, 1, 1};
    answer a, null;

    make(&s);
    a = solve(&s.b, s.f, NOISE, how);
    OK(a.rc == 0 && !a.solved.converged && a.solved.residual > 1e-300,
       "a tolerance that no step reaches is told: %.1g", a.solved.residual);
    how.cg_tol = 0;
    memset(s.f, 0, sizeof s.f);
    a = solve(&s.b, s.f, NOISE, how);
    OK(a.rc == 0 && dw_marginal_null(&s.b, NOISE, &null.loglik) == 0, "F = 0");
    NEAR(a.loglik, null.loglik, 1e-13, 1, "F = 0 is the null");
    a = solve(&none, f, NOISE, how);
    OK(a.rc == 0 && a.loglik == 0 && a.d.s2 == 0, "k = 0 says nothing");
    f[1] = NAN;
    a = solve(&none, f, NOISE, how);
    OK(a.rc == DW_EDEGENERATE, "an F that is NaN is refused");
    s.f[0] = s.f[1] = 1e308;
    a = solve(&s.b, s.f, NOISE, how);
    OK(a.rc > 0, "an F that overflows is told");

    a = solve(&s.b, f, NOISE,
              (dw_solving){.solver = DW_SOLVER_AUTO, .estimate = true});
    OK(a.solved.solver != DW_SOLVER_CG, "small blocks are not estimated");
    for (unsigned long i = 1; i <= 30; i++) {
        dw_mem_fail_at(i);
        dw_marginal_ws *ws = dw_marginal_ws_new(8, 8, &how);
        dw_mem_fail_at(0);
        OK(!ws, "allocation %lu", i);
    }
}

/* What is stated of a workspace is what it takes. */
static void test_bytes(void)
{
    const struct {
        size_t m, k;
        dw_solving how;
    } of[] = {
        {1500, 700, {.solver = DW_SOLVER_AUTO}},
        {1500, 1400, {.solver = DW_SOLVER_AUTO}},
        {1500, 700, {DW_SOLVER_PRIMAL, .precision = DW_PRECISION_SINGLE}},
        {1500, 700, {.solver = DW_SOLVER_DUAL}},
        {1500, 1400, {DW_SOLVER_CG, .precision = DW_PRECISION_SINGLE}},
        {700, 4500, {.solver = DW_SOLVER_AUTO, .estimate = true}},
    };

    for (size_t i = 0; i < DW_COUNT(of); i++) {
        size_t m = of[i].m, k = of[i].k, before, after, mapped;
        double stated = (double)dw_marginal_ws_bytes(m, k, &of[i].how), took;
        bool known = held(&before, &mapped);
        dw_marginal_ws *ws = dw_marginal_ws_new(m, k, &of[i].how);

        (void)held(&after, &mapped);
        took = (double)(after - before);
        OK(ws && (!known || fabs(took - stated) < 0.02 * stated),
           "a workspace of %.0f bytes takes %.0f", stated, took);
        dw_marginal_ws_free(ws);
    }
}

int main(void)
{
    dw_linalg_single_thread();
    test_single();
    test_again();
    test_cg_exact();
    test_cg();
    test_cg_smooth();
    test_cg_edges();
    test_bytes();
    return tap_done();
}
