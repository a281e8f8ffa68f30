/*
 * fill_anew: the columns of one table, and all that is behind it in the file;
 * begun anew where that turns out not to be in order, as a tool does.
 */
#ifndef DW_TESTS_FILL_ANEW_H
#define DW_TESTS_FILL_ANEW_H

#include "annot/annotator.h"

static inline int fill_once(const dw_annotator *a, const dw_variants *v,
                            float *columns, dw_err *err)
{
    int rc = a->kind->fill(a->self, v, columns, err);

    return rc == 0 && a->kind->finish ? a->kind->finish(a->self, err) : rc;
}

static inline int fill_anew(const dw_annotator *a, const dw_variants *v,
                            float *columns, dw_err *err)
{
    int rc = fill_once(a, v, columns, err);

    if (rc == 0 || !a->kind->broken || !a->kind->broken(a->self))
        return rc;
    *err = (dw_err){0};
    return fill_once(a, v, columns, err);
}

#endif
