/* Lines and tables: every way of packing, every way of being cut. */
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include <htslib/bgzf.h>
#include <zstd.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/rng.h"
#include "input/lines.h"
#include "input/read_bim.h"
#include "input/table.h"
#include "tap.h"

static char dir[] = "/tmp/dw-test-lines-XXXXXX";
static char path[sizeof dir + 16];
static dw_crew *crew; /* unpacks what read_all reads; NULL: nobody does */

static void put(const void *p, size_t n)
{
    FILE *f = fopen(path, "wb");

    if (!f || fwrite(p, 1, n, f) != n || fclose(f) != 0)
        perror(path), exit(1);
}

static void put_text(const char *s)
{
    put(s, strlen(s));
}

/* The bytes of the file at `path`. */
static void get(dw_buf *b)
{
    FILE *f = fopen(path, "rb");
    char part[4096];
    size_t n;

    dw_buf_reset(b);
    while (f && (n = fread(part, 1, sizeof part, f)) > 0)
        dw_buf_add(b, part, n);
    if (!f || fclose(f) != 0)
        perror(path), exit(1);
}

/* mode "w": bgzip with its end block, "wg": gzip. */
static void put_packed(const char *mode, const dw_buf *text)
{
    BGZF *f = bgzf_open(path, mode);

    if (!f || bgzf_write(f, text->s, text->n) != (ssize_t)text->n ||
        bgzf_close(f) != 0)
        perror(path), exit(1);
}

static void put_zstd(const dw_buf *text)
{
    size_t cap = ZSTD_compressBound(text->n);
    char *p = malloc(cap);
    size_t n = ZSTD_compress(p, cap, text->s, text->n, 3);

    put(p, n);
    free(p);
}

/* Reads all lines of `path` into `out`, a newline after each. The last rc. */
static int read_all(dw_buf *out, uint64_t *digest, dw_err *err)
{
    dw_lines *l = dw_lines_open(path, err);
    dw_span line;
    int rc;

    dw_buf_reset(out);
    if (!l)
        return err->code;
    dw_lines_share(l, crew);
    while ((rc = dw_lines_next(l, &line, err)) > 0) {
        dw_buf_add(out, line.s, line.n);
        dw_buf_addc(out, '\n');
    }
    if (digest)
        *digest = dw_lines_digest(l);
    dw_lines_close(l);
    return rc;
}

/* Lines of random length, some longer than the reader's buffer. */
static void make_text(dw_buf *b, size_t lines, size_t longest)
{
    unsigned x = 12345;

    for (size_t i = 0; i < lines; i++) {
        size_t n = (x = x * 1103515245 + 12345) % longest;

        for (size_t j = 0; j < n; j++)
            dw_buf_addc(b, (char)('!' + (i * 7 + j * j) % 90));
        dw_buf_addc(b, '\n');
    }
}

static bool same(const dw_buf *a, const dw_buf *b)
{
    return a->n == b->n && (a->n == 0 || memcmp(a->s, b->s, a->n) == 0);
}

static void test_packings(void)
{
    dw_buf text = {0}, out = {0};
    uint64_t digest = 0, want;
    dw_err err = {0};

    make_text(&text, 300, 9000);
    make_text(&text, 2, 900000);
    want = dw_hash(text.s, text.n);

    put(text.s, text.n);
    OK(read_all(&out, &digest, &err) == 0 && same(&text, &out), "plain");
    OK(digest == want, "digest of plain");
    put_packed("wg", &text);
    OK(read_all(&out, &digest, &err) == 0 && same(&text, &out), "gzip");
    OK(digest == want, "digest of gzip");
    put_packed("w", &text);
    OK(read_all(&out, &digest, &err) == 0 && same(&text, &out), "bgzip");
    OK(digest == want, "digest of bgzip");
    put_zstd(&text);
    OK(read_all(&out, &digest, &err) == 0 && same(&text, &out), "zstd");
    OK(digest == want, "digest of zstd");
    dw_buf_clear(&text);
    dw_buf_clear(&out);
}

/* Every cut of the file that `path` holds is refused, but for `allowed`. */
static void test_cuts(const char *what, size_t first)
{
    dw_buf whole = {0}, out = {0};
    size_t accepted = 0, unnamed = 0;
    dw_err err = {0};

    get(&whole);
    OK(read_all(&out, NULL, &err) == 0, "%s: the whole is read", what);
    for (size_t n = first; n < whole.n; n++) {
        err = (dw_err){0};
        put(whole.s, n);
        if (read_all(&out, NULL, &err) >= 0)
            accepted++;
        if (!strstr(err.msg, "cut short") || !strstr(err.msg, path))
            unnamed++;
    }
    OK(accepted == 0, "%s: %zu of %zu cuts accepted", what, accepted, whole.n);
    OK(unnamed == 0, "%s: %zu cuts without file or words", what, unnamed);
    dw_buf_clear(&whole);
    dw_buf_clear(&out);
}

/* Each byte changed in turn is refused or, where it bears on no content (the
 * time in a gzip header), gives the same text. */
static void test_damage(const char *what)
{
    dw_buf whole = {0}, text = {0}, out = {0};
    size_t wrong = 0;
    dw_err err = {0};

    get(&whole);
    OK(read_all(&text, NULL, &err) == 0, "%s: the whole is read", what);
    for (size_t i = 4; i < whole.n; i++) {
        whole.s[i] ^= 0x10;
        put(whole.s, whole.n);
        if (read_all(&out, NULL, &err) == 0 && !same(&text, &out))
            wrong++;
        whole.s[i] ^= 0x10;
    }
    OK(wrong == 0, "%s: %zu damaged bytes gave other text", what, wrong);
    dw_buf_clear(&whole);
    dw_buf_clear(&text);
    dw_buf_clear(&out);
}

static void test_broken(void)
{
    dw_buf text = {0};

    make_text(&text, 40, 60);
    put_packed("wg", &text);
    test_cuts("gzip", 1);
    put_packed("wg", &text);
    test_damage("gzip");
    put_packed("w", &text);
    test_cuts("bgzip", 1);
    put_packed("w", &text);
    test_damage("bgzip");
    put_zstd(&text);
    test_cuts("zstd", 2); /* one byte of it is a plain "(" */
    dw_buf_clear(&text);
}

/* What a file's bytes come out as: lines joined by |, or the message. */
static const char *lines_of(const void *p, size_t n)
{
    static char text[DW_ERR_MAX + 1];
    dw_buf out = {0};
    dw_err err = {0};

    put(p, n);
    if (read_all(&out, NULL, &err) < 0) {
        dw_buf_clear(&out);
        memcpy(text, err.msg, sizeof err.msg);
        return text;
    }
    for (size_t i = 0; i < out.n; i++)
        text[i] = out.s[i] == '\n' ? '|' : out.s[i];
    text[out.n] = 0;
    dw_buf_clear(&out);
    return text;
}

#define LINES(bytes)       lines_of(bytes, sizeof bytes - 1)
#define GIVES(bytes, want) OK(strcmp(LINES(bytes), want) == 0, "%s", want)
#define TELLS(bytes, want) OK(strstr(LINES(bytes), want), "told: %s", want)

/* What stands before the fault is given, whole, and the fault tells where that
 * ends: with a file of several of the reader's steps, cut in one of them. */
static void test_line_of_fault(const char *mode)
{
    dw_buf text = {0}, whole = {0}, out = {0};
    dw_err err = {0};
    char words[64];
    size_t lines = 0;

    make_text(&text, 20000, 90);
    put_packed(mode, &text);
    get(&whole);
    put(whole.s, whole.n / 2);
    OK(read_all(&out, NULL, &err) == DW_EFORMAT, "%s", err.msg);
    for (size_t i = 0; i < out.n; i++)
        lines += out.s[i] == '\n';
    snprintf(words, sizeof words, "after line %zu:", lines);
    OK(lines > 8000 && strstr(err.msg, words), "%zu lines before it", lines);
    OK(out.n <= text.n && memcmp(out.s, text.s, out.n) == 0, "as they were");
    dw_buf_clear(&text);
    dw_buf_clear(&whole);
    dw_buf_clear(&out);
}

/* n times a byte, or "x\n" and then those, packed by `mode`. */
static void put_bomb(const char *mode, char c, size_t n)
{
    BGZF *f = bgzf_open(path, mode);
    char part[1 << 16];

    memset(part, c, sizeof part);
    if (!f || bgzf_write(f, "x\n", 2) != 2)
        perror(path), exit(1);
    for (; n; n -= n < sizeof part ? n : sizeof part) {
        size_t some = n < sizeof part ? n : sizeof part;

        if (bgzf_write(f, part, some) != (ssize_t)some)
            perror(path), exit(1);
    }
    if (bgzf_close(f) != 0)
        perror(path), exit(1);
}

/* Little that unpacks to a lot is refused before it is unpacked. */
static void test_bombs(void)
{
    dw_buf out = {0};
    dw_err err = {0};

    put_bomb("w1", 0, (size_t)40 << 20);
    OK(read_all(&out, NULL, &err) < 0 && strstr(err.msg, ":2: a NUL byte"),
       "%s", err.msg);
    put_bomb("w1", 'A', (size_t)65 << 20);
    OK(read_all(&out, NULL, &err) < 0 &&
           strstr(err.msg, ":2: a line of more than 64 MiB"),
       "%s", err.msg);
    put_bomb("w1", '\n', (size_t)17 << 20);
    OK(read_all(&out, NULL, &err) < 0 && strstr(err.msg, "16777216 empty"),
       "%s", err.msg);
    put_bomb("w1", 'A', (size_t)10 << 20);
    OK(read_all(&out, NULL, &err) == 0 && out.n == ((size_t)10 << 20) + 3,
       "a line of 10 MiB is one");
    dw_buf_clear(&out);
}

static void test_text(void)
{
    GIVES("", "");
    GIVES("a", "a|");
    GIVES("a\n", "a|");
    GIVES("a\n\nb", "a||b|");
    GIVES("a\r\nb\r\n", "a|b|");
    GIVES("\xef\xbb\xbf"
          "a\nb\n",
          "a|b|");
    TELLS("\xff\xfe"
          "a\0\n\0",
          "UTF-16");
    TELLS("a\0b\n", ":1: a NUL byte");
    TELLS("a\nb\nc\0\n", ":3: a NUL byte");
    TELLS("PK\x03\x04zzzz", "zip archive");
    TELLS("\x6c\x1b\x01zz", "PLINK genotypes");
    TELLS("\x5d\x2a\x4d\x18\x2c\0\0\0dws\1HEAD", "stream of this suite");
}

/* Lines of fields of all lengths, some of them longer than what is unpacked at
 * once, some empty, some that end in CR LF, the last one in nothing. */
static void make_fields(dw_buf *b, dw_rng *rng, size_t lines)
{
    dw_buf_reset(b);
    for (size_t i = 0; i < lines; i++) {
        size_t fields = dw_rng_below(rng, 13);

        for (size_t f = 0; f < fields; f++) {
            size_t n = dw_rng_below(rng, 9);

            n += dw_rng_below(rng, 9000) ? 0 : dw_rng_below(rng, 400000);
            if (f)
                dw_buf_addc(b, '\t');
            while (n-- > 0)
                dw_buf_addc(b, (char)('a' + (char)(n % 26)));
        }
        dw_buf_adds(b, i + 1 == lines              ? ""
                       : dw_rng_below(rng, 5) == 0 ? "\r\n"
                                                   : "\n");
    }
}

/* What is found ahead is what is found line by line. */
static void test_fields(char sep)
{
    enum { MAX = 16 };
    dw_rng rng = dw_rng_init(6, 0);
    dw_buf text = {0};
    dw_err err = {0};
    dw_lines *a, *b;
    dw_fields fields;
    dw_span line, plain, want[MAX];
    size_t wrong = 0, lines = 0, found = 0;
    int rc;

    make_fields(&text, &rng, 60000);
    put_packed("w", &text);
    a = dw_lines_open(path, &err);
    b = dw_lines_open(path, &err);
    dw_lines_expect(a, sep);
    dw_lines_share(a, crew);
    for (int i = 0; i < 2; i++) {
        while ((rc = dw_lines_next(b, &plain, &err)) > 0) {
            size_t n = dw_text_split(plain, '\t', want, MAX);

            /* Some lines are taken whole. */
            fields.n = 0;
            rc = lines++ % 7 == 3 ? dw_lines_next(a, &line, &err)
                                  : dw_lines_fields(a, &line, &fields, &err);
            wrong += rc != 1 || (fields.n && fields.n != n);
            found += fields.n > 0;
            for (size_t f = 0; f < fields.n && f < n; f++) {
                dw_span is = dw_fields_at(&fields, f);

                wrong += is.n != want[f].n ||
                         memcmp(is.s, want[f].s, want[f].n) != 0;
            }
            wrong += line.n != plain.n || memcmp(line.s, plain.s, line.n) != 0;
            wrong += dw_lines_number(a) != dw_lines_number(b);
        }
        wrong += rc != 0 || dw_lines_fields(a, &line, &fields, &err) != 0 ||
                 dw_lines_rewind(a, &err) != 0 || dw_lines_rewind(b, &err) != 0;
    }
    OK(wrong == 0 && lines > 100000 && found > lines / 4,
       "the fields of %zu lines, %zu of them found ahead", lines, found);
    dw_lines_close(a);
    dw_lines_close(b);
    dw_buf_clear(&text);
}

static void test_opening(void)
{
    dw_err err = {0};
    dw_lines *l = dw_lines_open("/nonexistent/file", &err);

    OK(!l &&
           strcmp(err.msg, "/nonexistent/file: No such file or directory") == 0,
       "%s", err.msg);
    l = dw_lines_open(dir, &err);
    OK(!l && strstr(err.msg, "is a directory"), "%s", err.msg);
}

static void test_stem(void)
{
    static const char *const known[][3] = {
        {"a/b.c/height.tsv.gz", ".", "height"},
        {"x.22.annot.gz", ".annot", "x.22"},
        {"x.22.txt", ".annot", "x"},
        {"-", ".", ""},
        {"d/.hidden", ".", ""},
    };

    for (size_t i = 0; i < DW_COUNT(known); i++) {
        char *stem = dw_lines_stem(known[i][0], known[i][1]);

        OK(strcmp(stem, known[i][2]) == 0, "%s is %s", known[i][0], stem);
        dw_free(stem);
    }
}

static void test_rewind(const char *mode)
{
    dw_buf text = {0};
    dw_err err = {0};
    dw_span line = {0};
    dw_lines *l;
    size_t n = 0;

    make_text(&text, 30000, 90);
    put_packed(mode, &text);
    l = dw_lines_open(path, &err);
    if (l)
        dw_lines_share(l, crew);
    for (int i = 0; i < 1700 && l; i++) {
        if (dw_lines_next(l, &line, &err) <= 0)
            break;
    }
    OK(l && dw_lines_number(l) == 1700, "1700 lines of %s", mode);
    OK(l && dw_lines_rewind(l, &err) == 0 && dw_lines_number(l) == 0,
       "back to the start");
    while (l && dw_lines_next(l, &line, &err) > 0)
        n++;
    OK(n == 30000, "all 30000 lines again, and %zu", n);
    OK(l && dw_lines_digest(l) == dw_hash(text.s, text.n),
       "the digest is of the second reading alone");
    dw_lines_close(l);
    dw_buf_clear(&text);
}

/* A pipe as stdin: kept, it can be read twice; else only once. */
static void test_pipe(bool kept)
{
    dw_err err = {0};
    dw_span line;
    dw_lines *l;
    int fd[2], rc, saved = dup(0);

    if (pipe(fd) != 0 || write(fd[1], "x\ny\n", 4) != 4)
        perror("pipe"), exit(1);
    close(fd[1]);
    dup2(fd[0], 0);
    close(fd[0]);
    l = kept ? dw_lines_open_kept("-", &err) : dw_lines_open("-", &err);
    OK(l && strcmp(dw_lines_name(l), "stdin") == 0, "stdin has a name");
    OK(l && dw_lines_next(l, &line, &err) == 1 && dw_span_eq(line, "x"),
       "its first line");
    rc = l ? dw_lines_rewind(l, &err) : -1;
    if (kept)
        OK(rc == 0 && dw_lines_next(l, &line, &err) == 1 &&
               dw_span_eq(line, "x"),
           "its first line again");
    else
        OK(rc < 0 && strstr(err.msg, "second time"), "%s", err.msg);
    dw_lines_close(l);
    dup2(saved, 0);
    close(saved);
}

static void test_no_memory(void)
{
    dw_buf text = {0}, out = {0};
    dw_err err = {0};

    make_text(&text, 1, 900000);
    for (int i = 0; i < 600000; i++)
        dw_buf_addc(&text, 'x');
    put(text.s, text.n);
    dw_mem_fail_at(1);
    OK(read_all(&out, NULL, &err) == DW_ENOMEM, "%s", err.msg);
    dw_mem_fail_at(0);
    dw_buf_clear(&text);
    dw_buf_clear(&out);
}

/* ---- tables ---- */

static dw_table *table_of(const char *text, dw_err *err)
{
    put_text(text);
    return dw_table_open(path, err);
}

static void test_header(void)
{
    dw_err err = {0};
    dw_table *t = table_of("##x\n\n#CHR\tBase Pair\tp.value\n1\t2\t3\n", &err);

    OK(t && dw_table_width(t) == 3, "three columns");
    OK(t && strcmp(dw_table_name(t, 0), "CHR") == 0, "less the #");
    OK(t && dw_table_find(t, "base_pair") == 1, "blank is _");
    OK(t && dw_table_find(t, "P-Value") == 2, ". and - are _, case ignored");
    OK(t && dw_table_find(t, "P") == DW_TABLE_NONE, "no column P");
    dw_table_close(t);

    t = table_of("a,A\n1,2\n", &err);
    OK(t && dw_table_find(t, "A") == 1 && dw_table_find(t, "a") == 0,
       "exact before folded");
    dw_table_close(t);
    t = table_of("\"a\",\"b\"\n\"x\",\"2\"\n", &err);
    OK(t && dw_table_next(t, &err) == 1 &&
           dw_span_eq(dw_table_field(t, dw_table_find(t, "a")), "x"),
       "quotes of a header are quotes of its rows");
    dw_table_close(t);
    t = table_of("  a   b  \n  1   2  \n", &err);
    OK(t && dw_table_width(t) == 2 && dw_table_next(t, &err) == 1 &&
           dw_span_eq(dw_table_field(t, 1), "2"),
       "runs of blanks, at both ends too");
    dw_table_close(t);
}

static void test_table_faults(void)
{
    dw_err err = {0};
    double x;
    uint32_t pos;
    int column = 7;
    dw_table *t = table_of("", &err);

    OK(!t && strstr(err.msg, "empty"), "%s", err.msg);
    t = table_of("a\tb\rc\td\r", &err);
    OK(!t && strstr(err.msg, "CR alone"), "%s", err.msg);
    t = table_of("CHR\tBPP\tBETA\n1\t7\t1e5x\n1\t0\tNA\n1\n", &err);
    OK(t && dw_table_require(t, "BP", &column, &err) < 0 && column == 7 &&
           strstr(err.msg, "no column BP; the nearest is BPP") &&
           strstr(err.msg, "CHR BPP BETA"),
       "%s", err.msg);
    OK(t && dw_table_next(t, &err) == 1 &&
           dw_table_double(t, 2, &x, &err) < 0 &&
           strstr(err.msg, ":2: column BETA: \"1e5x\" is not a number"),
       "%s", err.msg);
    OK(t && dw_table_position(t, 1, &pos, &err) == 0 && pos == 7, "7");
    OK(t && dw_table_next(t, &err) == 1 &&
           dw_table_double(t, 2, &x, &err) == 0 && isnan(x),
       "NA is no number, and no fault");
    OK(t && dw_table_position(t, 1, &pos, &err) < 0 &&
           strstr(err.msg, ":3: column BPP: \"0\" is not a position"),
       "%s", err.msg);
    OK(t && dw_table_next(t, &err) < 0 &&
           strstr(err.msg, ":4: 1 field where the header has 3"),
       "%s", err.msg);
    dw_table_close(t);
    t = table_of("CHR BP\nCHR BP\n", &err);
    OK(t && dw_table_next(t, &err) == 1 &&
           dw_table_position(t, 1, &pos, &err) < 0 &&
           strstr(err.msg, "second header"),
       "%s", err.msg);
    dw_table_close(t);
    t = table_of("BP\n1e+06\n1.5\n2147483648\n", &err);
    OK(t && dw_table_next(t, &err) == 1 &&
           dw_table_position(t, 0, &pos, &err) == 0 && pos == 1000000,
       "R's 1e+06");
    OK(t && dw_table_next(t, &err) == 1 &&
           dw_table_position(t, 0, &pos, &err) < 0,
       "half a position");
    OK(t && dw_table_next(t, &err) == 1 &&
           dw_table_position(t, 0, &pos, &err) < 0,
       "a position of 2^31");
    dw_table_close(t);
}

/* ---- .bim ---- */

static void test_bim(void)
{
    dw_err err = {0};
    dw_bim_row row;
    dw_bim *bim;

    put_text("chr1\trs1\t0.5\t100\tA\tG\n"
             "0 rs2 0 0 0 T\n"
             "23 rs3 0 -5 I D\n");
    bim = dw_bim_open(path, &err);
    OK(bim && dw_bim_next(bim, &row, &err) == 1 && row.index == 0 &&
           strcmp(row.contig, "1") == 0 && row.pos == 100 && row.cm == 0.5 &&
           dw_span_eq(row.id, "rs1") && dw_span_eq(row.a1, "A") &&
           dw_span_eq(row.a2, "G"),
       "a row");
    OK(bim && dw_bim_next(bim, &row, &err) == 1 && row.index == 1 &&
           row.contig[0] == 0 && row.pos == 0,
       "one that is not placed");
    OK(bim && dw_bim_next(bim, &row, &err) == 1 && row.pos == 0 &&
           strcmp(row.contig, "X") == 0,
       "a negative position is none");
    OK(bim && dw_bim_next(bim, &row, &err) == 0, "the end");
    OK(bim && dw_bim_rewind(bim, &err) == 0 &&
           dw_bim_next(bim, &row, &err) == 1 && row.index == 0,
       "the first row again");
    dw_bim_close(bim);

    put_text("1\trs1\t0\t100\tA\tG\n1\trs1\t0\tx\tA\tG\n1 rs3 0 7 A\n");
    bim = dw_bim_open(path, &err);
    OK(bim && dw_bim_next(bim, &row, &err) == 1 &&
           dw_bim_next(bim, &row, &err) < 0 &&
           strstr(err.msg, ":2: column 4 (position): \"x\" is not a position"),
       "%s", err.msg);
    OK(bim && dw_bim_next(bim, &row, &err) < 0 &&
           strstr(err.msg, ":3: 5 fields where a .bim has 6"),
       "%s", err.msg);
    dw_bim_close(bim);
}

int main(void)
{
    if (!mkdtemp(dir))
        perror(dir), exit(1);
    snprintf(path, sizeof path, "%s/file", dir);
    for (int i = 0; i < 2; i++) {
        crew = i ? dw_crew_new(2) : NULL;
        test_packings();
        test_broken();
        test_line_of_fault("wg");
        test_line_of_fault("w");
        test_text();
        test_fields('\t');
        test_fields(' ');
        test_rewind("wu");
        test_rewind("wg");
        test_rewind("w");
    }
    test_bombs();
    dw_crew_free(crew);
    crew = NULL;
    test_opening();
    test_stem();
    test_pipe(true);
    test_pipe(false);
    test_no_memory();
    test_header();
    test_table_faults();
    test_bim();
    remove(path);
    rmdir(dir);
    return tap_done();
}
