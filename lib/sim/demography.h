/*
 * demography: how many people there were, and the clock of the coalescent.
 *
 * Time runs backwards in generations from today.  In a population of N(t)
 * diploid people two lineages meet at rate 1 / (2 N(t)); on the clock
 *
 *     u(t) = integral from 0 to t of ds / (2 N(s))
 *
 * they meet at rate 1 whatever N did, so that all that is drawn is drawn by the
 * clock and only mutation and recombination need generations.
 */
#ifndef DW_SIM_DEMOGRAPHY_H
#define DW_SIM_DEMOGRAPHY_H

#include <stddef.h>

enum { DW_EPOCHS_MAX = 16 };

/* From `begin` generations ago back to the next epoch's begin. */
typedef struct dw_epoch {
    double begin;
    double size;   /* people at `begin` */
    double growth; /* per generation, forwards; going back sizes shrink by it */
} dw_epoch;

typedef struct dw_demography {
    size_t n;
    dw_epoch epoch[DW_EPOCHS_MAX];
    double clock[DW_EPOCHS_MAX]; /* u at the begin of each */
} dw_demography;

/* Epochs in order, the first from 0, the last without growth. */
dw_demography dw_demography_init(const dw_epoch *epoch, size_t n);
dw_demography dw_demography_constant(double size);
/* Europeans; see the source for whom it follows. */
dw_demography dw_demography_european(void);

double dw_demography_clock(const dw_demography *d, double t);
double dw_demography_time(const dw_demography *d, double u);

#endif
