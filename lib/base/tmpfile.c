#include "base/tmpfile.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"

int dw_tmpfile_open(dw_err *err)
{
    const char *dir = getenv("TMPDIR");
    dw_buf path = {0};
    int fd;

    dw_buf_addf(&path, "%s/dw-XXXXXX", dir && *dir ? dir : "/tmp");
    fd = mkstemp(path.s);
    if (fd < 0)
        dw_fail_errno(
            err, "cannot make a temporary file %s (TMPDIR says where)", path.s);
    else
        unlink(path.s);
    dw_buf_clear(&path);
    return fd < 0 ? DW_EIO : fd;
}
