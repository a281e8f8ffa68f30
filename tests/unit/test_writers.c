/*
 * The writers of foreign formats: bytes that are known, files that are there
 * whole or not at all.  That PLINK and bcftools read them is held by
 * tests/cli/dw-synth.bats.
 */
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <htslib/bgzf.h>

#include "base/buf.h"
#include "base/mem.h"
#include "output/annot_out.h"
#include "output/panel_out.h"
#include "output/plink_out.h"
#include "output/vcf_out.h"
#include "tap.h"

static char folder[] = "/tmp/dw-test-writers-XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[sizeof folder + 260];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* Removes all files of the folder; how many there were. */
static int sweep(void)
{
    DIR *d = opendir(folder);
    int n = 0;

    for (struct dirent *e; d && (e = readdir(d));) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        unlink(in_folder(e->d_name));
        n++;
    }
    if (d)
        closedir(d);
    return n;
}

/* The bytes of a file, unpacked if it is gzip (bgzf reads plain ones too). */
static dw_buf slurp(const char *name)
{
    BGZF *f = bgzf_open(in_folder(name), "r");
    dw_buf b = {0};
    char piece[4096];
    ssize_t n;

    dw_buf_adds(&b, "");
    while (f && (n = bgzf_read(f, piece, sizeof piece)) > 0)
        dw_buf_add(&b, piece, (size_t)n);
    if (f)
        (void)!bgzf_close(f);
    return b;
}

static void holds(const char *name, const char *want, size_t n)
{
    dw_buf b = slurp(name);

    OK(b.n == n && memcmp(b.s, want, n) == 0, "%s is as it should be", name);
    if (b.n != n || memcmp(b.s, want, n) != 0)
        printf("# %zu bytes: %s\n", b.n, b.s);
    dw_buf_clear(&b);
}

static int make_table(dw_variants *v)
{
    static const char *const text[3][3] = {
        {"rs1", "A", "G"}, {"rs2", "C", "CT"}, {".", "TAA", "T"}};
    dw_err err = {0};

    if (dw_variants_resize(v, 3, 0, 2, &err))
        return -1;
    strcpy(v->contig, "7");
    for (size_t i = 0; i < 3; i++) {
        v->pos[i] = (uint32_t)(100 + 50 * i);
        v->eaf[i] = 0.5f;
        v->annot[i] = 1;
        v->annot[3 + i] = i == 1 ? NAN : 0.125f * (float)i;
        if (dw_texts_add(&v->id, text[i][0], strlen(text[i][0])) ||
            dw_texts_add(&v->ref, text[i][1], strlen(text[i][1])) ||
            dw_texts_add(&v->alt, text[i][2], strlen(text[i][2])))
            return -1;
    }
    return 0;
}

/* Five people: one byte and a bit. */
static const int8_t geno[3][10] = {{0, 0, 0, 1, 1, 0, 1, 1, -1, -1},
                                   {1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
                                   {-1, -1, 0, 0, 0, 0, 0, 0, 0, 1}};
static const double cm[3] = {0, 0.5, 1.25};

static void hand_out(const void *ctx, size_t i, int8_t *hap)
{
    (void)ctx;
    memcpy(hap, geno[i], sizeof geno[i]);
}

static int make_spec(dw_panel_spec *spec)
{
    int rc = dw_texts_add(&spec->contigs.name, "7", 1) |
             dw_texts_add(&spec->columns, "base", 4) |
             dw_texts_add(&spec->columns, "x", 1);

    for (char id[] = "P1"; id[1] <= '5'; id[1]++)
        rc |= dw_texts_add(&spec->people, id, 2);
    spec->contigs.length = dw_alloc(1, sizeof *spec->contigs.length);
    spec->contigs.length[0] = 1000;
    spec->contigs.source = "test";
    spec->want_vcf = spec->want_bcf = true;
    return rc;
}

static void spec_clear(dw_panel_spec *spec)
{
    dw_texts_clear(&spec->contigs.name);
    dw_texts_clear(&spec->columns);
    dw_texts_clear(&spec->people);
    dw_free(spec->contigs.length);
}

static const char vcf[] =
    "##fileformat=VCFv4.2\n##FILTER=<ID=PASS,Description=\"All filters "
    "passed\">\n##source=test\n##contig=<ID=7,length=1000>\n"
    "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Phased genotype\">\n"
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tP1\tP2\tP3\tP4\tP5"
    "\n7\t100\trs1\tA\tG\t.\t.\t.\tGT\t0|0\t0|1\t1|0\t1|1\t.|.\n"
    "7\t150\trs2\tC\tCT\t.\t.\t.\tGT\t1|1\t1|1\t1|1\t1|1\t1|1\n"
    "7\t200\t.\tTAA\tT\t.\t.\t.\tGT\t.|.\t0|0\t0|0\t0|0\t0|1\n";

static void test_panel(const dw_panel_spec *spec, const dw_variants *v)
{
    /* 00 twice A1, 10 once, 11 never, 01 missing; the first in the low bits */
    static const char bed[] = {0x6c, 0x1b, 0x01,       0x2b, 0x01,
                               0,    0,    (char)0xfd, 0x02};
    static const char bim[] = "7\trs1\t0.000000\t100\tG\tA\n"
                              "7\trs2\t0.500000\t150\tCT\tC\n"
                              "7\t.\t1.250000\t200\tT\tTAA\n";
    static const char fam[] =
        "P1\tP1\t0\t0\t0\t-9\nP2\tP2\t0\t0\t0\t-9\nP3\tP3\t0\t0\t0\t-9\n"
        "P4\tP4\t0\t0\t0\t-9\nP5\tP5\t0\t0\t0\t-9\n";
    static const char annot[] = "CHR\tBP\tSNP\tCM\tbase\tx\n"
                                "7\t100\trs1\t0.000000\t1\t0\n"
                                "7\t150\trs2\t0.500000\t1\tNA\n"
                                "7\t200\t.\t1.250000\t1\t0.25\n";
    dw_err err = {0};
    dw_panel_out *out = dw_panel_out_open(in_folder("p"), spec, &err);
    int rc = out ? 0 : -1;
    struct stat st;

    for (int kind = 0; kind < DW_PANEL_KINDS && rc == 0; kind++)
        rc = dw_panel_out_add(out, (enum dw_panel_kind)kind, v, cm, hand_out,
                              NULL, &err);
    OK(rc == 0 && stat(in_folder("p.bed"), &st) != 0 &&
           stat(in_folder("p.vcf.gz"), &st) != 0,
       "nothing is there before it is closed");
    OK(rc == 0 && dw_panel_out_close(out, &err) == 0, "a panel is written %s",
       err.msg);
    holds("p.bed", bed, sizeof bed);
    holds("p.bim", bim, sizeof bim - 1);
    holds("p.fam", fam, sizeof fam - 1);
    holds("p.annot.gz", annot, sizeof annot - 1);
    holds("p.vcf.gz", vcf, sizeof vcf - 1);
    OK(stat(in_folder("p.vcf.gz.tbi"), &st) == 0 && st.st_size > 50 &&
           stat(in_folder("p.bcf.csi"), &st) == 0 && st.st_size > 50,
       "both indexes are there");
    OK(sweep() == 8, "and nothing else");
}

static void test_abandoned(const dw_panel_spec *spec, const dw_variants *v)
{
    dw_err err = {0};
    dw_panel_out *out = dw_panel_out_open(in_folder("p"), spec, &err);
    int rc = out ? 0 : -1;

    for (int kind = 0; kind < DW_PANEL_KINDS && rc == 0; kind++)
        rc = dw_panel_out_add(out, (enum dw_panel_kind)kind, v, cm, hand_out,
                              NULL, &err);
    dw_panel_out_abandon(out);
    OK(rc == 0 && sweep() == 0, "an abandoned panel leaves nothing");
}

static void test_no_folder(const dw_panel_spec *spec)
{
    dw_err err = {0};
    dw_panel_out *out = dw_panel_out_open(in_folder("no/p"), spec, &err);

    OK(!out && err.code == DW_EIO && strstr(err.msg, "no/p"),
       "a folder that is not there: %s", err.msg);
    dw_panel_out_abandon(out);
}

/* A variant on a chromosome that the header does not name. */
static void test_unknown_contig(const dw_panel_spec *spec, dw_variants *v)
{
    dw_err err = {0};
    dw_vcf_out *out = dw_vcf_out_open(in_folder("x.bcf"), DW_VCF_BCF,
                                      &spec->people, &spec->contigs, &err);

    strcpy(v->contig, "8");
    OK(out && dw_vcf_out_add(out, v, 0, geno[0], &err) == DW_EIO,
       "a contig that the header lacks: %s", err.msg);
    dw_vcf_out_abandon(out);
    OK(sweep() == 0, "leaves nothing");
    strcpy(v->contig, "7");
}

int main(void)
{
    dw_panel_spec spec = {0};
    dw_variants v = {0};

    if (!mkdtemp(folder) || make_spec(&spec) || make_table(&v))
        return 1;
    test_panel(&spec, &v);
    test_abandoned(&spec, &v);
    test_no_folder(&spec);
    test_unknown_contig(&spec, &v);
    spec_clear(&spec);
    dw_variants_clear(&v);
    rmdir(folder);
    return tap_done();
}
