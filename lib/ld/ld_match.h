/*
 * ld_match: which variants of a stream are which of a block of finished LD.
 */
#ifndef DW_LD_LD_MATCH_H
#define DW_LD_LD_MATCH_H

#include <stddef.h>

#include "base/err.h"
#include "data/ldblock.h"
#include "data/scope.h"
#include "data/variant.h"
#include "ld/restrict.h"
#include "ld/slide.h"

/* What a block says of a variant; of several blocks, all that they say. */
enum {
    DW_LD_FOUND = 1,  /* it is there */
    DW_LD_OTHER = 2,  /* its position is, with other alleles */
    DW_LD_LOW = 4,    /* it is there, and below min_maf */
    DW_LD_USED = 8,   /* a block with it was written; not set here */
    DW_LD_SCOPE = 16, /* it is there, and out of scope */
    DW_LD_NEAR = 32,  /* its position lies within the block; not set here */
};

/* {0} is an empty one. */
typedef struct dw_ld_matches {
    size_t n, core;      /* variants that stay, and how many in the core */
    dw_stay *stay;       /* (n) which of the block */
    size_t *row;         /* (n) which of the stream */
    size_t begin, end;   /* rows of the stream that the block covers, */
    unsigned char *fate; /* (end - begin) and what it says of each */
    size_t cap_stay, cap_row, cap_fate;
} dw_ld_matches;

void dw_ld_matches_clear(dw_ld_matches *m);

/* Joins the rows of the window to the block's variants v by position and
 * alleles, as they stand before swapped; rows stay in their order.  min_maf: by
 * v's frequencies; 0: none are needed. */
int dw_ld_match_rows(dw_ld_matches *m, const dw_slide *s, const dw_variants *v,
                     const dw_ldblock *b, double min_maf,
                     dw_err *err) DW_MUST_CHECK;
/* The same of the block with itself: rows are those of v. */
int dw_ld_match_self(dw_ld_matches *m, const dw_scope *scope,
                     const dw_variants *v, const dw_ldblock *b, double min_maf,
                     dw_err *err) DW_MUST_CHECK;

#endif
