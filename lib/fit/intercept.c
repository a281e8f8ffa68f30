#include "fit/intercept.h"

#include <math.h>

#include "base/mem.h"

static double within(const double bounds[2], double x)
{
    return fmin(bounds[1], fmax(bounds[0], x));
}

/* In one step of Newton's: the parabola's bottom along (s2, tau). */
static void solve(const dw_value *v, const dw_fit_noise *noise,
                  dw_model_trait *t)
{
    double s2 = noise->learn_s2 ? t->s2 : 0;
    double tau = noise->learn_tau ? t->tau : 0;
    double slope = s2 * v->ds2 + tau * v->dtau;
    double curvature = s2 * s2 * v->curvature[0] +
                       2 * s2 * tau * v->curvature[1] +
                       tau * tau * v->curvature[2];
    double factor = curvature > 0 ? 1 + slope / curvature : 1;

    if (noise->learn_s2)
        t->s2 = within(dw_fit_noise_bounds[DW_FIT_S2], s2 * factor);
    if (noise->learn_tau)
        t->tau = within(dw_fit_noise_bounds[DW_FIT_TAU], tau * factor);
}

int dw_intercept_fit(dw_objective *o, const dw_fit_noise *noise,
                     dw_model *model, dw_err *err)
{
    const bool wanted[DW_PARTS] = {[DW_PART_TRAIN] = true};
    size_t heads = model->net.heads;
    dw_value *sum;
    int rc;

    if (!noise->learn_s2 && !noise->learn_tau)
        return 0;
    sum = dw_alloc(heads * DW_PARTS, sizeof *sum);
    rc = dw_objective_parts(o, DW_LOSS_LDSR, model, wanted, sum, err);
    for (size_t h = 0; h < heads && rc == 0; h++)
        solve(&sum[h * DW_PARTS + DW_PART_TRAIN], noise, &model->trait[h]);
    dw_free(sum);
    return rc;
}
