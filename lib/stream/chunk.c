#include "stream/chunk.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Where the fields stand: dw-stream(5), "Chunk header". */
enum {
    AT_MAGIC = 0,
    AT_SIZE = 4,
    AT_NAME = 8,
    AT_MAJOR = 11,
    AT_TYPE = 12,
    AT_VERSION = 16,
    AT_FLAGS = 18,
    AT_RECORDS = 20,
    AT_RAW = 28,
    AT_FRAME = 36,
    AT_RESERVED = 44,
    AT_CHECK = 48,
};

static const uint32_t MAGIC = 0x184D2A5D;

/* A block of zstd takes at least 4 bytes and gives at most 128 KiB. */
static const uint64_t RATIO_MAX = 32768;

static void put(unsigned char *p, uint64_t x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (unsigned char)(x >> 8 * i);
}

static uint64_t get(const unsigned char *p, size_t n)
{
    uint64_t x = 0;

    for (size_t i = 0; i < n; i++)
        x |= (uint64_t)p[i] << 8 * i;
    return x;
}

bool dw_chunk_is(const dw_chunk *chunk, const char *type)
{
    return strcmp(chunk->type, type) == 0;
}

bool dw_chunk_is_critical(const dw_chunk *chunk)
{
    return chunk->type[0] >= 'A' && chunk->type[0] <= 'Z';
}

void dw_chunk_write_header(const dw_chunk *chunk,
                           unsigned char header[DW_CHUNK_HEADER])
{
    memset(header, 0, DW_CHUNK_HEADER);
    put(header + AT_MAGIC, MAGIC, 4);
    put(header + AT_SIZE, DW_CHUNK_HEADER - AT_NAME, 4);
    memcpy(header + AT_NAME, "dws", 3);
    header[AT_MAJOR] = DW_STREAM_MAJOR;
    memcpy(header + AT_TYPE, chunk->type, 4);
    put(header + AT_VERSION, chunk->version, 2);
    put(header + AT_RECORDS, chunk->records, 8);
    put(header + AT_RAW, chunk->raw_size, 8);
    put(header + AT_FRAME, chunk->frame_size, 8);
    put(header + AT_CHECK, dw_hash(header, AT_CHECK), 4);
}

static bool is_type(const char *s)
{
    for (size_t i = 0; i < 4; i++) {
        char c = s[i] & ~0x20; /* upper case, if it is a letter */

        if (c < 'A' || c > 'Z')
            return false;
    }
    return true;
}

/* What a payload of that size could need, with room for another packer. */
static uint64_t frame_size_max(uint64_t raw_size)
{
    return raw_size + raw_size / 128 + 1024;
}

static int check_sizes(const dw_chunk *chunk, dw_err *err)
{
    if (chunk->raw_size > DW_CHUNK_MAX)
        return dw_fail(err, DW_EFORMAT,
                       "%s chunk claims %" PRIu64 " bytes; 4 GiB is the limit",
                       chunk->type, chunk->raw_size);
    if (chunk->frame_size > frame_size_max(chunk->raw_size) ||
        chunk->raw_size / RATIO_MAX > chunk->frame_size)
        return dw_fail(err, DW_EFORMAT,
                       "%s chunk claims %" PRIu64 " bytes packed into %" PRIu64
                       ", which cannot be",
                       chunk->type, chunk->raw_size, chunk->frame_size);
    return 0;
}

int dw_chunk_read_header(dw_chunk *chunk,
                         const unsigned char header[DW_CHUNK_HEADER],
                         dw_err *err)
{
    if (get(header + AT_MAGIC, 4) != MAGIC ||
        memcmp(header + AT_NAME, "dws", 3) != 0)
        return dw_fail(err, DW_EFORMAT, "no chunk begins here");
    /* First, since a newer header may differ from here on. */
    if (header[AT_MAJOR] > DW_STREAM_MAJOR)
        return dw_fail(err, DW_EVERSION,
                       "a dw stream of version %d, and this program reads up "
                       "to %d: it needs a newer dw",
                       header[AT_MAJOR], DW_STREAM_MAJOR);
    if (get(header + AT_SIZE, 4) != DW_CHUNK_HEADER - AT_NAME ||
        header[AT_MAJOR] != DW_STREAM_MAJOR ||
        get(header + AT_CHECK, 4) != (uint32_t)dw_hash(header, AT_CHECK))
        return dw_fail(err, DW_EFORMAT, "a chunk header is damaged");
    if (get(header + AT_FLAGS, 2) || get(header + AT_RESERVED, 4))
        return dw_fail(err, DW_EVERSION,
                       "a chunk uses what this program does not know: it "
                       "needs a newer dw");
    memcpy(chunk->type, header + AT_TYPE, 4);
    chunk->type[4] = 0;
    if (!is_type(chunk->type))
        return dw_fail(err, DW_EFORMAT, "a chunk's type is not four letters");
    chunk->version = (unsigned)get(header + AT_VERSION, 2);
    chunk->records = get(header + AT_RECORDS, 8);
    chunk->raw_size = get(header + AT_RAW, 8);
    chunk->frame_size = get(header + AT_FRAME, 8);
    return check_sizes(chunk, err);
}

/* ---- runs ---- */

int dw_run_enter(dw_run *run, const dw_chunk *chunk, dw_err *err)
{
    bool head = dw_chunk_is(chunk, "HEAD");

    if (!run->open && !head)
        return dw_fail(err, DW_EFORMAT,
                       "%s chunk where a run has to begin with HEAD",
                       chunk->type);
    if (run->open && head)
        return dw_fail(err, DW_EFORMAT,
                       "HEAD chunk within a run: the run before it was cut "
                       "short of its TAIL");
    if (head) {
        dw_run_clear(run);
        run->digest = dw_digest_new();
    }
    run->open = !dw_chunk_is(chunk, "TAIL");
    return 0;
}

static struct dw_run_count *find_count(dw_run *run, const char *type)
{
    for (size_t i = 0; i < run->n_types; i++) {
        if (strcmp(run->count[i].type, type) == 0)
            return &run->count[i];
    }
    if (run->n_types == DW_CHUNK_TYPES_MAX)
        return NULL;
    memcpy(run->count[run->n_types].type, type, 5);
    return &run->count[run->n_types++];
}

int dw_run_add(dw_run *run, const dw_chunk *chunk,
               const unsigned char header[DW_CHUNK_HEADER], dw_err *err)
{
    struct dw_run_count *count = find_count(run, chunk->type);

    if (!count)
        return dw_fail(err, DW_EFORMAT, "more than %d types of chunks in a run",
                       DW_CHUNK_TYPES_MAX);
    count->chunks++;
    count->records += chunk->records;
    run->chunks++;
    dw_digest_add(run->digest, header, DW_CHUNK_HEADER);
    return 0;
}

uint64_t dw_run_check(const dw_run *run)
{
    return run->digest ? dw_digest_value(run->digest) : 0;
}

void dw_run_clear(dw_run *run)
{
    dw_digest_free(run->digest);
    *run = (dw_run){0};
}
