/* region, read_regions: intervals against a plain search over all of them. */
#include "data/region.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rng.h"
#include "input/read_regions.h"
#include "tap.h"

static void add(dw_regions *r, const char *contig, uint32_t start, uint32_t end)
{
    dw_err err = {0};

    OK(dw_regions_add(r, contig, start, end, 0, &err) == 0, "added %s:%u-%u",
       contig, (unsigned)start, (unsigned)end);
}

static void test_find(void)
{
    dw_regions r = {0};
    size_t c;

    add(&r, "10", 5, 10);
    add(&r, "2", 100, 200);
    add(&r, "2", 50, 1000);
    add(&r, "2", 300, 400);
    add(&r, "2", 7, 7);
    dw_regions_sort(&r);
    OK(r.n == 4, "an empty interval is not kept");
    OK(strcmp(r.contig[0].name, "2") == 0, "contigs by number");
    c = dw_regions_contig(&r, "2");
    OK(c == 0 && r.contig[c].end - r.contig[c].first == 3, "contig's range");
    OK(dw_regions_find(&r, c, 50) == SIZE_MAX, "before the start");
    OK(dw_regions_find(&r, c, 51) == 0, "the first base");
    OK(dw_regions_find(&r, c, 1000) == 0, "the last base, past shorter ones");
    OK(dw_regions_find(&r, c, 1001) == SIZE_MAX, "behind the end");
    OK(!dw_regions_hold(&r, "X", 51), "no such contig");
    OK(dw_regions_hold(&r, "10", 10) && !dw_regions_hold(&r, "10", 5),
       "half-open");
    OK(dw_regions_overlap(&r) == 1, "the overlap is found");
    dw_regions_clear(&r);
}

/* Against a search through all, at random. */
static void test_random(void)
{
    dw_rng rng = dw_rng_init(1, 0);
    dw_regions r = {0};
    dw_err err = {0};
    size_t wrong = 0;

    for (size_t i = 0; i < 300; i++) {
        uint32_t start = (uint32_t)dw_rng_below(&rng, 5000);
        uint32_t end = start + (uint32_t)dw_rng_below(&rng, 30);
        char contig[2] = {(char)('1' + dw_rng_below(&rng, 3)), 0};

        if (dw_regions_add(&r, contig, start, end, i, &err) < 0)
            OK(0, "added at random");
    }
    dw_regions_sort(&r);
    for (size_t c = 0; c < r.n_contigs; c++) {
        for (uint32_t pos = 1; pos < 5100; pos++) {
            size_t got = dw_regions_find(&r, c, pos);
            bool held = false;

            for (size_t i = 0; i < r.n; i++)
                held |= r.item[i].contig == c && r.item[i].start < pos &&
                        pos <= r.item[i].end;
            wrong += held != (got != SIZE_MAX);
            wrong += got != SIZE_MAX &&
                     (r.item[got].start >= pos || r.item[got].end < pos);
        }
    }
    OK(wrong == 0, "300 regions, every position: %zu wrong", wrong);
    dw_regions_clear(&r);
}

static void test_text(void)
{
    static const char *const bad[] = {"",      "1:",     "1:x",         "1:5-3",
                                      "1:0-3", "1,,2",   "0",           ":5-6",
                                      "1:5-x", "1:5--7", "1:3000000000"};
    dw_regions r = {0};
    dw_err err = {0};

    OK(dw_regions_add_text(&r, "chr22,06:25-34,X:1000-,HLA:1:7", &err) == 0,
       "a list of regions");
    dw_regions_sort(&r);
    OK(dw_regions_hold(&r, "22", 1) && dw_regions_hold(&r, "22", INT32_MAX),
       "a whole contig");
    OK(dw_regions_hold(&r, "6", 25) && dw_regions_hold(&r, "6", 34) &&
           !dw_regions_hold(&r, "6", 24) && !dw_regions_hold(&r, "6", 35),
       "both ends are within");
    OK(!dw_regions_hold(&r, "X", 999) && dw_regions_hold(&r, "X", 999999),
       "an open end");
    OK(dw_regions_hold(&r, "HLA:1", 7) && !dw_regions_hold(&r, "HLA:1", 8),
       "a name with a colon, and one position");
    for (size_t i = 0; i < DW_COUNT(bad); i++) {
        dw_regions none = {0};

        err = (dw_err){0};
        OK(dw_regions_add_text(&none, bad[i], &err) == DW_EFORMAT && err.msg[0],
           "refused: \"%s\": %s", bad[i], err.msg);
        dw_regions_clear(&none);
    }
    dw_regions_clear(&r);
}

/* Reads a text as a BED; the number of regions, or the fault. */
static long read_text(const char *text, dw_regions *r, dw_err *err)
{
    char path[] = "/tmp/dw-regions-XXXXXX";
    int fd = mkstemp(path), rc;
    size_t n = strlen(text);

    *err = (dw_err){0};
    if (fd < 0 || write(fd, text, n) != (ssize_t)n)
        return -100;
    close(fd);
    rc = dw_read_regions(path, r, NULL, err);
    unlink(path);
    return rc < 0 ? rc : (long)r->n;
}

static void test_read(void)
{
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"", "no interval"},
        {"chr start stop\n", "no interval"},
        {"1 5 10\nchr start stop\n", ":2: column 2"},
        {"chr start stop\nchr start stop\n1 2 3\n", ":2: column 2"},
        {"1 5\n", ":1: 2 fields"},
        {"1 5 x\n", ":1: column 3 (end): \"x\""},
        {"1 10 5\n", "5 is before the start, 10"},
        {"1 -1 5\n", "\"-1\""},
        {"1 1.5 5\n", "\"1.5\""},
        {"0 1 5\n", "no chromosome"},
        {"1 1 99999999999\n", "\"99999999999\""},
    };
    dw_regions r = {0};
    dw_err err;

    OK(read_text("# c\r\nbrowser x 1 2\r\ntrack name=\"a\"\r\n\r\n"
                 " chr \t start \t stop\r\n"
                 " chr2 \t 100 \t 200 \r\n1\t5\t10\tname\t0\t+\r\n"
                 "1 1e+06 2e+06",
                 &r, &err) == 3,
       "blanks, tabs, CR LF, a header: %s", err.msg);
    OK(dw_regions_hold(&r, "2", 200) && !dw_regions_hold(&r, "2", 100) &&
           dw_regions_hold(&r, "1", 6) && dw_regions_hold(&r, "1", 2000000),
       "and all in their places");
    OK(r.n == 3 && r.item[0].line == 7, "a region knows its line");
    dw_regions_clear(&r);
    for (size_t i = 0; i < DW_COUNT(bad); i++) {
        long rc = read_text(bad[i].text, &r, &err);

        OK(rc == DW_EFORMAT && strstr(err.msg, bad[i].says), "refused: %s",
           err.msg);
        dw_regions_clear(&r);
    }
}

static void test_memory(void)
{
    for (unsigned long i = 1; i <= 2; i++) {
        dw_regions r = {0};
        dw_err err = {0};

        dw_mem_fail_at(i);
        OK(dw_regions_add(&r, "1", 1, 2, 0, &err) == DW_ENOMEM,
           "allocation %lu fails", i);
        dw_mem_fail_at(0);
        dw_regions_clear(&r);
    }
}

int main(void)
{
    test_find();
    test_random();
    test_text();
    test_read();
    test_memory();
    return tap_done();
}
