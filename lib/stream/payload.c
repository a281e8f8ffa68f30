#include "stream/payload.h"

#include <zstd.h>

#include "base/mem.h"

/* The settings of the packer: above these time grows and size hardly falls (a
 * second table takes half as long again, for a hundredth of the bytes).  What
 * is alike in a chunk lies close together, so that a small table, which stays
 * in a core's own cache, finds it; matches are short. */
static const struct setting {
    ZSTD_cParameter parameter;
    int value;
} SETTINGS[] = {
    {ZSTD_c_compressionLevel, 3}, {ZSTD_c_strategy, ZSTD_fast},
    {ZSTD_c_hashLog, 14},         {ZSTD_c_minMatch, 4},
    {ZSTD_c_contentSizeFlag, 1},  {ZSTD_c_checksumFlag, 1},
};

/* The checksum, of four bytes, ends the frame; in front of it stand a magic
 * number and a descriptor at least. */
enum { CHECK = 4, FRAME_MIN = 5 };

const char *dw_payload_library(void)
{
    return "zstd " ZSTD_VERSION_STRING;
}

void dw_payload_clear(dw_payload *p)
{
    ZSTD_freeDCtx(p->zstd);
    dw_free(p->packed);
    dw_free(p->raw);
    *p = (dw_payload){0};
}

static int damaged(const dw_chunk *chunk, const char *why, dw_err *err)
{
    return dw_fail(err, DW_EFORMAT, "the %s chunk is damaged: %s", chunk->type,
                   why);
}

static int check_frame(const dw_payload *p, const dw_chunk *chunk, dw_err *err)
{
    size_t size = (size_t)chunk->frame_size;

    if (ZSTD_findFrameCompressedSize(p->packed, size) != size ||
        ZSTD_getFrameContentSize(p->packed, size) != chunk->raw_size)
        return damaged(chunk, "its sizes are not those of its header", err);
    /* Bit 2 of the frame header's descriptor (RFC 8878, 3.1.1.1.1). */
    if (size < FRAME_MIN || !(((unsigned char *)p->packed)[4] & 4))
        return damaged(chunk, "it has no checksum", err);
    return 0;
}

static int make_room(dw_payload *p, const dw_chunk *chunk, dw_err *err)
{
    size_t raw = (size_t)chunk->raw_size;

    if (raw > p->cap_raw || !p->raw) {
        dw_free(p->raw);
        p->cap_raw = 0;
        p->raw = dw_try_alloc(raw, 1);
        if (!p->raw)
            return dw_fail(err, DW_ENOMEM,
                           "not enough memory for the %zu bytes of a %s chunk",
                           raw, chunk->type);
        p->cap_raw = raw;
    }
    if (!p->zstd && !(p->zstd = ZSTD_createDCtx()))
        return dw_fail(err, DW_ENOMEM, "not enough memory for zstd");
    return 0;
}

int dw_payload_unpack(dw_payload *p, const dw_chunk *chunk, dw_err *err)
{
    size_t raw = (size_t)chunk->raw_size, got;

    if (check_frame(p, chunk, err) < 0 || make_room(p, chunk, err) < 0)
        return err->code;
    got = ZSTD_decompressDCtx(p->zstd, p->raw, raw, p->packed,
                              (size_t)chunk->frame_size);
    if (ZSTD_isError(got))
        return damaged(chunk, ZSTD_getErrorName(got), err);
    if (got != raw)
        return damaged(chunk, "it unpacks to another size", err);
    return 0;
}

uint32_t dw_payload_check(const dw_payload *p, const dw_chunk *chunk)
{
    const unsigned char *end =
        (const unsigned char *)p->packed + chunk->frame_size;
    uint32_t check = 0;

    for (int i = 1; i <= CHECK; i++)
        check = check << 8 | end[-i];
    return check;
}

int dw_payload_pack(const char *type, const void *raw, size_t n, dw_buf *out,
                    dw_err *err)
{
    size_t bound = ZSTD_compressBound(n), size;
    ZSTD_CCtx *cctx = ZSTD_createCCtx();

    if (!cctx)
        return dw_fail(err, DW_ENOMEM, "not enough memory for zstd");
    for (size_t i = 0; i < DW_COUNT(SETTINGS); i++)
        ZSTD_CCtx_setParameter(cctx, SETTINGS[i].parameter, SETTINGS[i].value);
    dw_buf_reserve(out, bound);
    size = ZSTD_compress2(cctx, out->s + out->n, bound, raw, n);
    ZSTD_freeCCtx(cctx);
    if (ZSTD_isError(size))
        return dw_fail(err, DW_ENOMEM, "zstd cannot pack a %s chunk: %s", type,
                       ZSTD_getErrorName(size));
    out->n += size;
    out->s[out->n] = 0;
    return 0;
}

bool dw_payload_unpack_to(void *raw, size_t n, const void *frame, size_t size)
{
    return ZSTD_decompress(raw, n, frame, size) == n;
}
