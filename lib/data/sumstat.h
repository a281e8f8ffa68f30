/*
 * sumstat: z-scores from what studies report.
 *
 * Two-sided p-values are taken as log10 p, so that they may lie far below what
 * a double holds.  The sign is that of the effect.
 */
#ifndef DW_DATA_SUMSTAT_H
#define DW_DATA_SUMSTAT_H

/* |z| of a two-sided p-value: 2 Phi(-|z|) = 10^log10p.  log10p <= 0; 0 gives 0,
 * -INFINITY gives INFINITY.  Right to 1e-12 relative. */
double dw_sumstat_z_of_log10p(double log10p);

/* sign(sign) * size; 0 when the sign is 0. */
double dw_sumstat_signed(double sign, double size);

/* Sample size of a balanced study that knows as much: 4 / (1/cases +
 * 1/controls). */
double dw_sumstat_effective_n(double cases, double controls);

#endif
