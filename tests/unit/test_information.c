/* The information of a block on a linear model against second derivatives: what
 * differences of the gradient say the observed one is, the average one, the
 * bend and a dense expected one have to add up to. */
#include "differences.h"
#include "fit/information.h"
#include "lik/marginal.h"
#include "lik_reference.h"
#include "linalg/blas.h"
#include "nn/link.h"
#include "tap.h"

enum { P = 2, D = P + 3, M = 8 };

static const double C = 0.8;

struct problem {
    dw_factor b;
    dw_link link;
    float x[P * M];
    double theta[D]; /* b, v, log s2, log tau */
    dw_marginal_ws *ws;
    size_t by; /* which derivative is differenced */
};

/* What dw_objective_block would leave behind. */
typedef struct chain {
    double f[M], slope[M], bend[M], d_a[M], score[D];
    dw_noise noise;
} chain;

static chain evaluate(const struct problem *p)
{
    chain c = {.noise = {exp(p->theta[P + 1]), exp(p->theta[P + 2])}};
    double loglik;
    dw_noise by = {0};

    for (size_t j = 0; j < M; j++) {
        double a = p->theta[0];

        for (size_t i = 0; i < P; i++)
            a += p->theta[1 + i] * p->x[i + j * P];
        c.f[j] = C * dw_link_value(p->link, a);
        c.slope[j] = dw_link_slope(p->link, a);
        c.bend[j] = dw_link_bend(p->link, a);
    }
    if (dw_marginal_block(p->ws, &p->b, c.f, c.noise, &loglik, c.d_a, &by) != 0)
        OK(0, "a likelihood");
    for (size_t j = 0; j < M; j++) {
        c.d_a[j] *= c.slope[j];
        c.score[0] += c.d_a[j];
        for (size_t i = 0; i < P; i++)
            c.score[1 + i] += c.d_a[j] * p->x[i + j * P];
    }
    c.score[P + 1] = c.noise.s2 * by.s2;
    c.score[P + 2] = c.noise.tau * by.tau;
    return c;
}

static double score_of(void *ctx)
{
    const struct problem *p = ctx;

    return evaluate(p).score[p->by];
}

/* s (k x k) <- S, or dS / d theta_i. */
static void covariance(const struct problem *p, const chain *c, int i,
                       double s[REF_MAX][REF_MAX])
{
    size_t k = p->b.k;

    for (size_t a = 0; a < k; a++) {
        for (size_t b = 0; b < k; b++) {
            double tau = c->noise.tau / p->b.lambda[a];

            s[a][b] = a != b       ? 0
                      : i < 0      ? c->noise.s2 + tau
                      : i == P + 1 ? c->noise.s2
                      : i == P + 2 ? tau
                                   : 0;
            for (size_t j = 0; j < M && i <= P; j++) {
                double w = i > 0 ? p->x[i - 1 + (int)j * P] : 1;

                s[a][b] += p->b.q[a + j * k] * p->b.q[b + j * k] * c->f[j] *
                           (i < 0 ? 1 : c->slope[j] * w);
            }
        }
    }
}

/* e <- 1/2 tr(S^-1 S_i S^-1 S_j) */
static void expected(const struct problem *p, const chain *c, double e[D][D])
{
    double s[REF_MAX][REF_MAX], by[D][REF_MAX][REF_MAX];
    size_t k = p->b.k;

    for (int i = 0; i < D; i++) {
        covariance(p, c, -1, s);
        covariance(p, c, i, by[i]);
        (void)ref_solve(k, s, k, by[i]);
    }
    for (size_t i = 0; i < D; i++) {
        for (size_t j = 0; j < D; j++) {
            e[i][j] = 0;
            for (size_t a = 0; a < k; a++)
                for (size_t b = 0; b < k; b++)
                    e[i][j] += 0.5 * by[i][a][b] * by[j][b][a];
        }
    }
}

static void test_link(dw_link link, size_t core, size_t l)
{
    ref_block made = ref_make(5 + core, 40, M, core, l, 0);
    struct problem p = {.b = ref_factor(&made),
                        .link = link,
                        .theta = {0.7, 0.2, -0.3, 0.1, -1}};
    dw_information_ws *ws = dw_information_ws_new(M, P + 1);
    double average[D * D], bend[D * D], e[D][D];
    double off = 0, largest = 0, bent = 0;
    dw_rng rng = dw_rng_init(3, link);
    dw_gradient at;
    chain c;

    p.ws = dw_marginal_ws_new(M, M, &(dw_solving){0});
    for (size_t i = 0; i < P * M; i++)
        p.x[i] = (float)(0.5 * dw_rng_normal(&rng));
    c = evaluate(&p);
    at = (dw_gradient){c.f, c.slope, c.bend, c.d_a};
    OK(dw_information_block(ws, &p.b, c.noise, &at, p.x, average, bend) == 0,
       "information, %s", dw_link_name(link));
    expected(&p, &c, e);
    for (size_t i = 0; i < D; i++) {
        for (size_t j = 0; j < D; j++) {
            double sum = 2 * average[i + j * D] - e[i][j] + bend[i + j * D];

            bent = fmax(bent, fabs(bend[i + j * D]));
            if (i == j && i > P) /* the noise's bend */
                sum -= c.score[i];
            p.by = i;
            off = fmax(off, fabs(sum + difference(score_of, &p, p.theta + j)));
            largest = fmax(largest, fabs(sum));
        }
    }
    /* Of the order of the others, so that it cannot be missed. */
    OK(link == DW_LINK_RELU ? bent == 0 : bent > 0.05 * largest,
       "the bend: %.3f of %.3f", bent, largest);
    OK(off < 1e-8 * largest, "second derivatives, %zu of %zu variants: %.1e", l,
       (size_t)M, off / largest);
    dw_information_ws_free(ws);
    dw_marginal_ws_free(p.ws);
}

int main(void)
{
    dw_linalg_single_thread();
    for (int link = DW_LINK_EXP; link <= DW_LINK_RELU; link++) {
        test_link((dw_link)link, 0, 8);
        test_link((dw_link)link, 2, 5);
    }
    return tap_done();
}
