/* Any bytes as a block of GCTB's eigen-decomposed LD, of five variants: a good
 * factor, whole and with one left out, or a message. */
#include "foreign/gctb_eigen.h"
#include "some_ld.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void factor(const dw_gctb_eigen *e, const dw_ld_order *o)
{
    const dw_factor_cut cut = {1e-4, 1};
    dw_ldblock b = {0};
    dw_err err = {0};
    int rc = dw_gctb_eigen_factor(e, o, &cut, &b, &err);

    strcpy(b.contig, "1");
    b.end = 1;
    if (rc < 0 ? !err.msg[0] : dw_ldblock_check(&b, &err) < 0)
        abort();
    dw_ldblock_clear(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t row[SOME_LD] = {4, 3, 2, 1, 0};
    const dw_ld_order all = {.n = SOME_LD, .m = SOME_LD, .row = row};
    const dw_ld_order some = {.n = SOME_LD, .m = SOME_LD - 1, .row = row};
    dw_gctb_eigen e;
    dw_err err = {0};

    if (dw_gctb_eigen_read(data, size, SOME_LD, &e, &err) == 0) {
        factor(&e, &all);
        factor(&e, &some);
    } else if (!err.msg[0]) {
        abort();
    }
    return 0;
}
