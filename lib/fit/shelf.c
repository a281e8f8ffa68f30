#include "fit/shelf.h"

#include <errno.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/tmpfile.h"

struct dw_shelf {
    int fd;
    uint64_t end;
};

dw_shelf *dw_shelf_new(dw_err *err)
{
    int fd = dw_tmpfile_open(err);
    dw_shelf *s;

    if (fd < 0)
        return NULL;
    s = dw_alloc(1, sizeof *s);
    s->fd = fd;
    return s;
}

void dw_shelf_free(dw_shelf *s)
{
    if (!s)
        return;
    close(s->fd);
    dw_free(s);
}

uint64_t dw_shelf_bytes(const dw_shelf *s)
{
    return s ? s->end : 0;
}

int dw_shelf_put(dw_shelf *s, const void *p, size_t n, uint64_t *at,
                 dw_err *err)
{
    const char *from = p;

    *at = s->end;
    while (n) {
        ssize_t some = pwrite(s->fd, from, n, (off_t)s->end);

        if (some < 0 && errno == EINTR)
            continue;
        if (some <= 0)
            return dw_fail_errno(err,
                                 "cannot lay blocks down in TMPDIR (a larger "
                                 "--memory needs less of it)");
        from += some;
        n -= (size_t)some;
        s->end += (uint64_t)some;
    }
    return 0;
}

int dw_shelf_get(const dw_shelf *s, uint64_t at, void *p, size_t n)
{
    char *to = p;

    while (n) {
        ssize_t some = pread(s->fd, to, n, (off_t)at);

        if (some < 0 && errno == EINTR)
            continue;
        if (some <= 0)
            return DW_EIO;
        to += some;
        n -= (size_t)some;
        at += (uint64_t)some;
    }
    return 0;
}
