/* Alleles, z from p, medians of counts, rows in order. */
#include <stdlib.h>

#include "base/mem.h"
#include "data/allele.h"
#include "data/build.h"
#include "data/count_median.h"
#include "data/reason.h"
#include "data/rows.h"
#include "data/sumstat.h"
#include "tap.h"

static dw_match match(const char *a1, const char *a2, const char *alt,
                      const char *ref)
{
    return dw_allele_match(dw_span_of(a1), dw_span_of(a2), dw_span_of(alt),
                           dw_span_of(ref));
}

static void test_match(void)
{
    OK(match("A", "G", "A", "G") == DW_MATCH_SAME, "same");
    OK(match("G", "A", "A", "G") == DW_MATCH_SWAPPED, "swapped");
    OK(match("T", "C", "A", "G") == DW_MATCH_STRAND, "other strand");
    OK(match("C", "T", "A", "G") == DW_MATCH_STRAND_SWAPPED,
       "other strand, swapped");
    OK(match("A", "C", "A", "G") == DW_MATCH_NONE, "another allele");
    OK(match("A", "T", "A", "T") == DW_MATCH_SAME, "A/T as written");
    OK(match("T", "A", "A", "T") == DW_MATCH_SWAPPED, "A/T swapped");
    OK(match("AT", "A", "AT", "A") == DW_MATCH_SAME, "indel");
    OK(match("A", "AT", "AT", "A") == DW_MATCH_SWAPPED, "indel swapped");
    OK(match("TA", "T", "AT", "A") == DW_MATCH_NONE,
       "an indel has no other strand");
    OK(match("A", "AT", "A", "ATT") == DW_MATCH_NONE, "another indel");
}

static void test_kinds(void)
{
    dw_buf b = {0};

    OK(dw_allele_is_acgt(dw_span_of("ACGT")), "ACGT");
    OK(!dw_allele_is_acgt(dw_span_of("")), "an empty allele");
    OK(!dw_allele_is_acgt(dw_span_of("N")), "N");
    OK(!dw_allele_is_acgt(dw_span_of("<DEL>")), "<DEL>");
    OK(!dw_allele_is_acgt(dw_span_of("acgt")), "lower case");
    OK(dw_allele_is_ambiguous(dw_span_of("C"), dw_span_of("G")), "C/G");
    OK(!dw_allele_is_ambiguous(dw_span_of("C"), dw_span_of("T")), "C/T");
    OK(!dw_allele_is_ambiguous(dw_span_of("CA"), dw_span_of("G")), "CA/G");
    OK(dw_allele_eq(dw_allele_upper_in(&b, dw_span_of("acGt-")),
                    dw_span_of("ACGT-")),
       "upper case");
    dw_buf_clear(&b);
    OK(strcmp(dw_build_name("HG19"), "GRCh37") == 0 &&
           strcmp(dw_build_name("GRCh38"), "GRCh38") == 0 &&
           strcmp(dw_build_name("mm10"), "mm10") == 0,
       "builds");
}

/* Values by mpmath (50 digits): |z| with 2 Phi(-|z|) = 10^x. */
static void test_z_of_p(void)
{
    static const double known[][2] = {
        {-0.0043648054024500, 0.0125334695080690213},
        {-0.3010299956639812, 0.674489750196081752},
        {-1.3010299956639813, 1.95996398454005434},
        {-7.3010299956639813, 5.45131043784547855},
        {-20, 9.33604484923406004},
        {-300, 37.0657878807721304},
        {-400, 42.8264064911711776},
        {-5000, 151.708125502394631},
        {-1e6, 2145.96234629552568},
    };

    for (size_t i = 0; i < DW_COUNT(known); i++)
        NEAR(dw_sumstat_z_of_log10p(known[i][0]), known[i][1], 1e-12, 0,
             "z of p");
    OK(dw_sumstat_z_of_log10p(0) == 0, "p = 1 is z = 0");
    OK(isinf(dw_sumstat_z_of_log10p(-INFINITY)), "p = 0 is infinite");
    /* erfc itself, where it can. */
    for (double z = 0.001; z < 36; z *= 1.3)
        NEAR(dw_sumstat_z_of_log10p(log10(erfc(z / sqrt(2)))), z, 1e-9, 0,
             "there and back");
    OK(dw_sumstat_signed(-3, 2) == -2 && dw_sumstat_signed(0, 2) == 0 &&
           dw_sumstat_signed(0.1, 2) == 2,
       "signs");
    NEAR(dw_sumstat_effective_n(1000, 1000), 2000, 1e-15, 0, "balanced");
    NEAR(dw_sumstat_effective_n(100, 1e12), 400, 1e-9, 0, "few cases");
}

static double median_of(const double *x, size_t n)
{
    dw_count_median *c = dw_count_median_new();
    double m;
    int rc = 0;

    for (size_t i = 0; i < n && rc == 0; i++)
        rc = dw_count_median_add(c, x[i]);
    m = rc == 0 ? dw_count_median_value(c) : -1;
    dw_count_median_free(c);
    return m;
}

static int by_number(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static void test_median(void)
{
    enum { MANY = 300001 };
    double *x = malloc(MANY * sizeof *x), got;
    unsigned s = 1;

    OK(isnan(median_of(x, 0)), "of nothing");
    OK(median_of((double[]){5}, 1) == 5, "of one");
    OK(median_of((double[]){9, 1, 2}, 3) == 2, "of three");
    OK(median_of((double[]){9, 1, 2, 4}, 4) == 3, "of four");
    OK(median_of((double[]){7, 7, 7, 1, 1}, 5) == 7, "of repeats");
    for (size_t i = 0; i < MANY; i++)
        x[i] = (s = s * 1103515245 + 12345) % 50000;
    got = median_of(x, MANY);
    qsort(x, MANY, sizeof *x, by_number);
    OK(got == x[MANY / 2], "exact over 50,000 values: %g", got);
    for (size_t i = 0; i < MANY; i++)
        x[i] = 100000 + (s = s * 1103515245 + 12345) % 900000;
    got = median_of(x, MANY);
    qsort(x, MANY, sizeof *x, by_number);
    NEAR(got, x[MANY / 2], 1e-3, 0, "to four digits over 250,000");
    for (size_t i = 0; i < MANY; i++)
        x[i] = pow(10, 12.0 * (double)i / MANY);
    got = median_of(x, MANY);
    NEAR(got, 1e6, 1e-3, 0, "from 1 to a million millions");
    free(x);
}

static void test_rows(void)
{
    dw_rows r = {.k = 2};
    static const struct {
        const char *contig;
        uint32_t pos;
    } in[] = {{"10", 5}, {"2", 9}, {"X", 1}, {"2", 3}, {"2", 9}, {"", 0}};
    static const size_t want[] = {3, 1, 4, 0, 2};
    size_t *order, j = 0, wrong = 0;

    for (size_t i = 0; i < DW_COUNT(in); i++) {
        float value[2] = {(float)i, (float)-(double)i};
        char id[8];
        dw_row row = {.contig = in[i].contig,
                      .pos = in[i].pos,
                      .index = i,
                      .a1 = dw_span_of("A"),
                      .a2 = dw_span_of("CCC"),
                      .value = value};

        snprintf(id, sizeof id, "rs%zu", i);
        row.id = dw_span_of(id);
        wrong += dw_rows_add(&r, &row) != 0;
    }
    for (size_t i = 0; i < r.n; i++) {
        dw_row row = dw_rows_at(&r, i);

        wrong += strcmp(row.contig, in[i].contig) != 0 ||
                 row.pos != in[i].pos || row.value[1] != -(float)i ||
                 row.id.n != 3 || row.id.s[2] != (char)('0' + i) ||
                 !dw_span_eq(row.a1, "A") || !dw_span_eq(row.a2, "CCC");
    }
    OK(r.n == 6 && wrong == 0, "rows come back as they were added");
    order = dw_rows_order(&r);
    for (size_t i = 0; i < r.n; i++) {
        if (r.item[order[i]].pos)
            wrong += order[i] != want[j++];
    }
    OK(j == 5 && wrong == 0, "by contig, position and index");
    dw_free(order);
    dw_mem_fail_at(2);
    OK(!dw_rows_order(&r), "no memory to sort");
    dw_mem_fail_at(0);
    OK(dw_rows_place(&r, 5, "X", 7) == 0 &&
           strcmp(dw_rows_at(&r, 5).contig, "X") == 0 &&
           dw_rows_at(&r, 5).pos == 7,
       "a row is given a place");
    dw_rows_clear(&r);
}

static void test_reasons(void)
{
    size_t bad = 0;

    for (int i = 1; i < DW_REASON_COUNT; i++) {
        const char *w = dw_reason_word((dw_reason)i);

        bad += w[strspn(w, "abcdefghijklmnopqrstuvwxyz0123456789_")] != 0;
        for (int k = 1; k < i; k++)
            bad += strcmp(w, dw_reason_word((dw_reason)k)) == 0;
    }
    OK(bad == 0, "reasons are distinct words of a-z 0-9 _");
    OK(!dw_reason_is_of_reference(DW_REASON_N_LOW) &&
           dw_reason_is_of_reference(DW_REASON_REF_NO_Z),
       "study's and reference's");
}

int main(void)
{
    test_match();
    test_kinds();
    test_z_of_p();
    test_median();
    test_rows();
    test_reasons();
    return tap_done();
}
