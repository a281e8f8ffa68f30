/* Any bytes as the matrix of five variants in UKBB_LD's form: a good block, or
 * a message. */
#include "base/log.h"
#include "foreign/sparse_npz.h"
#include "some_ld.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dw_ld_list list = {0};
    dw_ld_block w = {0};
    dw_err err = {0};

    dw_log_init("fuzz", DW_LOG_QUIET);
    some_ld_list(&list);
    some_ld_order(&w.order, &list);
    if (dw_ld_block_begin(&w, &err) < 0)
        abort();
    if (dw_sparse_npz_fill(data, size, &w.order, &w.corr, &err) == 0)
        some_ld_make(&w, &list);
    else if (!err.msg[0])
        abort();
    dw_ld_block_clear(&w);
    dw_ld_list_clear(&list);
    return 0;
}
