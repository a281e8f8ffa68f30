/* Tables with a tabix index, and the same ones without, as columns of
 * variants; what is asked of a column. */
#include "annot/tabix_annot.h"

#include <unistd.h>

#include <htslib/bgzf.h>
#include <htslib/tbx.h>

#include "annot/ask.h"
#include "base/mem.h"
#include "some_variants.h"
#include "tap.h"

static char dir[] = "/tmp/dw-test-XXXXXX";
static char gz[64], index_of[80], spec[256];

/* ---- what is asked of a column ---- */

static void check_ask(const char *word, const char *name, const char *column,
                      dw_ask_rule rule)
{
    dw_ask a;

    dw_ask_parse(&a, word);
    OK(strcmp(a.name, name) == 0 && strcmp(a.column, column) == 0 &&
           a.rule == rule,
       "%s is %s of %s by %d", word, a.name, a.column, (int)a.rule);
    dw_ask_clear(&a);
}

static void check_value(const char *field, dw_ask_rule rule, float want)
{
    float x = -1;
    int rc = dw_ask_value(dw_span_of(field), rule, &x);

    OK(rc == 0 && (isnan(want) ? isnan(x) : x == want), "\"%s\" by %d is %g",
       field, (int)rule, (double)x);
}

static void test_ask(void)
{
    float x;

    check_ask("a", "a", "a", DW_ASK_MAX);
    check_ask("n=a/first", "n", "a", DW_ASK_FIRST);
    check_ask("a/b", "a/b", "a/b", DW_ASK_MAX);
    check_ask("a/b/mean", "a/b", "a/b", DW_ASK_MEAN);
    check_ask("SIFT_score", "SIFT_score", "SIFT_score", DW_ASK_MIN);
    check_ask("s=dbNSFP_PROVEAN_score", "s", "dbNSFP_PROVEAN_score",
              DW_ASK_MIN);
    check_ask("SIFT_score/max", "SIFT_score", "SIFT_score", DW_ASK_MAX);
    check_ask("=a", "=a", "=a", DW_ASK_MAX);
    check_value("1.5", DW_ASK_MIN, 1.5f);
    check_value("", DW_ASK_MAX, NAN);
    check_value(".;.", DW_ASK_MAX, NAN);
    check_value("1;.;3;2", DW_ASK_MAX, 3);
    check_value(".;2;1;3;", DW_ASK_MIN, 1);
    check_value(".;2;1;6", DW_ASK_MEAN, 3);
    check_value(".;2;1;6", DW_ASK_FIRST, 2);
    check_value("1,2|4&3%2C9%3b5", DW_ASK_MAX, 9);
    check_value("True", DW_ASK_MAX, 1);
    check_value("no", DW_ASK_MAX, 0);
    OK(dw_ask_value(dw_span_of("1;D"), DW_ASK_MAX, &x) == -1 &&
           dw_ask_value(dw_span_of("T"), DW_ASK_MAX, &x) == -1 &&
           dw_ask_value(dw_span_of("1e39"), DW_ASK_MAX, &x) == -2,
       "text, and what is too large");
}

/* ---- tables ---- */

static void pack(const char *text)
{
    BGZF *f = bgzf_open(gz, "w");

    if (!f || bgzf_write(f, text, strlen(text)) < 0 || bgzf_close(f) != 0)
        perror(gz), exit(1);
    remove(index_of);
}

static void make_index(const tbx_conf_t *conf)
{
    if (tbx_index_build(gz, 0, conf) < 0)
        abort();
}

static dw_annotator *open_columns(const char *columns)
{
    snprintf(spec, sizeof spec, "%s:%s", gz, columns);
    err = (dw_err){0};
    return dw_tabix_annot_open(spec, NULL, &err);
}

static void check(const char *columns, size_t k, const char *want,
                  const char *what)
{
    int rc;

    memset(got, 0, sizeof got);
    rc = annotate_all(open_columns(columns));
    OK(rc == 0 && strcmp(values(k), want) == 0, "%s, %s: %s %s", columns, what,
       values(k), err.msg);
}

static const tbx_conf_t point = {TBX_GENERIC, 1, 2, 2, '#', 0};
static const tbx_conf_t point_from_0 = {
    TBX_GENERIC | TBX_UCSC, 1, 2, 0, '#', 0};

/* CADD's form; the same values with the index and without. */
static void test_points(void)
{
    make_variants("1", "100 A C,100 A G,101 A C,102 T G,20000 A C,20000 C A");
    pack("## CADD\n#Chrom\tPos\tRef\tAlt\tRaw\tPHRED\n"
         "1\t100\tA\tC\t0.5\t5\n1\t100\tA\tG\t0.25\t6;7\n"
         "1\t102\tA\tC\t1\t8\n1\t103\tA\tC\t1\t.\n"
         "1\t20000\tA\tC\t2\t9\n1\t20000\tA\tC\t3\t4\n2\t5\tA\tC\t1\t1\n");
    check("PHRED,Raw", 2, "5 0.5,7 0.25,. .,8 1,9 3,9 3", "as a whole");
    make_index(&point);
    check("PHRED,Raw", 2, "5 0.5,7 0.25,. .,8 1,9 3,9 3", "by its index");
    check("x=PHRED/min,Raw/first", 2, "5 0.5,6 0.25,. .,8 1,4 2,4 2",
          "rows of one variant by the rule");
    check("5", 1, "0.5,0.25,.,1,3,3", "a column by its number");
    check("EA=Ref,OA=Alt,PHRED", 1, "5,7,.,8,9,9", "alleles named, exchanged");
    make_variants("2", "5 A C");
    check("PHRED", 1, "1", "another chromosome");
    make_variants("X", "5 A C");
    check("PHRED", 1, ".", "a chromosome that is not there");
}

static void test_no_alleles(void)
{
    make_variants("1", "5 A C,6 A C,7 A C");
    pack("#c\tp\tx\n1\t4\t1\n1\t5\t2\n1\t5\t3\n1\t7\t4\n");
    make_index(&point);
    check("x", 1, "3,.,4", "by position alone");
    remove(index_of);
    make_index(&point_from_0);
    check("x", 1, "1,3,.", "positions that count from 0");
    pack("c\tp\tx\n1\t5\t2\n");
    make_index(&(tbx_conf_t){TBX_GENERIC, 1, 2, 2, '#', 1});
    check("x", 1, "2,.,.", "a header that is a line skipped");
    pack("1\t5\t2\n");
    make_index(&point);
    check("x=3", 1, "2,.,.", "no header");
}

/* fitCons's form: overlapping, nested, longer than what is asked at a time. */
static void test_intervals(void)
{
    pack("1\t0\t10\t0.5\n1\t4\t6\t2\n1\t9\t10\t1\n1\t20\t90000\t3\n"
         "1\t50000\t50001\t4\n");
    make_index(&tbx_conf_bed);
    make_variants("1", "1 A C,1 A G,5 A C,7 A C,10 A C,11 A C,20 A C,21 A C,"
                       "50000 A C,50001 A C,90000 A C,90001 A C");
    check("x=4", 1, "0.5,0.5,2,0.5,1,.,.,3,3,4,3,.", "intervals");
    check("x=4/mean", 1, "0.5,0.5,1.25,0.5,0.75,.,.,3,3,3.5,3,.",
          "intervals, mean of those that hold it");
    make_variants("1", "6 A C,7 A C");
    check("x=4", 1, "2,0.5", "only some");
}

static void refused(const char *columns, const char *message)
{
    OK(annotate_all(open_columns(columns)) < 0 && strstr(err.msg, message),
       "%s", err.msg);
}

static void test_faults(void)
{
    make_variants("1", "5 A C,6 A C");
    pack("#c\tp\tref\talt\tscore\ttext\n1\t5\tA\tC\t1\tD\n");
    make_index(&point);
    refused("scores", "no column scores; the nearest is score");
    refused("text", "at 1:5: column 6 (text): \"D\" is not a number");
    refused("score,score", "column score is there twice");
    refused("EA=ref,score", "EA and OA go together");
    refused("EA=alt,OA=ref", "no column of annotations");
    OK(!dw_tabix_annot_open(gz, NULL, &err) && strstr(err.msg, "which of"),
       "%s", err.msg);
    pack("#c\tp\tscore\tx\n1\t5\t1\n");
    make_index(&point);
    refused("score", "a row of 3 columns (\"1\t5\t1\") where the header has 4");
    check("y=3", 1, "1,.", "the header is not believed");
    refused("y=9", "at least 9");
    pack("1\t5\t1\n");
    make_index(&point);
    refused("score", "it has no header, so that columns are numbers");
    put_file(index_of, "nonsense");
    refused("score", "make it anew");
    pack("#c\tp\tscore\n1\t5\t1\nchr1\t6\t1\n");
    make_index(&point);
    refused("score", "has chromosome 1 by two names, 1 and chr1");
    remove(index_of);
    pack("#CHR\tPOS\tscore\n1\t5\tz\n");
    refused("score", ":2: column score: \"z\" is not a number");
}

static void test_no_memory(void)
{
    unsigned long n = 1;
    size_t failed = 0;
    int rc = -1;

    pack("1\t0\t10\t0.5\n1\t4\t6\t2\n1\t9\t10\t1\n");
    make_index(&tbx_conf_bed);
    make_variants("1", "5 A C,7 A C,10 A C,11 A C");
    for (; rc < 0 && n < 1000; n++) {
        dw_annotator *a = open_columns("x=4");

        dw_mem_fail_at(n);
        rc = annotate_all(a);
        dw_mem_fail_at(0);
        failed += rc == DW_ENOMEM && err.msg[0];
    }
    OK(rc == 0 && failed == n - 2 && failed > 10,
       "each of %zu allocations failed once, and was told", failed);
}

int main(void)
{
    if (!mkdtemp(dir))
        perror(dir), exit(1);
    snprintf(gz, sizeof gz, "%s/x.gz", dir);
    snprintf(index_of, sizeof index_of, "%s.tbi", gz);
    test_ask();
    test_points();
    test_no_alleles();
    test_intervals();
    test_faults();
    test_no_memory();
    remove(index_of);
    remove(gz);
    rmdir(dir);
    dw_variants_clear(&v);
    return tap_done();
}
