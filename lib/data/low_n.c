#include "data/low_n.h"

#include <math.h>
#include <string.h>

double dw_low_n_min(const dw_variants *v)
{
    double low = INFINITY;

    for (size_t i = 0; v->t && i < v->m; i++) {
        if (v->n[i] < low)
            low = v->n[i];
    }
    return low;
}

static bool is_low(const dw_variants *v, size_t i, double limit)
{
    return v->n[i] < limit; /* false where it is missing */
}

static int copy_text(dw_texts *dst, const dw_texts *src, size_t i)
{
    const char *s = dw_texts_at(src, i);

    return dw_texts_add(dst, s, strlen(s));
}

/* Row i of src becomes row j of dst. */
static int copy_row(dw_variants *dst, size_t j, const dw_variants *src,
                    size_t i, bool low)
{
    dst->pos[j] = src->pos[i];
    dst->eaf[j] = src->eaf[i];
    dst->z[j] = low ? NAN : src->z[i];
    dst->n[j] = low ? NAN : src->n[i];
    for (size_t c = 0; c < src->p; c++)
        dst->annot[c * dst->m + j] = src->annot[c * src->m + i];
    if (copy_text(&dst->id, &src->id, i) < 0 ||
        copy_text(&dst->ref, &src->ref, i) < 0 ||
        copy_text(&dst->alt, &src->alt, i) < 0)
        return DW_ENOMEM;
    return 0;
}

static void tell(dw_fates *fates, const dw_variants *v, size_t i)
{
    dw_row row = {
        .contig = v->contig,
        .pos = v->pos[i],
        .id = dw_span_of(dw_texts_at(&v->id, i)),
        .a1 = dw_span_of(dw_texts_at(&v->alt, i)),
        .a2 = dw_span_of(dw_texts_at(&v->ref, i)),
    };

    dw_fates_drop(fates, &row, DW_REASON_N_LOW);
}

int dw_low_n_drop(dw_variants *dst, const dw_variants *src, double limit,
                  bool keep, dw_fates *fates, size_t *dropped, dw_err *err)
{
    size_t low = 0, j = 0;
    int rc;

    for (size_t i = 0; i < src->m; i++)
        low += is_low(src, i, limit);
    *dropped = low;
    rc = dw_variants_resize(dst, keep ? src->m : src->m - low, 1, src->p, err);
    if (rc < 0)
        return rc;
    strcpy(dst->contig, src->contig);
    for (size_t i = 0; i < src->m; i++) {
        bool gone = is_low(src, i, limit);

        if (gone)
            tell(fates, src, i);
        if ((keep || !gone) && copy_row(dst, j++, src, i, gone) < 0)
            return dw_fail(err, DW_ENOMEM, "no memory for %zu variants",
                           src->m);
    }
    return 0;
}
