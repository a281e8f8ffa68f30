/*
 * gctb_eigen: one block of GCTB's eigen-decomposed LD, from the bytes of its
 * file to the factor.
 */
#ifndef DW_FOREIGN_GCTB_EIGEN_H
#define DW_FOREIGN_GCTB_EIGEN_H

#include <stddef.h>

#include "base/err.h"
#include "data/ldblock.h"
#include "foreign/ld_order.h"
#include "ld/factor.h"

typedef struct dw_gctb_eigen {
    size_t m, k;
    const unsigned char *lambda; /* (k) float32, lent from the bytes */
    const unsigned char *u;      /* (m x k) float32 */
} dw_gctb_eigen;

/* DW_EFORMAT when the sizes are not those of the file, DW_EMISMATCH when it is
 * not of m variants. */
int dw_gctb_eigen_read(const void *bytes, size_t n, size_t m, dw_gctb_eigen *e,
                       dw_err *err) DW_MUST_CHECK;

/*
 * Q = L^1/2 U' of the variants that the order takes; if it leaves any out,
 * Q Q' = V G V' of those, Q <- V'Q, L <- G.  Sets all of `b` but the contig,
 * its range and the people.  DW_EFORMAT when it is no eigen-decomposition of
 * correlations: an eigenvalue that is not positive, a vector whose length is
 * not 1, a variance above 1.
 */
int dw_gctb_eigen_factor(const dw_gctb_eigen *e, const dw_ld_order *o,
                         const dw_factor_cut *cut, dw_ldblock *b,
                         dw_err *err) DW_MUST_CHECK;

#endif
