#include "record/hold.h"

#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/tmpfile.h"
#include "data/low_n.h"
#include "record/rec_vars.h"

struct dw_hold {
    FILE *file;
    uint64_t tables;
    dw_buf payload;
};

/* What stands before each payload; only this process reads it. */
struct mark {
    uint64_t m, size;
    double lowest; /* sample size */
};

static int failed(dw_err *err)
{
    return dw_fail_errno(err, "temporary file (TMPDIR says where it is)");
}

dw_hold *dw_hold_new(dw_err *err)
{
    dw_hold *h;
    int fd = dw_tmpfile_open(err);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w+b");

    if (!file) {
        if (fd >= 0) {
            failed(err);
            close(fd);
        }
        return NULL;
    }
    h = dw_alloc(1, sizeof *h);
    h->file = file;
    return h;
}

void dw_hold_free(dw_hold *h)
{
    if (!h)
        return;
    fclose(h->file);
    dw_buf_clear(&h->payload);
    dw_free(h);
}

int dw_hold_reset(dw_hold *h, dw_err *err)
{
    h->tables = 0;
    if (fflush(h->file) != 0 || fseeko(h->file, 0, SEEK_SET) != 0 ||
        ftruncate(fileno(h->file), 0) != 0)
        return failed(err);
    return 0;
}

int dw_hold_put(dw_hold *h, const dw_variants *v, dw_err *err)
{
    struct mark before = {.m = v->m, .lowest = dw_low_n_min(v)};

    dw_buf_reset(&h->payload);
    dw_variants_pack(v, &h->payload);
    before.size = h->payload.n;
    if (fwrite(&before, sizeof before, 1, h->file) != 1 ||
        fwrite(h->payload.s, 1, h->payload.n, h->file) != h->payload.n)
        return failed(err);
    h->tables++;
    return 0;
}

/* One table, as it was put if none of it falls. */
static int write_table(const struct mark *table, const dw_buf *payload,
                       dw_sink *sink, double limit, bool keep, dw_fates *fates,
                       size_t *dropped, dw_err *err)
{
    dw_variants whole = {0}, kept = {0};
    size_t n = 0;
    int rc;

    if (!(table->lowest < limit))
        return dw_sink_chunk(sink, "VARS", DW_VARS_VERSION, table->m, payload,
                             err);
    rc = dw_variants_unpack(&whole, DW_VARS_VERSION,
                            (const unsigned char *)payload->s, payload->n, err);
    if (rc == 0)
        rc = dw_low_n_drop(&kept, &whole, limit, keep, fates, &n, err);
    if (rc == 0 && kept.m)
        rc = dw_sink_variants(sink, &kept, err);
    *dropped += n;
    dw_variants_clear(&whole);
    dw_variants_clear(&kept);
    return rc;
}

int dw_hold_write(dw_hold *h, dw_sink *sink, double limit, bool keep,
                  dw_fates *fates, size_t *dropped, dw_err *err)
{
    int rc = 0;

    *dropped = 0;
    if (fflush(h->file) != 0 || fseeko(h->file, 0, SEEK_SET) != 0)
        return failed(err);
    for (uint64_t i = 0; i < h->tables && rc == 0; i++) {
        struct mark table;

        if (fread(&table, sizeof table, 1, h->file) != 1)
            return failed(err);
        dw_buf_reset(&h->payload);
        dw_buf_reserve(&h->payload, table.size);
        if (fread(h->payload.s, 1, table.size, h->file) != table.size)
            return failed(err);
        h->payload.n = table.size;
        rc = write_table(&table, &h->payload, sink, limit, keep, fates, dropped,
                         err);
    }
    return rc;
}
