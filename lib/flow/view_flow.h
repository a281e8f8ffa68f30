/*
 * view_flow: a stream as text, in one of many ways: what dw-view shows.
 */
#ifndef DW_FLOW_VIEW_FLOW_H
#define DW_FLOW_VIEW_FLOW_H

#include <stddef.h>

#include "base/err.h"
#include "flow/ldscore_flow.h"
#include "record/rec_stream.h"
#include "stream/outfile.h"

typedef struct dw_view_kind {
    const char *name;
    const char *arg; /* "BLOCK", "TRACK": of which it is; NULL: of all */
    const char *help;
    const char *type; /* of the chunk, where that is all there is to show */
} dw_view_kind;

/* Kind i, from 0; NULL behind the last. */
const dw_view_kind *dw_view_kind_at(size_t i);

typedef struct dw_view_of {
    const dw_view_kind *kind; /* NULL: a summary */
    size_t block;             /* from 1 */
    const char *track;
    const dw_ldscore_plan *ldscores; /* of the kind "ldscores" */
} dw_view_of;

/* Reads the stream to its end.  DW_EMISMATCH if it has nothing of the kind.
 * When writing fails it is 0: closing the output says why. */
int dw_view_stream(const dw_view_of *of, dw_outfile *out, dw_source *src,
                   dw_err *err) DW_MUST_CHECK;

#endif
