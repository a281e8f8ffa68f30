/* bigWig and bigBed: means and runs against base by base, whoever wrote the
 * file; columns of annotations; what is refused. */
#include "annot/bigwig_annot.h"

#include <bigWig.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/log.h"
#include "base/rng.h"
#include "made_bigwig.h"
#include "sample.h"
#include "tap.h"

static char dir[] = "/tmp/dw-test-XXXXXX";
static char path[64];
static dw_err err;

/* Two chromosomes; the longer one reaches into a fourth tile. */
enum { LENGTH = 800000, SHORT = 1000, MAX_ITEMS = 40000 };

static const char *const chrom[] = {"chr2", "chrX"};
static const uint32_t length[] = {LENGTH, SHORT};
static made_item item[MAX_ITEMS];
static size_t n_items;
static float base[2][LENGTH]; /* what a base has; NAN: nothing */

static void paint(const made_item *i)
{
    for (uint32_t at = i->start; at < i->end; at++)
        base[i->chrom][at] = isfinite(i->value) ? i->value : NAN;
}

static void begin_items(void)
{
    n_items = 0;
    for (size_t i = 0; i < LENGTH; i++)
        base[0][i] = base[1][i] = NAN;
}

static void add_item(uint32_t c, uint32_t start, uint32_t end, float value)
{
    item[n_items] = (made_item){c, start, end, value, "."};
    paint(&item[n_items++]);
}

/* Gaps, neighbours of one value, zeros, NaN, infinities, single bases. */
static void random_items(uint64_t seed)
{
    dw_rng r = dw_rng_init(seed, 0);
    uint32_t at = 7;

    begin_items();
    while (n_items < MAX_ITEMS - 4) {
        uint32_t n = 1 + (uint32_t)dw_rng_below(&r, n_items % 50 ? 40 : 3000);
        float value = (float)dw_rng_below(&r, 5) - 1;

        if (dw_rng_below(&r, 200) == 0)
            value = dw_rng_below(&r, 2) ? NAN : INFINITY;
        if (dw_rng_below(&r, 9) == 0)
            value = (float)dw_rng_normal(&r) * 1e30f;
        if (dw_rng_below(&r, 3) == 0)
            at += (uint32_t)dw_rng_below(&r, 60);
        if (dw_rng_below(&r, 2000) == 0)
            at += 30000;
        if (at + n > LENGTH)
            break;
        add_item(0, at, at + n, value);
        at += n;
    }
    add_item(1, 0, 1, 5);
    add_item(1, 500, SHORT, -0.25f);
}

static made_bigwig made(void)
{
    return (made_bigwig){.type = 1,
                         .per_block = 500,
                         .packed = 1,
                         .fan = 7,
                         .chrom = chrom,
                         .length = length,
                         .n_chroms = 2,
                         .item = item,
                         .n = n_items};
}

/* The same items, written by libBigWig. */
static void write_by_library(void)
{
    static const char *name[MAX_ITEMS];
    static uint32_t start[MAX_ITEMS], end[MAX_ITEMS];
    static float value[MAX_ITEMS];
    bigWigFile_t *f = bwOpen(path, NULL, "w");

    for (size_t i = 0; i < n_items; i++) {
        name[i] = chrom[item[i].chrom];
        start[i] = item[i].start;
        end[i] = item[i].end;
        value[i] = item[i].value;
    }
    if (!f || bwCreateHdr(f, 4) ||
        !(f->cl = bwCreateChromList(chrom, length, 2)) || bwWriteHdr(f) ||
        bwAddIntervals(f, name, start, end, value, (uint32_t)n_items))
        abort();
    bwClose(f);
}

static double slow_mean(int c, int64_t begin, int64_t end)
{
    double sum = 0, n = 0;

    for (int64_t at = begin; at < end; at++) {
        if (at >= 0 && at < length[c] && !isnan(base[c][at])) {
            sum += base[c][at];
            n++;
        }
    }
    return n > 0 ? sum / n : NAN;
}

/* Means of stretches of all sizes at random places; how many are wrong. */
static size_t wrong_means(dw_signal *s)
{
    dw_rng r = dw_rng_init(5, 0);
    size_t wrong = 0;

    for (size_t i = 0; i < 400; i++) {
        int c = dw_rng_below(&r, 8) == 0;
        int64_t begin = (int64_t)dw_rng_below(&r, LENGTH) - 100;
        int64_t size =
            1 + (int64_t)dw_rng_below(&r, (uint64_t)1 << dw_rng_below(&r, 21));
        double want;
        float got;

        if (c)
            begin /= LENGTH / SHORT;
        want = slow_mean(c, begin, begin + size);
        if (dw_signal_seek(s, c ? "X" : "2") != 1 ||
            dw_signal_mean(s, begin, begin + size, &got, &err) < 0)
            return SIZE_MAX;
        /* Sums of values that cancel: as sure as their parts. */
        if (isnan(want) != isnan(got) ||
            (!isnan(want) && !tap_near(got, want, 1e-6, 1e24)))
            wrong++;
    }
    return wrong;
}

/* Runs of random stretches, base by base. */
static size_t wrong_runs(dw_signal *s)
{
    dw_rng r = dw_rng_init(6, 0);
    dw_runs runs = {0};
    size_t wrong = 0;

    dw_signal_seek(s, "2");
    for (size_t i = 0; i < 20; i++) {
        uint32_t begin = (uint32_t)dw_rng_below(&r, LENGTH);
        uint32_t end = begin + (uint32_t)dw_rng_below(&r, LENGTH);
        uint32_t at;

        dw_runs_reset(&runs);
        if (dw_signal_runs(s, begin, end, SIZE_MAX, &runs, &err) != 1)
            return SIZE_MAX;
        end = end < LENGTH ? end : LENGTH;
        at = runs.n ? runs.start : end;
        for (uint32_t b = begin; b < at; b++)
            wrong += !isnan(base[0][b]);
        for (size_t j = 0; j < runs.n; j++) {
            if (j && (runs.value[j] == runs.value[j - 1] ||
                      (isnan(runs.value[j]) && isnan(runs.value[j - 1]))))
                wrong++;
            for (; at < runs.end[j]; at++)
                wrong += isnan(runs.value[j]) ? !isnan(base[0][at])
                                              : base[0][at] != runs.value[j];
        }
        wrong += at != end;
    }
    dw_runs_clear(&runs);
    return wrong;
}

static void test_signal(const char *what, size_t tiles)
{
    dw_signal *s = dw_signal_open(path, 0, tiles, &err);

    OK(s && wrong_means(s) == 0, "%s: means, base by base, %zu tiles%s", what,
       tiles, err.msg);
    OK(s && wrong_runs(s) == 0, "%s: runs%s", what, err.msg);
    dw_signal_close(s);
}

static void test_writers(void)
{
    made_bigwig m;

    random_items(1);
    m = made();
    write_by_library();
    test_signal("libBigWig's", 1);
    test_signal("libBigWig's", 4);
    made_write(path, &m);
    test_signal("packed, two levels", 2);
    m.packed = 0;
    m.fan = 0;
    m.per_block = 1;
    made_write(path, &m);
    test_signal("unpacked, one level, blocks of one", 2);
    begin_items();
    for (uint32_t i = 0; i < 20000; i++)
        add_item(0, 40 * i + i % 7, 40 * i + i % 7 + 25, (float)(i % 11));
    add_item(1, 3, 28, 2);
    m = made();
    m.type = 2;
    made_write(path, &m);
    test_signal("variable steps", 2);
    begin_items();
    for (uint32_t i = 0; i < 20000; i++)
        add_item(0, 1000 + 30 * i, 1020 + 30 * i, (float)(i % 13));
    add_item(1, 3, 23, 2);
    m = made();
    m.type = 3;
    made_write(path, &m);
    test_signal("fixed steps", 2);
}

/* ---- annotations ---- */

enum { M = 100 };

static void table(dw_variants *v, const char *contig, uint32_t first,
                  uint32_t step)
{
    if (dw_variants_resize(v, M, 0, 0, &err) < 0)
        abort();
    strcpy(v->contig, contig);
    for (uint32_t i = 0; i < M; i++)
        v->pos[i] = first + i * step;
}

static size_t wrong_columns(const dw_variants *v, const float *column)
{
    static const int64_t size[] = {1, 10, 2000, 300000};
    size_t wrong = 0;

    for (size_t k = 0; k < 4; k++) {
        for (size_t i = 0; i < M; i++) {
            int64_t begin = (int64_t)v->pos[i] - 1 - size[k] / 2;
            double want = slow_mean(0, begin, begin + size[k]);
            float got = column[k * M + i];

            wrong +=
                isnan(want) ? !isnan(got) : !tap_near(got, want, 1e-6, 1e24);
        }
    }
    return wrong;
}

static void test_annotator(void)
{
    static float column[4 * M], other[4 * M];
    dw_annotators all = {0};
    dw_variants v = {0};
    char spec[128];
    dw_annotator *a;
    size_t wrong = 0;

    random_items(2);
    write_by_library();
    snprintf(spec, sizeof spec, "DNase=%s@10,2k,300000", path);
    a = dw_bigwig_annot_open(spec, NULL, &err);
    OK(a && a->k == 4 && strcmp(a->name[0], "DNase") == 0 &&
           strcmp(a->name[1], "DNase.10") == 0 &&
           strcmp(a->name[2], "DNase.2000") == 0 &&
           strcmp(a->unit[3], ".") == 0,
       "a column for the base, and one a window %s", err.msg);
    if (!a)
        return;
    for (int step = 6; step >= 0; step--) { /* from right to left */
        table(&v, "2", 1 + (uint32_t)step * 100000, 2700);
        wrong += a->kind->fill(a->self, &v, column, &err) != 0;
        wrong += wrong_columns(&v, column);
    }
    OK(wrong == 0, "columns of tables that overlap and descend");
    table(&v, "2", 400001, 1);
    wrong = a->kind->fill(a->self, &v, other, &err) != 0;
    wrong += wrong_columns(&v, other);
    OK(wrong == 0, "a base each");
    table(&v, "7", 1, 1);
    for (size_t i = 0; i < M; i++)
        column[i] = 0;
    OK(a->kind->fill(a->self, &v, column, &err) == 0 && isnan(column[0]) &&
           isnan(column[4 * M - 1]),
       "a chromosome that it lacks: missing");
    table(&v, "X", 1, 1);
    OK(a->kind->fill(a->self, &v, column, &err) == 0 && column[0] == 5 &&
           isnan(column[1]),
       "the first base, and one without data");
    if (dw_annotators_take(&all, a, &err) < 0)
        abort();
    OK(dw_annotators_finish(&all, &err) == 0, "finished");
    dw_annotators_clear(&all);
    dw_variants_clear(&v);
}

/* An open that is refused with these words. */
static void refused(const char *format, const char *words, int code)
{
    char spec[256];
    dw_annotator *a;

    snprintf(spec, sizeof spec, format, path);
    err = (dw_err){0};
    a = dw_bigwig_annot_open(spec, NULL, &err);
    OK(!a && err.code == code && strstr(err.msg, words), "%s", err.msg);
    dw_annotator_free(a);
    err = (dw_err){0};
}

static void test_usage(void)
{
    static const uint32_t hg38[] = {242193529, 156040895};
    made_bigwig m = made();
    dw_signal *s;

    refused("%s", "NAME=", DW_EUSAGE);
    refused("a=%s@10,10", "10 is there twice", DW_EUSAGE);
    refused("a=%s:5", "has no column 5: it is a bigWig", DW_EMISMATCH);
    refused("a=%s:score", "a number from 4 on", DW_EUSAGE);
    refused("a=http://example.org/a.bw", "download it first", DW_EUSAGE);
    refused("a=%s.gone", "gone", DW_EIO);
    m.length = hg38;
    made_write(path, &m);
    s = dw_signal_open(path, 0, 1, &err);
    OK(s && dw_signal_check_build(s, "GRCh37", &err) == DW_EMISMATCH &&
           strstr(err.msg, "is of GRCh38, by the lengths"),
       "%s", err.msg);
    OK(s && dw_signal_check_build(s, "GRCh38", &err) == 0 &&
           dw_signal_check_build(s, ".", &err) == 0,
       "its own build, and one that is not known");
    dw_signal_close(s);
}

/* Which of several names of a chromosome is meant. */
static void test_names(void)
{
    static const char *const names[] = {"chrM", "chr23", "chrX",
                                        "MT",   "1",     "a b"};
    static const uint32_t lengths[] = {100, 200, 300, 400, 500, 600};
    static const made_item one = {0, 0, 10, 1, "."};
    made_bigwig m = made();
    dw_bigwig *b;

    m.chrom = names;
    m.length = lengths;
    m.n_chroms = 6;
    m.item = &one;
    m.n = 1;
    made_write(path, &m);
    b = dw_bigwig_open(path, &err);
    OK(b && dw_bigwig_find(b, "X") == 2 && dw_bigwig_find(b, "MT") == 3 &&
           dw_bigwig_find(b, "1") == 4,
       "the name itself goes before another one for it");
    OK(b && dw_bigwig_find(b, "2") == SIZE_MAX, "one that is not there");
    OK(b && !dw_bigwig_build(b), "lengths of no build");
    dw_bigwig_close(b);
}

/* ---- bigBed ---- */

static const char *const bed_chrom[] = {"1", "2"};
static const uint32_t bed_length[] = {600000, 600000};
static const made_item bed_item[] = {
    {0, 100, 200, 0, "a\t10\t+"},    {0, 150, 160, 0, "b\t30"},
    {0, 155, 155, 0, "insert\t9"},   {0, 155, 300, 0, "c\t-2\t."},
    {0, 1000, 300000, 0, "d\t.\tx"}, {1, 5, 6, 0, "e\t7.5"},
};

static made_bigwig made_bed(void)
{
    return (made_bigwig){.bed = 1,
                         .per_block = 4,
                         .packed = 1,
                         .fields = 6,
                         .chrom = bed_chrom,
                         .length = bed_length,
                         .n_chroms = 2,
                         .item = bed_item,
                         .n = DW_COUNT(bed_item)};
}

static float mean_of(dw_signal *s, int64_t begin, int64_t end)
{
    float mean = -99;

    return dw_signal_mean(s, begin, end, &mean, &err) < 0 ? -99 : mean;
}

static void test_bed(void)
{
    made_bigwig m = made_bed();
    dw_runs runs = {0};
    dw_signal *s;

    err = (dw_err){0};
    made_write(path, &m);
    OK(dw_bigwig_kind_of(path) == DW_BIGBED, "told by its magic");
    s = dw_signal_open(path, 0, 2, &err);
    OK(s && dw_signal_seek(s, "1") == 1 && mean_of(s, 99, 100) == 0 &&
           mean_of(s, 100, 101) == 1 && mean_of(s, 299, 300) == 1 &&
           mean_of(s, 300, 301) == 0,
       "in or out %s", err.msg);
    OK(mean_of(s, 250, 350) == 0.5f && mean_of(s, -50, 150) == 50 / 150.f,
       "a share of the bases that there are");
    OK(mean_of(s, 299000, 600500) == (float)(1000. / 301000),
       "up to the chromosome's end");
    OK(dw_signal_runs(s, 0, 5000, SIZE_MAX, &runs, &err) == 1 && runs.n == 4 &&
           runs.start == 0 && runs.end[0] == 100 && runs.end[1] == 300 &&
           runs.end[2] == 1000 && runs.end[3] == 5000 && runs.value[3] == 1,
       "runs of 0 and 1");
    OK(mean_of(s, 0, 600000) == (float)(299200. / 600000) &&
           dw_signal_seek(s, "2") == 1 &&
           mean_of(s, 0, 600000) == (float)(1. / 600000),
       "whole tiles of one chromosome, then of another");
    OK(dw_signal_seek(s, "9") == 0 && mean_of(s, 5, 6) == 0,
       "a chromosome without items");
    dw_signal_close(s);
    s = dw_signal_open(path, 5, 2, &err);
    OK(s && dw_signal_seek(s, "1") == 1 && mean_of(s, 120, 121) == 10 &&
           mean_of(s, 152, 153) == 30 && mean_of(s, 156, 157) == 30 &&
           mean_of(s, 199, 201) == 4,
       "of several items the largest %s", err.msg);
    OK(isnan(mean_of(s, 99, 100)) && isnan(mean_of(s, 2000, 2001)),
       "outside, and where the file has no number, it is missing");
    OK(dw_signal_seek(s, "2") == 1 && mean_of(s, 5, 6) == 7.5f,
       "a block of two chromosomes");
    dw_signal_close(s);
    s = dw_signal_open(path, 4, 2, &err);
    OK(s && dw_signal_seek(s, "1") == 1 && mean_of(s, 120, 121) == -99 &&
           strstr(err.msg, "chromosome 1, item at 100: column 4 is not a"),
       "%s", err.msg);
    dw_signal_close(s);
    refused("a=%s:7", "has no column 7", DW_EMISMATCH);
    dw_runs_clear(&runs);
}

/* ---- what is refused ---- */

/* Reads all there is of a file: 0, or what it was refused for. */
static int read_all(size_t column)
{
    static float column_of[M];
    dw_variants v = {0};
    dw_signal *s;
    int rc = 0;

    err = (dw_err){0};
    s = dw_signal_open(path, column, 1, &err);
    if (!s)
        return err.code;
    for (size_t c = 0; c < 2 && rc == 0; c++) {
        table(&v, c ? "X" : "2", 1, LENGTH / M);
        dw_signal_seek(s, v.contig);
        for (size_t i = 0; i < M && rc == 0; i++)
            rc = dw_signal_mean(s, v.pos[i] - 1, v.pos[i] + 999, column_of,
                                &err);
    }
    dw_signal_close(s);
    dw_variants_clear(&v);
    return rc;
}

static void test_broken(void)
{
    made_bigwig m;
    dw_buf b = {0};

    begin_items();
    add_item(0, 5, 10, 1);
    add_item(0, 8, 20, 2);
    m = made();
    made_write(path, &m);
    OK(read_all(0) == DW_EFORMAT && strstr(err.msg, "8-20 overlaps"), "%s",
       err.msg);
    begin_items();
    add_item(0, 500, 510, 1);
    add_item(0, 8, 20, 2);
    m = made();
    m.per_block = 1;
    made_write(path, &m);
    OK(read_all(0) == DW_EFORMAT && strstr(err.msg, "blocks are not in order"),
       "%s", err.msg);
    n_items = 1;
    m = made();
    m.n_says = 1;
    made_write(path, &m);
    OK(read_all(0) == DW_EFORMAT &&
           strstr(err.msg, "fewer values than it says"),
       "%s", err.msg);
    m.n_says = 0;
    m.type = 4;
    made_write(path, &m);
    OK(read_all(0) == DW_EFORMAT && strstr(err.msg, "type that is none"), "%s",
       err.msg);
    item[0].end = 5;
    m.type = 1;
    made_write(path, &m);
    OK(read_all(0) == DW_EFORMAT && strstr(err.msg, "has no length"), "%s",
       err.msg);
    m = made();
    made_bytes(&m, &b);
    for (int i = 0; i < 2; i++) {
        char c = b.s[i];

        b.s[i] = b.s[3 - i];
        b.s[3 - i] = c;
    }
    made_save(path, &b);
    OK(read_all(0) == DW_EFORMAT && strstr(err.msg, "is big-endian"), "%s",
       err.msg);
    b.s[0] = 'X';
    made_save(path, &b);
    OK(read_all(0) == DW_EFORMAT &&
           strstr(err.msg, "neither bigWig nor bigBed"),
       "%s", err.msg);
    dw_buf_clear(&b);
}

/* An index of 28 levels in which both children of a node are the same one: to
 * walk it would take 2^28 steps.  And one that is its own child. */
static void test_folded(void)
{
    enum { LEVELS = 28, NODE = 4 + 2 * 24 };
    made_bigwig m;
    dw_buf b = {0};
    size_t index;

    begin_items();
    add_item(0, 5, 10, 1);
    m = made();
    made_bytes(&m, &b);
    index = b.n;
    made_set_u64(&b, 24, index);
    dw_pack_u32(&b, 0x2468ACE0);
    for (int i = 0; i < 11; i++)
        dw_pack_u32(&b, 0);
    for (size_t i = 0; i < LEVELS; i++) {
        struct made_place place = {0, 0, 1, 1000, b.n + NODE, 0};

        dw_pack_u32(&b, 2 << 16); /* a twig of two */
        made_put_place(&b, &place);
        made_put_place(&b, &place);
    }
    made_leaf(&b, NULL, 0);
    made_save(path, &b);
    OK(read_all(0) == DW_EFORMAT && strstr(err.msg, "does not fit"), "%s",
       err.msg);
    made_set_u64(&b, index + 48 + 4 + 16, 0); /* to libBigWig, the root */
    made_save(path, &b);
    OK(read_all(0) == DW_EFORMAT && strstr(err.msg, "at byte 0"), "%s",
       err.msg);
    dw_buf_clear(&b);
}

/* Every cut is refused, and no byte that is another one makes it crash. */
static void test_hostile(const made_bigwig *m, size_t column, const char *what)
{
    dw_buf b = {0};
    size_t cut, passed = 0, untold = 0;
    int rc;

    made_bytes(m, &b);
    made_save(path, &b);
    rc = read_all(column);
    OK(rc == 0, "%s: sound %s", what, err.msg);
    for (cut = 0; cut < b.n; cut++) {
        dw_buf part = {.s = b.s, .n = cut};

        made_save(path, &part);
        rc = read_all(column);
        passed += rc == 0;
        untold += rc < 0 && !err.msg[0];
    }
    OK(passed == 0 && untold == 0, "%s: %zu cuts are refused", what, cut);
    untold = 0;
    for (size_t i = 0; i < b.n; i++) {
        static const int change[] = {1, 0xff};

        for (size_t j = 0; j < DW_COUNT(change); j++) {
            b.s[i] = (char)(b.s[i] ^ change[j]);
            made_save(path, &b);
            untold += read_all(column) < 0 && !err.msg[0];
            b.s[i] = (char)(b.s[i] ^ change[j]);
        }
    }
    OK(untold == 0, "%s: %zu bytes changed", what, b.n);
    dw_buf_clear(&b);
}

static void test_all_hostile(void)
{
    static const char *const bed_names[] = {"chr2", "chrX"};
    made_bigwig m;

    begin_items();
    for (uint32_t i = 0; i < 6; i++)
        add_item(0, 10 * i, 10 * i + 5, (float)i);
    add_item(1, 3, 8, 1);
    m = made();
    m.per_block = 2;
    m.fan = 2;
    test_hostile(&m, 0, "packed");
    m.packed = 0;
    test_hostile(&m, 0, "unpacked");
    m = made_bed();
    m.chrom = bed_names;
    m.packed = 0;
    test_hostile(&m, 5, "bigBed");
}

int main(void)
{
    if (!mkdtemp(dir))
        return 1;
    snprintf(path, sizeof path, "%s/a.bw", dir);
    dw_log_init("test", DW_LOG_QUIET);
    test_writers();
    test_annotator();
    test_usage();
    test_names();
    test_bed();
    test_broken();
    test_folded();
    test_all_hostile();
    remove(path);
    rmdir(dir);
    return tap_done();
}
