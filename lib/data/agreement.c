#include "data/agreement.h"

#include <math.h>

static const double FAR = 0.2;

/* Sums around the running mean (Welford), which lose no digits. */
void dw_agreement_add(dw_agreement *a, double study, double panel)
{
    double dx = study - a->mean_x, dy = panel - a->mean_y;

    a->n++;
    a->mean_x += dx / (double)a->n;
    a->mean_y += dy / (double)a->n;
    a->xx += dx * (study - a->mean_x);
    a->yy += dy * (panel - a->mean_y);
    a->xy += dx * (panel - a->mean_y);
    a->far += fabs(study - panel) > FAR;
}

double dw_agreement_r(const dw_agreement *a)
{
    if (!(a->xx > 0 && a->yy > 0))
        return NAN;
    return a->xy / sqrt(a->xx * a->yy);
}
