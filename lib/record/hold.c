#include "record/hold.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/tmpfile.h"
#include "data/low_n.h"
#include "record/rec_vars.h"

struct dw_hold {
    FILE *file;
    uint64_t tables, given; /* given: since the rewind */
    dw_buf payload;
    dw_hold_behind *behind; /* NULL: nothing */
    void *behind_ctx;
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

void dw_hold_put_behind(dw_hold *h, dw_hold_behind *behind, void *ctx)
{
    h->behind = behind;
    h->behind_ctx = ctx;
}

/* One table, in the hold's payload, as it was put if none of it falls. */
static int write_table(const dw_hold *h, const struct mark *table,
                       dw_sink *sink, double limit, bool keep, dw_fates *fates,
                       size_t *dropped, dw_err *err)
{
    const bool falls = table->lowest < limit;
    dw_variants whole = {0}, kept = {0};
    size_t n = 0;
    int rc = 0;

    if (!falls)
        rc = dw_sink_chunk(sink, "VARS", DW_VARS_VERSION, table->m, &h->payload,
                           err);
    if (rc == 0 && (falls || h->behind))
        rc = dw_variants_unpack(&whole, DW_VARS_VERSION,
                                (const unsigned char *)h->payload.s,
                                h->payload.n, err);
    if (rc == 0 && falls)
        rc = dw_low_n_drop(&kept, &whole, limit, keep, fates, &n, err);
    if (rc == 0 && kept.m)
        rc = dw_sink_variants(sink, &kept, err);
    if (rc == 0 && h->behind && (!falls || kept.m))
        rc = h->behind(h->behind_ctx, falls ? &kept : &whole, sink, err);
    *dropped += n;
    dw_variants_clear(&whole);
    dw_variants_clear(&kept);
    return rc;
}

int dw_hold_rewind(dw_hold *h, dw_err *err)
{
    h->given = 0;
    if (fflush(h->file) != 0 || fseeko(h->file, 0, SEEK_SET) != 0)
        return failed(err);
    return 0;
}

static int next_mark(dw_hold *h, struct mark *table, dw_err *err)
{
    if (h->given == h->tables)
        return 0;
    if (fread(table, sizeof *table, 1, h->file) != 1)
        return failed(err);
    h->given++;
    return 1;
}

static int read_payload(dw_hold *h, const struct mark *table, dw_err *err)
{
    dw_buf_reset(&h->payload);
    dw_buf_reserve(&h->payload, table->size);
    if (fread(h->payload.s, 1, table->size, h->file) != table->size)
        return failed(err);
    h->payload.n = table->size;
    return 0;
}

static int read_table(dw_hold *h, const struct mark *table, dw_variants *v,
                      dw_err *err)
{
    int rc = read_payload(h, table, err);

    if (rc < 0)
        return rc;
    return dw_variants_unpack(v, DW_VARS_VERSION,
                              (const unsigned char *)h->payload.s, h->payload.n,
                              err);
}

int dw_hold_next(dw_hold *h, dw_variants *v, dw_err *err)
{
    struct mark table;
    int rc = next_mark(h, &table, err);

    if (rc <= 0)
        return rc;
    rc = read_table(h, &table, v, err);
    return rc < 0 ? rc : 1;
}

static void count_missing(const dw_variants *v, double limit, uint64_t *missing)
{
    for (size_t c = 0; c < v->p; c++) {
        for (size_t i = 0; i < v->m; i++)
            missing[c] += v->n[i] < limit && isnan(v->annot[c * v->m + i]);
    }
}

int dw_hold_low_missing(dw_hold *h, double limit, size_t p, uint64_t *missing,
                        dw_err *err)
{
    dw_variants v = {0};
    struct mark table;
    int rc = dw_hold_rewind(h, err);

    memset(missing, 0, p * sizeof *missing);
    while (rc == 0 && (rc = next_mark(h, &table, err)) > 0) {
        if (table.lowest < limit) {
            rc = read_table(h, &table, &v, err);
            if (rc == 0)
                count_missing(&v, limit, missing);
        } else {
            rc = fseeko(h->file, (off_t)table.size, SEEK_CUR) != 0 ? failed(err)
                                                                   : 0;
        }
    }
    dw_variants_clear(&v);
    return rc;
}

int dw_hold_write(dw_hold *h, dw_sink *sink, double limit, bool keep,
                  dw_fates *fates, size_t *dropped, dw_err *err)
{
    struct mark table;
    int rc = dw_hold_rewind(h, err);

    *dropped = 0;
    while (rc == 0 && (rc = next_mark(h, &table, err)) > 0) {
        rc = read_payload(h, &table, err);
        if (rc == 0)
            rc = write_table(h, &table, sink, limit, keep, fates, dropped, err);
    }
    return rc;
}
