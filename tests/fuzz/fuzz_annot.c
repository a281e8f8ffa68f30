/* Any bytes as a table of annotations: numbers or NAN for variants, in as many
 * columns as it has, the same whichever tables are asked for. */
#include "annot/table_annot.h"
#include "as_file.h"
#include "some_tables.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dw_err err = {0};
    dw_annotator *a = dw_table_annot_open(as_file(data, size), NULL, &err);

    if (!a && !err.msg[0])
        abort();
    if (a)
        some_tables(a);
    dw_annotator_free(a);
    return 0;
}
