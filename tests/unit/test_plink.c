/* read_plink, panel_people, panel, read_weights: small .bed files written here,
 * read back person by person, and broken in all the ways that occur. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "input/panel.h"
#include "input/read_geno.h"
#include "input/read_weights.h"
#include "tap.h"

static char dir[] = "/tmp/dw-plink-XXXXXX";

static void put(const char *name, const void *p, size_t n)
{
    char path[100];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "wb");
    if (!f || fwrite(p, 1, n, f) != n || fclose(f) != 0)
        OK(0, "wrote %s", path);
}

static void put_text(const char *name, const char *text)
{
    put(name, text, strlen(text));
}

/* Five people: two bytes a row; the padding holds rubbish. */
static const unsigned char BED[] = {0x6c, 0x1b, 1, /**/
                                    0xd8, 0xfe,    /* r1: 0 2 1 3, 2 */
                                    0x00, 0x55,    /* r2: 0 0 0 0, 1 */
                                    0x1b, 0x00,    /* r3: 3 2 1 0, 0 */
                                    0xff, 0xff};
static const char *const FAM = "f1 i1 0 0 1 -9\nf1 i2 0 0 1 -9\nf2 i1 0 0 1 "
                               "-9\nf3 i4 0 0 1 -9\n\nf3 i5 0 0 1 -9\n";

static dw_geno *open_it(const char *bim, const dw_geno_query *query,
                        dw_err *err)
{
    char path[100];

    *err = (dw_err){0};
    put("p.bed", BED, sizeof BED);
    put_text("p.bim", bim);
    put_text("p.fam", FAM);
    snprintf(path, sizeof path, "%s/p.bed", dir);
    return dw_geno_open(path, query, err);
}

/* All that is read, as "contig:pos:id:ref:alt=codes ". */
static void reads(dw_geno *g, const char *want)
{
    char got[600] = "";
    unsigned char column[8];
    dw_err err = {0};
    dw_site s;
    int rc;

    while ((rc = dw_geno_next(g, &s, &err)) > 0) {
        size_t n = strlen(got);

        if (dw_geno_column(g, column, &err) < 0)
            break;
        n += (size_t)snprintf(got + n, sizeof got - n,
                              "%s:%u:%s:%s:%s=", s.contig, (unsigned)s.pos,
                              s.id, s.ref, s.alt);
        for (size_t i = 0; i < dw_geno_people(g); i++)
            got[n++] = (char)('0' + (column[i / 4] >> i % 4 * 2 & 3));
        if (column[(dw_geno_people(g) - 1) / 4] >>
            ((dw_geno_people(g) - 1) % 4 * 2 + 2))
            got[n++] = '!'; /* padding that is not 0 */
        got[n++] = ' ';
        got[n] = 0;
    }
    OK(rc == 0 && strcmp(got, want) == 0, "reads %s%s", got, err.msg);
}

static void test_in_order(void)
{
    static const char *const bim =
        "1\tr1\t0\t10\ta\tg\n1\tr2\t0\t10\tC\tG\nchr2\tr3\t0\t5\tTT\tT\n"
        "0\tr4\t0\t0\tA\tG\n";
    dw_geno_query all = {0};
    dw_err err;
    dw_geno *g = open_it(bim, &all, &err);

    OK(g && dw_geno_people(g) == 5, "opened: %s", err.msg);
    reads(g, "1:10:r1:G:A=02132 1:10:r2:G:C=00001 2:5:r3:T:TT=32100 ");
    OK(dw_geno_unplaced(g) == 1, "one has no place");
    OK(strcmp(dw_geno_fid(g, 2), "f2") == 0 &&
           strcmp(dw_geno_iid(g, 4), "i5") == 0,
       "names");
    OK(dw_geno_seek(g, "2", &err) == 1, "forwards");
    reads(g, "2:5:r3:T:TT=32100 ");
    OK(dw_geno_seek(g, "1", &err) == 1, "backwards");
    reads(g, "1:10:r1:G:A=02132 1:10:r2:G:C=00001 ");
    OK(dw_geno_seek(g, "3", &err) == 0, "not there");
    reads(g, "");
    dw_geno_close(g);
}

static void test_sorted(void)
{
    static const char *const bim = "2\tr1\t0\t10\tA\tG\n1\tr2\t0\t7\tC\tG\n"
                                   "2\tr3\t0\t5\tT\tG\n1\tr4\t0\t2\tA\t0\n";
    dw_geno_query all = {0};
    dw_err err;
    dw_geno *g = open_it(bim, &all, &err);

    reads(g, "2:5:r3:G:T=32100 2:10:r1:G:A=02132 1:7:r2:G:C=00001 ");
    OK(dw_geno_seek(g, "1", &err) == 1, "a contig of a sorted one");
    reads(g, "1:7:r2:G:C=00001 ");
    dw_geno_close(g);
}

static const char *const PLAIN = "1\tr1\t0\t10\tA\tG\n1\tr2\t0\t20\tC\tG\n"
                                 "2\tr3\t0\t5\tT\tG\n2\tr4\t0\t9\tA\tC\n";

static void test_query(void)
{
    char path[100];
    dw_regions r = {0};
    dw_geno_query part = {.regions = &r}, some = {.samples = path};
    dw_err err = {0};
    dw_geno *g;

    OK(dw_regions_add_text(&r, "1:11-,2:1-5", &err) == 0, "regions");
    dw_regions_sort(&r);
    g = open_it(PLAIN, &part, &err);
    reads(g, "1:20:r2:G:C=00001 2:5:r3:G:T=32100 ");
    dw_geno_close(g);
    dw_regions_clear(&r);

    snprintf(path, sizeof path, "%s/keep", dir);
    put_text("keep", "#FID\tIID\nf3\ti5\nf1 i1\n\nf3\ti5\n");
    g = open_it(PLAIN, &some, &err);
    reads(g, "1:10:r1:G:A=02 1:20:r2:G:C=01 2:5:r3:G:T=30 2:9:r4:C:A=33 ");
    OK(g && strcmp(dw_geno_iid(g, 1), "i5") == 0, "in the panel's order");
    dw_geno_close(g);
    put_text("keep", "i4\ni2\n");
    g = open_it(PLAIN, &some, &err);
    reads(g, "1:10:r1:G:A=23 1:20:r2:G:C=00 2:5:r3:G:T=20 2:9:r4:C:A=33 ");
    dw_geno_close(g);
}

static void refuses(const char *bim, const char *keep, const char *says)
{
    char path[100];
    dw_geno_query query = {.samples = keep ? path : NULL};
    dw_err err;
    dw_geno *g;

    snprintf(path, sizeof path, "%s/keep", dir);
    if (keep)
        put_text("keep", keep);
    g = open_it(bim, &query, &err);
    OK(!g && strstr(err.msg, says), "refused: %s", err.msg);
    dw_geno_close(g);
}

static void test_refused(void)
{
    static const struct {
        unsigned char byte[4];
        size_t n;
        const char *says;
    } bad[] = {
        {{0x6c, 0x1b, 0}, 3, "person by person (mode 0)"},
        {{0x6c, 0x1b, 2}, 3, "mode 02, no .bed"},
        {{0x6d, 0x1b, 1}, 3, "begins with 6d 1b 01"},
        {{0}, 0, "holds 0 bytes, too few"},
        {{0x6c, 0x1b, 1, 0}, 4, "holds 4 bytes"},
    };
    char path[100];
    dw_geno_query all = {0};

    refuses("1\tr1\t0\t10\tA\tG\n", NULL, "holds 11 bytes, but 1 variants");
    refuses("1\tr1\t0\t10\tA\n", NULL, "p.bim:1: 5 fields");
    refuses("1\tr1\t0\tx\tA\tG\n", NULL, "p.bim:1: column 4");
    refuses(PLAIN, "i9\n", "keep:1: \"i9\" is nobody in");
    refuses(PLAIN, "f1 i4\n", "\"f1 i4\" is nobody");
    refuses(PLAIN, "i4\ni1\n", "keep:2: \"i1\" names more than one");
    refuses(PLAIN, "\n", "names nobody");
    snprintf(path, sizeof path, "%s/p.bed", dir);
    for (size_t i = 0; i < DW_COUNT(bad); i++) {
        dw_err err = {0};
        dw_geno *g;

        put("p.bed", bad[i].byte, bad[i].n);
        g = dw_geno_open(path, &all, &err);
        OK(!g && strstr(err.msg, bad[i].says), "refused: %s", err.msg);
    }
}

static void test_panel(void)
{
    static const char *const bim =
        "1\tr1\t0\t10\tT\tG\n1\tr2\t0\t10\tC\tG\n1\tr3\t0\t10\tG\tT\n"
        "2\tr4\t0\t3\tA\tC\n";
    dw_geno_query all = {0};
    dw_variants v = {0};
    dw_err err;
    dw_geno *g = open_it(bim, &all, &err);
    dw_panel *p = dw_panel_new(g);
    bool swapped;

    OK(dw_panel_seek(p, "1", &err) == 1 && dw_panel_at(p, 9, &err) == 0 &&
           dw_panel_size(p) == 0,
       "no variant there");
    OK(dw_panel_at(p, 10, &err) == 0 && dw_panel_size(p) == 2 &&
           dw_panel_duplicates(p) == 1,
       "two there, and one twice");
    OK(dw_panel_find(p, "G", "C", &swapped) == 1 && !swapped, "as it stands");
    OK(dw_panel_find(p, "T", "G", &swapped) == 0 && swapped, "the other way");
    OK(dw_panel_find(p, "G", "A", &swapped) == SIZE_MAX, "other alleles");
    OK(dw_panel_at(p, 11, &err) == 0 && dw_panel_size(p) == 0,
       "and none behind");
    OK(dw_panel_seek(p, "2", &err) == 1 && dw_panel_at(p, 3, &err) == 0 &&
           dw_panel_size(p) == 1,
       "another contig");
    dw_panel_free(p);
    dw_geno_close(g);

    g = open_it(bim, &all, &err);
    p = dw_panel_new(g);
    OK(dw_panel_next(p, &err) == 1 && dw_panel_table(p, &v, &err) == 0 &&
           v.m == 2 && strcmp(dw_texts_at(&v.alt, 0), "C") == 0 &&
           strcmp(dw_texts_at(&v.alt, 1), "T") == 0,
       "by REF, then ALT");
    OK(dw_panel_next(p, &err) == 1 && strcmp(dw_panel_contig(p), "2") == 0 &&
           dw_panel_pos(p) == 3 && dw_panel_next(p, &err) == 0,
       "place by place, over contigs");
    dw_variants_clear(&v);
    dw_panel_free(p);
    dw_geno_close(g);

    g = open_it(bim, &all, &err);
    p = dw_panel_new(g);
    OK(dw_panel_next_contig(p, &err) == 1 && dw_panel_at(p, 4, &err) == 0 &&
           dw_panel_size(p) == 0 && dw_panel_next_contig(p, &err) == 1 &&
           dw_panel_at(p, 3, &err) == 0 && dw_panel_size(p) == 1 &&
           dw_panel_next_contig(p, &err) == 0,
       "contig by contig");
    dw_panel_free(p);
    dw_geno_close(g);
}

/* ---- weights ---- */

static dw_weights *weigh(const char *text, const char *columns, dw_tally *tally,
                         dw_err *err)
{
    char path[100];

    *err = (dw_err){0};
    put_text("w", text);
    snprintf(path, sizeof path, "%s/w", dir);
    return dw_weights_read(path, columns, tally, err);
}

static void test_weights(void)
{
    dw_tally tally = {0};
    dw_err err;
    size_t begin, end;
    dw_weights *w = weigh("CHR\tPOS\tID\tREF\tALT\tWEIGHT\n"
                          "2\t7\tx\tg\ta\t0.5\nchr1\t9\ty\tA\tC\t-1\n"
                          "1\t3\tz\tA\tT\tNA\n1\tNA\tz\tA\tT\t1\n"
                          "1\t4\tz\tA\tNA\t1\n",
                          NULL, &tally, &err);
    const dw_weight *x;

    OK(w && dw_weights_size(w) == 2 && !dw_weights_by_id(w), "read: %s",
       err.msg);
    dw_weights_of(w, "2", &begin, &end);
    x = dw_weights_at(w, begin);
    OK(end - begin == 1 && x->pos == 7 && x->weight == 0.5 &&
           strcmp(dw_weights_text(w, x->ea), "A") == 0 &&
           strcmp(dw_weights_text(w, x->oa), "G") == 0,
       "ALT is the effect allele");
    dw_weights_of(w, "3", &begin, &end);
    OK(begin == end, "no such contig");
    OK(dw_tally_get(&tally, "no_weight") == 1 &&
           dw_tally_get(&tally, "no_position") == 1 &&
           dw_tally_get(&tally, "bad_allele") == 1 &&
           dw_tally_get(&tally, "rows") == 5,
       "what cannot be used is counted");
    dw_weights_free(w);
    dw_tally_clear(&tally);

    w = weigh("###PGS\n#pgs_id=PGS1\n#note=some words\nrsID\teffect_allele\t"
              "effect_weight\nrs1\tA\t1\nrs2\tC\t2\nrs1\tG\t3\nrs9\tG\t3\n",
              NULL, &tally, &err);
    OK(w && dw_weights_by_id(w), "by id: %s", err.msg);
    OK(dw_weights_place(w, "rs1", "5", 10, &err) == 0 &&
           dw_weights_place(w, "rs1", "5", 11, &err) == 0 &&
           dw_weights_place(w, "rs2", "4", 3, &err) == 0 &&
           dw_weights_place(w, "other", "4", 3, &err) == 0,
       "placed");
    dw_weights_placed(w, &tally);
    dw_weights_of(w, "5", &begin, &end);
    OK(dw_weights_size(w) == 3 && end - begin == 2 &&
           dw_weights_at(w, begin)->pos == 10 &&
           dw_weights_at(w, begin + 1)->pos == 10 &&
           dw_tally_get(&tally, "not_in_panel") == 1,
       "all of one id, at the first place told");
    dw_weights_free(w);
    dw_tally_clear(&tally);

    w = weigh("a b c d e\n1 5 A G 2\n", "CHR=a,POS=b,EA=c,OA=d,WEIGHT=e",
              &tally, &err);
    OK(w && dw_weights_size(w) == 1 && dw_weights_at(w, 0)->weight == 2,
       "columns named: %s", err.msg);
    dw_weights_free(w);
    dw_tally_clear(&tally);
}

static void test_bad_weights(void)
{
    static const struct {
        const char *text, *columns, *says;
    } bad[] = {
        {"CHR POS A1\n", NULL, "no column of the weight"},
        {"CHR POS WEIGHT\n", NULL, "no column of the effect allele"},
        {"CHR A1 WEIGHT\n", NULL, "chromosome and position, or id"},
        {"CHR POS A1 WEIGHT\n1 5 A x\n", NULL, ":2: column WEIGHT"},
        {"CHR POS A1 WEIGHT\n1 0 A 1\n", NULL, ":2: column POS"},
        {"CHR POS A1 WEIGHT\n1 5 A\n", NULL, ":2:"},
        {"CHR POS A1 WEIGHT\n", "EA=nope", "nope"},
        {"CHR POS A1 WEIGHT\n", "XX=A1", "\"XX=A1\" is not one of"},
        {"CHR POS A1 WEIGHT\n", "EA", "\"EA\" is not one of"},
        {"", NULL, "empty"},
    };

    for (size_t i = 0; i < DW_COUNT(bad); i++) {
        dw_tally tally = {0};
        dw_err err;
        dw_weights *w = weigh(bad[i].text, bad[i].columns, &tally, &err);

        OK(!w && strstr(err.msg, bad[i].says), "refused: %s", err.msg);
        dw_tally_clear(&tally);
    }
}

int main(void)
{
    char cleanup[100];

    if (!mkdtemp(dir))
        return 1;
    test_in_order();
    test_sorted();
    test_query();
    test_refused();
    test_panel();
    test_weights();
    test_bad_weights();
    snprintf(cleanup, sizeof cleanup, "rm -r %s", dir);
    if (system(cleanup) != 0)
        return 1;
    return tap_done();
}
