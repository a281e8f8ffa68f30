/*
 * apart: |a - b| / |b|, by Euclidean norms of n numbers.
 */
#ifndef DW_TESTS_APART_H
#define DW_TESTS_APART_H

#include <math.h>
#include <stddef.h>

static inline double apart(size_t n, const double *a, const double *b)
{
    double diff = 0, norm = 0;

    for (size_t i = 0; i < n; i++) {
        diff += (a[i] - b[i]) * (a[i] - b[i]);
        norm += b[i] * b[i];
    }
    return sqrt(diff / norm);
}

#endif
