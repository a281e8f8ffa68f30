#include "sim/demography.h"

#include <assert.h>
#include <math.h>

#include "base/mem.h"

/* The clock's advance within one epoch, dt after its begin, where the size is
 * N exp(-g dt): (exp(g dt) - 1) / (2 N g). */
static double advance(const dw_epoch *e, double dt)
{
    if (e->growth == 0)
        return dt / (2 * e->size);
    return expm1(e->growth * dt) / (2 * e->size * e->growth);
}

static double retreat(const dw_epoch *e, double du)
{
    if (e->growth == 0)
        return du * 2 * e->size;
    return log1p(du * 2 * e->size * e->growth) / e->growth;
}

dw_demography dw_demography_init(const dw_epoch *epoch, size_t n)
{
    dw_demography d = {.n = n};

    assert(n >= 1 && n <= DW_EPOCHS_MAX && epoch[0].begin == 0);
    assert(epoch[n - 1].growth == 0); /* or two lineages might never meet */
    for (size_t i = 0; i < n; i++) {
        d.epoch[i] = epoch[i];
        if (i)
            d.clock[i] =
                d.clock[i - 1] +
                advance(&epoch[i - 1], epoch[i].begin - epoch[i - 1].begin);
    }
    return d;
}

dw_demography dw_demography_constant(double size)
{
    const dw_epoch one = {0, size, 0};

    return dw_demography_init(&one, 1);
}

/*
 * Europeans in the manner of Tennessen et al. (Science 2012), who take all but
 * the last epoch from Gravel et al. (PNAS 2011): 7,310 ancestors; 14,474 from
 * 5,920 generations ago; 1,861 from 2,040 (out of Africa); 1,032 from 920, slow
 * growth to 9,279 at 204, fast growth since.  Their people came from Africa
 * again and again, which one population cannot do, so here the bottleneck is
 * milder and its recovery stronger, and sizes and times are all 1.38
 * times theirs: with that the MAF spectrum and the LD decay of 489 Europeans of
 * 1000 Genomes come out (tests/oracle/compare_panels.py; figures in
 * dw-synth(1)).
 */
dw_demography dw_demography_european(void)
{
    static const dw_epoch epoch[] = {
        {0, 692000, 0.01144},   /* fast growth since farming */
        {282, 27600, 0.002587}, /* slow growth, from 2,143 people on */
        {1270, 3864, 0},        /* out of Africa: the bottleneck */
        {2815, 19974, 0},       /* Africa */
        {8170, 10764, 0},       /* ancestral */
    };

    return dw_demography_init(epoch, DW_COUNT(epoch));
}

double dw_demography_clock(const dw_demography *d, double t)
{
    size_t i = d->n - 1;

    while (i > 0 && d->epoch[i].begin > t)
        i--;
    return d->clock[i] + advance(&d->epoch[i], t - d->epoch[i].begin);
}

double dw_demography_time(const dw_demography *d, double u)
{
    size_t i = d->n - 1;

    while (i > 0 && d->clock[i] > u)
        i--;
    return d->epoch[i].begin + retreat(&d->epoch[i], u - d->clock[i]);
}
