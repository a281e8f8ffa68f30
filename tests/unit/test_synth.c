/*
 * A synthetic chromosome: that it is the same whatever is made beside it, and
 * that what stands in it looks as it is said to.
 */
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/par.h"
#include "sim/chroms.h"
#include "sim/landscape.h"
#include "sim/synth.h"
#include "tap.h"

/* ---- which chromosomes ---- */

static void chroms_are(const char *text, const char *want)
{
    dw_texts names = {0};
    dw_buf got = {0};
    dw_err err = {0};
    int rc = dw_chroms_parse(text, &names, &err);

    dw_buf_adds(&got, "");
    for (size_t i = 0; rc == 0 && i < names.n; i++)
        dw_buf_addf(&got, "%s%s", i ? " " : "", dw_texts_at(&names, i));
    OK(rc == 0 && strcmp(got.s, want) == 0, "chromosomes \"%s\": %s%s", text,
       got.s, err.msg);
    dw_texts_clear(&names);
    dw_buf_clear(&got);
}

static void chroms_refused(const char *text, const char *why)
{
    dw_texts names = {0};
    dw_err err = {0};

    OK(dw_chroms_parse(text, &names, &err) == DW_EUSAGE && strstr(err.msg, why),
       "chromosomes \"%s\" are refused: %s", text, err.msg);
    dw_texts_clear(&names);
}

static void test_chroms(void)
{
    chroms_are("3", "1 2 3");
    chroms_are("7,", "7");
    chroms_are("1-3,9,chrX", "1 2 3 9 X");
    chroms_are("6,11,16", "6 11 16");
    chroms_refused("0", "counted");
    chroms_refused("23", "counted");
    chroms_refused("4-2", "counted");
    chroms_refused("2,1", "before");
    chroms_refused("2,chr2", "twice");
    chroms_refused("1,,3", "no chromosome");
    chroms_refused("", "no chromosome");
}

/* ---- the same whatever is beside it ---- */

static int same(const dw_synth *a, const dw_synth *b)
{
    const dw_variants *v = &a->var, *w = &b->var;
    size_t texts = v->id.n_bytes;

    return v->m == w->m && v->p == w->p &&
           !memcmp(v->pos, w->pos, v->m * sizeof *v->pos) &&
           !memcmp(v->annot, w->annot, v->m * v->p * sizeof *v->annot) &&
           texts == w->id.n_bytes && !memcmp(v->id.bytes, w->id.bytes, texts) &&
           v->ref.n_bytes == w->ref.n_bytes &&
           !memcmp(v->ref.bytes, w->ref.bytes, v->ref.n_bytes) &&
           v->alt.n_bytes == w->alt.n_bytes &&
           !memcmp(v->alt.bytes, w->alt.bytes, v->alt.n_bytes) &&
           !memcmp(a->cm, b->cm, v->m * sizeof *a->cm) &&
           !memcmp(a->hap.bits, b->hap.bits,
                   a->hap.m * a->hap.words * sizeof *a->hap.bits);
}

struct draws {
    dw_synth_spec spec;
    dw_synth synth[4];
    int rc[4];
};

static void draw_one(void *ctx, size_t t, size_t i)
{
    static const char *const name[4] = {"1", "2", "7", "X"};
    struct draws *d = ctx;
    dw_err err = {0};

    (void)t;
    d->rc[i] = dw_synth_draw(&d->synth[i], &d->spec, name[i], &err);
}

static void test_threads(void)
{
    struct draws one = {.spec = dw_synth_default()}, three;
    dw_pool *pool = dw_pool_new(3);
    size_t id = 0;

    one.spec.people = 60;
    one.spec.length = 300e3;
    one.spec.indels = 0.1;
    three = one;
    dw_pool_for(NULL, 4, draw_one, &one);
    dw_pool_for(pool, 4, draw_one, &three);
    for (size_t i = 0; i < 4; i++)
        OK(one.rc[i] == 0 && three.rc[i] == 0 &&
               same(&one.synth[i], &three.synth[i]),
           "chromosome %zu: 1 thread and 3", i);
    OK(one.rc[0] == 0 && one.rc[1] == 0 &&
           memcmp(one.synth[0].var.pos, one.synth[1].var.pos, 40) != 0,
       "two chromosomes are not alike");
    for (size_t i = 0; i < one.synth[0].var.m; i++)
        for (size_t j = 0; j < one.synth[1].var.m; j++)
            id += !strcmp(dw_texts_at(&one.synth[0].var.id, i),
                          dw_texts_at(&one.synth[1].var.id, j));
    OK(id == 0, "no name is on both");
    for (size_t i = 0; i < 4; i++) {
        dw_synth_clear(&one.synth[i]);
        dw_synth_clear(&three.synth[i]);
    }
    dw_pool_free(pool);
}

/* Without recombination nothing but the random numbers tells two chromosomes
 * apart. */
static void test_streams(void)
{
    struct draws d = {.spec = dw_synth_default()};

    d.spec.people = 20;
    d.spec.length = 50e3;
    d.spec.genmap.rate = 1e-16;
    draw_one(&d, 0, 0);
    draw_one(&d, 0, 1);
    OK(d.rc[0] == 0 && d.rc[1] == 0 &&
           d.synth[0].hap.age[0] != d.synth[1].hap.age[0],
       "each chromosome has haplotypes of its own");
    dw_synth_clear(&d.synth[0]);
    dw_synth_clear(&d.synth[1]);
}

/* ---- what stands in it ---- */

/* One large chromosome that several tests look at. */
static int large(dw_synth *s, dw_synth_spec *spec)
{
    dw_err err = {0};

    *spec = dw_synth_default();
    spec->people = 50;
    spec->length = 20e6;
    spec->missing = 0.05;
    spec->annotations = 24;
    return dw_synth_draw(s, spec, "3", &err);
}

static void test_variants(const dw_synth *s, const dw_synth_spec *spec)
{
    const dw_variants *v = &s->var;
    double snps = (double)v->m, ts = 0, ambiguous = 0, order = 0, eaf = 0;
    dw_err err = {0};

    for (size_t i = 0; i < v->m; i++) {
        const char pair[3] = {*dw_texts_at(&v->ref, i),
                              *dw_texts_at(&v->alt, i), 0};

        ts += strstr("AG GA CT TC", pair) != NULL;
        ambiguous += strstr("AT TA CG GC", pair) != NULL;
        order += i && s->cm[i] < s->cm[i - 1];
        eaf += v->eaf[i] < 0.01f || v->eaf[i] > 0.99f;
    }
    OK(dw_variants_check(v, &err) == 0, "in order, none twice %s", err.msg);
    OK(fabs(ts / snps - 2.0 / 3) < 0.01, "%.3f transitions", ts / snps);
    OK(fabs(ambiguous / snps - 1.0 / 6) < 0.01, "%.3f ambiguous",
       ambiguous / snps);
    OK(order == 0 && eaf == 0, "cM grow, frequencies are within --min-maf");
    OK(v->pos[0] > DW_SYNTH_START &&
           v->pos[v->m - 1] <= DW_SYNTH_START + spec->length,
       "positions are on the chromosome");
    OK(v->m > 4000 * 20 && v->m < 6000 * 20, "%zu variants in 20 Mb", v->m);
}

static void test_genotypes(const dw_synth *s, const dw_synth_spec *spec)
{
    int8_t hap[100], again[100];
    double missing = 0, wrong = 0, all = 0, odd = 0;

    for (size_t i = 0; i < s->var.m; i += 10) {
        double sum = 0, n = 0;

        dw_synth_genotypes(s, spec, i, hap);
        dw_synth_genotypes(s, spec, i, again);
        odd += memcmp(hap, again, sizeof hap) != 0;
        for (size_t k = 0; k < 100; k++) {
            all++;
            missing += hap[k] < 0;
            odd += (hap[k] < 0) != (hap[k ^ 1] < 0);
            sum += hap[k] > 0;
            n += hap[k] >= 0;
        }
        wrong += fabs(sum / n - (double)s->var.eaf[i]) > 0.12;
    }
    OK(fabs(missing / all - 0.05) < 0.005, "%.4f missing", missing / all);
    OK(odd == 0, "whole people are missing, and always the same ones");
    OK(wrong == 0, "genotypes have the frequencies that are said");
}

static const float *column(const dw_variants *v, const char *name)
{
    dw_buf b = {0};
    size_t i;

    for (i = 0; i < v->p; i++) {
        dw_buf_reset(&b);
        dw_landscape_name(i, &b);
        if (strcmp(b.s, name) == 0)
            break;
    }
    dw_buf_clear(&b);
    if (i == v->p) {
        printf("Bail out! no column %s\n", name);
        exit(1);
    }
    return v->annot + i * v->m;
}

/* Mean of x over variants where `where` is `value`, or all (NULL). */
static double mean(const dw_variants *v, const float *x, const float *where,
                   float value)
{
    double sum = 0, n = 0;

    for (size_t i = 0; i < v->m; i++) {
        if (isnan(x[i]) || (where && where[i] != value))
            continue;
        sum += (double)x[i];
        n++;
    }
    return sum / n;
}

/* Correlation of x[i] and y[i + lag]. */
static double correlation(const dw_variants *v, const float *x, const float *y,
                          size_t lag)
{
    double n = 0, sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;

    for (size_t i = 0; i + lag < v->m; i++) {
        double a = (double)x[i], b = (double)y[i + lag];

        if (isnan(a) || isnan(b))
            continue;
        n++;
        sx += a, sy += b, sxx += a * a, syy += b * b, sxy += a * b;
    }
    return (n * sxy - sx * sy) /
           sqrt((n * sxx - sx * sx) * (n * syy - sy * sy));
}

static void between(double x, double lo, double hi, const char *what)
{
    OK(x >= lo && x <= hi, "%s: %.4g is from %g to %g", what, x, lo, hi);
}

static void test_annotations(const dw_synth *s)
{
    const dw_variants *v = &s->var;
    const float *base = column(v, "base"), *cons = column(v, "Conservation");
    const float *coding = column(v, "Coding"), *open = column(v, "OpenAny");
    const float *tss = column(v, "Log10DistTSS");
    double missing = 0, other = 0;

    for (size_t j = 0; j < v->p; j++)
        for (size_t i = 0; i < v->m; i++)
            *(v->annot + j * v->m == cons ? &missing : &other) +=
                isnan(v->annot[j * v->m + i]);
    OK(mean(v, base, NULL, 0) == 1, "base is 1");
    OK(other == 0, "only conservation has missing values");
    between(missing / (double)v->m, 0.02, 0.04, "which it has");
    between(mean(v, coding, NULL, 0), 0.007, 0.025, "in coding exons");
    between(mean(v, column(v, "UTR"), NULL, 0), 0.003, 0.02, "in UTRs");
    between(mean(v, column(v, "Intron"), NULL, 0), 0.2, 0.5, "in introns");
    between(mean(v, column(v, "Promoter"), NULL, 0), 0.003, 0.02, "promoters");
    between(mean(v, column(v, "ConservedElement"), NULL, 0), 0.03, 0.07,
            "in conserved elements");
    between(mean(v, open, NULL, 0), 0.02, 0.06, "in open chromatin");
    between(mean(v, column(v, "Repeat"), NULL, 0), 0.35, 0.55, "in repeats");
    between(mean(v, column(v, "GC"), NULL, 0), 0.38, 0.44, "GC");
    between(mean(v, cons, coding, 1) - mean(v, cons, coding, 0), 1, 4,
            "coding exons are conserved");
    between(mean(v, tss, open, 0) - mean(v, tss, open, 1), 0.2, 2,
            "open chromatin is near genes");
    between(correlation(v, cons, cons, 1), 0.2, 0.8,
            "neighbours are alike in conservation");
    between(correlation(v, cons, cons, 500), -0.1, 0.1, "but not afar");
    between(correlation(v, column(v, "OpenCell1"), column(v, "OpenCell4"), 0),
            0.45, 0.9, "cell types of a lineage are alike");
    between(
        correlation(v, column(v, "OpenCell1"), column(v, "OpenCell4"), 0) -
            correlation(v, column(v, "OpenCell1"), column(v, "OpenCell2"), 0),
        0.05, 0.5, "more than others");
}

/* Fewer columns are the same columns. */
static void test_fewer(const dw_synth *s, const dw_synth_spec *spec)
{
    dw_synth_spec fewer = *spec;
    dw_synth t = {0};
    dw_err err = {0};

    fewer.annotations = 9;
    fewer.variants = 1000;
    OK(dw_synth_draw(&t, &fewer, "3", &err) == 0 && t.var.m == 1000 &&
           t.var.p == 9,
       "--variants keeps as many as asked");

    double differ = 0;

    for (size_t i = 0, k = 0; i < t.var.m; i++, k++) {
        while (s->var.pos[k] != t.var.pos[i])
            k++;
        for (size_t j = 0; j < 6; j++) /* the next one is drawn at variants */
            differ +=
                t.var.annot[j * 1000 + i] != s->var.annot[j * s->var.m + k];
    }
    OK(differ == 0, "the landscape does not depend on who looks at it");
    dw_synth_clear(&t);
}

static void test_blocks(const dw_synth *s, const dw_synth_spec *spec)
{
    const dw_intervals *b = &s->block;
    double gap = 0, cut = 0, all = dw_genmap_morgan(&s->map, spec->length);

    for (size_t i = 1; i < b->n; i++) {
        double at = b->at[i].begin;

        gap += fabs(at - b->at[i - 1].end);
        cut += dw_genmap_morgan(&s->map, at + 1500) -
               dw_genmap_morgan(&s->map, at - 1500);
    }
    OK(b->n == 20 && gap == 0 && b->at[0].begin == 0 &&
           b->at[19].end == spec->length,
       "20 blocks of about 1 Mb cover 20 Mb");
    OK(cut / all > 20 * 19 * 3000 / spec->length,
       "recombination at their ends is %.0f times the mean",
       cut / all / (19 * 3000 / spec->length));
}

static void test_no_memory(void)
{
    dw_synth_spec spec = dw_synth_default();
    unsigned long n = 0;
    int rc, odd = 0;

    spec.people = 10;
    spec.length = 50e3;
    do {
        dw_synth s = {0};
        dw_err err = {0};

        dw_mem_fail_at(++n);
        rc = dw_synth_draw(&s, &spec, "1", &err);
        dw_mem_fail_at(0);
        odd += rc && (rc != DW_ENOMEM || !err.msg[0]);
        dw_synth_clear(&s);
    } while (rc && n < 1000);
    OK(rc == 0 && n > 10 && odd == 0, "every one of %lu allocations may fail",
       n - 1);
}

static void test_nothing(void)
{
    dw_synth_spec spec = dw_synth_default();
    dw_synth s = {0};
    dw_err err = {0};

    spec.people = 2;
    spec.length = 10e3;
    spec.min_maf = 0.5;
    spec.mutation = 1e-12;
    OK(dw_synth_draw(&s, &spec, "1", &err) == DW_EDEGENERATE &&
           strstr(err.msg, "longer"),
       "no variant at all: %s", err.msg);
    dw_synth_clear(&s);
}

int main(void)
{
    dw_synth s = {0};
    dw_synth_spec spec;

    test_chroms();
    test_threads();
    test_streams();
    if (large(&s, &spec) == 0) {
        test_variants(&s, &spec);
        test_genotypes(&s, &spec);
        test_annotations(&s);
        test_fewer(&s, &spec);
        test_blocks(&s, &spec);
    } else {
        OK(0, "a chromosome of 20 Mb");
    }
    dw_synth_clear(&s);
    test_no_memory();
    test_nothing();
    return tap_done();
}
