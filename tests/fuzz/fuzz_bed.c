/* Any bytes as a BED, narrowPeak or bedGraph, asked for in each of several
 * ways: numbers or NAN for variants, the same whichever tables are asked for.
 */
#include "annot/bed_annot.h"
#include "as_file.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "some_tables.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte says how; 0x20 less, so that it can be written: space, ! ...
 */
static const char *const ways[] = {
    "",         "@5,1M",  ":5",           ":4,mean", ":sum,7",
    ":8,min@9", ":count", ":na,zero",     ":zero@3", ":score",
    ":x,na",    ":max",   ":blocks,count"};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t way = size ? (size_t)(data[0] - ' ') % DW_COUNT(ways) : 0;
    dw_buf spec = {0};
    dw_err err = {0};
    dw_annotator *a;

    dw_log_init("fuzz", DW_LOG_QUIET);
    if (size) {
        data++;
        size--;
    }
    dw_buf_addf(&spec, "x=%s%s", as_file(data, size), ways[way]);
    a = dw_bed_annot_open(spec.s, NULL, &err);
    if (!a && !err.msg[0])
        abort();
    if (a)
        some_tables(a);
    dw_annotator_free(a);
    dw_buf_clear(&spec);
    return 0;
}
