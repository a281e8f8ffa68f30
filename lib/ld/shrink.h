/*
 * shrink: LD drawn towards none, in the factor.
 *
 *     R <- (1 - X) R + X I
 *
 * within the range of R_ll that was kept: with P = U U', U its eigenvectors,
 * R_ll becomes (1 - X) U L U' + X P, and R_lf of the flanks (1 - X) R_lf.  U
 * stays, L becomes L' = (1 - X) L + X, and (4) of that is
 *
 *     Q_l' = (L' / L)^1/2 Q_l,    Q_f' = (1 - X) (L / L')^1/2 Q_f.
 *
 * Where R_ll has full rank P is I.  Where it has not, the l - k directions that
 * the panel knows nothing of stay out of the likelihood, as they are without
 * shrinking.
 */
#ifndef DW_LD_SHRINK_H
#define DW_LD_SHRINK_H

#include "base/err.h"
#include "data/ldblock.h"

/* `out` becomes the shrunk factor of b; share is X, in [0, 1].  DW_ENOMEM. */
int dw_shrink_block(const dw_ldblock *b, double share, dw_ldblock *out,
                    dw_err *err) DW_MUST_CHECK;

#endif
