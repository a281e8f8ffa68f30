/*
 * check_z: can a z-score stand beside those of its neighbours in LD?
 *
 * Of n variants with a z, R = Q'Q their correlation in the panel, the others
 * say what each z should be, by ridge regression.  With P = (R + h I)^-1,
 *
 *     z_j - E_j = (P z)_j / P_jj,
 *     Var       = a rss_j + b |w_j|^2
 *     |w_j|^2   = (P P)_jj / P_jj^2         weights of the others, and 1 itself
 *     rss_j     = (P R P)_jj / P_jj^2       what they do not tell of genotype j
 *
 * h is the one by which each z is told best.  How far off a z may be is not
 * left to a model of z, which would hold neither for signals nor for a panel of
 * other people: a and b are fitted to the differences themselves, by the
 * likelihood of each alone (dw-model(7), "Misfits").
 *
 * The worst misfit is taken out, all others are judged anew without it, and so
 * on: none is held against a neighbour that is itself wrong.
 */
#ifndef DW_LIK_CHECK_Z_H
#define DW_LIK_CHECK_Z_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
    DW_CHECK_Z_LEAST = 30, /* fewer variants say too little of each other */
    DW_CHECK_Z_SHARE = 10, /* at most one in so many is taken out */
};

typedef enum dw_z_verdict {
    DW_Z_FINE,
    DW_Z_FLIP,     /* stands well with the other sign */
    DW_Z_MISFIT,   /* does not */
    DW_Z_PAIR,     /* one of two that contradict each other and nobody else */
    DW_Z_UNTESTED, /* the others say less than half of it */
    DW_Z_VERDICTS
} dw_z_verdict;

/* Of n variants; arrays are lent by the workspace until its next use. */
typedef struct dw_check_z {
    double s2, tau;            /* of z ~ N(0, s2 R + tau I), by ML */
    double ridge, told, alone; /* h, a and b */
    bool stopped;              /* there were more misfits than may be */
    size_t n[DW_Z_VERDICTS];
    /* (n) E_j and the root of Var, of a misfit as they were when it was found
     */
    const double *expected, *sd;
    const unsigned char *verdict; /* (n) dw_z_verdict */
} dw_check_z;

/* Workspace of one thread: k n + n^2 / 10 doubles at most. */
typedef struct dw_check_z_ws dw_check_z_ws;

dw_check_z_ws *dw_check_z_ws_new(void);
void dw_check_z_ws_free(dw_check_z_ws *ws); /* NULL is fine */

/* The p-value of a z that is `off` from what is expected of it. */
double dw_check_z_p(double off, double sd);

/*
 *   lambda (k)    all > 0
 *   q (k x n)     ld k; Q Q' = diag(lambda): the factor (4) of the n variants
 *   z (n)         finite
 *   people        of the panel; 0: not known
 *   p             a misfit is less likely than that
 *
 * A misfit is also off by more than 2, and by more than half of z or of what is
 * expected, whichever is larger; and its neighbours tell at least half of it
 * in people out of the panel (generalised cross-validation): what an effect of
 * its own can do is no misfit.
 *
 * 0; DW_ENOMEM; DW_EDEGENERATE if z or q is not finite.  With n below
 * DW_CHECK_Z_LEAST, or k = 0, all are untested.
 */
int dw_check_z_block(dw_check_z_ws *ws, size_t n, size_t k,
                     const double *lambda, const double *q, const double *z,
                     uint64_t people, double p, dw_check_z *out) DW_MUST_CHECK;

#endif
