/*
 * leave_out: each of n z-scores as the others tell it, by ridge regression, and
 * what becomes of that when some of them are taken out.
 *
 *     P = (R + h I)^-1,   R = Q'Q,   Q Q' = L
 *     P = (I - Q' (L + h I)^-1 Q) / h
 *     z_j - E_j = (P z)_j / P_jj
 *
 * Without variant d, P is P - p p' with p = P e_d / P_dd^1/2.  No matrix larger
 * than Q is made; a variant taken out costs three products with Q.
 */
#ifndef DW_LIK_LEAVE_OUT_H
#define DW_LIK_LEAVE_OUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Workspace of one thread; what is lent or read stands below. */
typedef struct dw_leave_out {
    size_t n, k;
    const double *lambda, *q; /* (k), (k x n); borrowed */
    double ridge;             /* h */
    double *pjj, *pp, *pz;    /* (n) P_jj, (P P)_jj, (P z)_j; of those that
                               * were taken out without meaning */
    double *x, *y;            /* (n) p and P p, of dw_leave_out_column */
    size_t *gone, n_gone;     /* (n_gone) those taken out, in order */

    double *t;   /* (k) */
    double *out; /* (n x n_gone) their p */
    size_t cap_n, cap_k, cap_out;
} dw_leave_out;

/* Makes {0}, or one that was used before, fit; none is gone.  DW_ENOMEM. */
int dw_leave_out_fit(dw_leave_out *w, size_t n, size_t k, const double *lambda,
                     const double *q) DW_MUST_CHECK;
void dw_leave_out_clear(dw_leave_out *w);

/* P of all, by this ridge, and P z; none is gone. */
void dw_leave_out_begin(dw_leave_out *w, double ridge, const double *z);
/* p of d, which is not gone. */
void dw_leave_out_column(dw_leave_out *w, size_t d);
/* Takes d out, of which dw_leave_out_column was just called.  DW_ENOMEM. */
int dw_leave_out_take(dw_leave_out *w, size_t d) DW_MUST_CHECK;

/* Of one variant: z_j - E_j; own = (P P)_jj / P_jj^2, the sum of squares of the
 * weights of the others, and 1; rss = (P R P)_jj / P_jj^2, the share of its
 * genotype that they do not tell in the panel. */
typedef struct dw_left {
    double off, own, rss;
} dw_left;

dw_left dw_leave_out_of(const dw_leave_out *w, size_t j);
/* The same if d were out, of which dw_leave_out_column was just called. */
dw_left dw_leave_out_of_without(const dw_leave_out *w, size_t j, size_t d);

#endif
