/*
 * draw: distributions that only simulation needs.
 */
#ifndef DW_SIM_DRAW_H
#define DW_SIM_DRAW_H

#include "base/rng.h"

/* Gamma of the given shape > 0, mean 1. */
double dw_draw_gamma(dw_rng *rng, double shape);
/* A length in bp: log-normal with this median and sd of the logarithm. */
double dw_draw_length(dw_rng *rng, double median, double log_sd);

#endif
