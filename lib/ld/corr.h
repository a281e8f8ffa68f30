/*
 * corr: the correlations of a block's core with all its variants, from entries
 * in any order, and what is done about those that cannot be.
 *
 * Only the core's rows are kept, l x m, and nothing of the size m x m.  Entries
 * may be those of one triangle, with a diagonal of 1, of 0.5 (as UKBB_LD has
 * it, whose matrix is T + T') or of none, or those of both.
 *
 * The rule, in this order.  A matrix with entries in both triangles, but twice
 * as many in one, or with most of its diagonal neither 1 nor 0.5 is refused.
 * A variant is left out by its diagonal, as
 *     not_finite      it is NaN or infinite
 *     monomorphic     it is 0, or there is none and the variant's row is 0
 *     wrong_diagonal  it is more than 0.01 off
 * and then, while any pair has a correlation that is NaN, infinite or beyond
 * 1.001 in size, that variant which has most of them, as
 *     not_finite      any of them was
 *     above_one       none was
 * Those within 1.001 become 1.  What differs between the triangles becomes the
 * mean, and by more than 0.001 is counted, in pairs, as `asymmetric`; with a
 * tenth of the core's pairs so, the matrix is refused.
 */
#ifndef DW_LD_CORR_H
#define DW_LD_CORR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/log.h"

/* Variants of a core, and of core times block, that anything is made for. */
enum { DW_CORR_CORE_MAX = 32000 };
#define DW_CORR_SIZE_MAX ((size_t)1 << 31)

/* {0} is an empty one. */
typedef struct dw_corr {
    size_t l, m, core; /* the core is [core, core + l) of the m */
    float *r;          /* (l x m), ld l */
    float *diag;       /* (m) as entered, then all 1 */
    size_t cap_r, cap_diag;
    uint64_t below, above; /* entries but 0 beside the diagonal */
} dw_corr;

/* An empty matrix of that size; DW_EFORMAT when it is beyond the sizes above,
 * DW_ENOMEM. */
int dw_corr_begin(dw_corr *c, size_t l, size_t m, size_t core,
                  dw_err *err) DW_MUST_CHECK;
void dw_corr_clear(dw_corr *c);

/* Adds an entry of variants i and j; `below`: as the file has them, it is in
 * the triangle below the diagonal. */
static inline void dw_corr_add(dw_corr *c, size_t i, size_t j, bool below,
                               float x)
{
    size_t a = i - c->core, b = j - c->core; /* of flanks: beyond l */

    if (i == j) {
        c->diag[i] += x;
        return;
    }
    if (x == 0)
        return;
    c->below += below;
    c->above += !below;
    if (a < c->l)
        c->r[a + j * c->l] += x;
    else if (b < c->l)
        c->r[b + i * c->l] += x;
}

/*
 * All entries are in.  Mends what can be, and takes out the variants that
 * cannot: why (m), as before, says the reason of each, or NULL; they, and pairs
 * mended, are counted in `tally`.  DW_EFORMAT when it is no matrix of
 * correlations.
 */
int dw_corr_settle(dw_corr *c, const char **why, dw_tally *tally,
                   dw_err *err) DW_MUST_CHECK;

#endif
