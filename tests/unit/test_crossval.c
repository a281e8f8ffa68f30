/* The penalty by folds: none where folds agree, all where they do not; and the
 * damped step that it is made of. */
#include "base/mem.h"
#include "base/rng.h"
#include "fit/crossval.h"
#include "fit/newton.h"
#include "linalg/dense.h"
#include "tap.h"

enum { D = 3, FOLDS = 10 };

/* Each fold is a regression of `n` rows on D columns, of which the last two
 * carry the penalty; `common` of a fold's coefficients is what all share. */
static double penalty_of(double common, size_t n, double *at_zero)
{
    double g[D * FOLDS] = {0}, h[D * D * FOLDS] = {0};
    double x[D] = {0}, work[2 * D * D + 3 * D];
    dw_crossval cv = {D, 1, 2, FOLDS, g, h};
    dw_rng rng = dw_rng_init(8, n);

    for (size_t k = 0; k < FOLDS; k++) {
        double own = dw_rng_normal(&rng);

        for (size_t i = 0; i < n; i++) {
            double row[D], y = dw_rng_normal(&rng);

            for (size_t a = 0; a < D; a++)
                row[a] = dw_rng_normal(&rng);
            y += row[1] * (common + (common > 0 ? 0 : own));
            for (size_t a = 0; a < D; a++) {
                g[a + k * D] += y * row[a];
                for (size_t b = 0; b < D; b++)
                    h[a + b * D + k * D * D] += row[a] * row[b];
            }
        }
    }
    *at_zero = dw_crossval_penalty(&cv, x, work);
    /* From the optimum of all, the same penalty is found: it is the quadratic
     * that counts, not the point. */
    {
        double sum_g[D] = {0}, sum_h[D * D] = {0}, step[D];

        for (size_t k = 0; k < FOLDS; k++) {
            dw_axpy(D, 1, g + k * D, sum_g);
            dw_axpy(D * D, 1, h + k * D * D, sum_h);
        }
        (void)dw_newton_step(D, sum_h, sum_g, 0, INFINITY, work, step);
        memcpy(x, step, sizeof x);
        for (size_t k = 0; k < FOLDS; k++)
            dw_gemv(false, D, D, -1, h + k * D * D, D, step, 1, g + k * D);
    }
    return dw_crossval_penalty(&cv, x, work);
}

static void test_step(void)
{
    const double h[9] = {4, 1, 0, 1, 3, 0, 0, 0, 0}, g[3] = {1, 2, 5};
    const double bad[1] = {NAN}, saddle[4] = {1, 2, 2, 1}, down = -1;
    double work[9], step[3], inverse[9];
    double gain = dw_newton_step(3, h, g, 0, 10, work, step);

    /* By hand: (1/11, 7/11); the third coordinate has no curvature. */
    NEAR(step[0], 1.0 / 11, 1e-14, 0, "step");
    NEAR(step[1], 7.0 / 11, 1e-14, 0, "step");
    OK(step[2] == 0, "a coordinate without curvature rests");
    NEAR(gain, 0.5 * (1.0 / 11 + 14.0 / 11), 1e-14, 0, "its promise");
    dw_newton_step(3, h, g, 0, 0.07, work, step);
    NEAR(step[1], 0.07, 1e-14, 0, "no longer than allowed");
    NEAR(step[0], 0.01, 1e-14, 0, "in the same direction");
    OK(dw_newton_step(1, bad, g, 0, 1, work, step) == 0 && step[0] == 0,
       "NaN goes nowhere");
    OK(dw_newton_definite(3, h, work), "definite, but for what rests");
    OK(!dw_newton_definite(2, saddle, work) &&
           !dw_newton_definite(1, &down, work),
       "not definite");
    OK(dw_newton_inverse(3, h, inverse) == 0 && inverse[8] == 0, "an inverse");
    NEAR(inverse[0], 3.0 / 11, 1e-14, 0, "inverse");
    NEAR(inverse[3], -1.0 / 11, 1e-14, 0, "inverse");
}

int main(void)
{
    double at_zero, at_best = penalty_of(0.5, 100, &at_zero);

    OK(at_zero <= 30, "what all folds share is let through: %g", at_zero);
    NEAR(at_best, at_zero, 1e-12, 0, "from another point");
    at_best = penalty_of(0, 100, &at_zero);
    OK(at_zero > 1e6 && at_best > 1e6, "what each has for itself is not: %g",
       at_zero);
    test_step();
    return tap_done();
}
