#include "study/sd_check.h"

#include <math.h>

/* What bigsnpr holds the two against each other by. */
static const double LOW_RATIO = 0.5, HIGH_EXCESS = 0.1;
/* The histogram's cells: of log10 s, from 1e-10 to 1e10, 1.1 % wide. */
static const double LOWEST = -10, CELLS_PER_DECADE = 4096 / 20.0;
/* Rarer variants are too rounded to learn s from. */
static const double LEARN_MAF = 0.01;

static double by_frequency(double f, double info)
{
    double r = isnan(info) ? 1 : fmin(fmax(info, 0), 1);

    return sqrt(2 * f * (1 - f) * r);
}

void dw_sd_check_add(dw_sd_check *c, double f, double info, double n, double se,
                     double effect)
{
    double s = by_frequency(f, info) * sqrt(n * se * se + effect * effect);
    double cell = (log10(s) - LOWEST) * CELLS_PER_DECADE;

    if (!(fmin(f, 1 - f) >= LEARN_MAF) || !(cell >= 0 && cell < 4096))
        return;
    c->count[(size_t)cell]++;
    c->n++;
}

void dw_sd_check_settle(dw_sd_check *c)
{
    uint64_t below = 0;

    c->trait = 1;
    for (size_t i = 0; i < 4096 && c->n; i++) {
        below += c->count[i];
        if (2 * below >= c->n) {
            c->trait = pow(10, LOWEST + ((double)i + 0.5) / CELLS_PER_DECADE);
            return;
        }
    }
}

bool dw_sd_check_is_right(const dw_sd_check *c, double f, double info, double n,
                          double se, double effect)
{
    double af = by_frequency(f, info);
    double ss = c->trait / sqrt(n * se * se + effect * effect);

    return !(ss < LOW_RATIO * af || ss > af + HIGH_EXCESS);
}
