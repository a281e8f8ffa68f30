#include "input/packed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <htslib/bgzf.h>
#include <htslib/hfile.h>
#include <htslib/hts.h>
#include <htslib/hts_log.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/mem.h"
#include "base/tmpfile.h"

enum { MAGIC_SIZE = 18 }; /* what tells bgzip from gzip */

struct dw_packed {
    char *name;
    int fd;            /* ours; what htslib reads is a copy of it */
    off_t begin;       /* where it stood; -1 for a pipe */
    BGZF *bgzf;        /* plain, gzip, bgzip; NULL for zstd */
    hFILE *raw;        /* zstd only: bgzf owns its own */
    ZSTD_DStream *dec; /* zstd only */
    ZSTD_inBuffer in;
    char *bytes; /* what `in` points into */
    size_t cap;
    bool mid_frame; /* zstd: the last frame is not yet whole */
    int error;      /* errno of a fault of the system */
    bool too_wide;  /* zstd: packed with --long, beyond what we take */
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
     "is a stream of this suite, not text: dw-view shows it, dw-ingest --add "
     "adds to it"},
};

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

static int open_zstd(dw_packed *p, hFILE *raw, dw_err *err)
{
    p->raw = raw;
    p->dec = ZSTD_createDStream();
    p->cap = ZSTD_DStreamInSize();
    p->bytes = dw_alloc(p->cap, 1);
    p->in = (ZSTD_inBuffer){p->bytes, 0, 0};
    if (!p->dec || ZSTD_isError(ZSTD_initDStream(p->dec)))
        return dw_fail(err, DW_ENOMEM, "%s: no memory to unpack it", p->name);
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
static int open_by_content(dw_packed *p, hFILE *raw, dw_err *err)
{
    unsigned char magic[MAGIC_SIZE] = {0};
    ssize_t n = hpeek(raw, magic, sizeof magic);

    p->raw = raw;
    if (n < 0)
        return dw_fail_errno(err, "%s", p->name);
    for (size_t i = 0; i < DW_COUNT(foreign); i++) {
        if ((size_t)n >= foreign[i].n &&
            memcmp(magic, foreign[i].bytes, foreign[i].n) == 0)
            return dw_fail(err, DW_EFORMAT, "%s: %s", p->name,
                           foreign[i].words);
    }
    if (is_zstd(magic, (size_t)n))
        return open_zstd(p, raw, err);
    /* No gzip file is that short: htslib would take one for plain text. */
    if (n > 0 && n < MAGIC_SIZE && magic[0] == 0x1f &&
        (n == 1 || magic[1] == 0x8b))
        return dw_fail(err, DW_EFORMAT, "%s: this .gz file is cut short",
                       p->name);
    if (n >= 2 && n < 4 && memcmp(magic, "\x28\xb5\x2f", (size_t)n) == 0)
        return dw_fail(err, DW_EFORMAT, "%s: this .zst file is cut short",
                       p->name);
    p->bgzf = bgzf_hopen(raw, "r");
    if (!p->bgzf)
        return dw_fail_errno(err, "%s", p->name);
    p->raw = NULL;
    return 0;
}

/* Begins to read at the start of the descriptor. */
static int start(dw_packed *p, dw_err *err)
{
    int copy = dup(p->fd);
    hFILE *raw = copy < 0 ? NULL : hdopen(copy, "r");

    if (!raw) {
        dw_fail_errno(err, "%s", p->name);
        if (copy >= 0)
            close(copy);
        return DW_EIO;
    }
    return open_by_content(p, raw, err);
}

/* Lets go of all that `start` made. */
static void stop(dw_packed *p)
{
    /* Only ever read: there is nothing that closing could lose. */
    if (p->bgzf)
        (void)!bgzf_close(p->bgzf);
    if (p->raw)
        (void)!hclose(p->raw);
    ZSTD_freeDStream(p->dec);
    dw_free(p->bytes);
    p->bgzf = NULL;
    p->raw = NULL;
    p->dec = NULL;
    p->bytes = NULL;
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

dw_packed *dw_packed_open(const char *path, bool kept, dw_err *err)
{
    int fd = open_fd(path, err);
    dw_packed *p;

    if (fd >= 0 && kept && lseek(fd, 0, SEEK_CUR) < 0) {
        int rc = keep(path, &fd, err);

        if (rc == 0 && lseek(fd, 0, SEEK_SET) < 0)
            rc = dw_fail_errno(err, "%s", path);
        if (rc < 0) {
            close(fd);
            return NULL;
        }
    }
    if (fd < 0)
        return NULL;
    hts_set_log_level(HTS_LOG_OFF); /* faults are told by us, once */
    p = dw_alloc(1, sizeof *p);
    p->fd = fd;
    p->begin = lseek(fd, 0, SEEK_CUR);
    p->name = dw_strdup(strcmp(path, "-") == 0 ? "stdin" : path);
    if (start(p, err) < 0) {
        dw_packed_close(p);
        return NULL;
    }
    return p;
}

void dw_packed_close(dw_packed *p)
{
    if (!p)
        return;
    stop(p);
    close(p->fd);
    dw_free(p->name);
    dw_free(p);
}

const char *dw_packed_name(const dw_packed *p)
{
    return p->name;
}

const char *dw_packed_kind(const dw_packed *p)
{
    if (p->dec)
        return "zstd";
    if (!p->bgzf->is_compressed)
        return "plain text";
    return p->bgzf->is_gzip ? "gzip" : "bgzip";
}

int dw_packed_rewind(dw_packed *p, dw_err *err)
{
    if (lseek(p->fd, p->begin, SEEK_SET) < 0)
        return dw_fail_errno(err, "%s: cannot be read a second time", p->name);
    stop(p);
    p->mid_frame = false;
    return start(p, err);
}

/* ---- reading ---- */

static int system_fault(dw_packed *p)
{
    p->error = errno ? errno : EIO;
    return DW_EIO;
}

static ssize_t read_zstd(dw_packed *p, char *to, size_t n)
{
    ZSTD_outBuffer out = {to, n, 0};

    for (;;) {
        ssize_t got;

        /* Asked within a frame even without input: it may hold back output. */
        if (p->in.pos < p->in.size || p->mid_frame) {
            size_t left = ZSTD_decompressStream(p->dec, &out, &p->in);

            if (ZSTD_isError(left)) {
                p->too_wide = ZSTD_getErrorCode(left) ==
                              ZSTD_error_frameParameter_windowTooLarge;
                return DW_EFORMAT;
            }
            p->mid_frame = left != 0;
            if (out.pos)
                return (ssize_t)out.pos;
            if (p->in.pos < p->in.size)
                continue;
        }
        got = hread(p->raw, p->bytes, p->cap);
        if (got < 0)
            return system_fault(p);
        if (got == 0)
            return p->mid_frame ? DW_EFORMAT : 0;
        p->in = (ZSTD_inBuffer){p->bytes, (size_t)got, 0};
    }
}

/* What is left of the current block: of what stands before a broken one
 * nothing is lost. */
static ssize_t read_bgzf(dw_packed *p, char *to, size_t n)
{
    BGZF *f = p->bgzf;
    int c = bgzf_peek(f);
    size_t block = (size_t)(f->block_length - f->block_offset);

    if (c >= 0)
        return bgzf_read(f, to, block < n ? block : n);
    if (c < -1)
        return f->is_compressed ? DW_EFORMAT : system_fault(p);
    /* Without its end block a bgzip file was cut between two blocks. */
    if (f->is_compressed && !f->is_gzip && f->no_eof_block)
        return DW_EFORMAT;
    return 0;
}

ssize_t dw_packed_read(dw_packed *p, char *to, size_t n)
{
    return p->dec ? read_zstd(p, to, n) : read_bgzf(p, to, n);
}

int dw_packed_fail(const dw_packed *p, size_t line, dw_err *err)
{
    if (p->error) {
        errno = p->error;
        return dw_fail_errno(err, "%s", p->name);
    }
    if (p->too_wide)
        return dw_fail(err, DW_EFORMAT,
                       "%s: packed with zstd --long, which takes too much "
                       "memory: unpack it with zstd -dc --long=31",
                       p->name);
    return dw_fail(err, DW_EFORMAT,
                   "%s: this %s file is broken or cut short, after line %zu: "
                   "get it again",
                   p->name, p->dec ? ".zst" : ".gz", line);
}
