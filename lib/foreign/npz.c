#include "foreign/npz.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <zip.h>

#include "base/mem.h"

enum { BUFFER = 65536 };

struct dw_npz {
    zip_t *zip;
};

struct dw_npz_array {
    zip_file_t *file;
    char name[64];
    dw_npy shape;
    uint64_t left; /* items not yet read */
    unsigned char buffer[BUFFER];
};

const char *dw_foreign_library(void)
{
    static char text[64];

    if (!text[0])
        snprintf(text, sizeof text, "libzip %s", zip_libzip_version());
    return text;
}

dw_npz *dw_npz_open(const void *bytes, size_t n, dw_err *err)
{
    zip_error_t why;
    zip_source_t *source;
    dw_npz *z = dw_alloc(1, sizeof *z);

    zip_error_init(&why);
    source = zip_source_buffer_create(bytes, n, 0, &why);
    if (source)
        z->zip = zip_open_from_source(source, ZIP_RDONLY, &why);
    if (!z->zip) {
        dw_fail(err, DW_EFORMAT, "is no whole .npz: %s",
                zip_error_strerror(&why));
        zip_source_free(source);
        dw_free(z);
        z = NULL;
    }
    zip_error_fini(&why);
    return z;
}

void dw_npz_close(dw_npz *z)
{
    if (!z)
        return;
    zip_discard(z->zip);
    dw_free(z);
}

/* ---- bytes ---- */

/* Just n bytes. */
static int read_bytes(dw_npz_array *a, void *to, size_t n, dw_err *err)
{
    unsigned char *p = to;

    while (n) {
        zip_int64_t got = zip_fread(a->file, p, n);

        if (got <= 0)
            return dw_fail(err, DW_EFORMAT, "%s.npy: %s", a->name,
                           got < 0 ? zip_file_strerror(a->file)
                                   : "ends too soon");
        p += got;
        n -= (size_t)got;
    }
    return 0;
}

/* All items are read: so is the end, at which the checksum is compared. */
static int read_end(dw_npz_array *a, dw_err *err)
{
    unsigned char more;
    zip_int64_t got = zip_fread(a->file, &more, 1);

    if (got == 0)
        return 0;
    return dw_fail(err, DW_EFORMAT, "%s.npy: %s", a->name,
                   got < 0 ? zip_file_strerror(a->file)
                           : "goes on behind its last item");
}

/* ---- an array ---- */

static int read_header(dw_npz_array *a, const zip_stat_t *st, dw_err *err)
{
    unsigned char start[DW_NPY_START];
    char *text = NULL;
    size_t before, length;
    int rc = read_bytes(a, start, sizeof start, err);

    if (rc < 0)
        return rc;
    if ((rc = dw_npy_begin(start, &before, &length, err)) < 0)
        return dw_err_prefix(err, "%s.npy", a->name);
    text = dw_alloc(DW_NPY_START + length, 1);
    memcpy(text, start + before, DW_NPY_START - before);
    if (length < DW_NPY_START - before)
        rc = dw_fail(err, DW_EFORMAT, "%s.npy: its header is empty", a->name);
    else
        rc = read_bytes(a, text + (DW_NPY_START - before),
                        length - (DW_NPY_START - before), err);
    if (rc == 0 && (rc = dw_npy_parse(text, length, &a->shape, err)) < 0)
        dw_err_prefix(err, "%s.npy", a->name);
    dw_free(text);
    if (rc < 0)
        return rc;
    a->left = a->shape.items;
    if (!(st->valid & ZIP_STAT_SIZE) ||
        st->size != before + length + a->left * a->shape.size)
        return dw_fail(err, DW_EFORMAT,
                       "%s.npy: %" PRIu64 " items of %zu bytes, but %" PRIu64
                       " bytes",
                       a->name, a->left, a->shape.size,
                       (uint64_t)st->size - before - length);
    return 0;
}

dw_npz_array *dw_npz_array_open(dw_npz *z, const char *name, dw_err *err)
{
    dw_npz_array *a = dw_alloc(1, sizeof *a);
    char member[80];
    zip_stat_t st;

    snprintf(a->name, sizeof a->name, "%s", name);
    snprintf(member, sizeof member, "%s.npy", name);
    if (zip_stat(z->zip, member, 0, &st) == 0)
        a->file = zip_fopen_index(z->zip, st.index, 0);
    if (!a->file)
        dw_fail(err, DW_EFORMAT, "%s: %s", member, zip_strerror(z->zip));
    if (!a->file || read_header(a, &st, err) < 0) {
        dw_npz_array_close(a);
        return NULL;
    }
    return a;
}

void dw_npz_array_close(dw_npz_array *a)
{
    if (!a)
        return;
    if (a->file)
        zip_fclose(a->file);
    dw_free(a);
}

const dw_npy *dw_npz_array_shape(const dw_npz_array *a)
{
    return &a->shape;
}

/* The next items, no more than n and than the buffer holds; sets how many. */
static int fill_buffer(dw_npz_array *a, size_t n, size_t *got, dw_err *err)
{
    *got = BUFFER / a->shape.size;
    *got = n < *got ? n : *got;
    if (*got > a->left)
        return dw_fail(err, DW_EFORMAT, "%s.npy: has only %" PRIu64 " items",
                       a->name, a->shape.items);
    if (read_bytes(a, a->buffer, *got * a->shape.size, err) < 0)
        return err->code;
    a->left -= *got;
    return a->left ? 0 : read_end(a, err);
}

int dw_npz_floats(dw_npz_array *a, float *to, size_t n, dw_err *err)
{
    if (!strchr("fiu", a->shape.kind))
        return dw_fail(err, DW_EFORMAT, "%s.npy: is text, not numbers",
                       a->name);
    while (n) {
        size_t got;

        if (fill_buffer(a, n, &got, err) < 0)
            return err->code;
        dw_npy_floats(&a->shape, a->buffer, got, to);
        to += got;
        n -= got;
    }
    return 0;
}

int dw_npz_indices(dw_npz_array *a, uint64_t *to, size_t n, dw_err *err)
{
    if (!strchr("iu", a->shape.kind))
        return dw_fail(err, DW_EFORMAT, "%s.npy: is not of whole numbers",
                       a->name);
    while (n) {
        size_t got;

        if (fill_buffer(a, n, &got, err) < 0)
            return err->code;
        if (!dw_npy_indices(&a->shape, a->buffer, got, to))
            return dw_fail(err, DW_EFORMAT, "%s.npy: holds a negative number",
                           a->name);
        to += got;
        n -= got;
    }
    return 0;
}

int dw_npz_word(dw_npz_array *a, char *to, size_t room, dw_err *err)
{
    size_t step = a->shape.kind == 'U' ? 4 : 1, n = a->shape.size / step, got;

    if (!strchr("SU", a->shape.kind) || a->shape.items != 1 || n == 0 ||
        n >= room)
        return dw_fail(err, DW_EFORMAT, "%s.npy: is no word", a->name);
    if (fill_buffer(a, 1, &got, err) < 0)
        return err->code;
    for (size_t i = 0; i < n; i++)
        to[i] = (char)a->buffer[i * step];
    to[n] = 0;
    return 0;
}
