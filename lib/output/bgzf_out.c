#include "output/bgzf_out.h"

#include <stdbool.h>
#include <string.h>

#include <htslib/bgzf.h>

#include "base/mem.h"
#include "stream/outfile.h"

/* Blocks are packed here and written by dw_outfile, not by a BGZF handle: that
 * one keeps its buffers for ever when its last write fails (htslib 1.16). */
struct dw_bgzf_out {
    dw_outfile *file;
    unsigned char *raw, *packed;
    size_t n;      /* bytes of raw that wait */
    bool finished; /* the marker of the end is written */
    bool broken;   /* a block could not be packed */
};

dw_bgzf_out *dw_bgzf_out_open(const char *path, dw_err *err)
{
    dw_bgzf_out *out = dw_alloc(1, sizeof *out);

    out->raw = dw_alloc(BGZF_BLOCK_SIZE, 1);
    out->packed = dw_alloc(BGZF_MAX_BLOCK_SIZE, 1);
    out->file = dw_outfile_open(path, true, err);
    if (!out->file) {
        dw_bgzf_out_abandon(out);
        return NULL;
    }
    return out;
}

/* Writes what waits as one block; an empty one is the marker of the end. */
static void put_block(dw_bgzf_out *out)
{
    size_t n = BGZF_MAX_BLOCK_SIZE;

    if (bgzf_compress(out->packed, &n, out->raw, out->n, -1) < 0)
        out->broken = true;
    else
        dw_outfile_write(out->file, out->packed, n);
    out->n = 0;
}

void dw_bgzf_out_write(dw_bgzf_out *out, const void *p, size_t n)
{
    const unsigned char *from = p;

    while (n > 0) {
        size_t room = BGZF_BLOCK_SIZE - out->n, part = n < room ? n : room;

        memcpy(out->raw + out->n, from, part);
        out->n += part;
        from += part;
        n -= part;
        if (out->n == BGZF_BLOCK_SIZE)
            put_block(out);
    }
}

int dw_bgzf_out_finish(dw_bgzf_out *out, dw_err *err)
{
    dw_outfile *file = out->file;

    if (!out->finished) {
        if (out->n > 0)
            put_block(out);
        put_block(out);
        out->finished = true;
    }
    if (out->broken)
        return dw_fail(err, DW_EIO, "a block could not be compressed");
    (void)!dw_outfile_path(file); /* flushes */
    if (!dw_outfile_failed(file))
        return 0;
    out->file = NULL;
    return dw_outfile_close(file, err); /* says why */
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
    dw_outfile_abandon(out->file);
    dw_free(out->raw);
    dw_free(out->packed);
    dw_free(out);
}
