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
#include "stream/frame.h"

/* What stands before each table; only this process reads it. */
struct mark {
    uint64_t m, size;
    double lowest; /* sample size */
    bool packed;   /* a chunk, not a payload */
};

struct dw_hold {
    FILE *file;
    uint64_t tables, given; /* given: since the rewind */
    dw_buf bytes;           /* of the table that is read */
    dw_buf payload;         /* the same, unpacked */
    dw_hold_behind *behind; /* NULL: nothing */
    void *behind_ctx;

    dw_crew *crew;
    dw_job job;
    double min_n_share; /* more than 1: nothing is compressed */
    /* The job's own until it was waited for. */
    dw_variants put;
    dw_buf raw, packed;
    dw_err fault;
};

static int failed(dw_err *err)
{
    return dw_fail_errno(err, "temporary file (TMPDIR says where it is)");
}

/* Is what is compressed now likely to be written so? */
static bool will_stand(const dw_hold *h, double lowest)
{
    const dw_variants *v = &h->put;
    double highest = -INFINITY;

    if (h->min_n_share > 1)
        return false;
    for (size_t i = 0; v->t && i < v->m; i++) {
        if (v->n[i] > highest)
            highest = v->n[i];
    }
    return lowest >= h->min_n_share * highest;
}

/* The job: the table that was put, to the file. */
static void put_aside(void *ctx)
{
    dw_hold *h = ctx;
    struct mark before = {.m = h->put.m, .lowest = dw_low_n_min(&h->put)};
    dw_buf *bytes = &h->raw;

    dw_buf_reset(&h->raw);
    dw_variants_pack(&h->put, &h->raw);
    if (will_stand(h, before.lowest)) {
        before.packed = true;
        bytes = &h->packed;
        dw_buf_reset(bytes);
        if (dw_chunk_pack("VARS", DW_VARS_VERSION, before.m, h->raw.s, h->raw.n,
                          bytes, &h->fault) < 0)
            return;
    }
    before.size = bytes->n;
    if (fwrite(&before, sizeof before, 1, h->file) != 1 ||
        fwrite(bytes->s, 1, bytes->n, h->file) != bytes->n)
        failed(&h->fault);
}

/* Waits for the table that was put last. */
static int settle(dw_hold *h, dw_err *err)
{
    dw_crew_wait(h->crew, &h->job);
    if (h->fault.code < 0)
        *err = h->fault;
    return h->fault.code;
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
    h->job = (dw_job){.fn = put_aside, .ctx = h};
    h->min_n_share = INFINITY;
    return h;
}

void dw_hold_free(dw_hold *h)
{
    if (!h)
        return;
    dw_crew_cancel(h->crew, &h->job);
    fclose(h->file);
    dw_variants_clear(&h->put);
    dw_buf_clear(&h->bytes);
    dw_buf_clear(&h->payload);
    dw_buf_clear(&h->raw);
    dw_buf_clear(&h->packed);
    dw_free(h);
}

void dw_hold_share(dw_hold *h, dw_crew *crew, double min_n_share)
{
    h->crew = crew;
    h->min_n_share = min_n_share;
}

int dw_hold_reset(dw_hold *h, dw_err *err)
{
    if (settle(h, err) < 0)
        return err->code;
    h->tables = 0;
    if (fflush(h->file) != 0 || fseeko(h->file, 0, SEEK_SET) != 0 ||
        ftruncate(fileno(h->file), 0) != 0)
        return failed(err);
    return 0;
}

int dw_hold_put(dw_hold *h, dw_variants *v, dw_err *err)
{
    dw_variants empty;

    if (settle(h, err) < 0)
        return err->code;
    empty = h->put;
    h->put = *v;
    *v = empty;
    h->tables++;
    dw_crew_start(h->crew, &h->job);
    return 0;
}

void dw_hold_put_behind(dw_hold *h, dw_hold_behind *behind, void *ctx)
{
    h->behind = behind;
    h->behind_ctx = ctx;
}

/* ---- reading ---- */

int dw_hold_rewind(dw_hold *h, dw_err *err)
{
    h->given = 0;
    if (settle(h, err) < 0)
        return err->code;
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

static int read_bytes(dw_hold *h, const struct mark *table, dw_err *err)
{
    dw_buf_reset(&h->bytes);
    dw_buf_reserve(&h->bytes, table->size);
    if (fread(h->bytes.s, 1, table->size, h->file) != table->size)
        return failed(err);
    h->bytes.n = table->size;
    return 0;
}

/* The table whose bytes were read. */
static int unpack_table(dw_hold *h, const struct mark *table, dw_variants *v,
                        dw_err *err)
{
    const dw_buf *payload = &h->bytes;

    if (table->packed) {
        int rc = dw_chunk_unpack(&h->bytes, &h->payload, err);

        if (rc < 0)
            return rc;
        payload = &h->payload;
    }
    return dw_variants_unpack(
        v, DW_VARS_VERSION, (const unsigned char *)payload->s, payload->n, err);
}

static int read_table(dw_hold *h, const struct mark *table, dw_variants *v,
                      dw_err *err)
{
    int rc = read_bytes(h, table, err);

    return rc < 0 ? rc : unpack_table(h, table, v, err);
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

static int write_bytes(const dw_hold *h, const struct mark *table,
                       dw_sink *sink, dw_err *err)
{
    if (table->packed)
        return dw_sink_packed(sink, &h->bytes, err);
    return dw_sink_chunk(sink, "VARS", DW_VARS_VERSION, table->m, &h->bytes,
                         err);
}

/* The table whose bytes were read: as it was put if none of it falls. */
static int write_table(dw_hold *h, const struct mark *table, dw_sink *sink,
                       double limit, bool keep, dw_fates *fates,
                       size_t *dropped, dw_err *err)
{
    const bool falls = table->lowest < limit;
    dw_variants whole = {0}, kept = {0};
    size_t n = 0;
    int rc = 0;

    if (!falls)
        rc = write_bytes(h, table, sink, err);
    if (rc == 0 && (falls || h->behind))
        rc = unpack_table(h, table, &whole, err);
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

int dw_hold_write(dw_hold *h, dw_sink *sink, double limit, bool keep,
                  dw_fates *fates, size_t *dropped, dw_err *err)
{
    struct mark table;
    int rc = dw_hold_rewind(h, err);

    *dropped = 0;
    while (rc == 0 && (rc = next_mark(h, &table, err)) > 0) {
        rc = read_bytes(h, &table, err);
        if (rc == 0)
            rc = write_table(h, &table, sink, limit, keep, fates, dropped, err);
    }
    return rc;
}
