/* Any bytes as a .bim and as a reference of whatever kind they look like: every
 * row is taken or told, and the same when read again. */
#include <math.h>

#include "as_file.h"
#include "data/allele.h"
#include "input/read_bim.h"
#include "place/reference.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_as_bim(const char *path)
{
    dw_err err = {0};
    dw_bim *bim = dw_bim_open(path, &err);
    dw_bim_row row;
    size_t n = 0;
    int rc = 0;

    while (bim && (rc = dw_bim_next(bim, &row, &err)) > 0) {
        if (row.index != n++ || row.pos > INT32_MAX)
            abort();
    }
    if ((!bim || rc < 0) && !err.msg[0])
        abort();
    dw_bim_close(bim);
}

/* Reads all rows; how many. */
static uint64_t read_rows(dw_reference *ref, int *rc, dw_err *err)
{
    const dw_row_reader *r = dw_reference_reader(ref);
    uint64_t n = 0;
    dw_row row;
    double f;

    while ((*rc = r->next(r->self, &row, err)) > 0) {
        n++;
        if (!dw_allele_is_acgt(row.a1) || !dw_allele_is_acgt(row.a2) ||
            row.pos > INT32_MAX || row.id.n == 0)
            abort();
        if (dw_reference_frequency(ref, &row, &f, err) < 0 ||
            (!isnan(f) && !(f >= 0 && f <= 1)))
            abort();
    }
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = as_file(data, size);
    dw_err err = {0};
    dw_fates fates = {0};
    dw_reference *ref;

    read_as_bim(path);
    ref = dw_reference_open(path, &fates, &err);
    if (ref) {
        const dw_row_reader *r = dw_reference_reader(ref);
        int rc, again;
        uint64_t n = read_rows(ref, &rc, &err);

        if (rc == 0 && n + fates.n[DW_REASON_REF_ALLELE] +
                               fates.n[DW_REASON_REF_SYMBOLIC] !=
                           dw_reference_rows(ref))
            abort();
        if (r->rewind(r->self, &err) < 0 || read_rows(ref, &again, &err) != n ||
            again != rc)
            abort();
        if (rc < 0 && !err.msg[0])
            abort();
    } else if (!err.msg[0]) {
        abort();
    }
    dw_reference_close(ref);
    return 0;
}
