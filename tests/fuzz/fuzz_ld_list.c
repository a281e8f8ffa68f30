/* Any bytes as the list of a matrix's variants: a good order of them, or a
 * message. */
#include "as_file.h"
#include "foreign/ld_order.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dw_ld_list list = {0};
    dw_ld_order o = {0};
    dw_variants v = {0};
    dw_tally tally = {0};
    dw_err err = {0};
    int rc = dw_ld_list_read(&list, as_file(data, size), &err);

    if (rc == 0)
        rc = dw_ld_order_make(&o, &list, 0, list.n, 0, 0, &tally, &err);
    if (rc == 0)
        rc = dw_ld_order_variants(&o, &list, 0, &v, &err);
    if (rc < 0 && !err.msg[0])
        abort();
    if (rc == 0 && o.m && dw_variants_check(&v, &err) < 0)
        abort();
    dw_variants_clear(&v);
    dw_ld_order_clear(&o);
    dw_ld_list_clear(&list);
    dw_tally_clear(&tally);
    return 0;
}
