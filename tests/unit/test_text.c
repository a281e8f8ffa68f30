/* Numbers, fields and names read from text. */
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/rng.h"
#include "base/text.h"
#include "tap.h"

static int as_double(const char *s, double *x)
{
    return dw_text_double(dw_span_of(s), x);
}

/* Some number as a table may have it: up to 22 digits with a point anywhere,
 * mostly near halfway between two doubles or as printf writes one. */
static void spell(dw_rng *rng, char text[64])
{
    uint64_t bits = dw_rng_u64(rng);
    int digits = 1 + (int)dw_rng_below(rng, 22), n = 0;
    double x = dw_rng_normal(rng);

    switch (dw_rng_below(rng, 4)) {
    case 0: snprintf(text, 64, "%.*g", digits, x); return;
    case 1:
        snprintf(text, 64, "%.*g", digits,
                 ldexp(x, (int)dw_rng_below(rng, 80) - 40));
        return;
    case 2: /* 54 bits: halfway, over a power of ten or not */
        snprintf(text, 64, "%" PRIu64 "e-%d", bits >> 10 | 1,
                 (int)dw_rng_below(rng, 24));
        return;
    default:
        if (bits & 1)
            text[n++] = '-';
        for (int i = 0; i < digits; i++) {
            if (i == (int)(bits >> 32) % digits)
                text[n++] = '.';
            text[n++] = (char)('0' + dw_rng_below(rng, 10));
        }
        text[n] = 0;
        if (bits & 2)
            snprintf(text + n, 64 - (size_t)n, "%c%d", bits & 4 ? 'e' : 'E',
                     (int)dw_rng_below(rng, 700) - 350);
    }
}

/* The fast way must give what strtod gives, to the last bit. */
static void test_against_strtod(void)
{
    static const char *const hard[] = {"0",
                                       "-0",
                                       "1",
                                       "1.5",
                                       ".5",
                                       "5.",
                                       "1e22",
                                       "1e23",
                                       "1e-22",
                                       "1e-23",
                                       "1e-400",
                                       "4.9e-324",
                                       "123456789012345",
                                       "1234567890123456",
                                       "12345678901234567890123",
                                       "0.1",
                                       "1e+5",
                                       "9007199254740993",
                                       "2.2250738585072014e-308",
                                       "00012",
                                       "+3",
                                       "-1.25e-3"};
    dw_rng rng = dw_rng_init(4, 0);
    int wrong = 0;

    for (size_t i = 0; i < sizeof hard / sizeof *hard; i++) {
        double x, want = strtod(hard[i], NULL);
        int rc = as_double(hard[i], &x);
        OK(rc == 0 && !memcmp(&x, &want, sizeof x), "%s: %.17g", hard[i], x);
    }
    for (int i = 0; i < 400000; i++) {
        char text[64];
        double x, want;

        spell(&rng, text);
        want = strtod(text, NULL);
        if (as_double(text, &x) == 0 ? memcmp(&x, &want, sizeof x) != 0
                                     : !isinf(want)) {
            printf("# %s: %.17g, not %.17g\n", text, x, want);
            wrong++;
        }
    }
    OK(wrong == 0, "400,000 numbers as strtod reads them");
}

static void test_refusals(void)
{
    static const char *const bad[] = {"",      "-",   "e5",  "1e",    "1e5x",
                                      "0x10",  "1 ",  " 1",  "1,5",   "1..2",
                                      "1e999", "--1", "abc", "1e+-5", "."};
    double x;
    int64_t n;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        OK(as_double(bad[i], &x) < 0, "\"%s\" is not a number", bad[i]);
    OK(as_double("inf", &x) == 0 && isinf(x), "inf as written");
    OK(as_double("-nan", &x) == 0 && isnan(x), "nan as written");
    OK(dw_text_int64(dw_span_of("-42"), &n) == 0 && n == -42, "integer");
    OK(dw_text_int64(dw_span_of("9223372036854775808"), &n) < 0, "overflow");
    OK(dw_text_int64(dw_span_of("4.0"), &n) < 0, "a fraction is no integer");
}

static void test_log10(void)
{
    double x;

    OK(dw_text_log10(dw_span_of("1e-400"), &x) == 0, "1e-400 is read");
    NEAR(x, -400, 1e-15, 1, "log10 of 1e-400");
    OK(dw_text_log10(dw_span_of("0.00025"), &x) == 0, "0.00025 is read");
    NEAR(x, log10(0.00025), 1e-15, 1, "log10 of 0.00025");
    OK(dw_text_log10(dw_span_of("0"), &x) == 0 && x == -INFINITY, "log10 0");
    OK(dw_text_log10(dw_span_of("-1"), &x) < 0, "a negative p is refused");
}

static void test_split(void)
{
    dw_span f[4];
    size_t n = dw_text_split(dw_span_of("a\t\tb\t"), '\t', f, 4);

    OK(n == 4 && f[1].n == 0 && dw_span_eq(f[2], "b") && f[3].n == 0,
       "tabs: empty fields count");
    n = dw_text_split(dw_span_of("  22 rs1\t 5  "), ' ', f, 4);
    OK(n == 3 && dw_span_eq(f[0], "22") && dw_span_eq(f[2], "5"),
       "blanks: runs count once");
    OK(dw_text_split(dw_span_of("1,2,3,4,5,6"), ',', f, 4) == 6,
       "fields beyond the room are counted");
    OK(dw_text_split(dw_span_of(""), ' ', f, 4) == 0, "an empty line has none");
}

/* Byte by byte, as dw_text_split says. */
static size_t split_plainly(dw_span line, char sep, dw_span *field)
{
    const char *from = line.s, *end = line.s + line.n;
    size_t n = 0;

    for (const char *s = line.s;; s++) {
        if (s < end && *s != sep && !(sep == ' ' && *s == '\t'))
            continue;
        if (sep != ' ' || s > from)
            field[n++] = (dw_span){from, (size_t)(s - from)};
        if (s == end)
            return n;
        from = s + 1;
    }
}

/* Lines of every length up to 200, at the very end of their memory so that a
 * byte read past it is seen; few and many fields. */
static void test_split_any(void)
{
    static const char seps[] = "\t, ";
    dw_rng rng = dw_rng_init(5, 0);
    size_t wrong = 0;

    for (size_t i = 0; i < 60000; i++) {
        size_t length = i % 201, n, want;
        char *bytes = malloc(length ? length : 1), sep = seps[i % 3];
        uint64_t rare = 1 + dw_rng_below(&rng, 90);
        dw_span line = {bytes, length}, got[201], plain[201];

        for (size_t j = 0; j < length; j++)
            bytes[j] = dw_rng_below(&rng, rare) == 0
                           ? seps[dw_rng_below(&rng, 3)]
                           : (char)dw_rng_u64(&rng);
        n = dw_text_split(line, sep, got, 201);
        want = split_plainly(line, sep, plain);
        wrong += n != want;
        for (size_t j = 0; j < n && n == want; j++)
            wrong += got[j].s != plain[j].s || got[j].n != plain[j].n;
        free(bytes);
    }
    OK(wrong == 0, "60,000 lines split as byte by byte");
}

/* The marks of a text are what is found byte by byte. */
static size_t wrong_marks(const char *text, size_t n, char sep, dw_marks *m)
{
    size_t fields = 0, lines = 0, wrong = 0;

    dw_text_mark(text, n, sep, m);
    for (size_t j = 0; j < n; j++) {
        bool blank = sep == ' ' && (text[j] == ' ' || text[j] == '\t');

        if (text[j] != sep && text[j] != '\n' && !blank)
            continue;
        wrong += fields >= m->n_fields || m->field[fields] != j;
        fields++;
        if (text[j] == '\n') {
            wrong += lines >= m->n_lines || m->line[lines] != fields;
            lines++;
        }
    }
    return wrong + (fields != m->n_fields) + (lines != m->n_lines);
}

static void test_marks(void)
{
    dw_rng rng = dw_rng_init(9, 0);
    uint32_t field[200], line[200];
    dw_marks m = {.field = field, .line = line};
    char text[200];
    size_t wrong = 0;

    for (int i = 0; i < 20000; i++) {
        size_t n = dw_rng_below(&rng, 201);

        for (size_t j = 0; j < n; j++)
            text[j] = "ab, \t\n"[dw_rng_below(&rng, 6)];
        wrong += wrong_marks(text, n, i % 2 ? ',' : ' ', &m);
    }
    OK(wrong == 0, "the ends of fields and lines of any text");
}

static void test_names(void)
{
    static const char *const names[] = {"BETA", "SE", "ALLELE1"};

    OK(dw_text_is_na(dw_span_of("#NA")) && dw_text_is_na(dw_span_of("nan")) &&
           dw_text_is_na(dw_span_of("")) && !dw_text_is_na(dw_span_of("0")) &&
           !dw_text_is_na(dw_span_of("NAB")),
       "what is missing and what is not");
    OK(!strcmp(dw_text_nearest("ALELE1", names, 3), "ALLELE1"), "nearest");
    OK(!dw_text_nearest("chromosome", names, 3), "none is near");
    OK(dw_text_in_list("6,11,chr16", "16") && dw_text_in_list("chrx", "X") &&
           !dw_text_in_list("16", "6") && !dw_text_in_list("", "6") &&
           !dw_text_in_list(NULL, "6"),
       "lists of chromosomes");
    OK(dw_span_eq_nocase(dw_span_of("Beta"), "BETA"), "case ignored");
}

int main(void)
{
    test_against_strtod();
    test_refusals();
    test_log10();
    test_split();
    test_split_any();
    test_marks();
    test_names();
    return tap_done();
}
