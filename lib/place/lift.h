/*
 * lift: a row of one genome build written for another.
 *
 * Where the chain runs backwards the alleles are complemented.  An indel there
 * has its common base on the other side: the genome of the new build has to say
 * which of the alleles it has.
 */
#ifndef DW_PLACE_LIFT_H
#define DW_PLACE_LIFT_H

#include "base/buf.h"
#include "base/err.h"
#include "data/reason.h"
#include "data/rows.h"
#include "place/chain.h"
#include "place/genome.h"

/* {.chain = ..., .genome = ...} is one to begin with; both are borrowed, and
 * the genome, which is of the new build, may be NULL. */
typedef struct dw_lift {
    dw_chain *chain;
    dw_genome *genome;
    dw_buf a1, a2;
} dw_lift;

/* Rewrites chromosome, position and alleles, which are lent until the next
 * call; or says why not: LIFT_*. */
int dw_lift_row(dw_lift *l, dw_row *row, dw_reason *reason,
                dw_err *err) DW_MUST_CHECK;
void dw_lift_clear(dw_lift *l);

#endif
