/* Any bytes as the ldm.info of a folder of GCTB's, of five variants in blocks
 * that are not there: blocks of these variants, or a message. */
#include "foreign/gctb_source.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[] = "/tmp/dw-fuzz-XXXXXX";
static char snps[64], blocks[64];

static void remove_all(void)
{
    remove(snps);
    remove(blocks);
    rmdir(folder);
}

static void put(const char *path, const void *p, size_t n)
{
    FILE *f = fopen(path, "wb");

    if (!f || fwrite(p, 1, n, f) != n || fclose(f) != 0)
        abort();
}

static void begin(void)
{
    static const char list[] = "Chrom\tID\tPhysPos\tA1\tA2\tA1Freq\tN\n"
                               "1\ta\t10\tA\tG\t0.2\t50\n"
                               "1\tb\t20\tC\tT\t0.3\t50\n"
                               "1\tc\t30\tA\tG\t0.4\t50\n"
                               "2\td\t10\tA\tG\t0.5\t50\n"
                               "2\te\t20\tA\tG\t0.6\t50\n";

    if (!mkdtemp(folder))
        abort();
    snprintf(snps, sizeof snps, "%s/snp.info", folder);
    snprintf(blocks, sizeof blocks, "%s/ldm.info", folder);
    atexit(remove_all);
    put(snps, list, sizeof list - 1);
}

static void read_all(dw_ld_source *s, dw_err *err)
{
    void *item = s->kind->item_new();
    int rc;

    while ((rc = s->kind->read(s->self, item, err)) > 0)
        abort(); /* there is no block's file */
    if (rc < 0 && !err->msg[0])
        abort();
    s->kind->item_free(item);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dw_err err = {0};
    dw_ld_source *s;

    if (!snps[0])
        begin();
    put(blocks, data, size);
    s = dw_gctb_source_open(folder, &err);
    if (s)
        read_all(s, &err);
    else if (!err.msg[0])
        abort();
    dw_ld_source_close(s);
    return 0;
}
