/* Any bytes as a .bim, row by row and as a reference. */
#include "as_file.h"
#include "data/allele.h"
#include "input/read_bim.h"
#include "place/reference.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = as_file(data, size);
    dw_err err = {0};
    dw_fates fates = {0};
    dw_bim *bim = dw_bim_open(path, &err);
    dw_reference *ref = dw_reference_open(path, &fates, &err);
    const dw_row_reader *r = ref ? dw_reference_reader(ref) : NULL;
    dw_bim_row row;
    dw_row taken;
    size_t n = 0, of_ref = 0;
    int rc = 0, rc_ref = 0;

    while (bim && (rc = dw_bim_next(bim, &row, &err)) > 0) {
        if (row.index != n++ || row.pos > INT32_MAX)
            abort();
    }
    while (r && (rc_ref = r->next(r->self, &taken, &err)) > 0) {
        of_ref++;
        if (!dw_allele_is_acgt(taken.a1) || !dw_allele_is_acgt(taken.a2))
            abort();
    }
    if (rc != rc_ref || (r && of_ref + fates.n[DW_REASON_REF_ALLELE] != n))
        abort();
    if ((!bim || rc < 0) && !err.msg[0])
        abort();
    dw_bim_close(bim);
    dw_reference_close(ref);
    return 0;
}
