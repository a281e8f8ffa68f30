/* INFO of VCFs, in whatever they are packed, as columns of variants. */
#include "annot/info_annot.h"

#include <unistd.h>

#include <htslib/bgzf.h>
#include <htslib/tbx.h>
#include <htslib/vcf.h>

#include "annot/info_header.h"
#include "base/mem.h"
#include "fill_anew.h"
#include "some_variants.h"
#include "tap.h"

#define HEADER                                                                \
    "##fileformat=VCFv4.2\n"                                                  \
    "##contig=<ID=chr1,length=1000000>\n"                                     \
    "##contig=<ID=chr2,length=1000000>\n"                                     \
    "##INFO=<ID=DP,Number=1,Type=Integer,Description=\"Depth, total\">\n"     \
    "##INFO=<ID=AF,Number=A,Type=Float,Description=\"a \\\"quoted\\\" >\">\n" \
    "##INFO=<ID=AD,Number=R,Type=Integer,Description=\"d\">\n"                \
    "##INFO=<ID=GC,Number=G,Type=Integer,Description=\"d\">\n"                \
    "##INFO=<ID=SB,Number=4,Type=Integer,Description=\"d\">\n"                \
    "##INFO=<ID=PL,Number=.,Type=Float,Description=\"d\">\n"                  \
    "##INFO=<ID=DB,Number=0,Type=Flag,Description=\"d\">\n"                   \
    "##INFO=<ID=CADD,Number=A,Type=String,Description=\"d\">\n"               \
    "##INFO=<ID=dbNSFP_SIFT_score,Number=A,Type=String,Description=\"d\">\n"  \
    "##INFO=<ID=LABEL,Number=1,Type=String,Description=\"d\">\n"              \
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"

/* A SNP; two ALTs, one of them an indel; a flag alone; nothing; a deletion told
 * elsewhere; a MNP that is a SNP three bases on, before which a record stands;
 * another chromosome. */
#define RECORDS                                                          \
    "chr1\t100\t.\tA\tC\t.\t.\tDP=7;AF=0.25;AD=3,4;GC=1,2,3;SB=1,2,3,4;" \
    "CADD=12.5|.|3;dbNSFP_SIFT_score=0.5|0.25;PL=3,1,2;LABEL=0.5\n"      \
    "chr1\t200\t.\tCTT\tC,CT\t.\t.\tDP=8;AF=0.125,0.5;AD=1,2,3;"         \
    "GC=0,1,2,3,4,5;PL=8,9;CADD=.,4\n"                                   \
    "chr1\t300\t.\tG\tT\t.\t.\tDB\n"                                     \
    "chr1\t400\t.\tG\tT\t.\t.\t.\n"                                      \
    "chr1\t500\t.\tG\t*,<DEL>,A\t.\t.\tAF=0.1,0.2,.\n"                   \
    "chr1\t600\t.\tACGTC\tACGAC\t.\t.\tDP=9;AF=1e-3\n"                   \
    "chr1\t601\t.\tC\tT\t.\t.\tDP=10;AD=5,.\n"                           \
    "chr2\t100\t.\tA\tC\t.\t.\tDP=11\n"

#define VARIANTS                                                              \
    "100 A C,200 CTT C,200 CT C,300 G T,400 G T,500 G A,601 C T,603 T A,700 " \
    "A C"

static char dir[] = "/tmp/dw-test-XXXXXX";
static char of_vcf[64], gz[64], of_bcf[64], spec[256];

static void pack(const char *text)
{
    BGZF *f = bgzf_open(gz, "w");

    if (!f || bgzf_write(f, text, strlen(text)) < 0 || bgzf_close(f) != 0)
        perror(gz), exit(1);
}

static void pack_bcf(void)
{
    htsFile *in = hts_open(of_vcf, "r"), *out = hts_open(of_bcf, "wb");
    bcf_hdr_t *header = bcf_hdr_read(in);
    bcf1_t *rec = bcf_init();

    if (bcf_hdr_write(out, header) < 0)
        abort();
    while (bcf_read(in, header, rec) == 0) {
        if (bcf_write(out, header, rec) < 0)
            abort();
    }
    bcf_destroy(rec);
    bcf_hdr_destroy(header);
    if (hts_close(in) != 0 || hts_close(out) != 0)
        abort();
}

static void remove_index(const char *of)
{
    char name[80];

    snprintf(name, sizeof name, "%s.tbi", of);
    remove(name);
    snprintf(name, sizeof name, "%s.csi", of);
    remove(name);
}

static dw_annotator *open_tags(const char *file, const char *tags)
{
    snprintf(spec, sizeof spec, "%s:%s", file, tags);
    err = (dw_err){0};
    return dw_info_annot_open(spec, NULL, &err);
}

/* The values of these tags, whatever packs the file. */
static void check(const char *tags, size_t k, const char *want)
{
    const char *const file[] = {of_vcf, gz, gz, gz, of_bcf};
    const char *const what[] = {"plain", "bgzip", ".tbi", ".csi", "BCF"};

    for (size_t i = 0; i < 5; i++) {
        int rc;

        remove_index(gz);
        if ((i == 2 && tbx_index_build(gz, 0, &tbx_conf_vcf) < 0) ||
            (i == 3 && tbx_index_build(gz, 14, &tbx_conf_vcf) < 0))
            abort();
        memset(got, 0, sizeof got);
        rc = annotate_all(open_tags(file[i], tags));
        OK(rc == 0 && strcmp(values(k), want) == 0, "%s, %s: %s %s", tags,
           what[i], values(k), err.msg);
    }
}

static void test_values(void)
{
    put_file(of_vcf, HEADER RECORDS);
    pack(HEADER RECORDS);
    pack_bcf();
    if (bcf_index_build(of_bcf, 14) < 0)
        abort();
    make_variants("1", VARIANTS);
    check("DP", 1, "7,8,8,.,.,.,10,9,.");
    check("AF", 1, "0.25,0.125,0.5,.,.,.,.,0.001,.");
    check("AD", 1, "4,2,3,.,.,.,.,.,.");
    check("GC", 3, "1 2 3,0 1 2,0 3 5,. . .,. . .,. . .,. . .,. . .,. . .");
    check("SB", 4,
          "1 2 3 4,. . . .,. . . .,. . . .,. . . .,. . . .,. . . .,. . . .,. "
          ". . .");
    check("PL,PLmin=PL/min,PLmean=PL/mean", 3,
          "3 1 2,8 8 8,9 9 9,. . .,. . .,. . .,. . .,. . .,. . .");
    check("DB", 1, "0,0,0,1,0,0,0,0,.");
    check("CADD,x=CADD/first,dbNSFP_SIFT_score", 3,
          "12.5 12.5 0.25,. . .,4 4 .,. . .,. . .,. . .,. . .,. . .,. . .");
    check("LABEL", 1, "0.5,.,.,.,.,.,.,.,.");
    make_variants("2", "100 A C");
    check("DP", 1, "11");
    make_variants("3", "100 A C");
    check("DP", 1, ".");
}

/* As the file has it, though REF and ALT are exchanged, or on the other strand;
 * the same alleles are taken before. */
static void test_alleles(void)
{
    put_file(of_vcf, HEADER "1\t5\t.\tA\tC\t.\t.\tAF=0.25;AD=1,2\n"
                            "1\t6\t.\tA\tC\t.\t.\tAF=0.5\n"
                            "1\t6\t.\tC\tA\t.\t.\tAF=0.125\n"
                            "1\t7\t.\ta\tc\t.\t.\tAF=0.75\n");
    make_variants("1", "5 C A,6 C A,7 A C,7 G T,7 A G");
    OK(annotate_all(open_tags(of_vcf, "AF,AD")) == 0 &&
           strcmp(values(2), "0.25 2,0.125 .,0.75 .,0.75 .,. .") == 0,
       "exchanged alleles have the value of the file's ALT: %s", values(2));
    make_variants("1", "7 T G,7 G T");
    OK(annotate_all(open_tags(of_vcf, "AF")) == 0 &&
           strcmp(values(1), "0.75,0.75") == 0,
       "on the other strand: %s", values(1));
}

/* Not in order: sorted, by chromosomes too. */
static void test_order(void)
{
    dw_annotator *a;
    int rc;

    put_file(of_vcf, HEADER "2\t5\t.\tA\tC\t.\t.\tDP=1\n"
                            "1\t9\t.\tA\tC\t.\t.\tDP=2\n"
                            "1\t5\t.\tA\tC\t.\t.\tDP=3\n"
                            "1\t0\t.\tA\tC\t.\t.\tDP=4\n");
    make_variants("1", "5 A C,9 A C");
    a = open_tags(of_vcf, "DP");
    rc = a ? fill_anew(a, &v, got, &err) : -1;
    OK(rc == 0 && strcmp(values(1), "3,2") == 0, "not in order: %s", values(1));
    make_variants("2", "5 A C");
    OK(annotate_all(a) == 0 && strcmp(values(1), "1") == 0,
       "another chromosome: %s", values(1));
}

/* Rows and variants that trimming moves behind those after them. */
static void test_trimmed(void)
{
    const char *const text = HEADER "chr1\t100\t.\tAAAG\tAAAC\t.\t.\tDP=1\n"
                                    "chr1\t101\t.\tAAAG\tAAAC\t.\t.\tDP=2\n"
                                    "chr1\t102\t.\tAAAG\tC\t.\t.\tDP=3\n"
                                    "chr1\t103\t.\tA\tC\t.\t.\tDP=4\n"
                                    "chr1\t104\t.\tAG\tA\t.\t.\tDP=5\n"
                                    "chr1\t110\t.\tAG\tT\t.\t.\tDP=6\n"
                                    "chr2\t1\t.\tAAG\tAAT\t.\t.\tDP=7\n";

    put_file(of_vcf, text);
    pack(text);
    pack_bcf();
    if (bcf_index_build(of_bcf, 14) < 0)
        abort();
    make_variants("1", "100 AAAAG AAAAC,101 A C,102 AAAG C,102 AAG AAC,"
                       "103 G C,103 A C,104 A AG,110 AGT TT");
    check("DP", 1, "2,.,3,2,1,4,5,6");
    make_variants("2", "1 A C,2 AG AT,3 G T");
    check("DP", 1, ".,7,7");
}

static void test_header(void)
{
    dw_info_header h = {0};
    const dw_info_tag *tag;

    OK(dw_info_header_take(
           &h, dw_span_of("##INFO=<ID=x,Description=\"a,Number=A,\\\","
                          "Type=Flag\",Number=2,Type=Integer>")) == 0 &&
           (tag = dw_info_header_find(&h, "x")) && tag->number == 2 &&
           tag->type == DW_INFO_NUMBER && tag->is_integer,
       "what is quoted is not looked at");
    OK(dw_info_header_take(&h, dw_span_of("##INFO=<ID=y,Number=65,"
                                          "Type=String>")) == 0 &&
           (tag = dw_info_header_find(&h, "y")) &&
           tag->number == DW_INFO_LIST && tag->type == DW_INFO_TEXT,
       "too many are a list");
    OK(dw_info_header_take(&h, dw_span_of("1\t5")) == -1 && !h.ended,
       "no line of a header");
    dw_info_header_clear(&h);
}

static void test_names(void)
{
    dw_annotator *a;

    put_file(of_vcf, HEADER RECORDS);
    a = open_tags(of_vcf, "GC,frequency=AF,SB");
    OK(a && a->k == 8 && strcmp(a->name[0], "GC_RR") == 0 &&
           strcmp(a->name[1], "GC_RA") == 0 &&
           strcmp(a->name[2], "GC_AA") == 0 &&
           strcmp(a->name[3], "frequency") == 0 &&
           strcmp(a->name[7], "SB_4") == 0,
       "names");
    dw_annotator_free(a);
}

/* A record or a header that is refused, in these words. */
static void refused(const char *text, const char *tags, const char *message)
{
    put_file(of_vcf, text);
    make_variants("1", "5 A C");
    OK(annotate_all(open_tags(of_vcf, tags)) < 0 && strstr(err.msg, message),
       "%s", err.msg);
}

static void test_faults(void)
{
    refused(HEADER, "CADDX",
            "its header has no INFO CADDX; the nearest is CADD");
    refused(HEADER, "zzzzzzzz", "no INFO zzzzzzzz among its 10");
    refused(HEADER, "AF,AF", "column AF is there twice; NAME=AF");
    refused("a\tb\n", "AF", "is neither a VCF nor a BCF");
    refused("##fileformat=VCFv4.2\n", "AF", "is neither a VCF nor a BCF");
    refused(HEADER "1\t5\t.\tA\tC\t.\t.\tAF=x\n", "AF",
            ":15: INFO AF: \"x\" is not a number");
    refused(HEADER "1\t5\t.\tA\tC\t.\t.\tAF=inf\n", "AF",
            ":15: INFO AF: \"inf\" is infinite");
    refused(HEADER "1\t5\t.\tA\tC,G\t.\t.\tAF=1,2,3\n", "AF",
            ":15: INFO AF: 3 values, and by the header it should be 2");
    refused(HEADER "1\t5\t.\tA\tC\t.\t.\tAD=1,2,3\n", "AD",
            "3 values, and by the header it should be 2");
    refused(HEADER "1\t5\t.\tA\tC\t.\t.\tGC=1,2\n", "GC",
            "2 values, and by the header it should be 3");
    refused(HEADER "1\t5\t.\tA\tC\t.\t.\tSB=1,2\n", "SB",
            "2 values, and by the header it should be 4");
    refused(HEADER "1\t5\t.\tA\tC\t.\t.\tDP=1,2\n", "DP",
            "2 values, and by the header it should be 1; DP/max, /min");
    refused(HEADER "1\t5\t.\tA\tC\t.\t.\tAF=1,2\n", "AF",
            "2 values, and by the header it should be 1; AF/max, /min");
    put_file(of_vcf, HEADER "1\t5\t.\tA\tC\t.\t.\tAF=1,3;DP=4,5\n");
    OK(annotate_all(open_tags(of_vcf, "AF/mean,DP/first")) == 0 &&
           strcmp(values(2), "2 4") == 0,
       "more values than there should be, by a rule: %s", values(2));
    refused(HEADER "1\t5\t.\tA\tC\t.\t.\n", "AF", "7 fields where a VCF has 8");
    refused(HEADER "1\tx\t.\tA\tC\t.\t.\t.\n", "AF",
            "POS \"x\" is not a position");
    refused(HEADER ".\t5\t.\tA\tC\t.\t.\t.\n", "AF",
            "CHROM \".\" is no chromosome");
    refused(HEADER "2\t5\t.\tA\tC\t.\t.\t.\n2\t6\t.\tA\tC\t.\t.\t.\n"
                   "2\t7\t.\tA\tC\t.\t.\t.\n2\t8\t.\tA\tC\t.\t.\tAF=z\n",
            "AF", ":18: INFO AF");
    OK(!dw_info_annot_open(of_vcf, NULL, &err) && strstr(err.msg, "which of"),
       "%s", err.msg);
    OK(!open_tags("/nonexistent.vcf", "AF"), "%s", err.msg);
}

/* What an index or its lack can do. */
static void test_index(void)
{
    char name[80];

    make_variants("1", "100 A C");
    pack(HEADER RECORDS);
    snprintf(name, sizeof name, "%s.tbi", gz);
    put_file(name, "no index");
    OK(annotate_all(open_tags(gz, "DP")) == DW_EFORMAT &&
           strstr(err.msg, "make it anew"),
       "%s", err.msg);
    remove_index(gz);
    put_file(of_vcf, HEADER RECORDS);
    pack_bcf();
    remove_index(of_bcf);
    OK(annotate_all(open_tags(of_bcf, "DP")) == DW_EFORMAT &&
           strstr(err.msg, "bcftools index"),
       "%s", err.msg);
}

static void test_no_memory(void)
{
    unsigned long n = 1;
    size_t failed = 0;
    int rc = -1;

    put_file(of_vcf, HEADER RECORDS);
    make_variants("1", VARIANTS);
    for (; rc < 0 && n < 1000; n++) {
        dw_annotator *a = open_tags(of_vcf, "AF,GC");

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
    snprintf(of_vcf, sizeof of_vcf, "%s/x.vcf", dir);
    snprintf(gz, sizeof gz, "%s/x.vcf.gz", dir);
    snprintf(of_bcf, sizeof of_bcf, "%s/x.bcf", dir);
    test_values();
    test_alleles();
    test_order();
    test_trimmed();
    test_header();
    test_names();
    test_faults();
    test_index();
    test_no_memory();
    remove(of_vcf);
    remove(gz);
    remove(of_bcf);
    rmdir(dir);
    dw_variants_clear(&v);
    return tap_done();
}
