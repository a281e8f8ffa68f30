#include "annot/cover_fill.h"

#include <math.h>
#include <string.h>

static uint32_t start_of(const dw_variants *v, size_t i)
{
    return v->pos[i] - 1;
}

static uint32_t end_of(const dw_variants *v, size_t i)
{
    return v->pos[i] - 1 + (uint32_t)strlen(dw_texts_at(&v->ref, i));
}

size_t dw_cover_fill(const dw_cover *c, size_t contig, const dw_variants *v,
                     float outside, float *out)
{
    dw_cover_walk w = dw_cover_begin(c, contig);
    size_t inside = 0;

    for (size_t i = 0; i < v->m; i++) {
        out[i] = outside;
        inside += dw_cover_at(&w, start_of(v, i), end_of(v, i), &out[i]);
    }
    return inside;
}

void dw_cover_fill_distance(const dw_cover *c, size_t contig,
                            const dw_variants *v, float *out)
{
    dw_cover_walk w = dw_cover_begin(c, contig);

    for (size_t i = 0; i < v->m; i++) {
        uint32_t d = dw_cover_distance(&w, start_of(v, i), end_of(v, i));

        out[i] = d == UINT32_MAX ? NAN : (float)log10(1 + (double)d);
    }
}
