/* The optimiser against its definition, and on a function with a known
 * minimum. */
#include "nn/optim.h"
#include "tap.h"

static void test_schedule(void)
{
    NEAR(dw_optim_schedule(1, 4, 104, 0), 0.2, 1e-12, 0, "first of warm-up");
    NEAR(dw_optim_schedule(1, 4, 104, 3), 0.8, 1e-12, 0, "last of warm-up");
    NEAR(dw_optim_schedule(1, 4, 104, 4), 1, 1e-12, 0, "top");
    NEAR(dw_optim_schedule(1, 4, 104, 54), 0.5, 1e-12, 0, "half way");
    OK(dw_optim_schedule(1, 4, 104, 103) < 0.001, "near the end");
    OK(dw_optim_schedule(1, 4, 104, 104) == 0, "the end");
    OK(dw_optim_schedule(1, 0, 0, 0) == 0, "no steps at all");
}

static void test_clip(void)
{
    double g[2] = {3, 4}, bad[2] = {NAN, 1};

    NEAR(dw_optim_clip(2, g, 10), 5, 1e-14, 0, "a short one");
    OK(g[0] == 3 && g[1] == 4, "is left alone");
    NEAR(dw_optim_clip(2, g, 1), 5, 1e-14, 0, "a long one");
    NEAR(g[0], 0.6, 1e-14, 0, "is made as long as allowed");
    OK(isnan(dw_optim_clip(2, bad, 1)) && bad[1] == 1, "NaN is told");
}

/* Two steps by hand: at the first, mean / sqrt(square) is the sign. */
static void test_two_steps(void)
{
    const uint8_t decays[2] = {1, 0};
    double g[2] = {0.5, -2};
    dw_real x[2] = {1, 1};
    dw_adamw *o = dw_adamw_new(2);
    double mean, square;

    dw_adamw_step(o, 0.1, 0.5, decays, g, x);
    NEAR(x[0], 1 - 0.1 * 0.5 - 0.1, 1e-6, 0, "first step, with decay");
    NEAR(x[1], 1 + 0.1, 1e-6, 0, "first step, without");
    g[1] = 1;
    dw_adamw_step(o, 0.1, 0.5, decays, g, x);
    mean = (0.9 * 0.1 * -2 + 0.1 * 1) / (1 - 0.81);
    square = (0.999 * 0.001 * 4 + 0.001 * 1) / (1 - 0.999 * 0.999);
    NEAR(x[1], 1.1 - 0.1 * mean / sqrt(square), 1e-6, 0, "second step");
    dw_adamw_free(o);
}

static void test_minimum(void)
{
    enum { STEPS = 4000 };
    const uint8_t decays[2] = {0, 0};
    dw_real x[2] = {-1.2f, 1};
    dw_adamw *o = dw_adamw_new(2);

    for (size_t t = 0; t < STEPS; t++) {
        double a = x[0], b = x[1];
        double g[2] = {-400 * a * (b - a * a) - 2 * (1 - a), 200 * (b - a * a)};

        dw_adamw_step(o, dw_optim_schedule(0.05, 100, STEPS, t), 0, decays, g,
                      x);
    }
    OK(fabs(x[0] - 1) < 1e-2 && fabs(x[1] - 1) < 2e-2,
       "Rosenbrock's valley to its end: %g %g", (double)x[0], (double)x[1]);
    dw_adamw_free(o);
}

int main(void)
{
    test_schedule();
    test_clip();
    test_two_steps();
    test_minimum();
    return tap_done();
}
