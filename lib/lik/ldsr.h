/*
 * ldsr: the LD-score-regression objective of one block, kept as a loss.
 *
 * Over the core variants j that have a z,
 *
 *     loss = sum_j ((e_j - z_j^2) / w_j)^2 / max(l_j, 1)
 *     e_j  = sum_i r2_ij F_i + s2 + tau      the expected z_j^2
 *     l_j  = sum_i r2_ij                     the LD score
 *     w_j  = (N h2 / M) max(l_j, 1) + 1
 *
 * where i runs over all m variants of the block, r_ij = q_i' q_j, and r2_ij is
 * r_ij^2 less its bias (1 - r_ij^2) / (n - 2) in a panel of n people (n <= 2:
 * not known, nothing is taken off).  F_i = N f_i.  With A = Q F Q', sum_i
 * r_ij^2 F_i = q_j' A q_j: no m x m matrix is formed.  An e_j may come out
 * below s2 + tau, even negative, by the bias that is taken off.
 *
 * z belongs to the factor as it was made, whatever is missing: lik/observe has
 * no part in this.
 */
#ifndef DW_LIK_LDSR_H
#define DW_LIK_LDSR_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "lik/lik_factor.h"

typedef struct dw_ldsr_block {
    size_t m, k, core, l;
    const float *q;  /* (k x m), ld k */
    uint64_t people; /* of the panel */
    const float *z;  /* (l) NAN where there is none; not for scores, expected */
} dw_ldsr_block;

/* Workspace of one thread: max_k^2 + 512 max_k doubles. */
typedef struct dw_ldsr_ws dw_ldsr_ws;

/* NULL when memory is exhausted, or a size is no BLAS integer. */
dw_ldsr_ws *dw_ldsr_ws_new(size_t max_m, size_t max_k) DW_MUST_CHECK;
void dw_ldsr_ws_free(dw_ldsr_ws *ws); /* NULL is fine */

/* The functions below return 0, or DW_EBUG if the block is larger than the
 * workspace, or DW_EDEGENERATE if an F, s2 or tau is not finite. */

/* score (l) <- l_j.  Depends on the block alone: may be kept. */
int dw_ldsr_scores(dw_ldsr_ws *ws, const dw_ldsr_block *b,
                   double *score) DW_MUST_CHECK;

/* e (l) <- e_j, of core variants with and without a z. */
int dw_ldsr_expected(dw_ldsr_ws *ws, const dw_ldsr_block *b, const double *f,
                     dw_noise noise, double *e) DW_MUST_CHECK;

/* The loss from score (l), e (l) and z (l), NAN where there is none; *n is set
 * to the number of terms, and slope (l) to d loss / d e_j (NULL: not wanted; e
 * and slope may be the same).  nh2m: N h2 / M, as below. */
double dw_ldsr_terms(size_t l, const float *z, const double *score,
                     const double *e, double nh2m, size_t *n, double *slope);

/* d2 loss / d s2^2 = d2 loss / d tau^2, which no f and no noise has a part in:
 * in either of them the loss is a parabola. */
double dw_ldsr_curvature(size_t l, const float *z, const double *score,
                         double nh2m);

/*
 * All of it, with the gradient.
 *
 *   score    (l)  from dw_ldsr_scores
 *   nh2m          N h2 / M, the mean F over variants; >= 0
 *   loss          set; a sum: divide by *n, summed alike, for the mean
 *   n             set to the number of terms
 *   grad     (m)  set to d loss / d log F_i; NULL: not computed
 *   dnoise        set to d loss / d s2, d tau; NULL: not computed
 */
int dw_ldsr_loss(dw_ldsr_ws *ws, const dw_ldsr_block *b, const double *score,
                 const double *f, dw_noise noise, double nh2m, double *loss,
                 size_t *n, double *grad, dw_noise *dnoise) DW_MUST_CHECK;

#endif
