/* The LD-score-regression objective against a plain m x m evaluation. */
#include "tap.h"

#include "base/mem.h"
#include "lik/ldsr.h"
#include "lik_reference.h"
#include "linalg/blas.h"

static const double TOL = 1e-12; /* sums of some 10 products */

typedef struct problem {
    float q[REF_MAX * REF_MAX], z[REF_MAX];
    double f[REF_MAX];
    dw_ldsr_block b;
} problem;

static void make(problem *p, size_t n, size_t m, size_t core, size_t l,
                 uint64_t people)
{
    ref_block r = ref_make(60 + m, n, m, core, l, 0);

    for (size_t i = 0; i < r.k * m; i++)
        p->q[i] = (float)r.q[i];
    for (size_t i = 0; i < l; i++)
        p->z[i] = (float)r.z[i];
    for (size_t i = 0; i < m; i++)
        p->f[i] = 0.1 + 0.2 * (double)i;
    p->b = (dw_ldsr_block){.m = m,
                           .k = r.k,
                           .core = core,
                           .l = l,
                           .q = p->q,
                           .people = people,
                           .z = p->z};
}

/* r2_ij as the header states it. */
static double r2(const dw_ldsr_block *b, size_t i, size_t j)
{
    double r = 0;

    for (size_t h = 0; h < b->k; h++)
        r += (double)b->q[h + i * b->k] * (double)b->q[h + j * b->k];
    if (b->people > 2)
        return r * r - (1 - r * r) / ((double)b->people - 2);
    return r * r;
}

static double plain_loss(const problem *p, dw_noise noise, double nh2m,
                         double *score, double *e)
{
    const dw_ldsr_block *b = &p->b;
    double loss = 0;

    for (size_t j = 0; j < b->l; j++) {
        double l = 0, z2 = (double)b->z[j] * (double)b->z[j];

        e[j] = noise.s2 + noise.tau;
        for (size_t i = 0; i < b->m; i++) {
            l += r2(b, i, b->core + j);
            e[j] += r2(b, i, b->core + j) * p->f[i];
        }
        score[j] = l;
        l = l < 1 ? 1 : l;
        if (!isnan(b->z[j]))
            loss += pow((e[j] - z2) / (nh2m * l + 1), 2) / l;
    }
    return loss;
}

static void test_plain(void)
{
    static const size_t shape[][5] = {/* n, m, core, l, people */
                                      {40, 8, 2, 4, 0},
                                      {40, 8, 0, 8, 40},
                                      {5, 8, 1, 6, 5},
                                      {40, 1, 0, 1, 2}};
    dw_ldsr_ws *ws = dw_ldsr_ws_new(REF_MAX, REF_MAX);
    dw_noise noise = {1, 0.3}, d;

    for (size_t s = 0; s < DW_COUNT(shape); s++) {
        problem p;
        double score[REF_MAX], e[REF_MAX], got[REF_MAX], loss, worst = 0;
        size_t n;

        make(&p, shape[s][0], shape[s][1], shape[s][2], shape[s][3],
             shape[s][4]);
        if (p.b.l > 2)
            p.z[1] = NAN;
        double want = plain_loss(&p, noise, 0.4, score, e);
        OK(dw_ldsr_scores(ws, &p.b, got) == 0, "scores");
        for (size_t j = 0; j < p.b.l; j++)
            worst = fmax(worst, fabs(got[j] - score[j]));
        OK(worst < TOL * 10, "LD scores of shape %zu, off by %.1g", s, worst);
        OK(dw_ldsr_loss(ws, &p.b, got, p.f, noise, 0.4, &loss, &n, NULL, &d) ==
               0,
           "loss");
        NEAR(loss, want, TOL, 1e-3, "the loss");
        OK(n == p.b.l - (p.b.l > 2), "missing z-scores are no terms");
        OK(dw_ldsr_expected(ws, &p.b, p.f, noise, got) == 0, "expected");
        for (size_t j = 0; j < p.b.l; j++)
            worst = fmax(worst, fabs(got[j] - e[j]));
        OK(worst < TOL * 10, "expected z^2, off by %.1g", worst);
    }
    dw_ldsr_ws_free(ws);
}

static void test_differences(void)
{
    problem p;
    double score[REF_MAX], grad[REF_MAX], up, down;
    dw_ldsr_ws *ws = dw_ldsr_ws_new(REF_MAX, REF_MAX);
    dw_noise noise = {1, 0.3}, d, high = {1.001, 0.3}, low = {0.999, 0.3};
    const double step = 1e-4; /* error of the difference: some 1e-8 */
    size_t n;
    int rc;

    make(&p, 40, 8, 2, 5, 40);
    p.z[0] = NAN;
    rc = dw_ldsr_scores(ws, &p.b, score);
    rc |= dw_ldsr_loss(ws, &p.b, score, p.f, noise, 0.4, &up, &n, grad, &d);
    for (size_t j = 0; j < p.b.m; j++) {
        double keep = p.f[j];

        p.f[j] = keep * exp(step);
        rc |=
            dw_ldsr_loss(ws, &p.b, score, p.f, noise, 0.4, &up, &n, NULL, NULL);
        p.f[j] = keep * exp(-step);
        rc |= dw_ldsr_loss(ws, &p.b, score, p.f, noise, 0.4, &down, &n, NULL,
                           NULL);
        p.f[j] = keep;
        NEAR(grad[j], (up - down) / (2 * step), 1e-6, 1e-2, "by log F");
    }
    rc |= dw_ldsr_loss(ws, &p.b, score, p.f, high, 0.4, &up, &n, NULL, NULL);
    rc |= dw_ldsr_loss(ws, &p.b, score, p.f, low, 0.4, &down, &n, NULL, NULL);
    NEAR(d.s2, (up - down) / 0.002, 1e-6, 1e-2, "by s2");
    OK(d.tau == d.s2, "tau moves it as s2 does");
    OK(rc == 0, "all done");
    dw_ldsr_ws_free(ws);
}

static void test_broken(void)
{
    problem p;
    double score[REF_MAX], loss;
    dw_ldsr_ws *ws;
    dw_noise noise = {1, 0};
    size_t n;

    make(&p, 40, 8, 2, 5, 40);
    for (unsigned long i = 1; i <= 4; i++) {
        dw_mem_fail_at(i);
        OK(!dw_ldsr_ws_new(8, 8), "allocation %lu", i);
        dw_mem_fail_at(0);
    }
    ws = dw_ldsr_ws_new(7, 8);
    OK(dw_ldsr_scores(ws, &p.b, score) == DW_EBUG, "larger than the workspace");
    dw_ldsr_ws_free(ws);
    ws = dw_ldsr_ws_new(8, 8);
    p.f[3] = NAN;
    OK(dw_ldsr_scores(ws, &p.b, score) == 0, "scores need no F");
    OK(dw_ldsr_loss(ws, &p.b, score, p.f, noise, 1, &loss, &n, NULL, NULL) ==
           DW_EDEGENERATE,
       "an F of NaN is refused");
    dw_ldsr_ws_free(ws);
    dw_ldsr_ws_free(NULL);
}

int main(void)
{
    dw_linalg_single_thread();
    test_plain();
    test_differences();
    test_broken();
    return tap_done();
}
