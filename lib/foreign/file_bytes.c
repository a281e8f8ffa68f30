#include "foreign/file_bytes.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"

#define MOST_BYTES ((uint64_t)16 << 30)

int dw_file_bytes_read(dw_file_bytes *f, const char *path, dw_err *err)
{
    FILE *file = fopen(path, "rb");
    void *p = f->p;
    struct stat st;
    int rc = 0;

    if (!file || fstat(fileno(file), &st) != 0) {
        rc = dw_fail_errno(err, "%s", path);
    } else if (!S_ISREG(st.st_mode)) {
        rc = dw_fail(err, DW_EIO, "%s: is no file", path);
    } else if ((uint64_t)st.st_size > MOST_BYTES) {
        rc = dw_fail(err, DW_EFORMAT, "%s: is larger than 16 GiB", path);
    } else {
        f->n = (size_t)st.st_size;
        if (dw_try_grow(&p, &f->cap, f->n + 1, 1) < 0)
            rc = dw_fail(err, DW_ENOMEM, "%s: not enough memory for %zu bytes",
                         path, f->n);
        f->p = p;
    }
    if (rc == 0 && fread(f->p, 1, f->n, file) != f->n)
        rc = ferror(file)
                 ? dw_fail_errno(err, "%s", path)
                 : dw_fail(err, DW_EIO, "%s: became shorter meanwhile", path);
    if (file)
        fclose(file);
    return rc;
}

void dw_file_bytes_clear(dw_file_bytes *f)
{
    dw_free(f->p);
    *f = (dw_file_bytes){0};
}

/* ---- names ---- */

bool dw_file_exists(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0;
}

bool dw_file_is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

char *dw_file_in(const char *folder, const char *name)
{
    dw_buf path = {0};
    char *s;

    dw_buf_addf(&path, "%s/%s", folder, name);
    s = dw_strdup(path.s);
    dw_buf_clear(&path);
    return s;
}

char *dw_file_folder(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return dw_strdup(".");
    return dw_strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

const char *dw_file_base(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* ---- inputs ---- */

void dw_ld_inputs_add(dw_ld_inputs *in, const char *path, uint64_t digest)
{
    in->item = dw_realloc(in->item, in->n + 1, sizeof *in->item);
    in->item[in->n++] =
        (struct dw_ld_input){dw_strdup(dw_file_base(path)), digest};
}

void dw_ld_inputs_tell(const dw_ld_inputs *in,
                       void (*add)(void *ctx, const char *name,
                                   uint64_t digest),
                       void *ctx)
{
    dw_digest *all = dw_digest_new();

    for (size_t i = 0; i < in->n; i++) {
        unsigned char bytes[8];

        for (size_t j = 0; j < sizeof bytes; j++)
            bytes[j] = (unsigned char)(in->item[i].digest >> 8 * j);
        dw_digest_add(all, bytes, sizeof bytes);
        if (!in->folder)
            add(ctx, in->item[i].name, in->item[i].digest);
    }
    if (in->folder)
        add(ctx, in->folder, dw_digest_value(all));
    dw_digest_free(all);
}

void dw_ld_inputs_clear(dw_ld_inputs *in)
{
    for (size_t i = 0; i < in->n; i++)
        dw_free(in->item[i].name);
    dw_free(in->item);
    dw_free(in->folder);
    *in = (dw_ld_inputs){0};
}
