/*
 * restrict: a block factor made smaller without a return to the genotypes.
 *
 * If only the variants `o` of the core stay, let Q_o Q_o' = V G V'; then Q <-
 * V'Q and L <- G are the factor (4) of what stays, exactly: V'Q is W'X for the
 * W of the smaller core.  A flank that goes is a column less, an ALT that was
 * REF a column with the other sign.
 */
#ifndef DW_LD_RESTRICT_H
#define DW_LD_RESTRICT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "data/ldblock.h"
#include "ld/factor.h"

/* One variant that stays. */
typedef struct dw_stay {
    size_t column; /* of the block as it was; may be given twice */
    bool swapped;  /* its alleles are the other way round */
} dw_stay;

/* Workspace of one thread; grows to the largest block that it has seen. */
typedef struct dw_restrict_ws dw_restrict_ws;

dw_restrict_ws *dw_restrict_ws_new(void);
void dw_restrict_ws_free(dw_restrict_ws *ws); /* NULL is fine */

/*
 * `out` becomes the factor of the n variants that stay, in the order given; of
 * the core's eigenvalues the cut takes what it takes of a factor that is made
 * anew.  If the whole core stays, Q is passed on as it is, but for signs.
 *
 * At least one variant of the core has to stay, and those that do have to stand
 * side by side (else DW_EMISMATCH).  DW_ENOMEM; DW_EDEGENERATE when the
 * eigenproblem does not converge, DW_EFORMAT when what comes out is not finite.
 */
int dw_restrict_block(dw_restrict_ws *ws, const dw_ldblock *b, size_t n,
                      const dw_stay *stay, const dw_factor_cut *cut,
                      dw_ldblock *out, dw_err *err) DW_MUST_CHECK;

#endif
