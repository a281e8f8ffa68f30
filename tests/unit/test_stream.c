/* Chunks and runs: order, versions, sizes that lie, skipping in files and
 * pipes, passing on, packing by threads. */
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/par.h"
#include "sample.h"
#include "stream/outfile.h"
#include "tap.h"

/* Sanitizers need the address space for themselves. */
#ifndef __has_feature
#    define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

static char scratch[] = "/tmp/dw-stream-XXXXXX", out_path[64];

/* ---- streams made by hand, to be wrong in one way ---- */

static void add_chunk(dw_buf *b, const char *type, unsigned version,
                      uint64_t records, const dw_buf *payload)
{
    dw_err err = {0};

    sample_must(
        dw_chunk_pack(type, version, records, payload->s, payload->n, b, &err),
        &err);
}

static void add_head(dw_buf *b, bool blocks)
{
    dw_head head = {0};
    dw_buf payload = {0};

    sample_head(&head, 1, blocks);
    add_chunk(b, "HEAD", 1, dw_head_pack(&head, &payload), &payload);
    dw_head_clear(&head);
    dw_buf_clear(&payload);
}

static void add_vars(dw_buf *b, size_t t)
{
    dw_variants v = {0};
    dw_buf payload = {0};

    sample_variants(&v, "22", 100, t);
    dw_variants_pack(&v, &payload);
    add_chunk(b, "VARS", 1, v.m, &payload);
    dw_variants_clear(&v);
    dw_buf_clear(&payload);
}

static void add_ldbk(dw_buf *b, const char *contig, uint64_t records)
{
    dw_ldblock ld = {0};
    dw_buf payload = {0};

    sample_ldblock(&ld, contig, 99);
    dw_ldblock_pack(&ld, &payload);
    add_chunk(b, "LDBK", 1, records, &payload);
    dw_ldblock_clear(&ld);
    dw_buf_clear(&payload);
}

/* A TAIL that is right for what stands in b from `begin` on. */
static void add_tail(dw_buf *b, size_t begin)
{
    dw_run run = {0};
    dw_buf payload = {0};
    dw_err err = {0};
    size_t at = begin;

    while (at < b->n) {
        const unsigned char *header = (unsigned char *)b->s + at;
        dw_chunk chunk;

        sample_must(dw_chunk_read_header(&chunk, header, &err), &err);
        sample_must(dw_run_enter(&run, &chunk, &err), &err);
        sample_must(dw_run_add(&run, &chunk, header, &err), &err);
        at += DW_CHUNK_HEADER + chunk.frame_size;
    }
    dw_buf_addf(&payload, "chunks\t%llu\ncheck\t%016llx\n",
                (unsigned long long)run.chunks,
                (unsigned long long)dw_run_check(&run));
    for (size_t i = 0; i < run.n_types; i++)
        dw_buf_addf(&payload, "count\t%s\t%llu\t%llu\n", run.count[i].type,
                    (unsigned long long)run.count[i].chunks,
                    (unsigned long long)run.count[i].records);
    add_chunk(b, "TAIL", 1, 2 + run.n_types, &payload);
    dw_run_clear(&run);
    dw_buf_clear(&payload);
}

/* Reads all blocks, or all variants of a run without LD; how it ended. */
static int read_all(const dw_buf *b, dw_err *err)
{
    FILE *file = fmemopen(b->s, b->n, "rb");
    dw_source *src = dw_source_take_file(file, "x");
    dw_block block = {0};
    dw_chunk chunk;
    int rc;

    *err = (dw_err){0};
    while ((rc = dw_source_next(src, &chunk, err)) > 0) {
        if (dw_chunk_is(&chunk, "VARS"))
            rc = dw_source_variants(src, &block.var, err);
        else if (dw_chunk_is(&chunk, "LDBK"))
            rc = dw_source_ldblock(src, &block.ld, err);
        if (rc < 0)
            break;
    }
    dw_source_close(src);
    dw_block_clear(&block);
    return rc;
}

#define READS(b, want, words)                                             \
    do {                                                                  \
        dw_err read_err;                                                  \
        int read_rc = read_all(&(b), &read_err);                          \
        OK(read_rc == (want) && strstr(read_err.msg, words), "%s: %d %s", \
           #want, read_rc, read_err.msg);                                 \
        dw_buf_reset(&(b));                                               \
    } while (0)

static void test_order(void)
{
    dw_buf b = {0}, nothing = {0};

    add_head(&b, true);
    add_vars(&b, 1);
    add_ldbk(&b, "22", 2);
    add_tail(&b, 0);
    READS(b, 0, "");

    add_head(&b, true);
    add_vars(&b, 1);
    add_chunk(&b, "priv", 900, 0, &nothing);
    add_ldbk(&b, "22", 2);
    add_tail(&b, 0);
    READS(b, 0, "");

    add_head(&b, true);
    add_chunk(&b, "PRIV", 1, 0, &nothing);
    add_tail(&b, 0);
    READS(b, DW_EVERSION, "chunk 2 (PRIV): a type that this program does not");

    add_vars(&b, 1);
    READS(b, DW_EFORMAT, "VARS chunk where a run has to begin with HEAD");

    add_head(&b, false);
    add_head(&b, false);
    READS(b, DW_EFORMAT, "HEAD chunk within a run");

    add_head(&b, false);
    add_tail(&b, 0);
    add_vars(&b, 1);
    READS(b, DW_EFORMAT, "has to begin with HEAD");

    add_head(&b, false);
    add_tail(&b, 0);
    dw_buf_adds(&b, "junk");
    READS(b, DW_EFORMAT, "cut short");

    add_head(&b, true);
    add_vars(&b, 1);
    add_vars(&b, 1);
    READS(b, DW_EFORMAT, "chunk 3 (VARS): the variants before it have no");

    add_head(&b, true);
    add_vars(&b, 1);
    add_tail(&b, 0);
    READS(b, DW_EFORMAT, "(TAIL): the variants before it have no block");

    add_head(&b, true);
    add_ldbk(&b, "22", 2);
    READS(b, DW_EFORMAT, "it has no variants before it");

    add_head(&b, false);
    add_vars(&b, 1);
    add_ldbk(&b, "22", 2);
    READS(b, DW_EFORMAT, "its HEAD names no LD panel");

    add_head(&b, true);
    add_vars(&b, 1);
    add_ldbk(&b, "21", 2);
    READS(b, DW_EFORMAT, "5 variants of contig 21, and before it stand 5 of");

    add_head(&b, true);
    add_vars(&b, 1);
    add_ldbk(&b, "22", 3);
    READS(b, DW_EFORMAT, "rank 2, and its header says 3");

    add_head(&b, true);
    add_vars(&b, 2);
    READS(b, DW_EFORMAT, "2 traits and 2 annotations, and HEAD says 1 and 2");
    dw_buf_clear(&b);
}

/* Unknown keys: passed over in lower case, refused in upper case. */
static void test_keys(void)
{
    dw_buf b = {0}, text = {0};

    dw_buf_adds(&text, "build\t.\nmood\tgood\n");
    add_chunk(&b, "HEAD", 1, 2, &text);
    add_tail(&b, 0);
    READS(b, 0, "");
    dw_buf_adds(&text, "Mood\tgood\n");
    add_chunk(&b, "HEAD", 1, 3, &text);
    READS(b, DW_EVERSION, "(HEAD): HEAD: line 3: \"Mood\" is not known");
    add_chunk(&b, "HEAD", 2, 2, &text);
    READS(b, DW_EVERSION, "HEAD is of version 2");
    dw_buf_clear(&text);
    dw_buf_clear(&b);
}

/* ---- headers that lie ---- */

static void test_header(void)
{
    dw_chunk c = {.type = "VARS", .version = 3, .records = 1ull << 40};
    dw_chunk back;
    unsigned char h[DW_CHUNK_HEADER];
    dw_err err = {0};
    size_t taken = 0;

    c.raw_size = DW_CHUNK_MAX;
    c.frame_size = 1 << 20;
    dw_chunk_write_header(&c, h);
    OK(dw_chunk_read_header(&back, h, &err) == 0 &&
           dw_chunk_is(&back, "VARS") && back.version == c.version &&
           back.records == c.records && back.raw_size == c.raw_size &&
           back.frame_size == c.frame_size,
       "a header comes back: %s", err.msg);
    for (size_t i = 0; i < 8 * sizeof h; i++) {
        h[i / 8] ^= (unsigned char)(1 << i % 8);
        taken += dw_chunk_read_header(&back, h, &err) == 0;
        h[i / 8] ^= (unsigned char)(1 << i % 8);
    }
    OK(taken == 0, "no bit of it can be turned");
    c.raw_size++;
    dw_chunk_write_header(&c, h);
    OK(dw_chunk_read_header(&back, h, &err) == DW_EFORMAT, "%s", err.msg);
    c.raw_size = DW_CHUNK_MAX;
    c.frame_size = 1000;
    dw_chunk_write_header(&c, h);
    OK(dw_chunk_read_header(&back, h, &err) == DW_EFORMAT, "%s", err.msg);
    c.raw_size = 10;
    c.frame_size = 1ull << 50;
    dw_chunk_write_header(&c, h);
    OK(dw_chunk_read_header(&back, h, &err) == DW_EFORMAT, "%s", err.msg);
    c.frame_size = 10;
    c.type[2] = '1';
    dw_chunk_write_header(&c, h);
    OK(dw_chunk_read_header(&back, h, &err) == DW_EFORMAT, "%s", err.msg);
}

/* A header that claims 4 GiB, packed into 128 MiB that are not there, in 100
 * MiB of address space: refused as cut short, and not for want of memory. */
static void test_claim(void)
{
    dw_chunk c = {.type = "VARS", .version = 1, .raw_size = DW_CHUNK_MAX};
    unsigned char h[DW_CHUNK_HEADER];
    struct rlimit before, low;
    dw_buf b = {0};

    add_head(&b, false);
    c.frame_size = 1 << 27;
    dw_chunk_write_header(&c, h);
    dw_buf_add(&b, h, sizeof h);
    dw_buf_adds(&b, "a few bytes");
    getrlimit(RLIMIT_AS, &before);
    low = before;
    low.rlim_cur = 100 << 20;
    if (!SANITIZED)
        setrlimit(RLIMIT_AS, &low);
    READS(b, DW_EFORMAT, "cut short");
    setrlimit(RLIMIT_AS, &before);
    dw_buf_clear(&b);
}

/* ---- skipping and passing on ---- */

static void slurp(const char *path, dw_buf *b)
{
    FILE *f = fopen(path, "rb");
    int c;

    dw_buf_reset(b);
    while (f && (c = getc(f)) != EOF)
        dw_buf_addc(b, (char)c);
    if (f)
        fclose(f);
}

/* A stream with a chunk large enough to be sought over. */
static void write_large(const char *path, size_t n)
{
    dw_err err = {0};
    dw_sink *sink = dw_sink_open(path, &err);
    dw_buf payload = {0};
    uint64_t x = 1;

    sample_must(sink ? 0 : -1, &err);
    sample_begin(sink, 1, false);
    for (size_t i = 0; i < n; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        dw_buf_addc(&payload, (char)(x >> 56));
    }
    sample_must(dw_sink_chunk(sink, "long", 1, 0, &payload, &err), &err);
    sample_end(sink);
    sample_must(dw_sink_close(sink, &err), &err);
    dw_buf_clear(&payload);
}

static int walk(dw_source *src, dw_err *err)
{
    dw_chunk chunk;
    int rc, n = 0;

    while (src && (rc = dw_source_next(src, &chunk, err)) > 0)
        n++;
    dw_source_close(src);
    return !src || rc < 0 ? -1 : n;
}

static dw_source *from_pipe(const char *path)
{
    char command[128];

    snprintf(command, sizeof command, "cat %s", path);
    return dw_source_take_file(popen(command, "r"), "pipe");
}

static int cut_file(const char *path, size_t n)
{
    int fd = open(path, O_WRONLY);
    int rc = fd < 0 ? -1 : ftruncate(fd, (off_t)n);

    close(fd);
    return rc;
}

static void test_skip(void)
{
    dw_err err = {0};
    dw_buf b = {0};
    size_t cuts[] = {1, 100, 5000, 120000};

    write_large(scratch, 300000);
    OK(walk(dw_source_open(scratch, &err), &err) == 3, "sought over: %s",
       err.msg);
    OK(walk(from_pipe(scratch), &err) == 3, "read through: %s", err.msg);
    slurp(scratch, &b);
    for (size_t i = 0; i < DW_COUNT(cuts); i++) {
        sample_must(cut_file(scratch, b.n - cuts[i]), &err);
        OK(walk(dw_source_open(scratch, &err), &err) < 0 &&
               strstr(err.msg, "cut short"),
           "cut by %zu, sought: %s", cuts[i], err.msg);
        OK(walk(from_pipe(scratch), &err) < 0 && strstr(err.msg, "cut short"),
           "cut by %zu, piped: %s", cuts[i], err.msg);
    }
    dw_buf_clear(&b);
}

/* A reader that only counts chunks seeks over a long TAIL, and still finds that
 * its end is not there. */
static void test_long_tail(void)
{
    dw_err err = {0};
    dw_buf b = {0}, payload = {0};
    dw_reader *r;
    dw_chunk chunk;
    FILE *f = fopen(scratch, "wb");
    int rc;

    for (unsigned i = 0, x = 1; i < 100000; i++)
        dw_buf_addc(&payload, (char)((x = x * 1664525 + 1013904223) >> 24));
    add_head(&b, false);
    add_chunk(&b, "TAIL", 1, 0, &payload);
    fwrite(b.s, 1, b.n - 1, f);
    fclose(f);
    r = dw_reader_open(scratch, &err);
    while ((rc = dw_reader_next(r, &chunk, &err)) > 0)
        ;
    OK(rc == DW_EFORMAT && strstr(err.msg, "cut short"), "%s", err.msg);
    dw_reader_close(r);
    dw_buf_clear(&b);
    dw_buf_clear(&payload);
}

/* Every chunk passed on, read or unread: the same bytes. */
static void test_pass(enum sample_kind kind, bool unpack)
{
    dw_buf a = {0}, b = {0};
    dw_err err = {0};
    dw_source *src;
    dw_sink *sink;
    dw_chunk chunk;
    int rc;

    sample_write(scratch, kind);
    src = dw_source_open(scratch, &err);
    sink = dw_sink_open(out_path, &err);
    while ((rc = dw_source_next(src, &chunk, &err)) > 0) {
        const unsigned char *p;
        unsigned version;
        size_t n;

        if (unpack)
            sample_must(dw_source_payload(src, &p, &n, &version, &err), &err);
        sample_must(dw_sink_pass(sink, src, &err), &err);
    }
    dw_source_close(src);
    OK(rc == 0 && dw_sink_close(sink, &err) == 0, "passed on");
    slurp(scratch, &a);
    slurp(out_path, &b);
    OK(a.n == b.n && !memcmp(a.s, b.s, a.n), "%s: byte for byte, %s",
       sample_name[kind], unpack ? "unpacked before" : "not unpacked");
    dw_buf_clear(&a);
    dw_buf_clear(&b);
}

/* ---- packing by threads ---- */

enum { N_PACKED = 16 };

struct packing {
    dw_buf payload[N_PACKED], packed[N_PACKED];
    dw_err err[N_PACKED];
};

static void pack_one(void *ctx, size_t t, size_t i)
{
    struct packing *p = ctx;

    (void)t;
    p->err[i].code = dw_chunk_pack("part", 1, i, p->payload[i].s,
                                   p->payload[i].n, &p->packed[i], &p->err[i]);
}

static void write_packed(const char *path, size_t threads)
{
    static struct packing p;
    dw_pool *pool = dw_pool_new(threads);
    dw_err err = {0};
    dw_sink *sink = dw_sink_open(path, &err);

    p = (struct packing){0};
    for (size_t i = 0; i < N_PACKED; i++) {
        for (size_t j = 0; j < 1000 * i; j++)
            dw_buf_addf(&p.payload[i], "%zu ", j * i % 77);
    }
    sample_begin(sink, 1, false);
    dw_pool_for(pool, N_PACKED, pack_one, &p);
    for (size_t i = 0; i < N_PACKED; i++) {
        sample_must(p.err[i].code, &p.err[i]);
        sample_must(dw_sink_packed(sink, &p.packed[i], &err), &err);
        dw_buf_clear(&p.payload[i]);
        dw_buf_clear(&p.packed[i]);
    }
    sample_end(sink);
    sample_must(dw_sink_close(sink, &err), &err);
    dw_pool_free(pool);
}

static void test_threads(void)
{
    dw_buf a = {0}, b = {0};
    dw_err err = {0};

    write_packed(scratch, 1);
    write_packed(out_path, 4);
    slurp(scratch, &a);
    slurp(out_path, &b);
    OK(a.n == b.n && !memcmp(a.s, b.s, a.n), "four threads, the same bytes");
    OK(walk(dw_source_open(out_path, &err), &err) == N_PACKED + 2, "whole: %s",
       err.msg);
    dw_buf_clear(&a);
    dw_buf_clear(&b);
}

/* ---- writers that are wrong ---- */

static void test_writer(void)
{
    dw_err err = {0};
    dw_sink *sink = dw_sink_open(out_path, &err);
    dw_buf b = {0};

    remove(out_path);
    dw_buf_adds(&b, "x");
    OK(dw_sink_chunk(sink, "VARS", 1, 0, &b, &err) == DW_EFORMAT, "%s",
       err.msg);
    sample_begin(sink, 1, false);
    OK(dw_sink_close(sink, &err) == DW_EBUG, "%s", err.msg);
    OK(access(out_path, F_OK) != 0, "and nothing is left behind");
    dw_buf_clear(&b);
}

/* ---- outputs ---- */

static void test_outfile(void)
{
    dw_err err = {0};
    dw_outfile *out = dw_outfile_open(out_path, false, &err);
    struct stat st;
    dw_buf b = {0};

    dw_outfile_printf(out, "%d\n", 7);
    OK(access(out_path, F_OK) != 0, "not there while it is written");
    OK(dw_outfile_close(out, &err) == 0, "closed");
    slurp(out_path, &b);
    OK(b.n == 2 && !strcmp(b.s, "7\n"), "whole");
    out = dw_outfile_open(out_path, false, &err);
    dw_outfile_write(out, "8", 1);
    dw_outfile_abandon(out);
    slurp(out_path, &b);
    OK(!strcmp(b.s, "7\n"), "abandoned: what was there before stays");
    OK(stat(out_path, &st) == 0 && (st.st_mode & 0777) != 0600,
       "with the rights that the umask gives");
    OK(!dw_outfile_open("", false, &err) && err.code == DW_EIO, "%s", err.msg);
    out = dw_outfile_open("/dev/full", true, &err);
    if (out) {
        for (int i = 0; i < 100000 && !dw_outfile_failed(out); i++)
            dw_outfile_write(out, "0123456789", 10);
        OK(dw_outfile_failed(out), "a full disk is known at once");
        OK(dw_outfile_close(out, &err) == DW_EIO, "%s", err.msg);
    }
    remove(out_path);
    dw_buf_clear(&b);
}

int main(void)
{
    int fd = mkstemp(scratch);

    if (fd < 0)
        return 1;
    close(fd);
    snprintf(out_path, sizeof out_path, "%s.out", scratch);
    test_order();
    test_keys();
    test_header();
    test_claim();
    test_skip();
    test_long_tail();
    for (int kind = 0; kind < SAMPLE_KINDS; kind++) {
        test_pass((enum sample_kind)kind, false);
        test_pass((enum sample_kind)kind, true);
    }
    test_threads();
    test_writer();
    test_outfile();
    remove(scratch);
    remove(out_path);
    return tap_done();
}
