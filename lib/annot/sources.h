/*
 * sources: annotations as the command line asks for them, an option and its
 * text, to the annotator of that kind.
 */
#ifndef DW_ANNOT_SOURCES_H
#define DW_ANNOT_SOURCES_H

#include "annot/annotator.h"
#include "base/err.h"

typedef struct dw_annot_source {
    const char *option; /* without dashes: "annot", "bed" ... */
    const char *text;   /* its argument; both are borrowed */
} dw_annot_source;

/* Opens the source and takes it into `all`.  `bim` is the reference beside
 * which a thin .annot is read, or NULL. */
int dw_annot_source_open(dw_annotators *all, const dw_annot_source *source,
                         const char *bim, dw_err *err) DW_MUST_CHECK;

#endif
