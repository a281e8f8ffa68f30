#include "stream/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "stream/outfile.h"
#include "stream/payload.h"

/* ---- reading ---- */

struct dw_reader {
    FILE *file;
    char *name;
    dw_run run;
    bool began;     /* a chunk was read */
    bool current;   /* there is one now */
    bool in_packed; /* its frame lies in payload.packed */
    bool in_raw;    /* and what it holds in payload.raw */
    dw_chunk chunk;
    unsigned char header[DW_CHUNK_HEADER];
    uint64_t left; /* bytes of its frame not yet read */
    dw_payload payload;
};

dw_reader *dw_reader_take_file(FILE *file, const char *name)
{
    dw_reader *r = dw_alloc(1, sizeof *r);

    r->file = file;
    r->name = dw_strdup(name);
    return r;
}

int dw_refuse_terminal(FILE *file, dw_err *err)
{
    if (!isatty(fileno(file)))
        return 0;
    return dw_fail(err, DW_EUSAGE,
                   "a stream is not typed at a terminal: name a STREAM, or let "
                   "one come through a pipe");
}

dw_reader *dw_reader_open(const char *path, dw_err *err)
{
    bool is_stdin = !path || strcmp(path, "-") == 0;
    const char *name = is_stdin ? "standard input" : path;
    int fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                      : open(path, O_RDONLY | O_CLOEXEC);
    FILE *file = NULL;

    if (fd < 0 || !(file = fdopen(fd, "rb"))) {
        dw_fail_errno(err, "cannot read %s", name);
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    if (dw_refuse_terminal(file, err) < 0) {
        fclose(file);
        return NULL;
    }
    setvbuf(file, NULL, _IOFBF, 1 << 16);
    return dw_reader_take_file(file, name);
}

void dw_reader_close(dw_reader *r)
{
    if (!r)
        return;
    fclose(r->file);
    dw_run_clear(&r->run);
    dw_payload_clear(&r->payload);
    dw_free(r->name);
    dw_free(r);
}

const char *dw_reader_name(const dw_reader *r)
{
    return r->name;
}

const dw_chunk *dw_reader_chunk(const dw_reader *r)
{
    return r->current ? &r->chunk : NULL;
}

const dw_run *dw_reader_run(const dw_reader *r)
{
    return &r->run;
}

/* ---- where it is ---- */

/* Can it be read at any place? */
static bool is_file(const dw_reader *r, struct stat *st)
{
    return fstat(fileno(r->file), st) == 0 && S_ISREG(st->st_mode);
}

bool dw_reader_place(const dw_reader *r, dw_place *place)
{
    uint64_t frame = r->chunk.frame_size;
    struct stat st;
    off_t at;

    if (!r->in_raw || !is_file(r, &st) || (at = ftello(r->file)) < 0)
        return false;
    place->at = (uint64_t)at - frame - DW_CHUNK_HEADER;
    place->chunk = r->chunk;
    place->check = dw_payload_check(&r->payload, &r->chunk);
    return true;
}

bool dw_reader_read_so_far(const dw_reader *r, uint64_t *done, uint64_t *all)
{
    struct stat st;
    off_t at;

    if (!is_file(r, &st) || (at = ftello(r->file)) < 0)
        return false;
    *done = (uint64_t)at;
    *all = (uint64_t)st.st_size;
    return true;
}

int dw_reader_descriptor(const dw_reader *r, dw_err *err)
{
    int fd = fcntl(fileno(r->file), F_DUPFD_CLOEXEC, 3);

    return fd < 0 ? dw_fail_errno(err, "cannot read %s again", r->name) : fd;
}

uint64_t dw_reader_run_check(const dw_reader *r)
{
    return dw_run_check(&r->run);
}

/* Fewer bytes came than had to: an error of the system, or the file's end. */
static int no_more(dw_reader *r, dw_err *err)
{
    if (ferror(r->file))
        return dw_fail_errno(err, "cannot read %s", r->name);
    return dw_fail(err, DW_EFORMAT,
                   "%s: cut short: the stream ends %s; make it again, or copy "
                   "it again",
                   r->name, r->current ? "within a chunk" : "before its TAIL");
}

/* What a file that is no stream seems to be, from its first bytes. */
static const char *look_of(const unsigned char *p, size_t n)
{
    if (n >= 2 && p[0] == 0x1f && p[1] == 0x8b)
        return "gzip";
    if (n >= 4 && memcmp(p, "\x28\xb5\x2f\xfd", 4) == 0)
        return "another zstd file";
    if (n >= 3 && memcmp(p, "\x6c\x1b\x01", 3) == 0)
        return "a PLINK .bed";
    for (size_t i = 0; i < n; i++) {
        if (p[i] < ' ' && !memchr("\t\r\n", p[i], 3))
            return "some other binary";
    }
    return "text";
}

static bool begins_like_a_chunk(const unsigned char *header, size_t n)
{
    return n >= 4 && memcmp(header, "\x5d\x2a\x4d\x18", 4) == 0 &&
           (n < 11 || memcmp(header + 8, "dws", 3) == 0);
}

int dw_refuse_other(const char *name, const void *begin, size_t n, dw_err *err)
{
    if (begins_like_a_chunk(begin, n))
        return 0;
    if (n == 0)
        return dw_fail(err, DW_EFORMAT,
                       "%s: empty, and not a dw stream; did the step before "
                       "it fail?",
                       name);
    return dw_fail(err, DW_EFORMAT,
                   "%s: not a dw stream (it looks like %s); dw-ingest makes "
                   "one",
                   name, look_of(begin, n));
}

/* Leaves the current chunk.  Files are sought over, all but one byte, which
 * has to be there; pipes are read. */
static int skip_rest(dw_reader *r, dw_err *err)
{
    char scrap[1 << 14];

    if (r->left > sizeof scrap &&
        fseeko(r->file, (off_t)(r->left - 1), SEEK_CUR) == 0)
        r->left = 1;
    while (r->left) {
        size_t want = r->left < sizeof scrap ? (size_t)r->left : sizeof scrap;

        if (fread(scrap, 1, want, r->file) != want)
            return no_more(r, err);
        r->left -= want;
    }
    if (dw_chunk_is(&r->chunk, "TAIL"))
        return 0;
    if (dw_run_add(&r->run, &r->chunk, r->header, err) < 0)
        return dw_err_prefix(err, "%s", r->name);
    return 0;
}

int dw_reader_next(dw_reader *r, dw_chunk *chunk, dw_err *err)
{
    size_t n;

    if (r->current && skip_rest(r, err) < 0)
        return err->code;
    r->current = false;
    n = fread(r->header, 1, sizeof r->header, r->file);
    if (n == 0 && r->began && !r->run.open && !ferror(r->file)) {
        dw_payload_clear(&r->payload); /* whoever holds on to the reader */
        return 0;
    }
    if (ferror(r->file))
        return no_more(r, err);
    if (!r->began && dw_refuse_other(r->name, r->header, n, err) < 0)
        return err->code;
    if (n < sizeof r->header)
        return no_more(r, err);
    if (dw_chunk_read_header(&r->chunk, r->header, err) < 0 ||
        dw_run_enter(&r->run, &r->chunk, err) < 0)
        return dw_err_prefix(err, "%s", r->name);
    r->began = r->current = true;
    r->in_packed = r->in_raw = false;
    r->left = r->chunk.frame_size;
    *chunk = r->chunk;
    return 1;
}

/* Reads the frame, taking memory as the bytes come: a size that is claimed and
 * not there costs nothing. */
static int read_frame(dw_reader *r, dw_err *err)
{
    dw_payload *payload = &r->payload;
    size_t size = (size_t)r->chunk.frame_size, have = 0, step = 1 << 20;

    while (have < size) {
        size_t want = size - have < step ? size - have : step;

        if (dw_try_grow(&payload->packed, &payload->cap_packed, have + want,
                        1) < 0)
            return dw_fail(err, DW_ENOMEM,
                           "%s: not enough memory for %zu bytes of a chunk",
                           r->name, have + want);
        if (fread((char *)payload->packed + have, 1, want, r->file) != want)
            return no_more(r, err);
        have += want;
        step = have;
    }
    r->left = 0;
    r->in_packed = true;
    return 0;
}

int dw_reader_payload(dw_reader *r, const unsigned char **p, size_t *n,
                      dw_err *err)
{
    if (!r->current)
        return dw_fail(err, DW_EBUG, "%s: no chunk to unpack", r->name);
    if (!r->in_packed && read_frame(r, err) < 0)
        return err->code;
    if (!r->in_raw && dw_payload_unpack(&r->payload, &r->chunk, err) < 0)
        return dw_err_prefix(err, "%s", r->name);
    r->in_raw = true;
    *p = r->payload.raw;
    *n = (size_t)r->chunk.raw_size;
    return 0;
}

/* ---- writing ---- */

struct dw_writer {
    dw_outfile *out;
    dw_run run;
    dw_buf packed; /* of dw_writer_chunk, kept for its memory */
};

dw_writer *dw_writer_open(const char *path, dw_err *err)
{
    dw_outfile *out = dw_outfile_open(path, true, err);
    dw_writer *w;

    if (!out)
        return NULL;
    w = dw_alloc(1, sizeof *w);
    w->out = out;
    return w;
}

int dw_chunk_pack(const char *type, unsigned version, uint64_t records,
                  const void *payload, size_t n, dw_buf *out, dw_err *err)
{
    dw_chunk chunk = {.version = version, .records = records, .raw_size = n};
    unsigned char header[DW_CHUNK_HEADER] = {0};
    size_t begin = out->n;

    memcpy(chunk.type, type, 4);
    if (n > DW_CHUNK_MAX)
        return dw_fail(err, DW_EDEGENERATE,
                       "a %s chunk would need %zu bytes, and 4 GiB is the "
                       "limit: make smaller blocks (dw-ldblock "
                       "--max-variants)",
                       type, n);
    dw_buf_add(out, header, sizeof header); /* its place */
    if (dw_payload_pack(type, payload, n, out, err) < 0) {
        out->n = begin;
        return err->code;
    }
    chunk.frame_size = out->n - begin - sizeof header;
    dw_chunk_write_header(&chunk, (unsigned char *)out->s + begin);
    return 0;
}

int dw_chunk_unpack(const dw_buf *packed, dw_buf *payload, dw_err *err)
{
    const unsigned char *p = (const unsigned char *)packed->s;
    dw_chunk chunk;

    if (packed->n < DW_CHUNK_HEADER ||
        dw_chunk_read_header(&chunk, p, err) < 0 ||
        packed->n != DW_CHUNK_HEADER + chunk.frame_size)
        return dw_fail(err, DW_EBUG, "a packed chunk is cut short");
    dw_buf_reset(payload);
    dw_buf_reserve(payload, chunk.raw_size);
    if (!dw_payload_unpack_to(payload->s, (size_t)chunk.raw_size,
                              p + DW_CHUNK_HEADER, (size_t)chunk.frame_size))
        return dw_fail(err, DW_EBUG, "a packed chunk does not unpack");
    payload->n = (size_t)chunk.raw_size;
    return 0;
}

/* Counts a chunk in and writes its header. */
static int put_header(dw_writer *w, const dw_chunk *chunk,
                      const unsigned char *header, dw_err *err)
{
    if (dw_run_enter(&w->run, chunk, err) < 0 ||
        (w->run.open && dw_run_add(&w->run, chunk, header, err) < 0))
        return dw_err_prefix(err, "writing");
    dw_outfile_write(w->out, header, DW_CHUNK_HEADER);
    return 0;
}

/* The message comes when the file is closed; this stops what would go on
 * computing for a full disk. */
static int check_written(dw_writer *w, dw_err *err)
{
    int rc;

    if (!dw_outfile_failed(w->out))
        return 0;
    rc = dw_outfile_close(w->out, err);
    w->out = NULL;
    return rc;
}

int dw_writer_put(dw_writer *w, const dw_buf *packed, dw_err *err)
{
    const unsigned char *p = (const unsigned char *)packed->s;
    size_t left = packed->n;

    while (left) {
        dw_chunk chunk;

        if (left < DW_CHUNK_HEADER)
            return dw_fail(err, DW_EBUG, "a packed chunk is cut short");
        if (dw_chunk_read_header(&chunk, p, err) < 0 ||
            put_header(w, &chunk, p, err) < 0)
            return err->code;
        p += DW_CHUNK_HEADER;
        left -= DW_CHUNK_HEADER;
        if (chunk.frame_size > left)
            return dw_fail(err, DW_EBUG, "a packed chunk is cut short");
        dw_outfile_write(w->out, p, (size_t)chunk.frame_size);
        p += chunk.frame_size;
        left -= (size_t)chunk.frame_size;
    }
    return check_written(w, err);
}

int dw_writer_chunk(dw_writer *w, const char *type, unsigned version,
                    uint64_t records, const void *payload, size_t n,
                    dw_err *err)
{
    int rc;

    dw_buf_reset(&w->packed);
    rc = dw_chunk_pack(type, version, records, payload, n, &w->packed, err);
    return rc < 0 ? rc : dw_writer_put(w, &w->packed, err);
}

int dw_writer_copy(dw_writer *w, dw_reader *r, dw_err *err)
{
    char piece[1 << 14];

    if (!r->current)
        return dw_fail(err, DW_EBUG, "%s: no chunk to pass on", r->name);
    if (put_header(w, &r->chunk, r->header, err) < 0)
        return err->code;
    if (r->in_packed)
        dw_outfile_write(w->out, r->payload.packed,
                         (size_t)r->chunk.frame_size);
    while (r->left) {
        size_t want = r->left < sizeof piece ? (size_t)r->left : sizeof piece;

        if (fread(piece, 1, want, r->file) != want)
            return no_more(r, err);
        dw_outfile_write(w->out, piece, want);
        r->left -= want;
    }
    return check_written(w, err);
}

const dw_run *dw_writer_run(const dw_writer *w)
{
    return &w->run;
}

uint64_t dw_writer_run_check(const dw_writer *w)
{
    return dw_run_check(&w->run);
}

static void writer_free(dw_writer *w)
{
    dw_run_clear(&w->run);
    dw_buf_clear(&w->packed);
    dw_free(w);
}

int dw_writer_close(dw_writer *w, dw_err *err)
{
    int rc;

    if (w->run.open || !w->run.digest) {
        dw_writer_abandon(w);
        return dw_fail(err, DW_EBUG, "a stream was not ended with its TAIL");
    }
    rc = dw_outfile_close(w->out, err);
    writer_free(w);
    return rc;
}

void dw_writer_abandon(dw_writer *w)
{
    if (!w)
        return;
    dw_outfile_abandon(w->out);
    writer_free(w);
}
