/* Chunks read again by where they stand, in any order; not those of a file that
 * has changed meanwhile. */
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "stream/reread.h"
#include "tap.h"

enum { CHUNKS = 7, MOST = 5000 };

static char path[] = "/tmp/dw-reread-XXXXXX";

/* What chunk i of world w holds: as many bytes in each world. */
static size_t content(int w, size_t i, unsigned char *p)
{
    size_t n = i * 701;

    for (size_t j = 0; j < n; j++)
        p[j] = (unsigned char)(j % 7 * i + (size_t)w);
    return n;
}

static void write_stream(int w)
{
    static unsigned char p[MOST];
    dw_err err = {0};
    dw_writer *to = dw_writer_open(path, &err);
    int rc = to ? 0 : err.code;

    for (size_t i = 0; i < CHUNKS && rc == 0; i++) {
        size_t n = content(w, i, p);
        const char *type = i == 0 ? "HEAD" : i == CHUNKS - 1 ? "TAIL" : "test";

        rc = dw_writer_chunk(to, type, 3, i, p, n, &err);
    }
    if (rc < 0 || dw_writer_close(to, &err) < 0)
        printf("Bail out! %s\n", err.msg);
}

/* Reads it whole; the places of its chunks; the reader. */
static dw_reader *read_places(dw_place place[CHUNKS], bool *all)
{
    dw_err err = {0};
    dw_reader *r = dw_reader_open(path, &err);
    const unsigned char *p;
    dw_chunk chunk;
    size_t n;

    *all = r != NULL;
    for (size_t i = 0; i < CHUNKS && *all; i++) {
        *all = dw_reader_next(r, &chunk, &err) == 1;
        *all = *all && !dw_reader_place(r, &place[i]); /* not taken yet */
        *all = *all && dw_reader_payload(r, &p, &n, &err) == 0 &&
               dw_reader_place(r, &place[i]);
    }
    return r;
}

static void test_again(void)
{
    static unsigned char want[MOST];
    dw_err err = {0};
    dw_place place[CHUNKS];
    const unsigned char *p;
    bool all, same = true;
    dw_reread *again;
    dw_reader *r;
    size_t n;

    write_stream(1);
    r = read_places(place, &all);
    OK(all, "places of %d chunks", CHUNKS);
    again = dw_reread_new(r, &err);
    dw_reader_close(r);
    OK(again != NULL, "without the reader");
    for (size_t i = 0; i < 2 * CHUNKS; i++) {
        size_t at = (CHUNKS - 1) * i * 3 % CHUNKS, size = content(1, at, want);

        same = same &&
               dw_reread_payload(again, &place[at], &p, &n, &err) == 0 &&
               n == size && memcmp(p, want, n) == 0;
    }
    OK(same, "each is what it was, in any order: %s", err.msg);
    dw_reread_free(again);
    dw_reread_free(NULL);
}

/* By changes to the file beneath, which is one and the same. */
static void test_changed(void)
{
    static char now[1 << 16];
    dw_err err = {0};
    dw_place place[CHUNKS];
    const unsigned char *p;
    bool all;
    dw_reread *again;
    dw_reader *r;
    FILE *file;
    size_t n, size;

    write_stream(2);
    file = fopen(path, "rb");
    size = file ? fread(now, 1, sizeof now, file) : 0;
    if (file)
        fclose(file);
    write_stream(1);
    r = read_places(place, &all);
    again = all ? dw_reread_new(r, &err) : NULL;
    if (!again)
        printf("Bail out! %s\n", err.msg);
    file = fopen(path, "r+b");
    OK(file && fwrite(now, 1, size, file) == size && fclose(file) == 0 &&
           dw_reread_payload(again, &place[3], &p, &n, &err) == DW_EMISMATCH,
       "another content of the same size: %s", err.msg);
    OK(strstr(err.msg, path) && strstr(err.msg, "has changed since"),
       "the message names the file");
    OK(truncate(path, (off_t)(place[3].at + 60)) == 0 &&
           dw_reread_payload(again, &place[3], &p, &n, &err) == DW_EMISMATCH,
       "cut short within it");
    OK(truncate(path, 10) == 0 &&
           dw_reread_payload(again, &place[3], &p, &n, &err) == DW_EMISMATCH,
       "cut short before it");
    dw_reread_free(again);
    dw_reader_close(r);
}

static void test_pipe(void)
{
    dw_err err = {0};
    const unsigned char *p;
    dw_place place;
    dw_chunk chunk;
    dw_reader *r;
    char *command = dw_alloc(1, 64);
    uint64_t done, all;
    size_t n;

    write_stream(1);
    snprintf(command, 64, "cat %s", path);
    r = dw_reader_take_file(popen(command, "r"), "a pipe");
    OK(dw_reader_next(r, &chunk, &err) == 1 &&
           dw_reader_payload(r, &p, &n, &err) == 0 &&
           !dw_reader_place(r, &place) &&
           !dw_reader_read_so_far(r, &done, &all),
       "a pipe has no places");
    dw_reader_close(r);
    dw_free(command);
}

int main(void)
{
    int fd = mkstemp(path);

    if (fd < 0)
        return 1;
    close(fd);
    test_again();
    test_changed();
    test_pipe();
    unlink(path);
    return tap_done();
}
