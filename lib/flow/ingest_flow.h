/*
 * ingest_flow: a study, a reference and annotations in, a stream of variants
 * and the reports on it out.  dw-ingest(1).
 */
#ifndef DW_FLOW_INGEST_FLOW_H
#define DW_FLOW_INGEST_FLOW_H

#include "annot/signal_tracks.h"
#include "base/err.h"
#include "ingest/ingest.h"

typedef struct dw_ingest_plan {
    dw_ingest_opts in;
    const char *trait;                    /* its name; NULL: the file's */
    const char *report, *report_variants; /* paths; NULL: not wanted */
    const char *report_actions;           /* the same */
    dw_track_plan tracks;                 /* none if its n is 0 */
    double min_n_share; /* of the median N, below which a variant is left out */
    const char *version, *args; /* for the history */
    size_t threads;             /* in all; the result does not depend on it */
} dw_ingest_plan;

/* The trait's name: the plan's, else the file's up to its first dot, else
 * "trait".  To be freed. */
char *dw_ingest_plan_trait(const dw_ingest_plan *plan);

/* Writes the stream to `out` (NULL: stdout), then the reports; tells what
 * became of all rows.  With nothing taken, DW_EDEGENERATE and only reports. */
int dw_ingest_flow_run(const dw_ingest_plan *plan, const char *out,
                       dw_err *err) DW_MUST_CHECK;

/* Writes, for people, what is understood of the study and why; of one that
 * cannot be read, to stdout what was understood until there, and no file. */
int dw_ingest_flow_explain(const dw_ingest_plan *plan, const char *out,
                           dw_err *err) DW_MUST_CHECK;

#endif
