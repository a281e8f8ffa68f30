/* Convolution and attention pooling, built in double: against loops that hide
 * nothing, and each number's gradient by central differences. */
#define DW_REAL_DOUBLE
#include "base/mem.h"
#include "nn/conv.c"

#include "differences.h"
#include "tap.h"

enum { IN = 3, OUT = 4, MOST_T = 9, MOST_N = 3, MOST_K = 7 };

struct conv {
    size_t k, t, n;
    double w[OUT * IN * MOST_K], b[OUT], x[IN * MOST_T * MOST_N];
    double y[OUT * MOST_T * MOST_N], weight[OUT * MOST_T * MOST_N];
    double room[4096];
};

static double conv_loss(void *ctx)
{
    struct conv *c = ctx;

    dw_conv_forward(IN, OUT, c->k, c->t, c->n, c->w, c->b, c->x, c->y, c->room);
    return loss_of_output(OUT * c->t * c->n, c->weight, c->y);
}

/* By the formula: beyond its ends a window is 0. */
static double plain_conv(const struct conv *c)
{
    double most = 0;

    for (size_t at = 0; at < OUT * c->t * c->n; at++) {
        size_t q = at % OUT, j = at / OUT % c->t, i = at / OUT / c->t;
        double sum = c->b[q];

        for (size_t s = 0; s < c->k; s++) {
            if (j + s < c->k / 2 || j + s - c->k / 2 >= c->t)
                continue;
            for (size_t r = 0; r < IN; r++)
                sum += c->w[q + OUT * (r + IN * s)] *
                       c->x[r + IN * (j + s - c->k / 2 + c->t * i)];
        }
        most = fmax(most, fabs(sum - c->y[at]));
    }
    return most;
}

static void test_conv(size_t k, size_t t, size_t n)
{
    static struct conv c;
    double dw[OUT * IN * MOST_K] = {0}, db[OUT] = {0}, once[OUT];
    double dx[IN * MOST_T * MOST_N] = {0};
    dw_rng rng = dw_rng_init(k, t);

    c.k = k;
    c.t = t;
    c.n = n;
    fill_normal(&rng, OUT * IN * k, c.w);
    fill_normal(&rng, OUT, c.b);
    fill_normal(&rng, IN * t * n, c.x);
    fill_normal(&rng, OUT * t * n, c.weight);
    for (size_t i = 0; i < DW_COUNT(c.room); i++)
        c.room[i] = NAN; /* what is read was written */
    conv_loss(&c);
    OK(dw_conv_room(IN, OUT, k, t, n) <= DW_COUNT(c.room) &&
           plain_conv(&c) < 1e-13,
       "kernel %zu, %zu windows of %zu: %g from loops", k, n, t,
       plain_conv(&c));
    gradient_of_output(OUT * t * n, c.weight, c.y);
    dw_conv_backward(IN, OUT, k, t, n, c.w, c.x, c.y, dw, db, dx, c.room);
    OK(worst(conv_loss, &c, c.w, dw, OUT * IN * k) < 1e-7, "each weight");
    OK(worst(conv_loss, &c, c.b, db, OUT) < 1e-7, "each offset");
    OK(worst(conv_loss, &c, c.x, dx, IN * t * n) < 1e-7, "each input");
    memcpy(once, db, sizeof once);
    conv_loss(&c);
    gradient_of_output(OUT * t * n, c.weight, c.y);
    dw_conv_backward(IN, OUT, k, t, n, c.w, c.x, c.y, dw, db, NULL, c.room);
    OK(fabs(db[1] - 2 * once[1]) < 1e-12, "gradients are added to");
}

/* ---- pooling ---- */

enum { C = 4 };

struct pool {
    size_t t, n;
    double w[C * C], x[C * MOST_T * MOST_N], weight[C * MOST_T * MOST_N];
    double y[C * MOST_T * MOST_N], a[C * MOST_T * MOST_N];
    double room[2 * C * MOST_T * MOST_N];
};

static double pool_loss(void *ctx)
{
    struct pool *p = ctx;

    dw_pool_forward(C, p->t, p->n, p->w, p->x, p->y, p->a, p->room);
    return loss_of_output(C * ((p->t + 1) / 2) * p->n, p->weight, p->y);
}

/* As it is defined: a softmax over the places of a pool, row by row. */
static double plain_pool(const struct pool *p)
{
    size_t up = (p->t + 1) / 2;
    double most = 0;

    for (size_t at = 0; at < C * up * p->n; at++) {
        size_t q = at % C, j = at / C % up, i = at / C / up;
        double sum = 0, total = 0;

        for (size_t s = 2 * j; s < 2 * j + 2 && s < p->t; s++) {
            const double *x = p->x + C * (s + p->t * i);
            double logit = 0;

            for (size_t r = 0; r < C; r++)
                logit += p->w[q + C * r] * x[r];
            total += exp(logit);
            sum += exp(logit) * x[q];
        }
        most = fmax(most, fabs(sum / total - p->y[at]));
    }
    return most;
}

static void test_pool(size_t t, size_t n)
{
    static struct pool p;
    double dw[C * C] = {0}, dx[C * MOST_T * MOST_N] = {0};
    size_t out = C * ((t + 1) / 2) * n;
    dw_rng rng = dw_rng_init(t, n);

    p.t = t;
    p.n = n;
    fill_normal(&rng, C * C, p.w);
    fill_normal(&rng, C * t * n, p.x);
    fill_normal(&rng, out, p.weight);
    pool_loss(&p);
    OK(plain_pool(&p) < 1e-14,
       "pooling, %zu windows of %zu: %g from its formula", n, t,
       plain_pool(&p));
    gradient_of_output(out, p.weight, p.y);
    dw_pool_backward(C, t, n, p.w, p.x, p.a, p.y, dw, dx, p.room);
    OK(worst(pool_loss, &p, p.w, dw, C * C) < 1e-7, "each weight");
    OK(worst(pool_loss, &p, p.x, dx, C * t * n) < 1e-7, "each input");
}

int main(void)
{
    test_conv(1, 5, 2);
    test_conv(3, 9, 3);
    test_conv(5, 4, 2);
    test_conv(7, 2, 3); /* a kernel longer than the window */
    test_conv(7, 1, 1);
    test_pool(8, 2);
    test_pool(9, 3);
    test_pool(2, 1);
    test_pool(1, 2);
    return tap_done();
}
