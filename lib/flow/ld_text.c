#include "flow/ld_text.h"

#include <string.h>

#include "base/mem.h"
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
