/*
 * median: of a few timings, whose order is lost.
 */
#ifndef DW_TESTS_MEDIAN_H
#define DW_TESTS_MEDIAN_H

#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(size_t n, double *t)
{
    qsort(t, n, sizeof *t, by_value);
    return t[n / 2];
}

#endif
