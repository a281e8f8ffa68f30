#include "fit/newton.h"

#include <math.h>
#include <string.h>

#include "linalg/chol.h"
#include "linalg/dense.h"

/* H with its diagonal raised, scaled to a diagonal of 1 so that coordinates of
 * any size are solved alike: work <- R H R + damping, R = diag(H)^-1/2. */
static void scaled(size_t n, const double *h, double damping, double *work)
{
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < n; i++) {
            double scale = sqrt(h[i + i * n] * h[j + j * n]);

            work[i + j * n] = scale > 0 ? h[i + j * n] / scale : 0;
        }
        work[j + j * n] = 1 + damping;
    }
}

double dw_newton_step(size_t n, const double *h, const double *g,
                      double damping, double longest, double *work,
                      double *step)
{
    double most = 0, gain = 0;

    scaled(n, h, damping, work);
    while (dw_chol_factor(n, work, n) != 0) {
        damping = damping > 0 ? 10 * damping : 1e-10;
        if (!(damping < 1e10)) { /* H is not finite: stay */
            memset(step, 0, n * sizeof *step);
            return 0;
        }
        scaled(n, h, damping, work);
    }
    for (size_t i = 0; i < n; i++) {
        double d = h[i + i * n];

        step[i] = d > 0 ? g[i] / sqrt(d) : 0;
    }
    dw_chol_solve(n, 1, work, n, step, n);
    for (size_t i = 0; i < n; i++) {
        double d = h[i + i * n];

        step[i] = d > 0 ? step[i] / sqrt(d) : 0;
        most = fmax(most, fabs(step[i]));
    }
    if (most > longest)
        dw_scal(n, longest / most, step);
    for (size_t j = 0; j < n; j++)
        gain += step[j] * (g[j] - 0.5 * dw_dot(n, h + j * n, step));
    return isfinite(gain) ? gain : 0;
}

bool dw_newton_definite(size_t n, const double *h, double *work)
{
    for (size_t i = 0; i < n; i++) {
        if (h[i + i * n] < 0)
            return false;
    }
    scaled(n, h, 0, work);
    return dw_chol_factor(n, work, n) == 0;
}

int dw_newton_inverse(size_t n, const double *h, double *inverse)
{
    scaled(n, h, 0, inverse);
    if (dw_chol_factor(n, inverse, n) != 0 ||
        dw_chol_inverse(n, inverse, n) != 0)
        return DW_EDEGENERATE;
    dw_symmetrise(n, inverse, n);
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < n; i++) {
            double scale = sqrt(h[i + i * n] * h[j + j * n]);

            inverse[i + j * n] = scale > 0 ? inverse[i + j * n] / scale : 0;
        }
    }
    return 0;
}
