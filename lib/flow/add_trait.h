/*
 * add_trait: a study held against the variants of a stream that is there.
 *
 * The stream's variants are the reference, their frequencies those of the
 * panel.  dw-ingest is run against them as against any other; what it makes,
 * a stream of variants with z, is kept in TMPDIR and becomes three columns for
 * whoever writes the stream anew.
 */
#ifndef DW_FLOW_ADD_TRAIT_H
#define DW_FLOW_ADD_TRAIT_H

#include "annot/annotator.h"
#include "base/err.h"
#include "base/log.h"
#include "flow/ingest_flow.h"
#include "record/rec_head.h"

typedef struct dw_new_trait dw_new_trait;

/* The plan is that of dw_ingest_flow_run, less its reference, annotations and
 * tracks; reports are written.  `path`, the stream, is read here. */
dw_new_trait *dw_new_trait_make(const dw_ingest_plan *plan, const char *path,
                                dw_err *err) DW_MUST_CHECK;
void dw_new_trait_free(dw_new_trait *t); /* NULL is fine */

/* Columns z, n and eaf (of ALT in the study) of any variant of the stream,
 * missing where the study has none.  `t` has to live longer. */
enum { DW_NEW_Z, DW_NEW_N, DW_NEW_EAF, DW_NEW_COLUMNS };
dw_annotator *dw_new_trait_annotator(const dw_new_trait *t);

/* Name, kind and N; the step that read it, with its inputs; its tallies, of
 * the form TOOL/REASON.  All lent. */
const dw_trait *dw_new_trait_what(const dw_new_trait *t);
const dw_step *dw_new_trait_step(const dw_new_trait *t);
const dw_tally *dw_new_trait_tally(const dw_new_trait *t);

#endif
