/*
 * ld_fates: what becomes of each row of a stream that is joined to finished LD,
 * and the counts of it.
 *
 * Several blocks may cover a row; it is counted when none to come can.
 */
#ifndef DW_LD_LD_FATES_H
#define DW_LD_LD_FATES_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/log.h"
#include "data/ldblock.h"
#include "data/scope.h"
#include "data/variant.h"
#include "ld/ld_match.h"

/* {0} is an empty one. */
typedef struct dw_ld_fates {
    uint64_t no_contig; /* rows whose contig the LD has not: the caller's */
    uint64_t beyond;    /* rows where it has no block, since the start */
    /* Its own. */
    unsigned char *fate; /* (n) of the rows that wait, of ld_match */
    size_t n, cap;
    uint64_t taken, outside, low, other, absent, excluded, off;
} dw_ld_fates;

void dw_ld_fates_clear(dw_ld_fates *f);

/* One more row waits, of which no block has said anything. */
int dw_ld_fates_push(dw_ld_fates *f, dw_err *err) DW_MUST_CHECK;
/* One where there is no block. */
void dw_ld_fates_miss(dw_ld_fates *f);
/* What a block said of rows, by their numbers among those that wait. */
void dw_ld_fates_mark(dw_ld_fates *f, const dw_ld_matches *m);
/* The first rows are counted, and wait no more. */
void dw_ld_fates_drop(dw_ld_fates *f, size_t rows);
/* Counts the core variants of a block that was matched with itself. */
void dw_ld_fates_core(dw_ld_fates *f, const dw_ld_matches *m,
                      const dw_scope *scope, const dw_variants *v,
                      const dw_ldblock *b);

/* Adds what was counted since the last call, as dw_ld_join_tell has it. */
void dw_ld_fates_tell(dw_ld_fates *f, dw_tally *tally);

#endif
