#include "input/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <htslib/bgzf.h>
#include <htslib/hfile.h>
#include <htslib/hts.h>
#include <htslib/hts_log.h>
#include <zstd.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/tmpfile.h"

enum {
    BUFFER_SIZE = 1 << 18, /* read at once; grows for a longer line */
    LINE_MAX_BYTES = 64 << 20,
    MAGIC_SIZE = 18, /* what tells bgzip from gzip */
};

struct dw_lines {
    char *name;
    int fd;            /* ours; what htslib reads is a copy of it */
    off_t begin;       /* where it stood; -1 for a pipe */
    BGZF *bgzf;        /* plain, gzip, bgzip; NULL for zstd */
    hFILE *raw;        /* zstd only: bgzf owns its own */
    ZSTD_DStream *dec; /* zstd only */
    ZSTD_inBuffer in;
    char *packed; /* what `in` points into */
    size_t packed_cap;
    bool mid_frame; /* zstd: the last frame is not yet whole */
    bool at_end;    /* nothing more can be read */
    int broken;     /* the fault that was told; told again if asked again */

    char *buf;
    size_t cap, from, to; /* the bytes not yet given: [from, to) */
    size_t scanned;       /* no newline in [from, from + scanned) */
    size_t number;
    dw_digest *digest;
};

/* What is not text, by its first bytes, with what to do about it. */
static const struct magic {
    const char *bytes;
    size_t n;
    const char *words;
} foreign[] = {
    {"\xff\xfe", 2, "is UTF-16; convert it: iconv -f UTF-16 -t UTF-8"},
    {"\xfe\xff", 2, "is UTF-16; convert it: iconv -f UTF-16 -t UTF-8"},
    {"\xfd"
     "7zXZ",
     5, "is packed by xz; unpack it with xz -dc"},
    {"BZh", 3, "is packed by bzip2; unpack it with bzip2 -dc"},
    {"PK\x03\x04", 4, "is a zip archive; unpack it with unzip -p"},
    {"\x6c\x1b", 2, "holds PLINK genotypes, not text"},
    {"\x5d\x2a\x4d\x18\x2c\0\0\0dws", 11,
     "is a stream of this suite, not text; dw-view shows it"},
};

const char *dw_input_library(void)
{
    static char text[64];

    if (!text[0])
        snprintf(text, sizeof text, "htslib %s", hts_version());
    return text;
}

/* Opens a path or stdin, with the reason in words when it cannot be read. */
static int open_fd(const char *path, dw_err *err)
{
    struct stat st;
    int fd;

    fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY);
    if (fd < 0)
        return dw_fail_errno(err, "%s", path);
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        close(fd);
        return dw_fail(err, DW_EIO, "%s: is a directory", path);
    }
    return fd;
}

static int open_zstd(dw_lines *l, hFILE *raw, dw_err *err)
{
    l->raw = raw;
    l->dec = ZSTD_createDStream();
    l->packed_cap = ZSTD_DStreamInSize();
    l->packed = dw_alloc(l->packed_cap, 1);
    l->in = (ZSTD_inBuffer){l->packed, 0, 0};
    if (!l->dec || ZSTD_isError(ZSTD_initDStream(l->dec)))
        return dw_fail(err, DW_ENOMEM, "%s: no memory to unpack it", l->name);
    return 0;
}

/* A frame, or a skippable one: pzstd begins its files with that. */
static bool is_zstd(const unsigned char *magic, size_t n)
{
    return n >= 4 && (memcmp(magic, "\x28\xb5\x2f\xfd", 4) == 0 ||
                      ((magic[0] & 0xf0) == 0x50 &&
                       memcmp(magic + 1, "\x2a\x4d\x18", 3) == 0));
}

/* Looks at the first bytes and chooses how to unpack. Takes `raw` over. */
static int open_by_content(dw_lines *l, hFILE *raw, dw_err *err)
{
    unsigned char magic[MAGIC_SIZE] = {0};
    ssize_t n = hpeek(raw, magic, sizeof magic);

    l->raw = raw;
    if (n < 0)
        return dw_fail_errno(err, "%s", l->name);
    for (size_t i = 0; i < DW_COUNT(foreign); i++) {
        if ((size_t)n >= foreign[i].n &&
            memcmp(magic, foreign[i].bytes, foreign[i].n) == 0)
            return dw_fail(err, DW_EFORMAT, "%s: %s", l->name,
                           foreign[i].words);
    }
    if (is_zstd(magic, (size_t)n))
        return open_zstd(l, raw, err);
    /* No gzip file is that short: htslib would take one for plain text. */
    if (n > 0 && n < MAGIC_SIZE && magic[0] == 0x1f &&
        (n == 1 || magic[1] == 0x8b))
        return dw_fail(err, DW_EFORMAT, "%s: this .gz file is cut short",
                       l->name);
    if (n >= 2 && n < 4 && memcmp(magic, "\x28\xb5\x2f", (size_t)n) == 0)
        return dw_fail(err, DW_EFORMAT, "%s: this .zst file is cut short",
                       l->name);
    l->bgzf = bgzf_hopen(raw, "r");
    if (!l->bgzf)
        return dw_fail_errno(err, "%s", l->name);
    l->raw = NULL;
    return 0;
}

/* Begins to read at the start of the descriptor. */
static int start(dw_lines *l, dw_err *err)
{
    int copy = dup(l->fd);
    hFILE *raw = copy < 0 ? NULL : hdopen(copy, "r");

    if (!raw) {
        dw_fail_errno(err, "%s", l->name);
        if (copy >= 0)
            close(copy);
        return DW_EIO;
    }
    l->digest = dw_digest_new();
    return open_by_content(l, raw, err);
}

/* Lets go of all that `start` made. */
static void stop(dw_lines *l)
{
    /* Only ever read: there is nothing that closing could lose. */
    if (l->bgzf)
        (void)!bgzf_close(l->bgzf);
    if (l->raw)
        (void)!hclose(l->raw);
    ZSTD_freeDStream(l->dec);
    dw_digest_free(l->digest);
    dw_free(l->packed);
    l->bgzf = NULL;
    l->raw = NULL;
    l->dec = NULL;
    l->digest = NULL;
    l->packed = NULL;
}

/* Takes the descriptor over. */
static dw_lines *open_from(const char *path, int fd, dw_err *err)
{
    dw_lines *l;

    hts_set_log_level(HTS_LOG_OFF); /* faults are told by us, once */
    l = dw_alloc(1, sizeof *l);
    l->fd = fd;
    l->begin = lseek(fd, 0, SEEK_CUR);
    l->name = dw_strdup(strcmp(path, "-") == 0 ? "stdin" : path);
    l->cap = BUFFER_SIZE;
    l->buf = dw_alloc(l->cap, 1);
    if (start(l, err) < 0) {
        dw_lines_close(l);
        return NULL;
    }
    return l;
}

/* Copies what is left of a pipe to a temporary file, which takes its place. */
static int keep(const char *path, int *fd, dw_err *err)
{
    char part[1 << 15];
    int kept = dw_tmpfile_open(err);
    ssize_t got;

    if (kept < 0)
        return kept;
    while ((got = read(*fd, part, sizeof part)) != 0) {
        ssize_t done = 0;

        if (got < 0 && errno == EINTR)
            continue;
        while (done < got) {
            ssize_t n = write(kept, part + done, (size_t)(got - done));

            if (n < 0 && errno != EINTR)
                break;
            done += n > 0 ? n : 0;
        }
        if (got < 0 || done < got) {
            dw_fail_errno(err, "%s: %s", path,
                          got < 0 ? "read" : "copy to a temporary file");
            close(kept);
            return DW_EIO;
        }
    }
    close(*fd);
    *fd = kept;
    return 0;
}

dw_lines *dw_lines_open_kept(const char *path, dw_err *err)
{
    int fd = open_fd(path, err);

    if (fd >= 0 && lseek(fd, 0, SEEK_CUR) < 0) {
        int rc = keep(path, &fd, err);

        if (rc == 0 && lseek(fd, 0, SEEK_SET) < 0)
            rc = dw_fail_errno(err, "%s", path);
        if (rc < 0) {
            close(fd);
            return NULL;
        }
    }
    return fd < 0 ? NULL : open_from(path, fd, err);
}

dw_lines *dw_lines_open(const char *path, dw_err *err)
{
    int fd = open_fd(path, err);

    return fd < 0 ? NULL : open_from(path, fd, err);
}

void dw_lines_close(dw_lines *l)
{
    if (!l)
        return;
    stop(l);
    close(l->fd);
    dw_free(l->buf);
    dw_free(l->name);
    dw_free(l);
}

int dw_lines_rewind(dw_lines *l, dw_err *err)
{
    if (lseek(l->fd, l->begin, SEEK_SET) < 0)
        return dw_fail_errno(err, "%s: cannot be read a second time", l->name);
    stop(l);
    l->mid_frame = l->at_end = false;
    l->broken = 0;
    l->from = l->to = l->scanned = l->number = 0;
    return start(l, err);
}

static int cut_short(dw_lines *l, const char *what, dw_err *err)
{
    return l->broken = dw_fail(
               err, DW_EFORMAT,
               "%s: this %s file is broken or cut short, after line %zu: get "
               "it again",
               l->name, what, l->number);
}

/* Up to n unpacked bytes: how many, 0 at a whole end, negative. */
static ssize_t read_zstd(dw_lines *l, char *p, size_t n, dw_err *err)
{
    ZSTD_outBuffer out = {p, n, 0};

    for (;;) {
        ssize_t got;

        /* Asked within a frame even without input: it may hold back output. */
        if (l->in.pos < l->in.size || l->mid_frame) {
            size_t left = ZSTD_decompressStream(l->dec, &out, &l->in);

            if (ZSTD_isError(left))
                return cut_short(l, ".zst", err);
            l->mid_frame = left != 0;
            if (out.pos)
                return (ssize_t)out.pos;
            if (l->in.pos < l->in.size)
                continue;
        }
        got = hread(l->raw, l->packed, l->packed_cap);
        if (got < 0)
            return l->broken = dw_fail_errno(err, "%s", l->name);
        if (got == 0)
            return l->mid_frame ? cut_short(l, ".zst", err) : 0;
        l->in = (ZSTD_inBuffer){l->packed, (size_t)got, 0};
    }
}

static ssize_t read_bgzf(dw_lines *l, char *p, size_t n, dw_err *err)
{
    ssize_t got = bgzf_read(l->bgzf, p, n);

    if (got < 0 && !l->bgzf->is_compressed) {
        errno = errno ? errno : EIO;
        return l->broken = dw_fail_errno(err, "%s", l->name);
    }
    if (got < 0)
        return cut_short(l, ".gz", err);
    /* Without its end block a bgzip file was cut between two blocks. */
    if (got == 0 && l->bgzf->is_compressed && !l->bgzf->is_gzip &&
        l->bgzf->no_eof_block)
        return cut_short(l, ".gz", err);
    return got;
}

/* Adds bytes behind buf[to): 1, 0 when there are no more, negative. */
static int fill(dw_lines *l, dw_err *err)
{
    ssize_t got;

    if (l->from) {
        memmove(l->buf, l->buf + l->from, l->to - l->from);
        l->to -= l->from;
        l->from = 0;
    }
    if (l->to == l->cap) {
        void *p = l->buf;

        if (l->cap >= LINE_MAX_BYTES)
            return l->broken =
                       dw_fail(err, DW_EFORMAT,
                               "%s:%zu: a line of more than %d MiB: "
                               "is this a text file?",
                               l->name, l->number + 1, LINE_MAX_BYTES >> 20);
        if (dw_try_grow(&p, &l->cap, l->cap * 2, 1) < 0)
            return l->broken = dw_fail(err, DW_ENOMEM,
                                       "%s:%zu: no memory for a line of %zu "
                                       "bytes",
                                       l->name, l->number + 1, l->cap * 2);
        l->buf = p;
    }
    got = l->dec ? read_zstd(l, l->buf + l->to, l->cap - l->to, err)
                 : read_bgzf(l, l->buf + l->to, l->cap - l->to, err);
    if (got < 0)
        return (int)got;
    if (got == 0) {
        l->at_end = true;
        return 0;
    }
    dw_digest_add(l->digest, l->buf + l->to, (size_t)got);
    l->to += (size_t)got;
    return 1;
}

/* Cuts what belongs to the encoding, not to the line; refuses a NUL. */
static int clean_line(dw_lines *l, dw_span *line, dw_err *err)
{
    if (line->n && line->s[line->n - 1] == '\r')
        line->n--;
    if (l->number == 1 && line->n >= 3 &&
        memcmp(line->s, "\xef\xbb\xbf", 3) == 0)
        *line = (dw_span){line->s + 3, line->n - 3};
    if (line->n && memchr(line->s, 0, line->n))
        return l->broken = dw_fail(err, DW_EFORMAT,
                                   "%s:%zu: a NUL byte: this is no text file "
                                   "(UTF-16 is converted by iconv)",
                                   l->name, l->number);
    return 1;
}

int dw_lines_next(dw_lines *l, dw_span *line, dw_err *err)
{
    if (l->broken)
        return dw_fail(err, l->broken, "%s: cannot be read on", l->name);
    for (;;) {
        size_t have = l->to - l->from;
        const char *start = l->buf + l->from;
        const char *at = have > l->scanned ? memchr(start + l->scanned, '\n',
                                                    have - l->scanned)
                                           : NULL;
        int rc;

        if (at || (l->at_end && have)) {
            *line = (dw_span){start, at ? (size_t)(at - start) : have};
            l->from += line->n + (at != NULL);
            l->scanned = 0;
            l->number++;
            return clean_line(l, line, err);
        }
        if (l->at_end)
            return 0;
        l->scanned = have;
        if ((rc = fill(l, err)) < 0)
            return rc;
    }
}

const char *dw_lines_name(const dw_lines *l)
{
    return l->name;
}

const char *dw_lines_packing(const dw_lines *l)
{
    if (l->dec)
        return "zstd";
    if (!l->bgzf->is_compressed)
        return "plain text";
    return l->bgzf->is_gzip ? "gzip" : "bgzip";
}

size_t dw_lines_number(const dw_lines *l)
{
    return l->number;
}

uint64_t dw_lines_digest(const dw_lines *l)
{
    return dw_digest_value(l->digest);
}

dw_origin dw_lines_origin(const dw_lines *l)
{
    return (dw_origin){l->name, l->number, dw_lines_digest(l)};
}

int dw_lines_fail(const dw_lines *l, dw_err *err, int code, const char *column,
                  const char *fmt, ...)
{
    char text[DW_ERR_MAX];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (column)
        return dw_fail(err, code, "%s:%zu: column %s: %s", l->name, l->number,
                       column, text);
    return dw_fail(err, code, "%s:%zu: %s", l->name, l->number, text);
}

char *dw_lines_stem(const char *path, const char *ending)
{
    const char *slash = strrchr(path, '/');
    const char *from = slash ? slash + 1 : path;
    const char *to = strstr(from, ending);

    if (strcmp(path, "-") == 0)
        return dw_strdup("");
    return dw_strndup(from, to ? (size_t)(to - from) : strcspn(from, "."));
}
