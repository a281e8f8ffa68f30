/*
 * score_flow: a stream of blocks, or of variants alone, in; one line a variant
 * out.  dw-score(1) has the formats.
 */
#ifndef DW_FLOW_SCORE_FLOW_H
#define DW_FLOW_SCORE_FLOW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/par.h"
#include "flow/bound_model.h"
#include "record/rec_stream.h"
#include "score/score_text.h"
#include "stream/outfile.h"

typedef struct dw_score_plan {
    const char *trait; /* NULL: the only one, or the model's */
    enum dw_score_format format;
} dw_score_plan;

typedef struct dw_score_counts {
    size_t tables, core, rows; /* VARS; their core variants; lines */
    bool blocks;               /* the last table was a block's */
} dw_score_counts;

/*
 * Writes a line for each core variant of the source (each variant, where there
 * is no LD) to `out`, in order.  Of several models the means are taken; they
 * are there, and of one trait.  A single one may be empty: the first one of the
 * stream is then taken into it.
 *
 * As dw_flow_run; DW_EUSAGE if variants come before a model; DW_EIO without a
 * message if `out` has failed, whose closing says why.
 */
int dw_score_run(const dw_score_plan *plan, dw_bound_model *model,
                 size_t n_models, dw_source *src, dw_outfile *out,
                 dw_pool *pool, dw_score_counts *counts,
                 dw_err *err) DW_MUST_CHECK;

#endif
