#include "foreign/file_bytes.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"

enum { PART = 1 << 20 };

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

int dw_file_digest(const char *path, uint64_t *digest, dw_err *err)
{
    FILE *file = fopen(path, "rb");
    dw_digest *sum = dw_digest_new();
    unsigned char *part = dw_alloc(PART, 1);
    size_t got = 0;
    int rc = 0;

    while (file && (got = fread(part, 1, PART, file)) > 0)
        dw_digest_add(sum, part, got);
    if (!file || ferror(file))
        rc = dw_fail_errno(err, "%s", path);
    *digest = dw_digest_value(sum);
    if (file)
        fclose(file);
    dw_digest_free(sum);
    dw_free(part);
    return rc;
}

void dw_file_bytes_clear(dw_file_bytes *f)
{
    dw_free(f->p);
    *f = (dw_file_bytes){0};
}

/* ---- names ---- */

int dw_file_size(const char *path, uint64_t *size, dw_err *err)
{
    struct stat st;

    *size = 0;
    if (stat(path, &st) != 0)
        return dw_fail_errno(err, "%s", path);
    *size = (uint64_t)st.st_size;
    return 0;
}

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
