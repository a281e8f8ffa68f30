/* Tables of variants and block factors: order, search, slices, what is refused;
 * bins of a track. */
#include "sample.h"
#include "tap.h"

static void test_find(void)
{
    dw_variants v = {0};
    size_t wrong = 0;

    sample_variants(&v, "22", 100, 2);
    for (size_t i = 0; i < v.m; i++)
        wrong += dw_variants_find(&v, v.pos[i], dw_texts_at(&v.ref, i),
                                  dw_texts_at(&v.alt, i)) != i;
    OK(wrong == 0, "each is found where it is");
    OK(dw_variants_find(&v, 100, "A", "T") == SIZE_MAX, "another allele");
    OK(dw_variants_find(&v, 101, "A", "C") == SIZE_MAX, "another place");
    OK(dw_variants_cmp(&v, 0, 100, "A", "G") < 0 &&
           dw_variants_cmp(&v, 1, 100, "A", "C") > 0 &&
           dw_variants_cmp(&v, 2, 100, "ZZZ", "ZZZ") > 0,
       "position first, then REF, then ALT");
    dw_variants_clear(&v);
    OK(dw_variants_find(&v, 1, "A", "C") == SIZE_MAX, "nothing in nothing");
}

static void test_slice(void)
{
    dw_variants v = {0}, s = {0};
    dw_err err = {0};

    sample_variants(&v, "22", 100, 2);
    OK(dw_variants_slice(&s, &v, 1, 4, &err) == 0, "sliced");
    OK(s.m == 3 && s.t == 2 && s.p == 2 && !strcmp(s.contig, "22"), "shape");
    OK(s.pos[0] == 100 && s.pos[2] == 400, "positions");
    OK(!strcmp(dw_texts_at(&s.id, 1), "rs3;rs33") && s.id.n == 3, "texts");
    OK(s.z[0] == -2 && s.z[3] == 1 && s.n[3 + 2] == 30, "columns, ld 3");
    OK(isnan(s.annot[2]) == 0 && s.annot[2] == 1 && s.annot[3 + 2] == 4,
       "annotations");
    OK(dw_variants_check(&s, &err) == 0, "a good table");
    OK(dw_variants_slice(&s, &v, 2, 2, &err) == 0 && s.m == 0, "no rows");
    for (unsigned long i = 1;; i++) {
        dw_err told = {0};
        int rc;

        dw_mem_fail_at(i);
        dw_variants_clear(&s);
        rc = dw_variants_slice(&s, &v, 0, 5, &told);
        dw_mem_fail_at(0);
        if (rc == 0) {
            OK(i > 5, "%lu allocations, each of which may fail", i - 1);
            break;
        }
        if (rc != DW_ENOMEM || !told.msg[0])
            OK(0, "allocation %lu: %s", i, told.msg);
    }
    dw_variants_clear(&s);
    dw_variants_clear(&v);
}

/* Each fault is put into a good table, named, and taken out. */
static void test_check(void)
{
    dw_variants v = {0};
    dw_err err = {0};

#define FAULT(place, value, words)                      \
    do {                                                \
        sample_variants(&v, "22", 100, 2);              \
        place = value;                                  \
        OK(dw_variants_check(&v, &err) == DW_EFORMAT && \
               strstr(err.msg, words),                  \
           "%s", err.msg);                              \
    } while (0)
    FAULT(v.pos[0], 0, "variant 1 (22:0:A:C) has no position");
    FAULT(v.pos[2], 99, "variant 3 (22:99:ACGT:A) is before");
    FAULT(v.alt.bytes[v.alt.start[1]], 'C', "(22:100:A:C) is there twice");
    FAULT(v.alt.bytes[v.alt.start[0]], 'T', "is before the one");
    FAULT(v.ref.bytes[v.ref.start[3]], 0, "an allele that is no text");
    FAULT(v.ref.bytes[v.ref.start[2] + 1], '\t', "an allele that is no text");
    FAULT(v.ref.bytes[v.ref.start[2] + 1], 0, "an allele that is no text");
    FAULT(v.id.bytes[v.id.start[4]], '\n', "an id that is no text");
    FAULT(v.eaf[2], 1.5f, "variant 3 (22:107:ACGT:A) has a frequency");
    FAULT(v.z[5 + 3], INFINITY, "variant 4 (22:400:C:T) has an infinite z");
    FAULT(v.n[5 + 4], -1, "no sensible sample size");
    FAULT(v.annot[5], -INFINITY, "variant 1 (22:100:A:C) has an infinite ann");
    FAULT(v.contig[0], 0, "without a contig");
    FAULT(v.id.n, 4, "5 variants, but 4 ids");
#undef FAULT
    dw_variants_clear(&v);
}

static void test_ldblock(void)
{
    dw_ldblock b = {0};
    dw_err err = {0};

    sample_ldblock(&b, "22", 99);
    OK(dw_ldblock_check(&b, &err) == 0, "a good factor: %s", err.msg);
#define FAULT(place, value, words)                                             \
    do {                                                                       \
        sample_ldblock(&b, "22", 99);                                          \
        place = value;                                                         \
        OK(dw_ldblock_check(&b, &err) == DW_EFORMAT && strstr(err.msg, words), \
           "%s", err.msg);                                                     \
    } while (0)
    FAULT(b.core, 3, "22:99-499: the core is not within");
    FAULT(b.core, SIZE_MAX, "the core is not within");
    FAULT(b.l, 1, "rank is above");
    FAULT(b.lambda[1], 0, "not positive");
    FAULT(b.lambda[0], NAN, "not positive");
    FAULT(b.lambda[1], 2, "do not descend");
    FAULT(b.q[9], INFINITY, "not finite");
    FAULT(b.trace, NAN, "trace");
    FAULT(b.end, 99, "range is empty");
#undef FAULT
    dw_ldblock_clear(&b);
    OK(dw_ldblock_resize(&b, SIZE_MAX / 8, SIZE_MAX / 8, &err) == DW_ENOMEM,
       "sizes that overflow");
    dw_ldblock_clear(&b);
}

/* Means base by base, as slowly as can be. */
static double slow_mean(const dw_track *t, int64_t lo, int64_t hi)
{
    double sum = 0, n = 0;

    for (int64_t at = lo; at < hi; at++) {
        for (size_t i = 0; i < t->n; i++) {
            int64_t from = i ? t->end[i - 1] : t->start;

            if (at >= from && at < t->end[i] && !isnan(t->value[i])) {
                sum += t->value[i];
                n++;
            }
        }
    }
    return n > 0 ? sum / n : NAN;
}

static void test_bins(void)
{
    dw_tracks t = {0};
    size_t wrong = 0, missing = 0;
    dw_err err = {0};

    sample_tracks(&t, "X");
    OK(dw_tracks_check(&t, &err) == 0, "good tracks");
    for (int64_t begin = -50; begin < 950; begin += 7) {
        for (uint32_t bin = 1; bin < 200; bin = bin * 2 + 1) {
            float mean[5];

            dw_track_bins(&t.track[0], begin, bin, 5, mean);
            for (int64_t i = 0; i < 5; i++) {
                double want = slow_mean(&t.track[0], begin + i * bin,
                                        begin + (i + 1) * bin);

                missing += isnan(want);
                wrong += isnan(want) ? !isnan(mean[i])
                                     : !tap_near(mean[i], want, 1e-6, 0);
            }
        }
    }
    OK(wrong == 0 && missing > 0, "bins are means over what is covered");
    t.bin = 7;
    OK(dw_tracks_check(&t, &err) == DW_EFORMAT, "%s", err.msg);
    t.bin = 10;
    OK(dw_tracks_add(&t, "DNase", ".", 0, &err) &&
           dw_tracks_check(&t, &err) == DW_EFORMAT &&
           strstr(err.msg, "two tracks are named DNase"),
       "%s", err.msg);
    t.track[0].end[1] = 120;
    OK(dw_tracks_check(&t, &err) == DW_EFORMAT, "%s", err.msg);
    dw_tracks_clear(&t);
}

int main(void)
{
    test_find();
    test_slice();
    test_check();
    test_ldblock();
    test_bins();
    return tap_done();
}
