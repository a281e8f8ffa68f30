#include "stream/spool.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "stream/frame.h"
#include "stream/outfile.h"

struct dw_spool {
    char *path;
    dw_outfile *copy; /* never closed, so never renamed; NULL: not needed */
};

/* All, or as much as there is room for. */
static int copy_all(FILE *from, const char *name, dw_outfile *to, dw_err *err)
{
    char piece[1 << 14];
    size_t n = fread(piece, 1, sizeof piece, from);

    /* What is no stream may have no end. */
    if (!ferror(from) && dw_refuse_other(name, piece, n, err) < 0)
        return err->code;
    for (; n > 0 && !dw_outfile_failed(to);
         n = fread(piece, 1, sizeof piece, from))
        dw_outfile_write(to, piece, n);
    if (ferror(from))
        return dw_fail_errno(err, "cannot read %s", name);
    return 0;
}

static int lay_down(dw_spool *s, FILE *from, const char *name, dw_err *err)
{
    const char *folder = getenv("TMPDIR"), *path;
    dw_buf target = {0};

    if (!folder || !*folder)
        folder = "/tmp";
    dw_buf_addf(&target, "%s/dw-spool-%ld", folder, (long)getpid());
    s->copy = dw_outfile_open(target.s, false, err);
    dw_buf_clear(&target);
    if (!s->copy || copy_all(from, name, s->copy, err) < 0)
        return err->code;
    path = dw_outfile_path(s->copy);
    if (!path || dw_outfile_failed(s->copy))
        return dw_fail(err, DW_EIO,
                       "cannot keep %s in %s, where it is needed to be read "
                       "again; set TMPDIR to a folder with more room",
                       name, folder);
    s->path = dw_strdup(path);
    return 0;
}

static bool is_stdin(const char *path)
{
    return !path || strcmp(path, "-") == 0;
}

bool dw_spool_needed(const char *path)
{
    struct stat st;
    int rc = is_stdin(path) ? fstat(STDIN_FILENO, &st) : stat(path, &st);

    return rc == 0 && !S_ISREG(st.st_mode);
}

dw_spool *dw_spool_open(const char *path, dw_err *err)
{
    bool std = is_stdin(path);
    const char *name = std ? "standard input" : path;
    dw_spool *s = dw_alloc(1, sizeof *s);
    FILE *file;
    int rc;

    if (!std && !dw_spool_needed(path) && access(path, F_OK) == 0) {
        s->path = dw_strdup(path);
        return s;
    }
    file = std ? stdin : fopen(path, "rb");
    rc = file ? dw_refuse_terminal(file, err)
              : dw_fail_errno(err, "cannot read %s", name);
    if (rc == 0)
        rc = lay_down(s, file, name, err);
    if (file && !std)
        fclose(file);
    if (rc < 0) {
        dw_spool_close(s);
        return NULL;
    }
    return s;
}

const char *dw_spool_path(const dw_spool *s)
{
    return s->path;
}

void dw_spool_close(dw_spool *s)
{
    if (!s)
        return;
    dw_outfile_abandon(s->copy);
    dw_free(s->path);
    dw_free(s);
}
