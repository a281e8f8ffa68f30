/*
 * rng: random numbers that are the same everywhere.
 *
 * A generator (xoshiro256++) is set from a seed and the number of a stream of
 * its own, so that each block, chromosome or layer draws the same numbers
 * whatever else is drawn and in whatever thread.  Plain values: copy freely.
 */
#ifndef DW_BASE_RNG_H
#define DW_BASE_RNG_H

#include <stdint.h>

typedef struct dw_rng {
    uint64_t s[4];
} dw_rng;

dw_rng dw_rng_init(uint64_t seed, uint64_t stream);
uint64_t dw_rng_u64(dw_rng *r);
double dw_rng_uniform(dw_rng *r);             /* in [0, 1) */
uint64_t dw_rng_below(dw_rng *r, uint64_t n); /* in [0, n), unbiased; n > 0 */
double dw_rng_normal(dw_rng *r);              /* mean 0, variance 1 */
double dw_rng_exponential(dw_rng *r);         /* mean 1 */

#endif
