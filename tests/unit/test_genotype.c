/* genotype: columns against a person-by-person reading; slide, plan, cutter:
 * which variants make up which block. */
#include "data/genotype.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "ld/cutter.h"
#include "tap.h"

static int alt_of(const unsigned char *p, size_t i)
{
    static const int alt[4] = {2, -1, 1, 0};

    return alt[p[i / 4] >> i % 4 * 2 & 3];
}

/* n people at random, about a tenth missing; the padding is 0. */
static void draw(unsigned char *p, size_t n, uint64_t seed)
{
    dw_rng rng = dw_rng_init(seed, n);

    memset(p, 0, dw_geno_bytes(DW_GENO_PACKED, n));
    for (size_t i = 0; i < n; i++) {
        unsigned code = dw_rng_uniform(&rng) < 0.1
                            ? DW_GENO_MISSING
                            : (unsigned)dw_rng_below(&rng, 4);

        p[i / 4] |= (unsigned char)(code << i % 4 * 2);
    }
}

static void test_packed(size_t n)
{
    unsigned char p[300], flipped[300];
    double sum = 0, ss = 0, mean, x[1200], worst = 0;
    dw_geno_stats s, f;
    size_t seen = 0, wrong = 0;

    draw(p, n, 1);
    s = dw_geno_stats_of(DW_GENO_PACKED, n, p);
    for (size_t i = 0; i < n; i++) {
        seen += alt_of(p, i) >= 0;
        sum += alt_of(p, i) >= 0 ? alt_of(p, i) : 0;
    }
    mean = seen ? sum / (double)seen : 0;
    for (size_t i = 0; i < n; i++)
        ss += alt_of(p, i) >= 0 ? pow(alt_of(p, i) - mean, 2) : 0;
    OK(s.missing == n - seen, "%zu people: %zu missing", n, s.missing);
    NEAR(s.mean, mean, 1e-14, 0, "mean");
    NEAR(s.ss, ss, 1e-12, 1e-12, "sum of squares");

    memcpy(flipped, p, sizeof p);
    dw_geno_flip(DW_GENO_PACKED, n, flipped);
    for (size_t i = 0; i < n; i++)
        wrong += alt_of(p, i) < 0 ? alt_of(flipped, i) >= 0
                                  : alt_of(flipped, i) != 2 - alt_of(p, i);
    f = dw_geno_stats_of(DW_GENO_PACKED, n, flipped);
    OK(wrong == 0 && f.missing == s.missing && fabs(f.ss - s.ss) < 1e-10,
       "the other allele: %zu wrong", wrong);
    dw_geno_flip(DW_GENO_PACKED, n, flipped);
    OK(memcmp(p, flipped, dw_geno_bytes(DW_GENO_PACKED, n)) == 0,
       "twice is as it was, padding too");

    for (size_t first = 0; first < n; first += 8) {
        size_t count = n - first < 8 ? n - first : 8;

        dw_geno_centre(DW_GENO_PACKED, p, first, count, mean, 3, x + first);
    }
    for (size_t i = 0; i < n; i++) {
        double want = alt_of(p, i) < 0 ? 0 : 3 * (alt_of(p, i) - mean);

        worst = fmax(worst, fabs(x[i] - want));
    }
    OK(worst < 1e-14, "centred in parts, to %g", worst);
}

static void test_dosage(void)
{
    float x[5] = {0, 2, NAN, 1, 0.5f};
    dw_geno_stats s = dw_geno_stats_of(DW_GENO_DOSAGE, 5, x);
    double y[5];

    OK(s.missing == 1, "one is missing");
    NEAR(s.mean, 3.5 / 4, 1e-15, 0, "mean of the others");
    NEAR(s.ss, 5.25 - 3.5 * 3.5 / 4, 1e-15, 0, "sum of squares");
    dw_geno_centre(DW_GENO_DOSAGE, x, 0, 5, 1, 2, y);
    OK(y[0] == -2 && y[1] == 2 && y[2] == 0 && y[3] == 0 && y[4] == -1,
       "centred and scaled, 0 where missing");
    dw_geno_flip(DW_GENO_DOSAGE, 5, x);
    OK(x[0] == 2 && x[1] == 0 && isnan(x[2]) && x[4] == 1.5f, "flipped");
}

/* All alike: no variance at all, not a little of it. */
static void test_monomorphic(void)
{
    unsigned char p[25];

    for (unsigned byte = 0; byte < 256; byte += 85) {
        dw_geno_stats s;

        memset(p, (int)byte, sizeof p);
        s = dw_geno_stats_of(DW_GENO_PACKED, 100, p);
        OK(s.ss == 0, "all %u: variance is 0, mean %g", byte & 3, s.mean);
    }
}

/* Of a window that has moved, into one that held more, and more before that. */
static void test_copy(void)
{
    dw_genotypes from, to;
    dw_err err = {0};
    bool same = true;

    dw_genotypes_init(&from, DW_GENO_PACKED, 6);
    dw_genotypes_init(&to, DW_GENO_PACKED, 6);
    for (unsigned i = 0; i < 600; i++) {
        unsigned char column[2] = {(unsigned char)i, (unsigned char)(i >> 8)};
        dw_geno_stats stats = {.mean = i};

        if (dw_genotypes_push(&from, column, &stats, &err) < 0)
            OK(0, "pushed");
    }
    dw_genotypes_drop(&from, 100);
    for (size_t m = 400; m > 0; m /= 2) {
        size_t begin = 450 - m;

        if (dw_genotypes_copy(&to, &from, begin, m, &err) < 0)
            OK(0, "copied");
        same &= to.m == m;
        for (size_t j = 0; j < m; j++) {
            const unsigned char *c = dw_genotypes_column(&to, j);
            size_t i = 100 + begin + j;

            same &= c[0] == (i & 255) && c[1] == i >> 8 &&
                    dw_genotypes_stats(&to, j)->mean == (double)i;
        }
        dw_genotypes_drop(&to, m / 2);
    }
    OK(same, "columns of a window, copied");
    dw_genotypes_clear(&from);
    dw_genotypes_clear(&to);
}

/* ---- windows and blocks ---- */

static dw_slide *slide_of(const uint32_t *pos, size_t m)
{
    dw_slide *s = dw_slide_new(DW_GENO_PACKED, 4, 1, 2);
    dw_variants v = {0};
    dw_err err = {0};

    dw_slide_begin(s, "7");
    for (size_t i = 0; i < m; i++) {
        unsigned char column = (unsigned char)i;
        dw_geno_stats stats = dw_geno_stats_of(DW_GENO_PACKED, 4, &column);
        char id[20];

        snprintf(id, sizeof id, "rs%zu", i);
        if (dw_variants_resize(&v, 1, 1, 2, &err) < 0 ||
            dw_texts_add(&v.id, id, strlen(id)) < 0 ||
            dw_texts_add(&v.ref, "A", 1) < 0 ||
            dw_texts_add(&v.alt, "C", 1) < 0)
            OK(0, "a variant");
        v.pos[0] = pos[i];
        v.eaf[0] = 0.25f;
        v.z[0] = (float)i;
        v.n[0] = 100;
        v.annot[0] = (float)i * 2;
        v.annot[1] = NAN;
        if (dw_slide_push(s, &v, 0, 0.5f, &column, &stats, &err) < 0)
            OK(0, "pushed");
    }
    dw_variants_clear(&v);
    return s;
}

static void test_slide(void)
{
    uint32_t pos[1000];
    dw_variants v = {0};
    dw_err err = {0};
    dw_slide *s;
    size_t wrong = 0;

    for (size_t i = 0; i < 1000; i++)
        pos[i] = (uint32_t)(10 + i / 2 * 3);
    s = slide_of(pos, 1000);
    dw_slide_drop(s, 700);
    OK(dw_slide_size(s) == 300 && dw_slide_pos(s, 0) == pos[700], "dropped");
    OK(dw_slide_lower(s, pos[700] - 1) == 0 && dw_slide_lower(s, pos[700]) == 2,
       "rows of one position go together");
    OK(dw_slide_cut(s, 5, 9, &v, &err) == 0 && v.m == 4 && v.t == 1 && v.p == 2,
       "cut");
    for (size_t i = 0; i < 4; i++) {
        char id[20];

        snprintf(id, sizeof id, "rs%zu", 705 + i);
        wrong += strcmp(dw_texts_at(&v.id, i), id) != 0 ||
                 v.pos[i] != pos[705 + i] || v.z[i] != (float)(705 + i) ||
                 v.n[i] != 100 || v.annot[i] != (float)(705 + i) * 2 ||
                 !isnan(v.annot[4 + i]) || v.eaf[i] != 0.5f;
        wrong += *(const unsigned char *)dw_genotypes_column(
                     dw_slide_genotypes(s), 5 + i) != (705 + i) % 256;
    }
    OK(wrong == 0, "the right rows and columns: %zu wrong", wrong);
    OK(strcmp(v.contig, "7") == 0 && dw_variants_resize(&v, 0, 0, 0, &err) == 0,
       "on their contig");
    dw_variants_clear(&v);
    dw_slide_free(s);
}

/* Cores given, as text "start-end:m/core+l". */
static void cuts_are(dw_cutter *c, dw_slide *s, const char *want)
{
    char got[400] = "";
    dw_piece p;

    dw_cutter_begin(c, "7");
    while (dw_cutter_next(c, s, true, &p)) {
        size_t n = strlen(got);

        snprintf(got + n, sizeof got - n, "%u-%u:%zu/%zu+%zu ",
                 (unsigned)p.start, (unsigned)p.end, p.m, p.core, p.l);
        OK(p.begin + p.m <= dw_slide_size(s), "within the window");
    }
    OK(strcmp(got, want) == 0, "blocks: %s", got);
}

static void test_cutter(void)
{
    /* Both ends of cores: 100 is the last base of [0, 100). */
    static const uint32_t pos[] = {1, 100, 101, 150, 150, 201, 420, 500, 501};
    dw_slide *s = slide_of(pos, DW_COUNT(pos));
    dw_cutter windows = {.plan = {.step = 100, .flank = 50}};
    dw_cutter small = {.plan = {.step = 1000, .flank = 0}, .max_variants = 4};
    dw_cutter listed = {.plan = {.flank = 0}};
    dw_regions r = {0};
    dw_err err = {0};

    cuts_are(&windows, s,
             "0-100:5/0+2 100-200:5/1+3 200-300:1/0+1 400-500:3/0+2 "
             "500-600:2/1+1 ");
    cuts_are(&small, s, "0-149:3/0+3 149-419:3/0+3 419-1000:3/0+3 ");
    OK(small.split == 1, "a block was cut");
    if (dw_regions_add(&r, "7", 100, 150, 0, &err) < 0 ||
        dw_regions_add(&r, "7", 300, 400, 0, &err) < 0 ||
        dw_regions_add(&r, "7", 499, 500, 0, &err) < 0)
        OK(0, "regions");
    dw_regions_sort(&r);
    listed.plan.blocks = &r;
    cuts_are(&listed, s, "100-150:3/0+3 499-500:1/0+1 ");
    OK(listed.empty == 1, "one block has no variant");
    dw_cutter_drop(&listed, s);
    OK(dw_slide_size(s) == 0, "all went");
    dw_regions_clear(&r);
    dw_slide_free(s);
}

/* A block is not given before the window reaches past its flank, and its rows
 * stay until it was. */
static void test_waiting(void)
{
    static const uint32_t pos[] = {10, 90, 150, 151, 220, 260};
    dw_cutter c = {.plan = {.step = 100, .flank = 50}};
    dw_slide *s = slide_of(pos, 3), *more;
    dw_piece p;

    dw_cutter_begin(&c, "7");
    OK(!dw_cutter_next(&c, s, false, &p), "150 is in the flank: wait");
    dw_cutter_drop(&c, s);
    OK(dw_slide_size(s) == 3, "nothing may go");
    more = slide_of(pos, 4);
    OK(dw_cutter_next(&c, more, false, &p) && p.m == 3 && p.l == 2,
       "151 is not: go");
    OK(!dw_cutter_next(&c, more, false, &p), "the next one waits");
    dw_cutter_drop(&c, more);
    OK(dw_slide_size(more) == 3 && dw_slide_pos(more, 0) == 90,
       "its left flank stays");
    dw_slide_free(s);
    dw_slide_free(more);
}

static void test_outside(void)
{
    static const uint32_t pos[] = {5, 50, 60, 70, 300};
    dw_cutter c = {.plan = {.flank = 0}};
    dw_slide *s = slide_of(pos, DW_COUNT(pos));
    dw_regions r = {0};
    dw_err err = {0};
    dw_piece p;
    size_t n = 0;

    if (dw_regions_add(&r, "7", 49, 60, 0, &err) < 0)
        OK(0, "region");
    dw_regions_sort(&r);
    c.plan.blocks = &r;
    dw_cutter_begin(&c, "7");
    while (dw_cutter_next(&c, s, true, &p))
        n += p.m;
    dw_cutter_drop(&c, s);
    OK(n == 2 && c.outside == 3, "%zu in blocks, %d outside", n,
       (int)c.outside);
    dw_regions_clear(&r);
    dw_slide_free(s);
}

int main(void)
{
    static const size_t n[] = {1, 2, 3, 4, 5, 31, 32, 33, 64, 1001};

    for (size_t i = 0; i < DW_COUNT(n); i++)
        test_packed(n[i]);
    test_dosage();
    test_monomorphic();
    test_copy();
    test_slide();
    test_cutter();
    test_waiting();
    test_outside();
    return tap_done();
}
