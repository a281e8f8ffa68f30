/*
 * add_flow: a stream in, the same with more annotations or a trait more out.
 * Block factors, models and what is not known pass through byte for byte.
 * dw-ingest(1), --add.
 */
#ifndef DW_FLOW_ADD_FLOW_H
#define DW_FLOW_ADD_FLOW_H

#include <stddef.h>

#include "annot/signal_tracks.h"
#include "annot/sources.h"
#include "base/err.h"
#include "flow/ingest_flow.h"
#include "record/rec_stream.h"

typedef struct dw_add_plan {
    const dw_annot_source *annot; /* (n_annots), in the order of columns */
    size_t n_annots;
    const dw_ingest_plan *study; /* adds a trait: add_trait.h; NULL: none */
    dw_track_plan tracks;        /* none if its n is 0 */
    const char *bim; /* beside which a thin .annot is read, or NULL */
    const char *version, *args; /* for the history */
} dw_add_plan;

/* Writes all runs of the stream at `path`, which is read more than once.
 * DW_EMISMATCH if a column of that name, or any track, is there already.  What
 * was added is told by dw_note. */
int dw_add_run(const dw_add_plan *plan, const char *path, dw_sink *sink,
               dw_err *err) DW_MUST_CHECK;

#endif
