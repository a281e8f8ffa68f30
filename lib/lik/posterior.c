#include "lik/posterior.h"

#include <math.h>
#include <string.h>

#include "lik/marginal_core.h"

int dw_posterior_block(dw_marginal_ws *ws, const dw_factor *b, const double *f,
                       dw_noise noise, double *mean, double *var,
                       double *loglik)
{
    const dw_marginal_ws *at;
    double ll;
    int rc = dw_marginal_solve(ws, b, f, noise, DW_MARGINAL_VARIANTS, &ll, &at);

    if (rc != 0)
        return rc;
    memset(mean, 0, b->m * sizeof(*mean));
    memset(var, 0, b->m * sizeof(*var));
    for (size_t c = 0; c < at->n_active; c++) {
        size_t j = at->active[c];

        mean[j] = sqrt(f[j]) * at->r[c];
        var[j] = f[j] * fmax(0, 1 - at->h[c]); /* not below 0 by rounding */
    }
    if (loglik)
        *loglik = ll;
    return 0;
}
