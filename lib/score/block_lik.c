#include "score/block_lik.h"

void dw_block_lik_clear(dw_block_lik *b)
{
    dw_observe_ws_free(b->observe);
    dw_marginal_ws_free(b->marginal);
    dw_own_noise_ws_free(b->own);
    *b = (dw_block_lik){0};
}

int dw_block_lik_fit(dw_block_lik *b, size_t m, size_t k, const dw_solving *how)
{
    static const dw_solving as_ever = {.solver = DW_SOLVER_AUTO};

    if (b->marginal && m <= b->max_m && k <= b->max_k)
        return 0;
    m = m > b->max_m ? m : b->max_m;
    k = k > b->max_k ? k : b->max_k;
    dw_block_lik_clear(b);
    b->observe = dw_observe_ws_new(m, k);
    b->marginal = dw_marginal_ws_new(m, k, how ? how : &as_ever);
    if (!b->observe || !b->marginal) {
        dw_block_lik_clear(b);
        return DW_ENOMEM;
    }
    b->max_m = m;
    b->max_k = k;
    return 1;
}

int dw_block_lik_observe(dw_block_lik *b, const dw_ldblock *ld, const float *z,
                         dw_factor *out, size_t *n_observed)
{
    int rc = dw_observe(b->observe, ld->m, ld->k, ld->core, ld->l, ld->q,
                        ld->lambda, z, DW_OBSERVE_MIN_EIGEN, out, n_observed);

    if (rc == 0)
        out->id = dw_ldblock_id(ld->contig, ld->start, ld->end);
    return rc;
}

int dw_block_lik_noise(dw_block_lik *b, const dw_factor *factor,
                       const double *f, const double v[2], dw_noise *noise,
                       double *evidence)
{
    dw_own_noise own = {0};
    int rc;

    *evidence = 0;
    if (factor->k == 0 || (!(v[0] > 0) && !(v[1] > 0)))
        return 0;
    if (!b->own && !(b->own = dw_own_noise_ws_new(b->max_k)))
        return DW_ENOMEM;
    rc = dw_own_noise_find(b->own, factor, f, *noise, v, &own);
    if (rc == 0) {
        *noise = dw_own_noise_of(&own, *noise);
        *evidence = own.evidence;
    }
    return rc;
}

int dw_block_lik_fault(int rc, dw_err *err)
{
    switch (rc) {
    case 0: return 0;
    case DW_ENOMEM:
        return dw_fail(err, rc, "not enough memory for its z-scores");
    case DW_EFORMAT: return dw_fail(err, rc, "a number in it is not finite");
    default: return dw_fail(err, DW_EBUG, "%s", dw_err_words(rc));
    }
}
