/*
 * genmap: a recombination map, made up: hot spots on an uneven ground.
 *
 * Rates are constant over pieces of the chromosome, 0-based half-open.  Genetic
 * positions are in morgans from the chromosome's first base.
 */
#ifndef DW_SIM_GENMAP_H
#define DW_SIM_GENMAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/rng.h"

typedef struct dw_genmap {
    size_t n;
    double *begin;  /* (n+1) bp where piece i begins; begin[n] is the length */
    double *morgan; /* (n+1) at begin[i] */
    bool *hot;      /* (n) is the piece a hot spot? */
} dw_genmap;

/* How the map is drawn.  Rates of the ground and of the hot spots follow Gamma
 * distributions, and both a slow log-normal wave. */
typedef struct dw_genmap_spec {
    double rate;      /* morgans per bp, on average over maps */
    double hot_share; /* of all recombination, in hot spots */
    double hot_every; /* bp from one to the next, on average */
    double hot_width; /* bp */
    double hot_shape; /* of the Gamma distribution of their strength */
    double ground_bp; /* length of a piece of the ground */
    double ground_shape;
    double wave_bp, wave_sd; /* of the wave's steps, and of its logarithm */
} dw_genmap_spec;

dw_genmap_spec dw_genmap_human(void);

/* {0} is an empty map; DW_ENOMEM, or 0. */
int dw_genmap_draw(dw_genmap *map, const dw_genmap_spec *spec, double length,
                   dw_rng *rng) DW_MUST_CHECK;
/* One rate all along. */
int dw_genmap_flat(dw_genmap *map, double rate, double length) DW_MUST_CHECK;
void dw_genmap_clear(dw_genmap *map);

double dw_genmap_length(const dw_genmap *map);
size_t dw_genmap_piece(const dw_genmap *map, double bp);
double dw_genmap_rate(const dw_genmap *map, size_t piece); /* morgans per bp */
double dw_genmap_morgan(const dw_genmap *map, double bp);
/* The other way; past the end of the map, past the end of the chromosome. */
double dw_genmap_bp(const dw_genmap *map, double morgan);

#endif
