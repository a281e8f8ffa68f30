/* cover: every place and every stretch of places against a plain search over
 * all intervals, for each rule and padding. */
#include "data/cover.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "tap.h"

enum { REACH = 700, N_CONTIGS = 3, N = 120 };

static void add(dw_stretches *s, const char *contig, uint32_t start,
                uint32_t end, float value)
{
    dw_err err = {0};

    OK(dw_stretches_add(s, contig, start, end, value, &err) == 0,
       "added %s:%u-%u", contig, (unsigned)start, (unsigned)end);
}

static dw_cover make(const dw_stretches *s, dw_cover_rule rule, uint32_t pad)
{
    dw_cover c = {0};
    dw_err err = {0};

    if (dw_cover_make(&c, s, rule, pad, &err) < 0)
        OK(0, "cover made: %s", err.msg);
    return c;
}

static void test_known(void)
{
    dw_stretches s = {0};
    dw_cover c;
    dw_cover_walk w;
    float x = -1;

    add(&s, "2", 100, 200, 1);
    add(&s, "2", 150, 160, 4);
    add(&s, "2", 155, 300, 2);
    add(&s, "10", 5, 10, 7);
    add(&s, "2", 7, 7, 9);
    add(&s, "2", 300, 310, 2);
    dw_stretches_sort(&s);
    OK(s.n == 5, "an interval of no length is not kept");
    c = make(&s, DW_COVER_MAX, 0);
    OK(c.first[1] - c.first[0] == 3, "3 pieces on chromosome 2: %zu",
       c.first[1] - c.first[0]);
    w = dw_cover_begin(&c, 0);
    OK(!dw_cover_at(&w, 99, 100, &x) && x == -1, "before the start");
    OK(dw_cover_at(&w, 100, 101, &x) && x == 1, "the first base");
    OK(dw_cover_at(&w, 159, 160, &x) && x == 4, "of three the greatest");
    OK(dw_cover_at(&w, 160, 161, &x) && x == 2, "half-open");
    OK(dw_cover_at(&w, 309, 310, &x) && !dw_cover_at(&w, 310, 311, &x),
       "the last base");
    w = dw_cover_begin(&c, 0);
    OK(dw_cover_at(&w, 90, 151, &x) && x == 4, "a long one");
    w = dw_cover_begin(&c, SIZE_MAX);
    OK(!dw_cover_at(&w, 100, 101, &x), "no such chromosome");
    OK(dw_cover_distance(&w, 1, 2) == UINT32_MAX, "and nothing near");
    dw_cover_clear(&c);
    c = make(&s, DW_COVER_INSIDE, 3);
    w = dw_cover_begin(&c, 1);
    OK(c.first[2] - c.first[1] == 1 && c.piece[c.first[1]].start == 2,
       "padded");
    OK(dw_cover_distance(&w, 0, 1) == 2, "two bases before");
    OK(dw_cover_distance(&w, 0, 3) == 0, "on it");
    OK(dw_cover_distance(&w, 13, 14) == 1, "the base behind it");
    dw_cover_clear(&c);
    c = make(&s, DW_COVER_INSIDE, 20);
    OK(c.piece[c.first[1]].start == 0, "padding ends at the first base");
    dw_cover_clear(&c);
    dw_stretches_clear(&s);
}

/* The same by a search through all. */
static bool search(const dw_stretches *s, dw_cover_rule rule, uint32_t pad,
                   size_t contig, uint32_t base, double *value)
{
    double max = -INFINITY, min = INFINITY, sum = 0;
    size_t n = 0, held = 0;

    for (size_t i = 0; i < s->n; i++) {
        const dw_stretch *x = &s->item[i];
        uint32_t start = x->start > pad ? x->start - pad : 0;

        if (x->contig != contig || base < start || base >= x->end + pad)
            continue;
        held++;
        if (isnan(x->value))
            continue;
        n++;
        max = fmax(max, x->value);
        min = fmin(min, x->value);
        sum += x->value;
    }
    switch (rule) {
    case DW_COVER_INSIDE: *value = 1; break;
    case DW_COVER_COUNT: *value = (double)held; break;
    case DW_COVER_MAX: *value = n ? max : NAN; break;
    case DW_COVER_MIN: *value = n ? min : NAN; break;
    case DW_COVER_SUM: *value = n ? sum : NAN; break;
    case DW_COVER_MEAN: *value = n ? sum / (double)n : NAN; break;
    }
    return held > 0;
}

/* Several bases: their greatest, least or mean, of those with a value. */
static bool search_all(const dw_stretches *s, dw_cover_rule rule, uint32_t pad,
                       size_t contig, uint32_t start, uint32_t end,
                       double *value)
{
    double all = NAN, sum = 0, x;
    size_t n = 0;
    bool held = false;

    for (uint32_t base = start; base < end; base++) {
        if (!search(s, rule, pad, contig, base, &x))
            continue;
        held = true;
        if (isnan(x))
            continue;
        all = n == 0 ? x : rule == DW_COVER_MIN ? fmin(all, x) : fmax(all, x);
        sum += (float)x;
        n++;
    }
    *value = rule == DW_COVER_MEAN && n ? sum / (double)n : all;
    return held;
}

static bool agrees(bool held, double want, bool got_held, float got)
{
    if (held != got_held)
        return false;
    if (!held)
        return true;
    return isnan(want) ? isnan(got) : tap_near(want, got, 1e-6, 1);
}

static void test_random_one(uint64_t seed, dw_cover_rule rule, uint32_t pad)
{
    dw_rng rng = dw_rng_init(seed, 0);
    dw_stretches s = {0};
    dw_err err = {0};
    dw_cover c;
    size_t wrong = 0;

    for (size_t i = 0; i < N; i++) {
        char contig[2] = {(char)('1' + dw_rng_below(&rng, N_CONTIGS)), 0};
        uint32_t start = (uint32_t)dw_rng_below(&rng, 600);
        uint32_t length = (uint32_t)dw_rng_below(&rng, i % 10 ? 12 : 90);
        float x = (float)dw_rng_below(&rng, 9) - 4;

        if (dw_stretches_add(&s, contig, start, start + length,
                             dw_rng_below(&rng, 5) ? x : NAN, &err) < 0)
            OK(0, "added at random");
    }
    dw_stretches_sort(&s);
    c = make(&s, rule, pad);
    for (size_t contig = 0; contig < s.contigs.n; contig++) {
        dw_cover_walk w = dw_cover_begin(&c, contig);

        for (uint32_t at = 0; at < REACH;
             at += (uint32_t)dw_rng_below(&rng, 3) * (at % 7)) {
            uint32_t end = at + 1;
            double want = NAN;
            float got = -99;
            bool held, got_held;

            if (dw_rng_below(&rng, 4) == 0)
                end += (uint32_t)dw_rng_below(&rng, 40);
            held = search_all(&s, rule, pad, contig, at, end, &want);
            got_held = dw_cover_at(&w, at, end, &got);
            wrong += !agrees(held, want, got_held, got);
            at += at % 7 == 0;
        }
    }
    for (size_t i = 1; i < c.n; i++)
        wrong += c.piece[i].start >= c.piece[i].end;
    OK(wrong == 0, "rule %d, padding %u: %zu wrong", (int)rule, (unsigned)pad,
       wrong);
    dw_cover_clear(&c);
    dw_stretches_clear(&s);
}

static void test_distance(void)
{
    dw_rng rng = dw_rng_init(5, 0);
    dw_stretches s = {0};
    dw_err err = {0};
    size_t wrong = 0;
    dw_cover_walk w;
    dw_cover c;

    for (size_t i = 0; i < 40; i++) {
        uint32_t start = (uint32_t)dw_rng_below(&rng, 5000);

        if (dw_stretches_add(&s, "1", start, start + 1 + (uint32_t)(i % 3), 1,
                             &err) < 0)
            OK(0, "added");
    }
    dw_stretches_sort(&s);
    c = make(&s, DW_COVER_INSIDE, 0);
    w = dw_cover_begin(&c, 0);
    for (uint32_t at = 0; at < 5100; at++) {
        uint32_t end = at + 1 + (uint32_t)dw_rng_below(&rng, 5);
        long best = -1;

        for (size_t i = 0; i < s.n; i++) {
            long d = 0;

            if (s.item[i].end <= at)
                d = (long)at - (long)s.item[i].end + 1;
            else if (s.item[i].start >= end)
                d = (long)s.item[i].start - (long)end + 1;
            best = best < 0 || d < best ? d : best;
        }
        wrong += (long)dw_cover_distance(&w, at, end) != best;
    }
    OK(wrong == 0, "distances: %zu wrong", wrong);
    dw_cover_clear(&c);
    dw_stretches_clear(&s);
}

/* Many on one place cost n log n, and chromosomes are many. */
static void test_many(void)
{
    dw_stretches s = {0};
    dw_err err = {0};
    size_t failed = 0;
    dw_cover_walk w;
    dw_cover c;
    float x = 0;

    for (uint32_t i = 0; i < 200000; i++)
        failed += dw_stretches_add(&s, "1", i, 400000 - i, 1, &err) < 0;
    for (uint32_t i = 0; i < 50000; i++) {
        char contig[16];

        snprintf(contig, sizeof contig, "c%u", (unsigned)(i * 7919 % 50000));
        failed += dw_stretches_add(&s, contig, i, i + 1, 2, &err) < 0;
    }
    OK(failed == 0, "added many");
    dw_stretches_sort(&s);
    c = make(&s, DW_COVER_SUM, 0);
    w = dw_cover_begin(&c, 0);
    OK(dw_cover_at(&w, 199999, 200000, &x) && x == 200000, "all of them: %g",
       x);
    w = dw_cover_begin(&c, dw_contig_set_find(&s.contigs, "c7919"));
    OK(dw_cover_at(&w, 1, 2, &x) && x == 2, "one of many chromosomes");
    dw_cover_clear(&c);
    dw_stretches_clear(&s);
}

static void test_memory(void)
{
    dw_stretches s = {0};
    dw_err err = {0};
    unsigned long i = 1;
    int rc;

    for (;; i++) {
        dw_stretches one = {0};

        err = (dw_err){0};
        dw_mem_fail_at(i);
        rc = dw_stretches_add(&one, "1", 1, 2, 0, &err);
        dw_mem_fail_at(0);
        dw_stretches_clear(&one);
        if (rc == 0)
            break;
        OK(rc == DW_ENOMEM && err.msg[0], "allocation %lu fails: %s", i,
           err.msg);
    }
    OK(i > 2, "%lu allocations to add one", i - 1);
    add(&s, "1", 1, 10, 1);
    add(&s, "1", 5, 20, 2);
    for (i = 1;; i++) {
        dw_cover c;

        err = (dw_err){0};
        dw_mem_fail_at(i);
        rc = dw_cover_make(&c, &s, DW_COVER_MAX, 0, &err);
        dw_mem_fail_at(0);
        if (rc == 0) {
            dw_cover_clear(&c);
            break;
        }
        OK(rc == DW_ENOMEM && !c.piece && !c.first, "allocation %lu fails", i);
    }
    OK(i > 3, "%lu allocations to make a cover", i - 1);
    dw_stretches_clear(&s);
}

int main(void)
{
    static const uint32_t pads[] = {0, 1, 25};

    test_known();
    for (int rule = DW_COVER_INSIDE; rule <= DW_COVER_COUNT; rule++) {
        for (size_t p = 0; p < DW_COUNT(pads); p++) {
            for (uint64_t seed = 1; seed <= 4; seed++)
                test_random_one(seed, (dw_cover_rule)rule, pads[p]);
        }
    }
    test_distance();
    test_many();
    test_memory();
    return tap_done();
}
