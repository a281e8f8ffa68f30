/* bed_annot: what each format, word and padding give, and what is refused. */
#include "annot/bed_annot.h"

#include "annot_sample.h"
#include "base/buf.h"
#include "base/log.h"

static dw_err err;

/* NAME=FILE and what follows, of a file with this text. */
static dw_annotator *open_text(const char *text, const char *ending,
                               const char *words)
{
    char *path = annot_file(text, ending);
    dw_buf spec = {0};
    dw_annotator *a;

    err = (dw_err){0};
    dw_buf_addf(&spec, "x=%s%s", path, words);
    a = dw_bed_annot_open(spec.s, NULL, &err);
    dw_buf_clear(&spec);
    annot_drop(path);
    return a;
}

/* The values at positions of chromosome 1, in one column. */
static void check(const char *what, const char *text, const char *ending,
                  const char *words, size_t column, const char *at,
                  const char *want)
{
    dw_annotator *a = open_text(text, ending, words);
    dw_variants v = annot_variants("1", at);

    OK(a != NULL, "%s: opened %s", what, err.msg);
    if (a && column < a->k)
        VALUES(a, &v, column, want);
    else
        OK(0, "%s: no column %zu", what, column);
    dw_annotator_free(a);
    dw_variants_clear(&v);
}

static void refuse(const char *text, const char *ending, const char *words,
                   int code, const char *says)
{
    dw_annotator *a = open_text(text, ending, words);

    OK(!a && err.code == code && strstr(err.msg, says), "refused (%s): %s",
       says, err.msg);
    dw_annotator_free(a);
}

static const char bed[] = "# c\r\nbrowser position chr1:1-2\r\n"
                          "track name=\"a b\" type=bed\r\n"
                          "Chrom\t-100\t100\r\n"
                          "chr1\t20\t30\tb\t7\t+\r\n\r\n"
                          "chr1\t10\t15\ta c\t5\t+\r\n"
                          "1\t12\t22\tc\t3\t-\r\n"
                          "chr2\t0\t5\td\t.\t-\r\n"
                          "01\t40\t40\te\t3\t-";

static void test_binary(void)
{
    check("binary", bed, ".bed", "", 0, "10 11 15 22 30 31 40 41",
          "0 1 1 1 1 0 0 0");
    check("deletion", bed, ".bed", "", 0, "9:AC 10:AC 10:A 30:ACGT 31:ACGT",
          "0 1 0 1 0");
    check("padded", bed, ".bed", "@5,1k", 1, "5 6 30 35 36", "0 1 1 1 0");
    check("padded far", bed, ".bed", "@5,1k", 2, "1 1030 1031", "1 1 0");
    check("blanks", "chr1  10 20\n 1 \t 30 \t 40 x\n", ".txt", "", 0,
          "10 11 20 21 31 40", "0 1 1 0 1 1");
    check("names with blanks", "1\t10\t20\ta b\t9\n", ".bed", ":5", 0, "11",
          "9");
}

static void test_values(void)
{
    check("score", bed, ".bed", ":score", 0, "10 11 13 16 21 23 31",
          "0 5 5 3 7 7 0");
    check("least", bed, ".bed", ":5,min", 0, "10 11 13 16 21 23",
          "0 5 3 3 3 7");
    check("mean", bed, ".bed", ":5,mean", 0, "11:AAA 13 16 21",
          "4.66667 4 3 5");
    check("sum", bed, ".bed", ":sum,5", 0, "13 16 21", "8 3 10");
    check("count", bed, ".bed", ":count", 0, "10 11 13 21 31", "0 1 2 2 0");
    check("na", bed, ".bed", ":5,na", 0, "10 11 31", "NA 5 NA");
    check("padded", bed, ".bed", ":5@2", 1, "8 9 11 17 18 19 24 33",
          "0 5 5 5 3 7 7 0");
    check("by header", "#chrom start end GC other\n1 10 20 0.5 9\n", ".bed",
          ":gc", 0, "11 21", "0.5 0");
    check("by header behind #",
          "# a comment\n#chrom\tstart\tend\tGC\n"
          "1\t10\t20\t0.5\n",
          ".bed", ":GC", 0, "11", "0.5");
    check("all missing", "1 10 20 . .\n", ".bed", ":5", 0, "11 21", "NA 0");
}

static void test_peaks(void)
{
    static const char peak[] = "1\t10\t20\t.\t0\t.\t4.5\t-1\t2\t5\n"
                               "1\t15\t25\t.\t0\t.\t3\t6\t-1\t5\n";

    check("signalValue", peak, ".narrowPeak", ":signalValue", 0, "11 16 21 26",
          "4.5 4.5 3 0");
    check("pValue", peak, ".narrowPeak", ":pvalue", 0, "11 16 21 26",
          "NA 6 6 0");
    check("qValue", peak, ".broadPeak", ":9", 0, "11 16 21 26", "2 2 NA 0");
    check("-1 is -1 in a BED", peak, ".bed", ":8", 0, "11 26", "-1 0");
    check("track line", "track type=narrowPeak\n1\t1\t2\t.\t0\t.\t4\t-1\t2\n",
          ".bed", ":8", 0, "2", "NA");
    check("peaks are binary", peak, ".narrowPeak", "", 0, "11 26", "1 0");
}

static void test_graph(void)
{
    static const char graph[] = "1\t10\t20\t0\n1\t20\t30\t2.5\n";

    check("bedGraph", graph, ".bedGraph", "", 0, "10 11 20 21 31",
          "NA 0 0 2.5 NA");
    check("zero", graph, ".bg", ":zero", 0, "10 11 21 31", "0 0 2.5 0");
    check("told by its lines", graph, ".txt", "", 0, "10 11 21", "NA 0 2.5");
    check("a BED by its name", graph, ".bed", "", 0, "10 11 21", "0 1 1");
    check("column 4 of it", graph, ".bed", ":4", 0, "10 11 21", "0 0 2.5");
    check("track", "track type=\"bedGraph\" name=x\n1 1 2 3\n", ".bed", "", 0,
          "1 2", "NA 3");
    check("not all numbers", "1\t10\t20\t1\n1\t30\t40\tx\n", ".txt", "", 0,
          "10 11 31", "0 1 1");
    check("names that are numbers", "1\t10\t20\t1\n1\t30\t40\t2\n", ".txt", "",
          0, "10 11 31", "0 1 1");
    check("five columns", "1\t10\t20\t1\t2\n1\t30\t40\t3\t4\n", ".txt", "", 0,
          "10 11 31", "0 1 1");
    check("intervals of it", graph, ".bg", ":count", 0, "10 11", "0 1");
    check("padded", graph, ".bg", "@3", 1, "7 8 17 18 34", "NA 0 0 2.5 NA");
    check("a deletion of both", graph, ".bg", ":mean", 0, "19:AAAA 20:AAAA",
          "1.25 1.875");
}

#define BED12 "1\t100\t200\tx\t7\t+\t100\t200\t0\t"

static void test_blocks(void)
{
    check("whole", BED12 "2\t10,20,\t0,80,\n", ".bed", "", 0, "101 150 200",
          "1 1 1");
    check("blocks", BED12 "2\t10,20,\t0,80,\n", ".bed", ":blocks", 0,
          "100 101 110 111 180 181 200 201", "0 1 1 0 0 1 1 0");
    check("values of blocks", BED12 "3\t10,0,20\t0,5,70\n", ".bed",
          ":blocks,score", 0, "105 111 171 190 191", "7 0 7 7 0");
    refuse("1 1 2\n", ".bed", ":blocks", DW_EFORMAT, ":1: blocks need the");
    refuse(BED12 "x\t10\t0\n", ".bed", ":blocks", DW_EFORMAT, "column 10");
    refuse(BED12 "1\t10,20\t0\n", ".bed", ":blocks", DW_EFORMAT,
           "there are more blocks");
    refuse(BED12 "2\t10\t0,2\n", ".bed", ":blocks", DW_EFORMAT, "column 11");
    refuse(BED12 "2\t10,2\t0,\n", ".bed", ":blocks", DW_EFORMAT, "column 12");
    refuse(BED12 "1\t10\t91\n", ".bed", ":blocks", DW_EFORMAT,
           "ends behind its line's end");
    refuse(BED12 "1\t9223372036854775807\t1\n", ".bed", ":blocks", DW_EFORMAT,
           "ends behind its line's end");
}

static void test_refused(void)
{
    refuse(bed, ".bed", ":colour", DW_EUSAGE, ":colour: is no column");
    refuse(bed, ".bed", ":5,4", DW_EUSAGE, "already");
    refuse(bed, ".bed", ":zero,na", DW_EUSAGE, "zero and na");
    refuse(bed, ".bed", ":max", DW_EUSAGE, "of which column");
    refuse(bed, ".bed", "@5,5", DW_EUSAGE, "twice");
    refuse(bed, ".bed", ":4", DW_EFORMAT, ":5: column 4: \"b\" is not a");
    refuse(bed, ".bed", ":9", DW_EFORMAT, ":5: 6 fields, and the value is in");
    refuse("1 1 2 1e39\n", ".bg", "", DW_EFORMAT, "column 4");
    refuse("1 1 2 inf\n", ".bg", "", DW_EFORMAT, "column 4");
    refuse("1 -1 2\n", ".bed", "", DW_EFORMAT, ":1: column 2");
    refuse("1 1 2147483648\n", ".bed", "", DW_EFORMAT, ":1: column 3");
    refuse("1 9 2\n", ".bed", "", DW_EFORMAT, "before the start");
    refuse("chr start end\n1 5 5\n", ".bed", "", DW_EFORMAT, "no interval");
    refuse("1 1 2\n1 1\n", ".bed", "", DW_EFORMAT, ":2: 2 fields");
}

static void test_names(void)
{
    dw_annotator *a = open_text(bed, ".bed", "@500,2k");
    dw_annotators all = {0};

    OK(a && a->k == 3 && strcmp(a->name[0], "x") == 0 &&
           strcmp(a->name[1], "x.extend.500") == 0 &&
           strcmp(a->name[2], "x.extend.2000") == 0,
       "names of padded columns");
    OK(dw_annotators_take(&all, a, &err) == 0 && all.p == 3, "taken");
    dw_annotators_clear(&all);
}

/* Tables in any order, one after the other, give the same. */
static void test_order(void)
{
    dw_annotator *a = open_text(bed, ".bed", ":5");
    dw_variants late = annot_variants("1", "21 23"), other;
    dw_variants early = annot_variants("1", "11 13 21");

    if (!a)
        return;
    VALUES(a, &late, 0, "7 7");
    VALUES(a, &early, 0, "5 5 7");
    VALUES(a, &late, 0, "7 7");
    other = annot_variants("2", "1 6");
    VALUES(a, &other, 0, "NA 0");
    strcpy(other.contig, "X");
    VALUES(a, &other, 0, "0 0");
    dw_annotator_free(a);
    dw_variants_clear(&late);
    dw_variants_clear(&early);
    dw_variants_clear(&other);
}

static void test_memory(void)
{
    unsigned long i = 1;

    for (;; i++) {
        dw_annotator *a;

        dw_mem_fail_at(i);
        a = open_text(bed, ".bed", ":5@500");
        dw_mem_fail_at(0);
        dw_annotator_free(a);
        if (a)
            break;
        OK(err.code == DW_ENOMEM && err.msg[0], "allocation %lu fails: %s", i,
           err.msg);
    }
    OK(i > 5, "%lu allocations", i - 1);
}

int main(void)
{
    dw_log_init("test", DW_LOG_QUIET);
    test_binary();
    test_values();
    test_peaks();
    test_graph();
    test_blocks();
    test_refused();
    test_names();
    test_order();
    test_memory();
    return tap_done();
}
