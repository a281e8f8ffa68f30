/*
 * ref_watch: a reference's rows, looked at as they pass.
 *
 * Most references need no survey.h: they have no XY, and write no variant with
 * more bases than it needs.  Whether this one does is known once it was read.
 */
#ifndef DW_PLACE_REF_WATCH_H
#define DW_PLACE_REF_WATCH_H

#include <stdbool.h>

#include "input/ordered.h"
#include "place/build_evidence.h"

typedef struct dw_ref_watch {
    dw_row_reader inner, reader;
    dw_build_evidence evidence; /* of the rows since the last rewind */
    bool needs_survey;          /* any row says so */
} dw_ref_watch;

/* In place: w->reader lends w, which is not to be moved. */
void dw_ref_watch_init(dw_ref_watch *w, const dw_row_reader *ref);

#endif
