/* gtf_annot, gene_model, gtf_lines: two coding genes, one on each strand, and
 * one that is not, as Ensembl, Gencode and a GFF3 write them. */
#include "annot/gtf_annot.h"

#include "annot/gtf_lines.h"
#include "annot_sample.h"
#include "base/buf.h"
#include "base/log.h"

static dw_err err;

#define T1 "gene_id \"G1\"; transcript_id \"T1\"; gene_name \"a;b 2\"; "
#define T2 "transcript_id T2; gene_id \"G2\";"
#define T3 "gene_id \"G3\"; transcript_id \"T3\"; "

/* Without lines of genes and transcripts, in no order. */
static const char bare[] = "# GTF\n"
                           "chr1\tx\texon\t101\t200\t.\t+\t.\t" T1 "\n"
                           "chr1\tx\texon\t501\t600\t.\t+\t.\t" T1 "\n"
                           "chr1\tx\tCDS\t501\t520\t.\t+\t.\t" T1 "\n"
                           "chr1\tx\tstop_codon\t521\t523\t.\t+\t.\t" T1 "\n"
                           "chr1\tx\tUTR\t1\t9999\t.\t+\t.\t" T1 "\n"
                           "chr1\tx\texon\t2201\t2300\t.\t-\t.\t" T2 "\n"
                           "chr1\tx\texon\t2001\t2100\t.\t-\t.\t" T2 "\n"
                           "chr1\tx\tCDS\t2201\t2250\t.\t-\t.\t" T2 "\n"
                           "chr1\tx\tCDS\t2051\t2100\t.\t-\t.\t" T2 "\n"
                           "chr1\tx\tstop_codon\t2048\t2050\t.\t-\t.\t" T2 "\n"
                           "1\tx\texon\t301\t400\t.\t+\t.\t" T1 "\n"
                           "1\tx\tCDS\t301\t400\t.\t+\t.\t" T1 "\n"
                           "1\tx\tCDS\t151\t200\t.\t+\t.\t" T1 "\n"
                           "1\tx\texon\t3001\t3100\t.\t+\t.\t" T3 "\n"
                           "1\tx\texon\t3103\t3200\t.\t+\t.\t" T3 "\n"
                           "2\tx\texon\t50\t60\t.\t.\t.\t" T3 "\n";

static const char gff3[] =
    "##gff-version 3\n"
    "1\tx\tregion\t1\t9999\t.\t.\t.\tID=1;Name=x\n"
    "1\tx\tgene\t101\t600\t.\t+\t.\tID=g1;gene_biotype=protein_coding\n"
    "1\tx\tmRNA\t101\t600\t.\t+\t.\tID=t1;Parent=g1\n"
    "1\tx\texon\t101\t200\t.\t+\t.\tParent=t1\n"
    "1\tx\texon\t301\t400\t.\t+\t.\tParent=t1\n"
    "1\tx\texon\t501\t600\t.\t+\t.\tParent=t1\n"
    "1\tx\tCDS\t151\t200\t.\t+\t.\tID=c1;Parent=t1\n"
    "1\tx\tCDS\t301\t400\t.\t+\t.\tID=c1;Parent=t1\n"
    "1\tx\tCDS\t501\t523\t.\t+\t.\tID=c1;Parent=t1\n"
    "###\n"
    "1\tx\texon\t2001\t2100\t.\t-\t.\tParent=t2\n"
    "1\tx\texon\t2201\t2300\t.\t-\t.\tParent=t2\n"
    "1\tx\tCDS\t2048\t2100\t.\t-\t.\tParent=t2\n"
    "1\tx\tCDS\t2201\t2250\t.\t-\t.\tParent=t2\n"
    "1\tx\tmRNA\t2001\t2300\t.\t-\t.\tParent=g2;ID=t2\n"
    "1\tx\tgene\t2001\t2300\t.\t-\t.\tID=g2;biotype=protein_coding\n"
    "1\tx\tncRNA_gene\t3001\t3200\t.\t+\t.\tID=g3\n"
    "1\tx\tlnc_RNA\t3001\t3200\t.\t+\t.\tID=t3;Parent=g3\n"
    "1\tx\texon\t3001\t3100\t.\t+\t.\tParent=t3b,t3\n"
    "1\tx\texon\t3103\t3200\t.\t+\t.\tParent=t3\n"
    "2\tx\texon\t50\t60\t.\t?\t.\tParent=t3\n"
    "##FASTA\n>1\nACGT\n";

static dw_annotator *open_text(const char *text, const char *words)
{
    char *path = annot_file(text, ".gtf");
    dw_buf spec = {0};
    dw_annotator *a;

    err = (dw_err){0};
    dw_buf_addf(&spec, "%s%s", path, words);
    a = dw_gtf_annot_open(spec.s, NULL, &err);
    dw_buf_clear(&spec);
    annot_drop(path);
    return a;
}

static void check(const char *text, const char *words, const char *at,
                  const char *want)
{
    dw_annotator *a = open_text(text, words);
    dw_variants v = annot_variants("1", at);

    OK(a && a->k == 1, "%s: opened %s", words, err.msg);
    if (a)
        VALUES(a, &v, 0, want);
    dw_annotator_free(a);
    dw_variants_clear(&v);
}

static void test_places(const char *text)
{
    check(text, ":coding",
          "150 151 200 201 301 520 523 524 2047 2048 2250 2251",
          "0 1 1 0 1 1 1 0 0 1 1 0");
    check(text, ":utr5", "100 101 150 151 524 2047 2250 2251 2300 3001",
          "0 1 1 0 0 0 0 1 1 0");
    check(text, ":utr3", "101 523 524 600 601 2000 2001 2047 2048 2251",
          "0 0 1 1 0 0 1 1 0 0");
    check(text, ":exon", "100 101 200 201 300 301 600 2150 3101 3103",
          "0 1 1 0 0 1 1 0 0 1");
    check(text, ":noncoding_exon", "101 2001 3000 3001 3100 3101 3103 3200",
          "0 0 0 1 1 0 1 1");
    check(text, ":intron",
          "100 200 201 300 301 401 500 601 2101 3101 3102 3103",
          "0 0 1 1 0 1 1 0 1 1 1 0");
    check(text, ":splice_site",
          "200 201 202 203 298 299 300 301 2101 3101 3102",
          "0 1 1 0 0 1 1 0 1 1 1");
    check(text, ":splice_region",
          "197 198 200 201 202 203 208 209 292 293 298 299 300 301 303 304",
          "0 1 1 0 0 1 1 0 0 1 1 0 0 1 1 0");
    check(text, ":splice_region", "3098 3100 3101 3102 3103 3105 3106",
          "1 1 0 0 1 1 0");
    check(text, ":promoter@50,10", "50 51 101 111 112 2289 2290 2300 2350 2351",
          "0 1 1 1 0 0 1 1 1 0");
    check(text, ":promoter@1k", "1 1101 1102 1299 1300", "1 1 0 0 1");
    check(text, ":promoter", "1 301 302 1000 1001 4300 4301", "1 1 0 0 1 1 0");
    check(text, ":tss_distance", "1 92 101 110 2298:AC 2298:ACG 2300 2309 3001",
          "2.00432 1 0 1 0.30103 0 0 1 0");
    check(text, ":gene", "100 101 250 600 601 2300 3200 3201",
          "0 1 1 1 0 1 1 0");
    check(text, ":gene,protein_coding", "101 250 2300 3200", "1 1 1 0");
    check(text, ":tss_distance,protein_coding", "101 3001", "0 2.84634");
}

/* Ensembl 75 has transcripts' biotypes for sources; later ones, and Gencode, an
 * attribute; else it is the gene's. */
static void test_biotypes(void)
{
    static const char text[] =
        "1\tnonsense_mediated_decay\texon\t11\t20\t.\t+\t.\tgene_id \"a\"; "
        "transcript_id \"a1\"; gene_biotype \"protein_coding\"; "
        "transcript_source \"havana\"; note \"x\n"
        "1\thavana\texon\t31\t40\t.\t+\t.\tgene_id \"a\"; transcript_id "
        "\"a2\"; "
        "gene_biotype \"protein_coding\"; transcript_biotype \"retained\"; "
        "transcript_source \"havana\"\n"
        "1\tHAVANA\texon\t51\t60\t.\t+\t.\tgene_id \"b\"; transcript_id "
        "\"b1\"; "
        "gene_type \"lncRNA\"; transcript_type \"protein_coding\";\n"
        "1\tx\texon\t71\t80\t.\t+\t.\tgene_id \"c\"; transcript_id \"c1\"; "
        "gene_type \"lncRNA\"\n"
        "1\tx\texon\t91\t99\t.\t+\t.\tgene_id \"d\"; transcript_id \"d1\"; "
        "gene_type \"protein_coding\"\n"
        "1\tx\tCDS\t111\t120\t.\t+\t.\tgene_id \"e\"; transcript_id \"e1\"\n";
    char *whole = dw_strdup(text);

    *strstr(whole, "note \"x") = 0; /* the quote that does not end, cut off */
    strcat(whole, strchr(text, '\n'));
    check(whole, ":exon,protein_coding", "11 31 51 71 91 111", "0 0 1 0 1 1");
    check(whole, ":exon", "11 31 51 71 91 111", "1 1 1 1 1 1");
    dw_free(whole);
    OK(!open_text(text, "") &&
           strstr(err.msg, ":1: column 9 (attributes): "
                           "\"note\" is followed by a quote"),
       "%s", err.msg);
}

/* Introns as short as a frameshift, and as long as both splice regions. */
static void test_short_introns(void)
{
    static const char text[] =
        "1\tx\texon\t11\t20\t.\t+\t.\tgene_id g=1; transcript_id t=1\n"
        "1\tx\texon\t22\t30\t.\t+\t.\tgene_id g=1; transcript_id t=1\n"
        "1\tx\texon\t37\t38\t.\t+\t.\tgene_id g=1; transcript_id t=1\n"
        "1\tx\texon\t39\t50\t.\t+\t.\tgene_id g=1; transcript_id t=1\n";

    check(text, ":splice_site", "20 21 22 30 31 32 33 34 35 36 37 39",
          "0 1 0 0 1 1 0 0 1 1 0 0");
    check(text, ":splice_region", "17 18 20 21 22 24 25 28 30 31 32",
          "0 1 1 0 1 1 0 1 1 0 0");
    check(text, ":splice_region", "33 34 35 36 37 38 39 40", "1 1 0 0 1 1 0 0");
    check(text, ":intron", "20 21 22 30 31 36 37 38 39", "0 1 0 0 1 1 0 0 0");
}

static void test_names(void)
{
    dw_annotator *a = open_text(bare, "");
    char *path = annot_file(bare, ".gtf");
    dw_buf spec = {0};

    OK(a && a->k == 9 && strcmp(a->name[0], "coding") == 0 &&
           strcmp(a->name[8], "tss_distance") == 0 &&
           strcmp(a->unit[8], "log10(bp)") == 0,
       "columns by default");
    dw_annotator_free(a);
    dw_buf_addf(&spec, "ens=%s:promoter,coding", path);
    a = dw_gtf_annot_open(spec.s, NULL, &err);
    OK(a && a->k == 2 && strcmp(a->name[0], "ens.coding") == 0, "a prefix");
    dw_annotator_free(a);
    annot_drop(path);
    dw_buf_clear(&spec);
}

/* A contig without a TSS has no distance, and no genes. */
static void test_other_contig(void)
{
    dw_annotator *a = open_text(bare, ":exon,tss_distance");
    dw_variants v = annot_variants("2", "49 50 60");

    if (!a)
        return;
    VALUES(a, &v, 0, "0 1 1");
    VALUES(a, &v, 1, "NA NA NA");
    strcpy(v.contig, "X");
    VALUES(a, &v, 0, "0 0 0");
    VALUES(a, &v, 1, "NA NA NA");
    dw_annotator_free(a);
    dw_variants_clear(&v);
}

static void test_refused(void)
{
    static const struct {
        const char *text, *words;
        int code;
        const char *says;
    } bad[] = {
        {bare, ":codons", DW_EUSAGE, ":codons: is none of gene, exon"},
        {bare, "@1,2,3", DW_EUSAGE, "not 3"},
        {"", "", DW_EFORMAT, "neither a gene"},
        {"1\tx\texon\t5\t9\t.\t+\t.\n", "", DW_EFORMAT, ":1: 8 fields"},
        {"1\tx\texon\t5\t9\t.\t+\t.\tgene_id \"a\";\n", "", DW_EFORMAT,
         "exon without transcript_id"},
        {"1\tx\texon\t5\t9\t.\t+\t.\tID=x\n", "", DW_EFORMAT,
         "exon without Parent"},
        {"1\tx\tgene\t5\t9\t.\t+\t.\tx 1;\n", "", DW_EFORMAT,
         "gene without gene_id"},
        {"1\tx\texon\t0\t9\t.\t+\t.\t" T1 "\n", "", DW_EFORMAT, "column 4"},
        {"1\tx\texon\t5\t2147483648\t.\t+\t.\t" T1 "\n", "", DW_EFORMAT,
         "column 5"},
        {"1\tx\texon\t9\t5\t.\t+\t.\t" T1 "\n", "", DW_EFORMAT,
         "\"5\" is before the start"},
        {"1\tx\texon\t5\t9\t.\tplus\t.\t" T1 "\n", "", DW_EFORMAT, "column 7"},
        {"\tx\texon\t5\t9\t.\t+\t.\t" T1 "\n", "", DW_EFORMAT, "column 1"},
    };

    for (size_t i = 0; i < DW_COUNT(bad); i++) {
        dw_annotator *a = open_text(bad[i].text, bad[i].words);

        OK(!a && err.code == bad[i].code && strstr(err.msg, bad[i].says),
           "refused: %s", err.msg);
        dw_annotator_free(a);
    }
}

static void test_memory(const char *text)
{
    unsigned long i = 1;

    for (;; i++) {
        dw_annotator *a;

        dw_mem_fail_at(i);
        a = open_text(text, "");
        dw_mem_fail_at(0);
        dw_annotator_free(a);
        if (a)
            break;
        if (err.code != DW_ENOMEM || !err.msg[0])
            OK(0, "allocation %lu fails: %s", i, err.msg);
    }
    OK(i > 20, "%lu allocations, each of which fails well", i - 1);
}

int main(void)
{
    dw_log_init("test", DW_LOG_QUIET);
    test_places(bare);
    test_places(gff3);
    test_biotypes();
    test_short_introns();
    test_names();
    test_other_contig();
    test_refused();
    test_memory(bare);
    test_memory(gff3);
    return tap_done();
}
