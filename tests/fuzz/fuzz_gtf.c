/* Any bytes as a GTF or GFF3: numbers or NAN for variants, in all columns, the
 * same whichever tables are asked for; also of protein-coding genes alone. */
#include "annot/gtf_annot.h"
#include "as_file.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "some_tables.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const ways[] = {"",
                                       ":gene,exon,promoter,protein_coding@9"};
    const char *path = as_file(data, size);

    dw_log_init("fuzz", DW_LOG_QUIET);
    for (size_t i = 0; i < DW_COUNT(ways); i++) {
        dw_buf spec = {0};
        dw_err err = {0};
        dw_annotator *a;

        dw_buf_addf(&spec, "%s%s", path, ways[i]);
        a = dw_gtf_annot_open(spec.s, NULL, &err);
        if (!a && !err.msg[0])
            abort();
        if (a)
            some_tables(a);
        dw_annotator_free(a);
        dw_buf_clear(&spec);
    }
    return 0;
}
