#include "sim/genmap.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "sim/draw.h"

/*
 * Chosen, with the demography, so that LD falls off with distance as it does
 * between the variants of 489 Europeans of 1000 Genomes.  Most of the
 * recombination happens in a small part of the sequence, as it does in people
 * (80 % in 10 to 20 %: Myers et al., Science 2005).
 */
dw_genmap_spec dw_genmap_human(void)
{
    return (dw_genmap_spec){.rate = 1.3e-8,
                            .hot_share = 0.45,
                            .hot_every = 40e3,
                            .hot_width = 2e3,
                            .hot_shape = 0.5,
                            .ground_bp = 6e3,
                            .ground_shape = 0.5,
                            .wave_bp = 300e3,
                            .wave_sd = 1.2};
}

/* Room for one piece more, and the end. */
static int add_piece(dw_genmap *map, size_t *cap, double begin, double rate,
                     bool hot)
{
    size_t want = map->n + 2, c1 = *cap, c2 = *cap, c3 = *cap;

    if (dw_try_grow((void **)&map->begin, &c1, want, sizeof *map->begin) ||
        dw_try_grow((void **)&map->morgan, &c2, want, sizeof *map->morgan) ||
        dw_try_grow((void **)&map->hot, &c3, want, sizeof *map->hot))
        return DW_ENOMEM;
    *cap = c1;
    map->begin[map->n] = begin;
    map->morgan[map->n] = rate; /* summed up by finish */
    map->hot[map->n++] = hot;
    return 0;
}

static void finish(dw_genmap *map, double length)
{
    double sum = 0;

    map->begin[map->n] = length;
    for (size_t i = 0; i < map->n; i++) {
        double rate = map->morgan[i];

        map->morgan[i] = sum;
        sum += rate * (map->begin[i + 1] - map->begin[i]);
    }
    map->morgan[map->n] = sum;
}

/* One random process along the chromosome: its value now and where its next
 * one begins. */
struct process {
    double value, until;
};

int dw_genmap_draw(dw_genmap *map, const dw_genmap_spec *s, double length,
                   dw_rng *rng)
{
    /* Strength of a hot spot and height of the ground, in morgans per bp. */
    double hot_rate = s->rate * s->hot_share * s->hot_every / s->hot_width;
    double ground_rate =
        s->rate * (1 - s->hot_share) / (1 - s->hot_width / s->hot_every);
    struct process ground = {0, 0}, wave = {0, 0};
    double next_hot = s->hot_every * dw_rng_uniform(rng), at = 0;
    size_t cap = 0;

    dw_genmap_clear(map);
    while (at < length) {
        if (at >= ground.until) {
            ground.value = dw_draw_gamma(rng, s->ground_shape);
            ground.until = at + s->ground_bp * dw_rng_exponential(rng) + 1;
        }
        if (at >= wave.until) {
            wave.value = exp(s->wave_sd * dw_rng_normal(rng) -
                             0.5 * s->wave_sd * s->wave_sd);
            wave.until = at + s->wave_bp * dw_rng_exponential(rng) + 1;
        }

        bool hot = at >= next_hot;
        double rate = ground_rate * ground.value * wave.value;
        double until = fmin(fmin(ground.until, wave.until), next_hot);

        if (hot) {
            rate = hot_rate * dw_draw_gamma(rng, s->hot_shape) * wave.value;
            until = at + s->hot_width;
            /* A quarter of the spacing is kept free, so that hot spots stay
             * apart. */
            next_hot =
                at + s->hot_every * (0.25 + 0.75 * dw_rng_exponential(rng));
            if (next_hot < until)
                next_hot = until;
        }
        if (add_piece(map, &cap, at, rate, hot)) {
            dw_genmap_clear(map);
            return DW_ENOMEM;
        }
        at = until;
    }
    finish(map, length);
    return 0;
}

int dw_genmap_flat(dw_genmap *map, double rate, double length)
{
    size_t cap = 0;

    dw_genmap_clear(map);
    if (add_piece(map, &cap, 0, rate, false)) {
        dw_genmap_clear(map);
        return DW_ENOMEM;
    }
    finish(map, length);
    return 0;
}

void dw_genmap_clear(dw_genmap *map)
{
    dw_free(map->begin);
    dw_free(map->morgan);
    dw_free(map->hot);
    memset(map, 0, sizeof *map);
}

double dw_genmap_length(const dw_genmap *map)
{
    return map->begin[map->n];
}

/* The last i in [0, n) with x[i] <= at. */
static size_t find(const double *x, size_t n, double at)
{
    size_t lo = 0, hi = n;

    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;

        if (x[mid] <= at)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}

size_t dw_genmap_piece(const dw_genmap *map, double bp)
{
    return find(map->begin, map->n, bp);
}

double dw_genmap_rate(const dw_genmap *map, size_t i)
{
    return (map->morgan[i + 1] - map->morgan[i]) /
           (map->begin[i + 1] - map->begin[i]);
}

double dw_genmap_morgan(const dw_genmap *map, double bp)
{
    size_t i = dw_genmap_piece(map, bp);

    return map->morgan[i] + dw_genmap_rate(map, i) * (bp - map->begin[i]);
}

double dw_genmap_bp(const dw_genmap *map, double morgan)
{
    size_t i = find(map->morgan, map->n, morgan);
    double rate = dw_genmap_rate(map, i);

    if (morgan > map->morgan[map->n] || rate <= 0)
        return morgan > map->morgan[map->n] ? 2 * dw_genmap_length(map) + 1
                                            : map->begin[i + 1];
    return map->begin[i] + (morgan - map->morgan[i]) / rate;
}
