#include "stream/reread.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "stream/payload.h"

struct dw_reread {
    int fd;
    char *name;
    dw_payload payload;
};

dw_reread *dw_reread_new(const dw_reader *reader, dw_err *err)
{
    int fd = dw_reader_descriptor(reader, err);
    dw_reread *r;

    if (fd < 0)
        return NULL;
    r = dw_alloc(1, sizeof *r);
    r->fd = fd;
    r->name = dw_strdup(dw_reader_name(reader));
    return r;
}

void dw_reread_free(dw_reread *r)
{
    if (!r)
        return;
    close(r->fd);
    dw_payload_clear(&r->payload);
    dw_free(r->name);
    dw_free(r);
}

static int changed(const dw_reread *r, const dw_place *place, dw_err *err)
{
    return dw_fail(err, DW_EMISMATCH,
                   "%s: its %s chunk at byte %llu is not what it was: the file "
                   "has changed since it was first read",
                   r->name, place->chunk.type, (unsigned long long)place->at);
}

static int read_bytes(const dw_reread *r, const dw_place *place, uint64_t at,
                      void *to, size_t n, dw_err *err)
{
    char *p = to;

    while (n) {
        ssize_t got = pread(r->fd, p, n, (off_t)at);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return dw_fail_errno(err, "cannot read %s again", r->name);
        if (got == 0)
            return changed(r, place, err);
        p += got;
        n -= (size_t)got;
        at += (uint64_t)got;
    }
    return 0;
}

/* Just as large as the largest so far. */
static int make_room(dw_reread *r, size_t size, dw_err *err)
{
    dw_payload *payload = &r->payload;

    if (size <= payload->cap_packed && payload->packed)
        return 0;
    dw_free(payload->packed);
    payload->packed = dw_try_alloc(size, 1);
    payload->cap_packed = payload->packed ? size : 0;
    return payload->packed
               ? 0
               : dw_fail(err, DW_ENOMEM,
                         "%s: not enough memory for %zu bytes of a chunk",
                         r->name, size);
}

int dw_reread_payload(dw_reread *r, const dw_place *place,
                      const unsigned char **p, size_t *n, dw_err *err)
{
    const dw_chunk *chunk = &place->chunk;
    size_t size = (size_t)chunk->frame_size;
    unsigned char header[DW_CHUNK_HEADER], was[DW_CHUNK_HEADER];
    dw_payload *payload = &r->payload;

    if (make_room(r, size, err) < 0 ||
        read_bytes(r, place, place->at, header, sizeof header, err) < 0 ||
        read_bytes(r, place, place->at + sizeof header, payload->packed, size,
                   err) < 0)
        return err->code;
    dw_chunk_write_header(chunk, was);
    if (memcmp(header, was, sizeof was) != 0 ||
        dw_payload_check(payload, chunk) != place->check)
        return changed(r, place, err);
    if (dw_payload_unpack(payload, chunk, err) < 0)
        return err->code == DW_EFORMAT ? changed(r, place, err)
                                       : dw_err_prefix(err, "%s", r->name);
    *p = payload->raw;
    *n = (size_t)chunk->raw_size;
    return 0;
}
