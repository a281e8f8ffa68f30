/*
 * join: a study and a reference put together, place by place, into tables of
 * variants, each of which gets its annotations.
 *
 * Both are in the order of the genome (ordered.h), so that one merge with the
 * rows of one place in memory does it.  A variant is what the reference has; or
 * what the study has, where there is no reference.
 */
#ifndef DW_INGEST_JOIN_H
#define DW_INGEST_JOIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "annot/annotator.h"
#include "base/err.h"
#include "data/group.h"
#include "data/harmonise.h"
#include "data/reason.h"
#include "data/region.h"
#include "data/variant.h"
#include "input/ordered.h"

typedef struct dw_join {
    /* Set by the caller; all of it is borrowed. */
    dw_ordered *study, *ref;   /* one of them may be NULL */
    dw_annotators *annot;      /* NULL: none */
    bool all;                  /* reference variants without a z are kept */
    const dw_regions *exclude; /* NULL: none */
    dw_fates *fates;
    dw_harmonise harmonise; /* its settings */
    size_t batch;           /* variants in one table, at most */
    /* Gets each table: of one contig, t = 1 with a study and 0 without.  It
     * may keep it, and leave another one, whatever that holds. */
    int (*put)(void *ctx, dw_variants *v, dw_err *err);
    void *ctx;

    /* Set by dw_join_run. */
    uint64_t taken;  /* variants with a z */
    uint64_t latent; /* variants without */
    /* Places that lie between the first and the last place of the other on a
     * chromosome that both have; places in both; and of those the ones where
     * any alleles agree. */
    uint64_t study_places, ref_places, both_places, agreed_places;
    bool study_any; /* did any row of the study have a place? */

    /* Its own. */
    dw_variants table, part;
    size_t m;
    dw_group none;
    char ref_contig[DW_CONTIG_MAX], study_contig[DW_CONTIG_MAX];
} dw_join;

/* Runs the merge to the end of everything.  All inputs are started; what has
 * been counted before is forgotten. */
int dw_join_run(dw_join *j, dw_err *err) DW_MUST_CHECK;
void dw_join_clear(dw_join *j); /* what is its own */

#endif
