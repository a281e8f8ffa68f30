#include "base/text.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A number in a table is never longer than this; what is, is none. */
enum { NUMBER_MAX = 400 };
/* Names longer than this are not compared for a suggestion. */
enum { WORD_MAX = 63 };

dw_span dw_span_of(const char *s)
{
    return (dw_span){s, strlen(s)};
}

bool dw_span_eq(dw_span a, const char *s)
{
    return strlen(s) == a.n && memcmp(a.s, s, a.n) == 0;
}

bool dw_span_eq_nocase(dw_span a, const char *s)
{
    return strlen(s) == a.n && strncasecmp(a.s, s, a.n) == 0;
}

bool dw_text_is_na(dw_span a)
{
    static const char *const na[] = {".",    "NA",   "N/A", "NaN",
                                     "-NaN", "NULL", "#NA"};

    if (a.n == 0)
        return true;
    if (a.n > 4)
        return false;
    for (size_t i = 0; i < sizeof na / sizeof *na; i++) {
        if (dw_span_eq_nocase(a, na[i]))
            return true;
    }
    return false;
}

/* Powers of ten that a double holds exactly: a decimal of at most 15 digits
 * times or over one of them is rounded once, hence right. */
static const double exact_pow10[] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* The parts of [sign]digits[.digits][e[sign]digits]. */
struct decimal {
    bool negative;
    uint64_t digits; /* the first 19 significant ones */
    int used;        /* how many of them */
    long exponent;   /* value = digits * 10^exponent, cut after 19 digits */
    bool cut;
};

/* 0, or -1 when the text is not of that form. */
static int scan_decimal(dw_span a, struct decimal *d)
{
    const char *s = a.s, *end = a.s + a.n;
    bool any = false, point = false;
    long e = 0;
    bool e_negative = false;

    *d = (struct decimal){0};
    if (s < end && (*s == '-' || *s == '+'))
        d->negative = *s++ == '-';
    for (; s < end; s++) {
        if (*s == '.' && !point) {
            point = true;
            continue;
        }
        if (*s < '0' || *s > '9')
            break;
        any = true;
        if (d->used == 19) {
            d->cut |= *s != '0';
            d->exponent += !point;
            continue;
        }
        d->digits = d->digits * 10 + (uint64_t)(*s - '0');
        d->used += d->digits != 0;
        d->exponent -= point;
    }
    if (!any)
        return -1;
    if (s == end)
        return 0;
    if (*s != 'e' && *s != 'E')
        return -1;
    if (++s < end && (*s == '-' || *s == '+'))
        e_negative = *s++ == '-';
    if (s == end)
        return -1;
    for (; s < end; s++) {
        if (*s < '0' || *s > '9')
            return -1;
        if (e < 1000000) /* far past any double, far from any overflow */
            e = e * 10 + (*s - '0');
    }
    d->exponent += e_negative ? -e : e;
    return 0;
}

/* strtod of a bounded span. The tools never call setlocale, so the locale is C.
 */
static int slow_double(dw_span a, double *x)
{
    char copy[NUMBER_MAX + 1];
    char *end;

    if (a.n > NUMBER_MAX)
        return -1;
    memcpy(copy, a.s, a.n);
    copy[a.n] = 0;
    *x = strtod(copy, &end);
    return end == copy + a.n ? 0 : -1;
}

int dw_text_double(dw_span a, double *x)
{
    struct decimal d;

    if (scan_decimal(a, &d) < 0) {
        if (a.n && (isalpha((unsigned char)a.s[a.n - 1])) &&
            !memchr(a.s, 'x', a.n) && !memchr(a.s, 'X', a.n) &&
            !memchr(a.s, 'p', a.n) && !memchr(a.s, 'P', a.n))
            return slow_double(a, x); /* inf, nan, as written */
        return -1;
    }
    if (!d.cut && d.used <= 15 && d.exponent >= -22 && d.exponent <= 22) {
        *x = (double)d.digits;
        if (d.exponent < 0)
            *x /= exact_pow10[-d.exponent];
        else
            *x *= exact_pow10[d.exponent];
        if (d.negative)
            *x = -*x;
        return 0;
    }
    if (slow_double(a, x) < 0)
        return -1;
    return isinf(*x) ? -1 : 0;
}

int dw_text_int64(dw_span a, int64_t *x)
{
    const char *s = a.s, *end = a.s + a.n;
    bool negative = false;
    uint64_t v = 0;

    if (s < end && (*s == '-' || *s == '+'))
        negative = *s++ == '-';
    if (s == end)
        return -1;
    for (; s < end; s++) {
        if (*s < '0' || *s > '9' ||
            v > ((uint64_t)INT64_MAX - (uint64_t)(*s - '0')) / 10)
            return -1;
        v = v * 10 + (uint64_t)(*s - '0');
    }
    *x = negative ? -(int64_t)v : (int64_t)v;
    return 0;
}

int dw_text_log10(dw_span a, double *x)
{
    struct decimal d;

    if (scan_decimal(a, &d) < 0 || (d.negative && d.digits))
        return -1;
    *x = d.digits ? log10((double)d.digits) + (double)d.exponent : -INFINITY;
    return 0;
}

static size_t split_blanks(dw_span line, dw_span *field, size_t max)
{
    const char *s = line.s, *end = line.s + line.n;
    size_t n = 0;

    for (;;) {
        const char *from;

        while (s < end && (*s == ' ' || *s == '\t'))
            s++;
        if (s == end)
            return n;
        from = s;
        while (s < end && *s != ' ' && *s != '\t')
            s++;
        if (n < max)
            field[n] = (dw_span){from, (size_t)(s - from)};
        n++;
    }
}

size_t dw_text_split(dw_span line, char sep, dw_span *field, size_t max)
{
    const char *s = line.s, *end = line.s + line.n;
    size_t n = 0;

    if (sep == ' ')
        return split_blanks(line, field, max);
    for (;;) {
        const char *at = s < end ? memchr(s, sep, (size_t)(end - s)) : NULL;
        const char *to = at ? at : end;

        if (n < max)
            field[n] = (dw_span){s, (size_t)(to - s)};
        n++;
        if (!at)
            return n;
        s = at + 1;
    }
}

/* Edit distance with case ignored, by the two-row recurrence. */
static size_t edit_distance(const char *a, size_t n, const char *b, size_t m)
{
    size_t row[WORD_MAX + 1];

    for (size_t j = 0; j <= m; j++)
        row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            int differ = tolower((unsigned char)a[i - 1]) !=
                         tolower((unsigned char)b[j - 1]);
            size_t best = diagonal + (size_t)differ;

            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[m];
}

const char *dw_text_nearest(const char *word, const char *const *names,
                            size_t n)
{
    size_t length = strlen(word);
    size_t best = length / 2 + 1; /* half of the letters may be wrong */
    const char *nearest = NULL;

    if (length > WORD_MAX)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        size_t other = strlen(names[i]);
        size_t d;

        if (other > WORD_MAX)
            continue;
        d = edit_distance(word, length, names[i], other);
        if (d < best) {
            best = d;
            nearest = names[i];
        }
    }
    return nearest;
}

/* Past a "chr" in any case. */
static dw_span without_chr(dw_span a)
{
    if (a.n > 3 && strncasecmp(a.s, "chr", 3) == 0)
        return (dw_span){a.s + 3, a.n - 3};
    return a;
}

bool dw_text_in_list(const char *list, const char *name)
{
    dw_span want = without_chr(dw_span_of(name));

    while (list && *list) {
        size_t n = strcspn(list, ",");
        dw_span item = without_chr((dw_span){list, n});

        if (item.n == want.n && strncasecmp(item.s, want.s, want.n) == 0)
            return true;
        list += n + (list[n] == ',');
    }
    return false;
}
