#include "output/bgzf_out.h"

#include <errno.h>
#include <stdbool.h>

#include <htslib/bgzf.h>
#include <htslib/hts_log.h>

#include "base/mem.h"
#include "stream/outfile.h"

struct dw_bgzf_out {
    dw_outfile *file; /* owns the name; the bytes are written by bgzf */
    BGZF *bgzf;
    char *path;
    int failed; /* errno of the first write that failed, or 0 */
};

static void fail_now(dw_bgzf_out *out)
{
    if (!out->failed)
        out->failed = errno ? errno : EIO;
}

dw_bgzf_out *dw_bgzf_out_open(const char *path, dw_err *err)
{
    dw_bgzf_out *out = dw_alloc(1, sizeof *out);
    const char *temp;

    out->path = dw_strdup(path);
    out->file = dw_outfile_open(path, true, err);
    if (!out->file)
        goto fail;
    temp = dw_outfile_path(out->file);
    hts_set_log_level(HTS_LOG_OFF); /* the caller tells what is to be told */
    if (temp)
        out->bgzf = bgzf_open(temp, "w");
    if (!out->bgzf) {
        dw_fail_errno(err, "cannot write %s", path);
        goto fail;
    }
    return out;
fail:
    dw_bgzf_out_abandon(out);
    return NULL;
}

void dw_bgzf_out_write(dw_bgzf_out *out, const void *p, size_t n)
{
    if (!out->failed && n && bgzf_write(out->bgzf, p, n) < 0)
        fail_now(out);
}

int dw_bgzf_out_finish(dw_bgzf_out *out, dw_err *err)
{
    if (out->bgzf && bgzf_close(out->bgzf) != 0)
        fail_now(out);
    out->bgzf = NULL;
    if (!out->failed)
        return 0;
    errno = out->failed;
    return dw_fail_errno(err, "cannot write %s", out->path);
}

int dw_bgzf_out_close(dw_bgzf_out *out, dw_err *err)
{
    int rc = dw_bgzf_out_finish(out, err);

    if (rc == 0) {
        rc = dw_outfile_close(out->file, err);
        out->file = NULL;
    }
    dw_bgzf_out_abandon(out);
    return rc;
}

void dw_bgzf_out_abandon(dw_bgzf_out *out)
{
    if (!out)
        return;
    if (out->bgzf)
        (void)!bgzf_close(out->bgzf); /* what it wrote is removed below */
    dw_outfile_abandon(out->file);
    dw_free(out->path);
    dw_free(out);
}
