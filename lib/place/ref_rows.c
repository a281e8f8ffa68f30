#include "place/ref_rows.h"

#include <string.h>

#include "data/allele.h"

static bool is_symbolic(dw_span alt)
{
    return dw_span_eq(alt, "*") || dw_span_eq(alt, ".") ||
           (alt.n && *alt.s == '<') || memchr(alt.s, '[', alt.n) ||
           memchr(alt.s, ']', alt.n);
}

bool dw_ref_take(dw_ref_rows *r, dw_row *row, dw_span alt, dw_span ref,
                 dw_buf *a1, dw_buf *a2)
{
    r->rows++;
    row->a1 = alt;
    row->a2 = ref;
    if (dw_allele_is_base(alt) && dw_allele_is_base(ref))
        return true; /* as nearly all are: they stay as they stand */
    row->a1 = dw_allele_upper_in(a1, alt);
    row->a2 = dw_allele_upper_in(a2, ref);
    if (dw_allele_is_acgt(row->a1) && dw_allele_is_acgt(row->a2))
        return true;
    dw_fates_drop(r->fates, row,
                  is_symbolic(alt) ? DW_REASON_REF_SYMBOLIC
                                   : DW_REASON_REF_ALLELE);
    return false;
}
