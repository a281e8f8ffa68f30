/* Any bytes as annotations: numbers or NAN, in as many columns as it has. */
#include <math.h>

#include "annot/read_annot.h"
#include "as_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dw_err err = {0};
    dw_annot *a = dw_annot_open(as_file(data, size), NULL, &err);
    const dw_row_reader *r = a ? dw_annot_reader(a) : NULL;
    dw_row row;
    int rc = 0;

    while (r && (rc = r->next(r->self, &row, &err)) > 0) {
        if (!row.pos || !row.contig[0])
            abort();
        for (size_t i = 0; i < dw_annot_width(a); i++) {
            if (isinf(row.value[i]))
                abort();
        }
    }
    if ((!a || rc < 0) && !err.msg[0])
        abort();
    dw_annot_close(a);
    return 0;
}
