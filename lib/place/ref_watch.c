#include "place/ref_watch.h"

#include <string.h>

/* Would it be written shorter? */
static bool is_long(const dw_row *row)
{
    dw_span a = row->a1, b = row->a2;

    return a.n > 1 && b.n > 1 && (*a.s == *b.s || a.s[a.n - 1] == b.s[b.n - 1]);
}

static int next_row(void *self, dw_row *row, dw_err *err)
{
    dw_ref_watch *w = self;
    int rc = w->inner.next(w->inner.self, row, err);

    if (rc <= 0)
        return rc;
    dw_build_evidence_row(&w->evidence, row);
    w->needs_survey |= is_long(row) || strcmp(row->contig, "XY") == 0;
    return rc;
}

static int rewind_rows(void *self, dw_err *err)
{
    dw_ref_watch *w = self;

    w->evidence = (dw_build_evidence){0};
    return w->inner.rewind(w->inner.self, err);
}

static dw_origin origin_of(const void *self)
{
    const dw_ref_watch *w = self;

    return w->inner.origin(w->inner.self);
}

void dw_ref_watch_init(dw_ref_watch *w, const dw_row_reader *ref)
{
    *w = (dw_ref_watch){
        .inner = *ref,
        .reader = {w, ref->k, next_row, rewind_rows, origin_of},
    };
}
