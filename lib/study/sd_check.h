/*
 * sd_check: does a row's standard error fit its frequency?
 *
 * A genotype's standard deviation is said twice: by the frequency, sqrt(2 f (1
 * - f) INFO), and by the effect's standard error, s / sqrt(N SE^2 + effect^2),
 * where s is that of the trait: 2 for log odds ratios with an effective N, and
 * otherwise such that both agree in the median.  Rows of which the second is
 * less than half of the first, or exceeds it by more than 0.1, are wrong in one
 * of the four (Prive, Arbel and Vilhjalmsson 2020, "bigsnpr").
 */
#ifndef DW_STUDY_SD_CHECK_H
#define DW_STUDY_SD_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* {0} is one before its first row. */
typedef struct dw_sd_check {
    double trait; /* s; 0: not known yet */
    uint64_t count[4096], n;
} dw_sd_check;

/* Learns s from rows: add all, then settle.  Without a usable row s is 1. */
void dw_sd_check_add(dw_sd_check *c, double f, double info, double n, double se,
                     double effect);
void dw_sd_check_settle(dw_sd_check *c);
/* Is the row right?  A row that lacks one of the numbers is not wrong. */
bool dw_sd_check_is_right(const dw_sd_check *c, double f, double info, double n,
                          double se, double effect);

#endif
