/* Any bytes as a table with an index that fits it, if one can be made: numbers
 * or NAN.  The first byte says what index and which columns. */
#include <htslib/bgzf.h>
#include <htslib/hts_log.h>
#include <htslib/tbx.h>

#include "annot/tabix_annot.h"
#include "as_file.h"
#include "some_tables.h"

static char path[64], index_of[80];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void remove_both(void)
{
    remove(path);
    remove(index_of);
}

static void pack(const uint8_t *data, size_t size)
{
    BGZF *f = bgzf_open(path, "w0");

    if (!f || bgzf_write(f, data, size) < 0 || bgzf_close(f) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const tbx_conf_t conf[] = {{TBX_GENERIC, 1, 2, 2, '#', 0},
                                      {TBX_GENERIC | TBX_UCSC, 1, 2, 3, '#', 0},
                                      {TBX_GENERIC, 2, 3, 4, '@', 1},
                                      {TBX_GENERIC, 1, 2, 0, '#', 0}};
    static const char *const words[] = {
        "x", "x=3", "x,y/mean", "EA=3,OA=4,x=5", "x=4", "score,x=2/first"};
    char spec[128];
    dw_err err = {0};
    dw_annotator *a;

    if (size == 0)
        return 0;
    if (!path[0]) {
        snprintf(path, sizeof path, "%s.gz", as_file(data, 0));
        snprintf(index_of, sizeof index_of, "%s.tbi", path);
        atexit(remove_both);
    }
    hts_set_log_level(HTS_LOG_OFF);
    pack(data + 1, size - 1);
    remove(index_of);
    (void)!tbx_index_build(path, 0, &conf[data[0] % 4]);
    snprintf(spec, sizeof spec, "%s:%s", path, words[data[0] / 4 % 6]);
    a = dw_tabix_annot_open(spec, NULL, &err);
    if (!a && !err.msg[0])
        abort();
    if (a)
        some_tables(a);
    dw_annotator_free(a);
    return 0;
}
