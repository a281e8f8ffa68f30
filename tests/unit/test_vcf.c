/* read_vcf: genotypes of a VCF written here, in all the ways that they are
 * written, and records that are refused. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "input/read_geno.h"
#include "tap.h"

static char dir[] = "/tmp/dw-vcf-XXXXXX";

#define HEAD                                                      \
    "##fileformat=VCFv4.2\n##contig=<ID=chr1>\n##contig=<ID=2>\n" \
    "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"G\">\n"   \
    "##FORMAT=<ID=DS,Number=A,Type=Float,Description=\"D\">\n"    \
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\tb\tc\td\n"

static dw_geno *open_it(const char *text, const dw_geno_query *query,
                        dw_err *err)
{
    char path[100];
    FILE *f;

    snprintf(path, sizeof path, "%s/x.vcf", dir);
    f = fopen(path, "wb");
    *err = (dw_err){0};
    if (!f || fputs(text, f) < 0 || fclose(f) != 0)
        OK(0, "wrote %s", path);
    return dw_geno_open(path, query, err);
}

/* All that is read, as in test_plink; the fault, if there is one, in err. */
static int read_all(dw_geno *g, char *got, size_t size, dw_err *err)
{
    unsigned char bytes[64];
    dw_site s;
    int rc = 0;

    *got = 0;
    while (rc >= 0 && (rc = dw_geno_next(g, &s, err)) > 0) {
        size_t n = strlen(got);

        rc = dw_geno_column(g, bytes, err);
        n += (size_t)snprintf(got + n, size - n, "%s:%u:%s:%s:%s=", s.contig,
                              (unsigned)s.pos, s.id, s.ref, s.alt);
        for (size_t i = 0; i < dw_geno_people(g); i++) {
            float x;

            if (dw_geno_kind_of(g) == DW_GENO_PACKED) {
                n += (size_t)snprintf(got + n, size - n, "%d",
                                      bytes[i / 4] >> i % 4 * 2 & 3);
            } else {
                memcpy(&x, bytes + i * sizeof x, sizeof x);
                n += (size_t)snprintf(got + n, size - n, "%g,", (double)x);
            }
        }
        snprintf(got + n, size - n, " ");
    }
    return rc;
}

static void reads(dw_geno *g, const char *want)
{
    char got[1000];
    dw_err err = {0};
    int rc = read_all(g, got, sizeof got, &err);

    OK(rc == 0 && strcmp(got, want) == 0, "reads %s%s", got, err.msg);
}

static const char *const BODY =
    HEAD "chr1\t5\trs1\tA\tg\t.\t.\t.\tGT\t0/0\t0|1\t1/1\t./.\n"
         "chr1\t7\t.\tC\tT,G,*\t.\t.\t.\tGT:DS\t0/1\t1/2\t2|2\t./1\n"
         "chr1\t7\t.\tC\t.\t.\t.\t.\tGT\t0/0\t0/0\t0/0\t0/0\n"
         "chr1\t9\tx\tC\tT\t.\t.\t.\tGT\t0\t1\t.\t1|0\n"
         "2\t3\ty\tCA\tC\t.\t.\t.\tDS\t0\t1\t.\t1\n"
         "2\t4\t.\tG\tT\t.\t.\t.\tGT:DS\t00/1\t1:0\t0|1:1\t./.:.\n";

static void test_genotypes(void)
{
    static const char *const want =
        "1:5:rs1:A:G=3201 1:7:.:C:T=2231 1:7:.:C:G=3201 1:9:x:C:T=3012 ";
    dw_geno_query all = {0};
    dw_err err;
    dw_geno *g = open_it(BODY, &all, &err);
    char both[200];

    OK(g && dw_geno_people(g) == 4, "opened: %s", err.msg);
    snprintf(both, sizeof both, "%s2:3:y:CA:C=1111 2:4:.:G:T=2021 ", want);
    reads(g, both);
    OK(strcmp(dw_geno_fid(g, 0), "0") == 0 &&
           strcmp(dw_geno_iid(g, 3), "d") == 0,
       "names; no family");
    OK(dw_geno_unplaced(g) == 1, "* is no variant");
    OK(dw_geno_seek(g, "2", &err) == 1, "seek, as it stands behind the end");
    reads(g, "2:3:y:CA:C=1111 2:4:.:G:T=2021 ");
    OK(dw_geno_seek(g, "1", &err) == 1, "backwards");
    reads(g, want);
    OK(dw_geno_seek(g, "2", &err) == 1, "onwards");
    reads(g, "2:3:y:CA:C=1111 2:4:.:G:T=2021 ");
    OK(dw_geno_seek(g, "9", &err) == 0, "not there");
    reads(g, "");
    dw_geno_close(g);
}

static void test_query(void)
{
    char path[100];
    dw_regions r = {0};
    dw_geno_query part = {.regions = &r}, some = {.samples = path};
    dw_err err = {0};
    FILE *f;
    dw_geno *g;

    OK(dw_regions_add_text(&r, "1:6-8,2", &err) == 0, "regions");
    dw_regions_sort(&r);
    g = open_it(BODY, &part, &err);
    reads(g, "1:7:.:C:T=2231 1:7:.:C:G=3201 2:3:y:CA:C=1111 2:4:.:G:T=2021 ");
    dw_geno_close(g);
    dw_regions_clear(&r);
    snprintf(path, sizeof path, "%s/keep", dir);
    f = fopen(path, "w");
    if (!f || fputs("d\nb\n", f) < 0 || fclose(f) != 0)
        OK(0, "wrote");
    g = open_it(BODY, &some, &err);
    reads(g, "1:5:rs1:A:G=21 1:7:.:C:T=21 1:7:.:C:G=21 1:9:x:C:T=02 "
             "2:3:y:CA:C=11 2:4:.:G:T=01 ");
    dw_geno_close(g);
}

static void test_dosages(void)
{
    dw_geno_query query = {.dosage = true};
    dw_err err;
    dw_geno *g = open_it(
        HEAD "chr1\t5\trs1\tA\tG\t.\t.\t.\tGT:DS\t0/0:0.25\t0/1:.\t1/1:2\t./.\n"
             "chr1\t7\t.\tC\tT,G\t.\t.\t.\tDS\t0,1\t0.5,0\t.\t2.0001,0\n"
             "chr1\t9\t.\tC\tT\t.\t.\t.\tGT\t0/1\t0/1\t0/1\t0/1\n",
        &query, &err);

    reads(g, "1:5:rs1:A:G=0.25,nan,2,nan, 1:7:.:C:T=0,0.5,nan,2, "
             "1:7:.:C:G=1,0,nan,0, 1:9:.:C:T=nan,nan,nan,nan, ");
    dw_geno_close(g);
}

static void test_refused(void)
{
    static const struct {
        const char *text, *says;
        bool dosage;
    } bad[] = {
        {"", "", false},
        {"hello\n", "is neither a .bed nor a VCF or BCF", false},
        {"##fileformat=VCFv4.2\n#"
         "CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n",
         "no genotypes", false},
        {"##fileformat=VCFv4.2\n##FORMAT=<ID=DS,Number=A,Type=Float,"
         "Description=\"D\">\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\t"
         "FORMAT\ta\n",
         "has no GT, but DS: read it with --dosage", false},
        {"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\t"
         "FORMAT\ta\n",
         "neither GT nor DS", true},
        {HEAD "chr1\t5\t.\tA\tG\t.\t.\t.\tGT\t0/0\t0/1\t1/1\t0/0\n"
              "chr1\t4\t.\tA\tG\t.\t.\t.\tGT\t0/0\t0/1\t1/1\t0/0\n",
         "record 2, at or behind 1:5, is out of order", false},
        {HEAD "chr1\t5\t.\tA\tG\t.\t.\t.\tGT\t0/0\t0/1\t1/1\t0/0\n"
              "2\t4\t.\tA\tG\t.\t.\t.\tGT\t0/0\t0/1\t1/1\t0/0\n"
              "chr1\t6\t.\tA\tG\t.\t.\t.\tGT\t0/0\t0/1\t1/1\t0/0\n",
         "comes back to this chromosome", false},
        {HEAD "chr1\t5\t.\tA\tG\t.\t.\t.\tGT\t0/0/1\t0/1\t1/1\t0/0\n",
         "record 1, at or behind 1:5, has a genotype that is not of one or "
         "two alleles",
         false},
        {HEAD "chr1\t5\t.\tA\tG\t.\t.\t.\tGT\t0/0\t0/1\n",
         "another number of genotypes", false},
        {HEAD "chr1\t5\t.\tA\tG\t.\t.\t.\tGT\t0/0\t0/1\t1/1\t0/0\t1/1\n",
         "another number of genotypes", false},
        {HEAD "chr1\t5\t.\tA\tG\t.\t.\t.\tGT\t0/0\t0/1\t1/1\t0/x\n",
         "not of one or two alleles", false},
        {HEAD "chr1\t5\t.\tA\tG\t.\t.\t.\n", "cannot be read", false},
        {HEAD "chr1\t5\t.\tA\n", "cannot be read", false},
        {HEAD "chr1\t5\t.\tA\tG\t.\t.\t.\tDS:GT\t0:0/0\t0\t1\t2\n",
         "GT that is not the first", false},
        {HEAD "chr1\t5\t.\tA\tG\t.\t.\t.\tGT:DS\t0/0:x\t0\t1\t2\n",
         "a DS that is no number", true},
        {HEAD "chr1\tx\t.\tA\tG\t.\t.\t.\tGT\t0/0\t0/1\t1/1\t0/0\n",
         "has no position", false},
        {HEAD "chr1\t5\t.\tA\tG\t.\t.\t.\tDS\t0\t3\t0\t0\n",
         "not within 0 and 2", true},
        {HEAD "chr1\t5\t.\tA\tG\t.\t.\t.\tDS\t0\t-1\t0\t0\n",
         "not within 0 and 2", true},
        {HEAD "chr1\t5\t.\tA\tG,T\t.\t.\t.\tDS\t0\t1\t0\t0\n",
         "another number of DS than of ALT", true},
    };

    for (size_t i = 0; i < DW_COUNT(bad); i++) {
        dw_geno_query query = {.dosage = bad[i].dosage};
        char got[1000];
        dw_err err;
        dw_geno *g = open_it(bad[i].text, &query, &err);
        int rc = g ? read_all(g, got, sizeof got, &err) : err.code;

        OK(rc < 0 && strstr(err.msg, bad[i].says), "refused: %s", err.msg);
        dw_geno_close(g);
    }
}

int main(void)
{
    char cleanup[100];

    if (!mkdtemp(dir))
        return 1;
    test_genotypes();
    test_query();
    test_dosages();
    test_refused();
    snprintf(cleanup, sizeof cleanup, "rm -r %s", dir);
    if (system(cleanup) != 0)
        return 1;
    return tap_done();
}
