/*
 * ldblock: the block factor of DESIGN (4), what is kept of one block's LD.
 *
 *     R_ll = U L U'  (kept eigenvalues),   Q = L^-1/2 U' R_l.     (k x m), ld k
 *
 * The core are the variants [core, core + l) of the block's m; the others are
 * flanks.  Columns of Q stand in the order of the block's variants, and signs
 * are those of their ALT alleles.
 */
#ifndef DW_DATA_LDBLOCK_H
#define DW_DATA_LDBLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/contig.h"

typedef struct dw_ldblock {
    char contig[DW_CONTIG_MAX];
    uint32_t start, end; /* what the core covers, 0-based, half-open */
    uint64_t people;     /* of the panel; 0: not known */
    size_t m, core, l, k;
    double trace;   /* of R_ll, before anything was cut off */
    double *lambda; /* (k) kept eigenvalues, descending, all > 0 */
    float *q;       /* (k x m) */
} dw_ldblock;

/* Makes the arrays fit, reusing what is there. */
int dw_ldblock_resize(dw_ldblock *b, size_t m, size_t k,
                      dw_err *err) DW_MUST_CHECK;
void dw_ldblock_clear(dw_ldblock *b);
/* A number for what the block covers, the same in whatever stream it stands:
 * what is random about it is drawn by this. */
uint64_t dw_ldblock_id(const char *contig, uint32_t start, uint32_t end);

/* 0, or DW_EFORMAT: core out of the block, k > l, lambda not descending or not
 * positive, a number that is not finite. */
int dw_ldblock_check(const dw_ldblock *b, dw_err *err) DW_MUST_CHECK;

#endif
