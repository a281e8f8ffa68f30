/*
 * The files of tests/golden, one for each kind of stream: they still read as
 * what they were made from; cut at any byte, or with any bit turned, they are
 * refused or read as the same.
 *
 * test_golden --write DIR makes the files anew, for a look at the difference.
 */
#include "sample.h"
#include "tap.h"

/* What a stream holds, as bytes: every payload that a reader understands is
 * unpacked and packed again, so that what was not understood is not there. */
struct content {
    dw_buf bytes;
    dw_err err;
    int rc;
};

static void add_head(dw_source *src, dw_buf *out)
{
    dw_head_pack(dw_source_head(src), out);
}

static int add_variants(dw_source *src, dw_buf *out, dw_err *err)
{
    dw_variants v = {0};
    int rc = dw_source_variants(src, &v, err);

    if (rc == 0)
        dw_variants_pack(&v, out);
    dw_variants_clear(&v);
    return rc;
}

static int add_ldblock(dw_source *src, dw_buf *out, dw_err *err)
{
    dw_ldblock b = {0};
    int rc = dw_source_ldblock(src, &b, err);

    if (rc == 0)
        dw_ldblock_pack(&b, out);
    dw_ldblock_clear(&b);
    return rc;
}

static int add_other(dw_source *src, const char *type, dw_buf *out, dw_err *err)
{
    const unsigned char *p;
    unsigned version;
    size_t n;
    int rc = dw_source_payload(src, &p, &n, &version, err);
    dw_tracks tracks = {0};
    dw_scores scores = {0};
    dw_truth truth = {0};

    if (rc < 0)
        return rc;
    if (!strcmp(type, "TRAK")) {
        rc = dw_tracks_unpack(&tracks, version, p, n, err);
        if (rc == 0)
            dw_tracks_pack(&tracks, out);
    } else if (!strcmp(type, "SCOR")) {
        rc = dw_scores_unpack(&scores, version, p, n, err);
        if (rc == 0)
            dw_scores_pack(&scores, out);
    } else if (!strcmp(type, "true")) {
        rc = dw_truth_unpack(&truth, version, p, n, err);
        if (rc == 0)
            dw_truth_pack(&truth, out);
    } else {
        dw_buf_add(out, p, n);
    }
    dw_tracks_clear(&tracks);
    dw_scores_clear(&scores);
    dw_truth_clear(&truth);
    return rc;
}

static int add_chunk(dw_source *src, const dw_chunk *chunk, dw_buf *out,
                     dw_err *err)
{
    dw_buf_add(out, chunk->type, 4);
    if (dw_chunk_is(chunk, "HEAD")) {
        add_head(src, out);
        return 0;
    }
    if (dw_chunk_is(chunk, "VARS"))
        return add_variants(src, out, err);
    if (dw_chunk_is(chunk, "LDBK"))
        return add_ldblock(src, out, err);
    return add_other(src, chunk->type, out, err);
}

static void content_read(struct content *c, const void *p, size_t n)
{
    FILE *file = fmemopen((void *)p, n, "rb");
    dw_source *src = dw_source_take_file(file, "memory");
    dw_chunk chunk;

    c->err = (dw_err){0};
    dw_buf_reset(&c->bytes);
    while ((c->rc = dw_source_next(src, &chunk, &c->err)) > 0) {
        c->rc = add_chunk(src, &chunk, &c->bytes, &c->err);
        if (c->rc < 0)
            break;
    }
    dw_source_close(src);
}

static bool same(const struct content *a, const struct content *b)
{
    return a->bytes.n == b->bytes.n &&
           !memcmp(a->bytes.s, b->bytes.s, a->bytes.n);
}

static void read_file(const char *path, dw_buf *b)
{
    FILE *file = fopen(path, "rb");
    char piece[4096];
    size_t n;

    while (file && (n = fread(piece, 1, sizeof piece, file)) > 0)
        dw_buf_add(b, piece, n);
    if (file)
        fclose(file);
}

/* Every cut: refused, with a message, and as broken or as no stream. */
static void test_cuts(const char *name, const dw_buf *file)
{
    struct content cut = {0};
    size_t taken = 0, dumb = 0;

    for (size_t n = 1; n < file->n; n++) {
        /* Of its own size, so that a read past the end is seen. */
        char *part = dw_alloc(n, 1);

        memcpy(part, file->s, n);
        content_read(&cut, part, n);
        taken += cut.rc >= 0;
        dumb += cut.rc != DW_EFORMAT || !strstr(cut.err.msg, "memory: ");
        dw_free(part);
    }
    OK(taken == 0, "%s: each of %zu cuts is refused", name, file->n - 1);
    OK(dumb == 0, "%s: each with a message: %s", name, cut.err.msg);
    dw_buf_clear(&cut.bytes);
}

/* Every bit: no turned one gives another content. */
static void test_bits(const char *name, const dw_buf *file,
                      const struct content *whole)
{
    struct content turned = {0};
    size_t wrong = 0, same_content = 0;

    for (size_t i = 0; i < 8 * file->n; i++) {
        file->s[i / 8] ^= (char)(1 << i % 8);
        content_read(&turned, file->s, file->n);
        file->s[i / 8] ^= (char)(1 << i % 8);
        if (turned.rc == 0 && same(&turned, whole))
            same_content++;
        else
            wrong += turned.rc >= 0;
    }
    OK(wrong == 0, "%s: no turned bit changes what is read", name);
    /* zstd can pack the same bytes in more ways than one. */
    OK(same_content < 8 * file->n / 100, "%s: %zu turned bits have no meaning",
       name, same_content);
    dw_buf_clear(&turned.bytes);
}

static void test_golden(enum sample_kind kind, const char *scratch)
{
    const char *name = sample_name[kind];
    struct content golden = {0}, fresh = {0}, twice = {0};
    dw_buf file = {0}, again = {0};
    char path[64];

    snprintf(path, sizeof path, "tests/golden/%s.dws", name);
    read_file(path, &file);
    OK(file.n > 0 && file.n < 2048, "%s: %zu bytes", path, file.n);
    sample_write(scratch, kind);
    read_file(scratch, &again);
    content_read(&golden, file.s, file.n);
    content_read(&fresh, again.s, again.n);
    OK(golden.rc == 0, "%s is read: %s", name, golden.err.msg);
    OK(same(&golden, &fresh), "%s holds what it was made from", name);
    test_cuts(name, &file);
    test_bits(name, &file, &golden);

    dw_buf_add(&again, file.s, file.n);
    content_read(&twice, again.s, again.n);
    OK(twice.rc == 0 && twice.bytes.n == 2 * golden.bytes.n,
       "%s: two put together by cat are read: %s", name, twice.err.msg);
    dw_buf_clear(&golden.bytes);
    dw_buf_clear(&fresh.bytes);
    dw_buf_clear(&twice.bytes);
    dw_buf_clear(&file);
    dw_buf_clear(&again);
}

int main(int argc, char **argv)
{
    char scratch[] = "/tmp/dw-golden-XXXXXX", path[4096];
    int fd;

    if (argc == 3 && !strcmp(argv[1], "--write")) {
        for (int kind = 0; kind < SAMPLE_KINDS; kind++) {
            snprintf(path, sizeof path, "%s/%s.dws", argv[2],
                     sample_name[kind]);
            sample_write(path, (enum sample_kind)kind);
        }
        return 0;
    }
    fd = mkstemp(scratch);
    if (fd < 0)
        return 1;
    for (int kind = 0; kind < SAMPLE_KINDS; kind++)
        test_golden((enum sample_kind)kind, scratch);
    remove(scratch);
    return tap_done();
}
