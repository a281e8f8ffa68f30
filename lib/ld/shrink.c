#include "ld/shrink.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

/* Columns [from, end) of Q, each row times its scale. */
static void scale_columns(const dw_ldblock *b, size_t from, size_t end,
                          const double *scale, float *q)
{
    for (size_t j = from; j < end; j++) {
        for (size_t i = 0; i < b->k; i++)
            q[i + j * b->k] = (float)(scale[i] * (double)b->q[i + j * b->k]);
    }
}

int dw_shrink_block(const dw_ldblock *b, double share, dw_ldblock *out,
                    dw_err *err)
{
    const size_t behind = b->core + b->l;
    double *scale = dw_try_alloc(b->k, 2 * sizeof *scale);
    double *flank = scale + b->k;

    if (!scale)
        return dw_fail(err, DW_ENOMEM, "no memory for a rank of %zu", b->k);
    if (dw_ldblock_resize(out, b->m, b->k, err) < 0) {
        dw_free(scale);
        return err->code;
    }
    memcpy(out->contig, b->contig, sizeof out->contig);
    out->start = b->start;
    out->end = b->end;
    out->people = b->people;
    out->core = b->core;
    out->l = b->l;
    out->trace = (1 - share) * b->trace + share * (double)b->l;
    for (size_t i = 0; i < b->k; i++) {
        out->lambda[i] = (1 - share) * b->lambda[i] + share;
        scale[i] = sqrt(out->lambda[i] / b->lambda[i]);
        flank[i] = (1 - share) / scale[i];
    }
    scale_columns(b, 0, b->core, flank, out->q);
    scale_columns(b, b->core, behind, scale, out->q);
    scale_columns(b, behind, b->m, flank, out->q);
    dw_free(scale);
    return 0;
}
