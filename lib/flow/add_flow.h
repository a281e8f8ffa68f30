/*
 * add_flow: a stream in, the same with more annotations or a trait more out.
 * Block factors, models and what is not known pass through byte for byte.
 * dw-ingest(1), --add.
 */
#ifndef DW_FLOW_ADD_FLOW_H
#define DW_FLOW_ADD_FLOW_H

#include "base/err.h"
#include "flow/ingest_flow.h"

/* Writes the stream (a path, or NULL: stdin) to `out` (NULL: stdout) with the
 * annotations and tracks of the plan, and with its study, if it has one, as one
 * more trait (add_trait.h); beside the plan's reference a thin .annot is read.
 * DW_EMISMATCH if a column of that name, or any track, is there already.  What
 * was added is told by dw_note. */
int dw_add_flow_run(const dw_ingest_plan *plan, const char *stream,
                    const char *out, dw_err *err) DW_MUST_CHECK;

#endif
