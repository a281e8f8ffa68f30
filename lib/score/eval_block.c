#include "score/eval_block.h"

#include "base/mem.h"
#include "lik/ldsr.h"
#include "lik/posterior.h"
#include "score/block_lik.h"

struct dw_eval_ws {
    dw_block_lik lik;
    dw_ldsr_ws *ldsr;
    double *score; /* (m) LD scores of the core */
};

int dw_eval_resize(dw_eval *e, size_t m, dw_err *err)
{
    if (m > e->cap || !e->f) {
        dw_eval_clear(e);
        e->f = dw_try_alloc(m, sizeof(double));
        e->grad = dw_try_alloc(m, sizeof(double));
        e->mean = dw_try_alloc(m, sizeof(double));
        e->expected = dw_try_alloc(m, sizeof(double));
        if (!e->f || !e->grad || !e->mean || !e->expected) {
            dw_eval_clear(e);
            return dw_fail(err, DW_ENOMEM,
                           "not enough memory for a block of %zu variants", m);
        }
        e->cap = m;
    }
    e->m = m;
    return 0;
}

void dw_eval_clear(dw_eval *e)
{
    dw_free(e->f);
    dw_free(e->grad);
    dw_free(e->mean);
    dw_free(e->expected);
    *e = (dw_eval){0};
}

dw_eval_ws *dw_eval_ws_new(void)
{
    return dw_alloc(1, sizeof(dw_eval_ws));
}

static void release(dw_eval_ws *ws)
{
    dw_block_lik_clear(&ws->lik);
    dw_ldsr_ws_free(ws->ldsr);
    dw_free(ws->score);
    *ws = (dw_eval_ws){0};
}

void dw_eval_ws_free(dw_eval_ws *ws)
{
    if (!ws)
        return;
    release(ws);
    dw_free(ws);
}

static int fit_workspace(dw_eval_ws *ws, size_t m, size_t k,
                         const dw_solving *how, dw_err *err)
{
    int rc = dw_block_lik_fit(&ws->lik, m, k, how);

    if (rc > 0) {
        dw_ldsr_ws_free(ws->ldsr);
        dw_free(ws->score);
        ws->ldsr = dw_ldsr_ws_new(ws->lik.max_m, ws->lik.max_k);
        ws->score = dw_try_alloc(ws->lik.max_m, sizeof(double));
        if (ws->ldsr && ws->score)
            return 0;
        release(ws);
    }
    return rc == 0 ? 0
                   : dw_fail(err, DW_ENOMEM,
                             "not enough memory to evaluate %zu variants of "
                             "rank %zu",
                             m, k);
}

/* What a kernel returned, in words. */
static int tell(int rc, const dw_eval_opts *opts, dw_err *err)
{
    if (rc == DW_EDEGENERATE)
        return dw_fail(err, rc,
                       "no likelihood for these prior variances with s2 %g "
                       "and tau %g: all have to be finite, and s2 or tau "
                       "above 0",
                       opts->noise.s2, opts->noise.tau);
    if (rc > 0)
        return dw_fail(err, DW_EDEGENERATE,
                       "its covariance is not positive definite (column %d): "
                       "prior variances are too large",
                       rc);
    return dw_block_lik_fault(rc, err);
}

static int ldsr(dw_eval_ws *ws, dw_noise noise, const dw_ldblock *ld,
                const float *z, double nh2m, dw_eval *e)
{
    dw_ldsr_block b = {.m = ld->m,
                       .k = ld->k,
                       .core = ld->core,
                       .l = ld->l,
                       .q = ld->q,
                       .people = ld->people,
                       .z = z};
    size_t n;
    int rc = dw_ldsr_scores(ws->ldsr, &b, ws->score);

    if (rc == 0)
        rc = dw_ldsr_expected(ws->ldsr, &b, e->f, noise, e->expected);
    if (rc == 0)
        e->ldsr =
            dw_ldsr_terms(ld->l, z, ws->score, e->expected, nh2m, &n, NULL);
    return rc;
}

static int likelihood(dw_eval_ws *ws, const dw_eval_opts *opts,
                      const dw_factor *fac, dw_noise noise, dw_eval *e)
{
    double *var = e->grad; /* posterior variances: not wanted, written over */
    int rc = dw_marginal_null(fac, noise, &e->null);

    if (rc == 0 && opts->posterior)
        rc = dw_posterior_block(ws->lik.marginal, fac, e->f, noise, e->mean,
                                var, &e->loglik);
    if (rc == 0 && (opts->gradient || !opts->posterior))
        rc = dw_marginal_block(ws->lik.marginal, fac, e->f, noise, &e->loglik,
                               opts->gradient ? e->grad : NULL, NULL);
    e->solved = dw_marginal_solved(ws->lik.marginal);
    return rc;
}

int dw_eval_block(dw_eval_ws *ws, const dw_eval_opts *opts,
                  const dw_ldblock *ld, const float *z, double nh2m, dw_eval *e,
                  dw_err *err)
{
    dw_factor fac;
    dw_noise noise = opts->noise;
    double evidence;
    int rc = fit_workspace(ws, ld->m, ld->k, &opts->how, err);

    if (rc < 0)
        return rc;
    rc = dw_block_lik_observe(&ws->lik, ld, z, &fac, &e->n_observed);
    if (rc == 0)
        rc = dw_block_lik_noise(&ws->lik, &fac, e->f, opts->spread, &noise,
                                &evidence);
    if (rc == 0)
        rc = likelihood(ws, opts, &fac, noise, e);
    if (rc == 0) {
        e->loglik += evidence;
        e->null += evidence;
        rc = ldsr(ws, noise, ld, z, nh2m, e);
    }
    e->k = fac.k;
    return tell(rc, opts, err);
}
