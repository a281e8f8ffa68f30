/*
 * score_walk: variants with genotypes in, their LD scores out, both in order,
 * without blocks: each pair of a window once.
 *
 * Correlations are exact, of whole numbers, where genotypes are packed
 * (count_corr.h), in single precision where they are dosages.  Only the
 * variants of the window are in memory, and a few tiles, which many threads
 * work on while the caller goes on to the variants of the next ones.  What
 * comes out does not depend on the number of threads.
 */
#ifndef DW_LD_SCORE_WALK_H
#define DW_LD_SCORE_WALK_H

#include <stddef.h>

#include "base/err.h"
#include "base/log.h"
#include "data/genotype.h"
#include "data/variant.h"
#include "ld/ld_window.h"

typedef struct dw_score_walk_opts {
    dw_ld_window window; /* its reach is finite */
    size_t threads;
} dw_score_walk_opts;

/* Takes the scores of the next variants of a contig: score (m x p, ld m), with
 * p of 1 where there are no annotations.  In the caller's thread. */
typedef struct dw_score_walk_out {
    void *ctx;
    int (*put)(void *ctx, const dw_variants *v, const double *score,
               dw_err *err);
} dw_score_walk_out;

typedef struct dw_score_walk dw_score_walk;

/* Scores by each of p annotations; 0: in total. */
dw_score_walk *dw_score_walk_new(const dw_score_walk_opts *opts,
                                 const dw_score_walk_out *out,
                                 dw_geno_kind kind, size_t people, size_t p);
void dw_score_walk_free(dw_score_walk *w); /* NULL is fine */

/* Puts out what is left of the contig in hand and begins another one ("":
 * none). */
int dw_score_walk_turn(dw_score_walk *w, const char *contig,
                       dw_err *err) DW_MUST_CHECK;
/* Takes row `row` of v, on the contig in hand and behind those taken, with a
 * column that counts its ALT; a frequency that is missing becomes the panel's,
 * and annotations are finite.  What became of it is counted: "taken", or the
 * reason (admit.h). */
int dw_score_walk_take(dw_score_walk *w, const dw_variants *v, size_t row,
                       const void *column, dw_tally *tally,
                       dw_err *err) DW_MUST_CHECK;

#endif
