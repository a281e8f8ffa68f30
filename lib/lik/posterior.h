/*
 * posterior: what one LD block's z-scores say of each variant's effect (9).
 *
 *     E[beta | z] = F Q' S^-1 y,   Var_jj = F_j - F_j^2 q_j' S^-1 q_j
 *
 * where beta = sqrt(N) b: in standard errors of the study.  The caller divides
 * the mean by sqrt(N), and the variance by N.
 */
#ifndef DW_LIK_POSTERIOR_H
#define DW_LIK_POSTERIOR_H

#include "base/err.h"
#include "lik/lik_factor.h"
#include "lik/marginal.h"

/*
 *   f     (m)  F_j >= 0         mean, var  (m) set; both 0 where F_j is 0
 *   loglik     set to (7); may be NULL
 *
 * Returns as dw_marginal_block, with the same workspace.  (The dual has the
 * smaller error in a variance that is far below F_j.)
 */
int dw_posterior_block(dw_marginal_ws *ws, const dw_factor *b, const double *f,
                       dw_noise noise, double *mean, double *var,
                       double *loglik) DW_MUST_CHECK;

#endif
