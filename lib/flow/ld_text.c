#include "flow/ld_text.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "lik/ldsr.h"
#include "linalg/dense.h"

int dw_ld_text_matrix(dw_outfile *out, const dw_ldblock *b, dw_err *err)
{
    double *q = dw_try_alloc(b->m, (b->k + 1) * sizeof *q);
    double *row = dw_try_alloc(b->m, sizeof *row);
    int rc = 0;

    if (!q || !row)
        rc = dw_fail(err, DW_ENOMEM,
                     "not enough memory for the LD of %zu variants", b->m);
    for (size_t i = 0; rc == 0 && i < b->k * b->m; i++)
        q[i] = b->q[i];
    for (size_t i = 0; rc == 0 && i < b->l; i++) {
        memset(row, 0, b->m * sizeof *row); /* it is the answer if k is 0 */
        dw_gemv(true, b->k, b->m, 1, q, b->k, q + (b->core + i) * b->k, 0, row);
        for (size_t j = 0; j < b->m; j++)
            dw_outfile_printf(out, "%s%.9g", j ? "\t" : "", row[j]);
        dw_outfile_write(out, "\n", 1);
    }
    dw_free(q);
    dw_free(row);
    return rc;
}

void dw_ld_text_scores_head(dw_outfile *out)
{
    dw_outfile_printf(out, "CHR\tSNP\tBP\tL2\n");
}

int dw_ld_text_scores(dw_outfile *out, const dw_variants *v,
                      const dw_ldblock *b, dw_err *err)
{
    const dw_ldsr_block block = {.m = b->m,
                                 .k = b->k,
                                 .core = b->core,
                                 .l = b->l,
                                 .q = b->q,
                                 .people = b->people};
    dw_ldsr_ws *ws = dw_ldsr_ws_new(b->m, b->k);
    double *score = dw_try_alloc(b->l, sizeof *score);
    int rc = 0;

    if (!ws || !score)
        rc = dw_fail(err, DW_ENOMEM,
                     "not enough memory for the LD scores of %zu variants",
                     b->l);
    else if (dw_ldsr_scores(ws, &block, score) != 0)
        rc = dw_fail(err, DW_EBUG, "LD scores of a block that is none");
    for (size_t i = 0; rc == 0 && i < b->l; i++)
        dw_outfile_printf(out, "%s\t%s\t%" PRIu32 "\t%.9g\n", v->contig,
                          dw_texts_at(&v->id, b->core + i), v->pos[b->core + i],
                          score[i]);
    dw_ldsr_ws_free(ws);
    dw_free(score);
    return rc;
}
