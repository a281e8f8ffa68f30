/* Any bytes as the text of a square matrix of five variants: a good block, or a
 * message. */
#include "base/log.h"
#include "foreign/square_matrix.h"
#include "some_ld.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dw_ld_list list = {0};
    dw_square_matrix s = {0};
    dw_ld_block w = {0};
    dw_err err = {0};

    dw_log_init("fuzz", DW_LOG_QUIET);
    some_ld_list(&list);
    some_ld_order(&w.order, &list);
    if (dw_ld_block_begin(&w, &err) < 0)
        abort();
    if (dw_square_matrix_read(&s, as_file(data, size), list.n, &err) == 0) {
        dw_square_matrix_fill(&s, &w.order, &w.corr);
        some_ld_make(&w, &list);
    } else if (!err.msg[0]) {
        abort();
    }
    dw_square_matrix_clear(&s);
    dw_ld_block_clear(&w);
    dw_ld_list_clear(&list);
    return 0;
}
