#include "lik/own_noise.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "lik/components.h"

enum { MAX_STEPS = 50, MAX_HALVINGS = 30 };

/* A step that promises less is the last. */
static const double GAIN_ENOUGH = 1e-8;

struct dw_own_noise_ws {
    dw_components_ws *components;
    double *gram; /* (k x k) Q F Q' */
};

dw_own_noise_ws *dw_own_noise_ws_new(size_t max_k)
{
    dw_own_noise_ws *ws = dw_alloc(1, sizeof *ws);

    ws->components = dw_components_ws_new(max_k);
    ws->gram = dw_try_alloc(max_k, max_k * sizeof *ws->gram);
    if (ws->components && ws->gram)
        return ws;
    dw_own_noise_ws_free(ws);
    return NULL;
}

void dw_own_noise_ws_free(dw_own_noise_ws *ws)
{
    if (!ws)
        return;
    dw_components_ws_free(ws->components);
    dw_free(ws->gram);
    dw_free(ws);
}

dw_noise dw_own_noise_of(const dw_own_noise *own, dw_noise noise)
{
    return (dw_noise){noise.s2 * exp(own->u[0]), noise.tau * exp(own->u[1])};
}

/* u <- (H + V^-1)^-1 g and var <- its diagonal; 0 where v_a is 0. */
static void solve(const double h[2][2], const double v[2], const double g[2],
                  double u[2], double var[2])
{
    double p[2], off = v[0] > 0 && v[1] > 0 ? h[0][1] : 0, det;

    for (int a = 0; a < 2; a++)
        p[a] = v[a] > 0 ? h[a][a] + 1 / v[a] : 1;
    det = p[0] * p[1] - off * off;
    for (int a = 0; a < 2; a++) {
        u[a] = v[a] > 0 ? (p[1 - a] * g[a] - off * g[1 - a]) / det : 0;
        var[a] = v[a] > 0 ? p[1 - a] / det : 0;
    }
}

void dw_own_noise_variance(const dw_own_noise *own, const double v[2],
                           double var[2])
{
    const double none[2] = {0, 0};
    double u[2];

    solve(own->h, v, none, u, var);
}

struct point {
    double u[2], value; /* log p less the penalty */
    double g[2], h[2][2];
};

/* The rest of a point, from its u. */
static int evaluate(dw_own_noise_ws *ws, const dw_factor *b, dw_noise noise,
                    const double v[2], struct point *at)
{
    const double theta[] = {1, noise.s2 * exp(at->u[0]),
                            noise.tau * exp(at->u[1])};
    dw_components c = {0};
    int rc = dw_components_block(ws->components, b->k, ws->gram, b->lambda,
                                 b->y, theta, false, &c);

    at->value = c.loglik;
    for (int a = 0; a < 2; a++) {
        double pull = v[a] > 0 ? at->u[a] / v[a] : 0;

        at->value -= 0.5 * at->u[a] * pull;
        at->g[a] = v[a] > 0 ? theta[a + 1] * c.score[a + 1] - pull : 0;
        for (int d = 0; d < 2; d++)
            at->h[a][d] = v[a] > 0 && v[d] > 0 ? theta[a + 1] * theta[d + 1] *
                                                     c.average[a + 1][d + 1]
                                               : 0;
    }
    return rc == 0 && !isfinite(at->value) ? DW_EDEGENERATE : rc;
}

/* By halves until it is better; false: it never is. */
static bool try_step(dw_own_noise_ws *ws, const dw_factor *b, dw_noise noise,
                     const double v[2], const double step[2], struct point *at)
{
    double length = 1 / fmax(1, fmax(fabs(step[0]), fabs(step[1])));

    for (int i = 0; i < MAX_HALVINGS; i++, length /= 2) {
        struct point next = {
            .u = {at->u[0] + length * step[0], at->u[1] + length * step[1]}};

        if (evaluate(ws, b, noise, v, &next) == 0 && next.value > at->value) {
            *at = next;
            return true;
        }
    }
    return false;
}

static double penalty(const struct point *at, const double v[2])
{
    double d0 = 1 + v[0] * at->h[0][0], d1 = 1 + v[1] * at->h[1][1], sum = 0;

    for (int a = 0; a < 2; a++)
        sum += v[a] > 0 ? at->u[a] * at->u[a] / v[a] : 0;
    return 0.5 * (sum + log(d0 * d1 - v[0] * v[1] * at->h[0][1] * at->h[1][0]));
}

int dw_own_noise_find(dw_own_noise_ws *ws, const dw_factor *b, const double *f,
                      dw_noise noise, const double v[2], dw_own_noise *own)
{
    struct point at = {
        .u = {v[0] > 0 ? own->u[0] : 0, v[1] > 0 ? own->u[1] : 0}};
    int rc = dw_components_gram(ws->components, b, f, ws->gram);

    if (rc == 0)
        rc = evaluate(ws, b, noise, v, &at);
    for (int i = 0; i < MAX_STEPS && rc == 0; i++) {
        double step[2], var[2];

        solve(at.h, v, at.g, step, var);
        if (0.5 * (step[0] * at.g[0] + step[1] * at.g[1]) < GAIN_ENOUGH ||
            !try_step(ws, b, noise, v, step, &at))
            break;
    }
    if (rc != 0)
        return rc;
    memcpy(own->u, at.u, sizeof own->u);
    memcpy(own->h, at.h, sizeof own->h);
    own->evidence = -penalty(&at, v);
    return 0;
}
