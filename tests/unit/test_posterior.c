/* (9) against the conditional of the joint Gaussian of effects and z. */
#include "tap.h"

#include "base/mem.h"
#include "lik/posterior.h"
#include "lik_reference.h"
#include "linalg/blas.h"

static const double TOL = 1e-10;

static void test_dense(void)
{
    static const size_t shape[][5] = {/* n, m, core, l, twin */
                                      {40, 6, 0, 6, 0},
                                      {40, 8, 2, 4, 0},
                                      {40, 8, 0, 7, 3},
                                      {4, 8, 1, 7, 0},
                                      {40, 1, 0, 1, 0}};
    static const dw_noise noises[] = {{1, 0}, {1.4, 0.35}};
    double f[REF_MAX], mean[REF_MAX], var[REF_MAX], ll;

    for (size_t s = 0; s < DW_COUNT(shape); s++)
        for (int way = DW_SOLVER_AUTO; way <= DW_SOLVER_DUAL; way++) {
            ref_block b = ref_make(20 + s, shape[s][0], shape[s][1],
                                   shape[s][2], shape[s][3], shape[s][4]);
            dw_factor fac = ref_factor(&b);
            dw_marginal_ws *ws = dw_marginal_ws_new(
                b.m, b.k, &(dw_solving){.solver = (enum dw_solver)way});
            double worst = 0;
            int rc = 0;

            for (size_t j = 0; j < b.m; j++)
                f[j] = j == 4 ? 0 : 0.3 * (double)(1 + j);
            for (size_t i = 0; i < DW_COUNT(noises); i++) {
                ref_answer ref = ref_evaluate(&b, f, noises[i]);

                rc |=
                    dw_posterior_block(ws, &fac, f, noises[i], mean, var, &ll);
                worst = fmax(worst, fabs(ll / ref.loglik - 1));
                for (size_t j = 0; j < b.m; j++) {
                    worst = fmax(worst, fabs(mean[j] - ref.mean[j]));
                    worst = fmax(worst, fabs(var[j] - ref.var[j]));
                }
            }
            OK(rc == 0 && worst < TOL, "shape %zu, solver %d, off by %.1g", s,
               way, worst);
            OK(b.m < 5 || (mean[4] == 0 && var[4] == 0),
               "no prior variance, no effect");
            dw_marginal_ws_free(ws);
        }
}

static void test_limits(void)
{
    ref_block b = ref_make(30, 40, 6, 0, 6, 0);
    dw_factor fac = ref_factor(&b), none = {.m = 6};
    dw_marginal_ws *ws =
        dw_marginal_ws_new(6, 6, &(dw_solving){.solver = DW_SOLVER_AUTO});
    double f[REF_MAX] = {2, 2, 2, 2, 2, 2}, mean[REF_MAX], var[REF_MAX];
    int inside = 1;

    OK(dw_posterior_block(ws, &none, f, (dw_noise){1, 0}, mean, var, NULL) ==
               0 &&
           mean[5] == 0 && var[5] == 2,
       "nothing observed: the prior");
    OK(dw_posterior_block(ws, &fac, f, (dw_noise){1, 0}, mean, var, NULL) == 0,
       "done");
    for (size_t j = 0; j < 6; j++)
        inside &= var[j] > 0 && var[j] < 2;
    OK(inside, "the data take from the variance, never all of it");
    f[3] = NAN;
    mean[0] = 77;
    OK(dw_posterior_block(ws, &fac, f, (dw_noise){1, 0}, mean, var, NULL) ==
               DW_EDEGENERATE &&
           mean[0] == 77,
       "NaN is refused, and nothing is set");
    dw_marginal_ws_free(ws);
}

int main(void)
{
    dw_linalg_single_thread();
    test_dense();
    test_limits();
    return tap_done();
}
