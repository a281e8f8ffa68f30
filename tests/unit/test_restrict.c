/* restrict, gram: the factor of fewer variants, against the one that is made of
 * their correlations. */
#include "ld/restrict.h"

#include "base/mem.h"
#include "lik/marginal.h"
#include "lik/observe.h"
#include "linalg/blas.h"
#include "linalg/gram.h"
#include "made_blocks.h"
#include "tap.h"

/* Two factors in float32: entries of R are sums of up to 40 products. */
#define TOL_R 2e-6
/* log p of 40 or so terms, from such factors. */
#define TOL_LL 1e-6

static const dw_factor_cut ALL = {.min_eigen = 1e-4, .keep_rank = 1};
static const dw_noise NOISE = {1, 0.3};

/* A block of m variants of these people, and its factor. */
typedef struct world {
    panel p;
    double *r; /* (m x m) */
    dw_ldblock b;
} world;

static world make_world(size_t people, size_t m, size_t core, size_t l)
{
    world w = {
        .p = {.people = people, .m = m, .core = core, .l = l, .alike = 0.6}};
    dw_rng rng = dw_rng_init(people, m);

    w.r = dw_alloc(m * m, sizeof *w.r);
    panel_ld(&w.p, &rng, w.r);
    panel_factor(&w.p, w.r, &w.b);
    strcpy(w.b.contig, "7");
    w.b.start = 10;
    w.b.end = 90;
    return w;
}

static void clear_world(world *w)
{
    dw_ldblock_clear(&w->b);
    dw_free(w->r);
}

/* The factor of what stays, from the correlations. */
static dw_ldblock anew(const world *w, size_t n, const dw_stay *stay)
{
    panel p = {.people = w->p.people, .m = n};
    double *r = dw_alloc(n * n, sizeof *r);
    dw_ldblock b = {0};

    for (size_t i = 0; i < n; i++) {
        size_t a = stay[i].column;

        if (a >= w->p.core && a < w->p.core + w->p.l && !p.l++)
            p.core = i;
        for (size_t j = 0; j < n; j++)
            r[i + j * n] = w->r[a + stay[j].column * w->p.m] *
                           (stay[i].swapped == stay[j].swapped ? 1 : -1);
    }
    panel_factor(&p, r, &b);
    dw_free(r);
    return b;
}

/* The largest difference of Q_l'Q. */
static double apart(const dw_ldblock *a, const dw_ldblock *b)
{
    double worst = 0;

    for (size_t i = 0; i < a->l; i++) {
        for (size_t j = 0; j < a->m; j++) {
            double d = 0;

            for (size_t h = 0; h < a->k; h++)
                d += (double)a->q[(a->core + i) * a->k + h] *
                     (double)a->q[j * a->k + h];
            for (size_t h = 0; h < b->k; h++)
                d -= (double)b->q[(b->core + i) * b->k + h] *
                     (double)b->q[j * b->k + h];
            worst = fmax(worst, fabs(d));
        }
    }
    return worst;
}

/* log p of some z, those of variants that are swapped turned round. */
static double log_p(const dw_ldblock *b, const dw_stay *stay)
{
    dw_observe_ws *ows = dw_observe_ws_new(b->m, b->k);
    dw_marginal_ws *ws =
        dw_marginal_ws_new(b->m, b->k, &(dw_solving){.solver = DW_SOLVER_AUTO});
    double *f = dw_alloc(b->m, sizeof *f), *grad = dw_alloc(b->m, sizeof *f);
    float *z = dw_alloc(b->l, sizeof *z);
    double ll = NAN;
    dw_noise d;
    dw_factor fac;

    for (size_t j = 0; j < b->m; j++)
        f[j] = 0.1 + 0.05 * (double)(stay[j].column % 7);
    for (size_t j = 0; j < b->l; j++) {
        const dw_stay *s = &stay[b->core + j];

        z[j] = (float)((double)(s->column * 5 % 11) / 4 - 1.3);
        z[j] = s->swapped ? -z[j] : z[j];
    }
    OK(dw_observe(ows, b->m, b->k, b->core, b->l, b->q, b->lambda, z, 1e-8,
                  &fac, NULL) == 0 &&
           dw_marginal_block(ws, &fac, f, NOISE, &ll, grad, &d) == 0,
       "a log p");
    dw_free(f);
    dw_free(grad);
    dw_free(z);
    dw_observe_ws_free(ows);
    dw_marginal_ws_free(ws);
    return ll;
}

static void check(const char *what, const world *w, size_t n,
                  const dw_stay *stay)
{
    dw_restrict_ws *ws = dw_restrict_ws_new();
    dw_ldblock got = {0}, want = anew(w, n, stay);
    double top = 0;
    dw_err err = {0};

    OK(dw_restrict_block(ws, &w->b, n, stay, &ALL, &got, &err) == 0, "%s",
       what);
    OK(got.m == n && got.core == want.core && got.l == want.l &&
           got.k == want.k && got.people == w->p.people && got.start == 10 &&
           got.end == 90 && strcmp(got.contig, "7") == 0,
       "%s: its sizes, rank %zu of %zu", what, got.k, want.k);
    NEAR(got.trace, want.trace, 1e-12, 1, "trace");
    OK(dw_ldblock_check(&got, &err) == 0, "%s: a good factor %s", what,
       err.msg);
    for (size_t i = 0; i < got.k && i < want.k; i++)
        top = fmax(top, fabs(got.lambda[i] - want.lambda[i]));
    OK(top < TOL_R, "%s: eigenvalues, %.1g apart", what, top);
    OK(apart(&got, &want) < TOL_R, "%s: R, %.1g apart", what,
       apart(&got, &want));
    NEAR(log_p(&got, stay), log_p(&want, stay), TOL_LL, 1, what);
    dw_ldblock_clear(&got);
    dw_ldblock_clear(&want);
    dw_restrict_ws_free(ws);
}

static void test_subsets(void)
{
    world w = make_world(400, 60, 10, 40); /* k = l = 40 */
    dw_stay stay[60];
    size_t n = 0;

    for (size_t j = 0; j < 60; j++) {
        if (j % 9 != 4)
            stay[n++] = (dw_stay){j, j % 4 == 1};
    }
    check("most variants, some swapped", &w, n, stay);
    for (size_t j = n = 0; j < 60; j += j < 30 ? 3 : 7)
        stay[n++] = (dw_stay){j, false};
    check("few variants: fewer than the rank", &w, n, stay);
    stay[0] = (dw_stay){33, true};
    check("one variant", &w, 1, stay);
    for (size_t j = n = 0; j < 60; j++) {
        if (j >= 10 && j < 50 && j != 20)
            stay[n++] = (dw_stay){j, false};
    }
    check("no flanks", &w, n, stay);
    clear_world(&w);

    w = make_world(15, 60, 10, 40); /* k = 14 */
    for (size_t j = n = 0; j < 60; j++) {
        if (j % 5)
            stay[n++] = (dw_stay){j, j % 2};
    }
    check("more variants than people", &w, n, stay);
    clear_world(&w);
}

static void test_whole(void)
{
    world w = make_world(100, 30, 5, 20);
    dw_restrict_ws *ws = dw_restrict_ws_new();
    dw_factor_cut half = {.min_eigen = 1e-4, .keep_rank = 0.5};
    dw_ldblock got = {0};
    dw_stay stay[30];
    dw_err err = {0};
    double sum = 0;
    size_t n = 0;
    bool same = true;

    for (size_t j = 0; j < 30; j++) {
        if (j != 2 && j != 28)
            stay[n++] = (dw_stay){j, j == 7 || j == 29};
    }
    OK(dw_restrict_block(ws, &w.b, n, stay, &ALL, &got, &err) == 0 &&
           got.k == w.b.k && got.core == 4 && got.l == 20,
       "the whole core, less two flanks");
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < got.k; i++) {
            float q = w.b.q[stay[j].column * w.b.k + i];

            same &= got.q[j * got.k + i] == (stay[j].swapped ? -q : q);
        }
    }
    OK(same, "Q is passed on as it is, but for signs");
    OK(dw_restrict_block(ws, &w.b, n, stay, &half, &got, &err) == 0,
       "half of the trace");
    for (size_t i = 0; i < got.k; i++)
        sum += got.lambda[i];
    OK(got.k < w.b.k && sum >= 10 && sum - got.lambda[got.k - 1] < 10 &&
           got.q[got.k] == (stay[1].swapped ? -1 : 1) * w.b.q[w.b.k],
       "the largest eigenvalues, until they make it up");

    stay[n] = stay[n - 1]; /* a flank again */
    n++;
    OK(dw_restrict_block(ws, &w.b, n, stay, &ALL, &got, &err) == 0 &&
           got.m == n && got.k == w.b.k,
       "a flank twice");
    dw_ldblock_clear(&got);
    dw_restrict_ws_free(ws);
    clear_world(&w);
}

/* A core variant that the stream has twice, the alleles once each way. */
static void test_twice(void)
{
    world w = make_world(100, 20, 0, 20);
    dw_stay stay[21];

    for (size_t j = 0; j < 21; j++)
        stay[j] = (dw_stay){j < 8 ? j : j - 1, j == 8};
    check("a variant twice", &w, 21, stay);
    clear_world(&w);
}

static void test_refusals(void)
{
    world w = make_world(50, 20, 5, 10);
    dw_restrict_ws *ws = dw_restrict_ws_new();
    dw_ldblock got = {0};
    dw_stay stay[] = {{6, false}, {2, false}, {7, false}};
    dw_stay flank[] = {{1, false}};
    dw_err err = {0};
    unsigned long at = 0;
    int rc;

    OK(dw_restrict_block(ws, &w.b, 3, stay, &ALL, &got, &err) == DW_EMISMATCH &&
           strstr(err.msg, "the core ends among"),
       "a flank within the core");
    OK(dw_restrict_block(ws, &w.b, 1, flank, &ALL, &got, &err) == DW_EBUG,
       "no core");
    do {
        dw_restrict_ws_free(ws);
        ws = dw_restrict_ws_new();
        dw_ldblock_clear(&got);
        err = (dw_err){0};
        dw_mem_fail_at(++at);
        rc = dw_restrict_block(ws, &w.b, 2, (dw_stay[]){{6, false}, {9, true}},
                               &ALL, &got, &err);
        dw_mem_fail_at(0);
        if (rc != 0)
            OK(rc == DW_ENOMEM && strstr(err.msg, "not enough memory"),
               "allocation %lu", at);
    } while (rc != 0 && at < 50);
    OK(rc == 0 && at > 8, "all allocations: %lu", at);
    dw_ldblock_clear(&got);
    dw_restrict_ws_free(ws);
    clear_world(&w);
}

/* Both ways of A A' are the same space. */
static void test_gram(void)
{
    enum { K = 9, N = 4 };
    double a[K * N], v[K * N], w[N], worst = 0;
    dw_gram_ws *ws = dw_gram_ws_new(N);
    dw_rng rng = dw_rng_init(3, 3);
    size_t kept = 0;

    for (size_t i = 0; i < K * N; i++)
        a[i] = dw_rng_normal(&rng);
    memcpy(a + 3 * K, a + K, K * sizeof *a); /* rank 3 */
    OK(dw_gram_eigen(ws, K, N, a, 1e-9, v, w, &kept) == 0 && kept == 3,
       "tall: rank %zu", kept);
    for (size_t i = 0; i < K; i++) {
        for (size_t j = 0; j < K; j++) {
            double d = 0;

            for (size_t h = 0; h < N; h++)
                d += a[i + h * K] * a[j + h * K];
            for (size_t h = 0; h < kept; h++)
                d -= v[i + h * K] * w[h] * v[j + h * K];
            worst = fmax(worst, fabs(d));
        }
    }
    OK(worst < 1e-12, "V diag(w) V' is A A', but for %.1g", worst);
    OK(dw_gram_eigen(ws, K, K, a, 1e-9, v, w, &kept) == DW_EBUG &&
           dw_gram_eigen(ws, K, N, a, 0, v, w, &kept) == DW_EBUG,
       "what the caller got wrong");
    a[5] = NAN;
    OK(dw_gram_eigen(ws, K, N, a, 1e-9, v, w, &kept) > 0, "a NaN");
    dw_gram_ws_free(ws);
}

int main(void)
{
    dw_linalg_single_thread();
    test_gram();
    test_subsets();
    test_whole();
    test_twice();
    test_refusals();
    return tap_done();
}
