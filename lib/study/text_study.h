/*
 * text_study: a study's table as a study_source.
 */
#ifndef DW_STUDY_TEXT_STUDY_H
#define DW_STUDY_TEXT_STUDY_H

#include <stdbool.h>

#include "base/err.h"
#include "input/table.h"
#include "study/study_source.h"
#include "study/sumstat_format.h"

/* Where the places of rows stand. */
typedef enum dw_places {
    DW_PLACES_IN_COLUMNS,
    DW_PLACES_IN_IDS,      /* all ids seen first are places: 1:12345:A:G */
    DW_PLACES_IN_SOME_IDS, /* the others are known to the reference */
    DW_PLACES_NONE,        /* by id, from the reference */
} dw_places;

typedef struct dw_text_study dw_text_study;

/* Takes the table over, whether or not it succeeds; borrows `columns`.  Looks
 * at the first rows for places in ids; then stands at the start. */
dw_text_study *dw_text_study_new(dw_table *take_table,
                                 const dw_sumstat_columns *columns,
                                 bool zero_based, dw_err *err) DW_MUST_CHECK;
dw_study_source dw_text_study_source(dw_text_study *s);
dw_places dw_text_study_places(const dw_text_study *s);

#endif
