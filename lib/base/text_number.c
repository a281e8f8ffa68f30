/* Numbers from text, strictly.  Nearly all that a table holds are short and
 * exact: these cost a few instructions, and strtod is left for the rest. */
#include "base/text.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/near_number.h"

/* A number in a table is never longer than this; what is, is none. */
enum { NUMBER_MAX = 400 };

/* Powers of ten that a double holds exactly: a whole number of at most 2^53
 * times or over one of them is rounded once, hence right. */
enum { EXACT_POW10 = DW_EXACT_POW10 };
const double dw_exact_pow10[EXACT_POW10 + 1] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
static const uint64_t EXACT_WHOLE = (uint64_t)1 << 53;

/* So many digits fit in 64 bits, whatever they are. */
enum { MAX_DIGITS = 19 };

/* The parts of [sign]digits[.digits][e[sign]digits]. */
struct decimal {
    bool negative;
    bool cut;        /* after MAX_DIGITS significant digits, of which some */
    uint64_t digits; /* was not 0 */
    long exponent;   /* value = digits * 10^exponent */
};

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

/* n bytes of 1, 2, 4 or 8, the first one lowest. */
static inline uint64_t load(const char *s, size_t n)
{
    uint64_t x = 0;

    memcpy(&x, s, n);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    return x;
}

/* The bytes from s on, 0 behind `end`; none is read that lies behind it. */
static inline uint64_t load_up_to_8(const char *s, const char *end)
{
    size_t n = (size_t)(end - s);

    if (n >= 8)
        return load(s, 8);
    if (n >= 4) /* its first and its last four, some of them twice */
        return load(s, 4) | load(end - 4, 4) << 8 * (n - 4);
    if (n == 0)
        return 0;
    return load(s, 1) | load(s + n / 2, 1) << 8 * (n / 2) |
           load(end - 1, 1) << 8 * (n - 1);
}

/* In each byte. */
static const uint64_t ONES = UINT64_MAX / 255;

/* The top bits of bytes of x that hold no 0 .. 9, and of some behind the first
 * of them: a carry out of a byte is one that is no digit. */
static inline uint64_t not_digits(uint64_t x)
{
    return ((x + ONES * (128 - 10)) | x) & ONES * 128;
}

/* A number of eight digits of which each byte holds one, the first one lowest:
 * pairs become two digits, pairs of these four, and those eight. */
static uint64_t eight_digits(uint64_t x)
{
    x = (x * 10 + (x >> 8)) & 0x00ff00ff00ff00ffU;
    x = (x * 100 + (x >> 16)) & 0x0000ffff0000ffffU;
    return (x * 10000 + (x >> 32)) & 0xffffffffU;
}

/* What few numbers need stays out of line: its locals would cost all of them.
 */
#define RARE   __attribute__((noinline))
#define INLINE static inline __attribute__((always_inline))

/* Digits from s on, added to d; where they end.  One by one: of those before a
 * point there are few. */
static inline const char *scan_whole(const char *s, const char *end,
                                     uint64_t *d)
{
    uint64_t x = 0;

    for (; s < end && is_digit(*s); s++)
        x = x * 10 + (uint64_t)(*s - '0');
    *d = x;
    return s;
}

/* The same eight by eight, where many are likely. */
INLINE const char *scan_many(const char *s, const char *end, uint64_t *d)
{
    static const uint32_t pow10[] = {1,      10,      100,      1000,     10000,
                                     100000, 1000000, 10000000, 100000000};
    int n = 8;

    while (n == 8 && s < end) {
        uint64_t x = load_up_to_8(s, end) ^ ONES * '0';
        uint64_t other = not_digits(x);

        n = other ? __builtin_ctzll(other) / 8 : 8;
        if (n == 0)
            break;
        *d = *d * pow10[n] + eight_digits(x << 8 * (8 - n));
        s += n;
    }
    return s;
}

/* The same for more digits than fit, from the first one to `end`. */
RARE static void scan_long(const char *s, const char *end, struct decimal *d)
{
    bool point = false;
    int used = 0; /* significant digits */

    d->digits = 0;
    d->exponent = 0;
    for (; s < end; s++) {
        if (*s == '.') {
            point = true;
            continue;
        }
        if (used == MAX_DIGITS) {
            d->cut |= *s != '0';
            d->exponent += !point;
            continue;
        }
        d->digits = d->digits * 10 + (uint64_t)(*s - '0');
        used += d->digits != 0;
        d->exponent -= point;
    }
}

/* What stands behind the digits, with s at the e: 0 or -1. */
RARE static int scan_exponent(const char *s, const char *end, struct decimal *d)
{
    bool negative = false;
    long e = 0;

    if (*s != 'e' && *s != 'E')
        return -1;
    if (++s < end && (*s == '-' || *s == '+'))
        negative = *s++ == '-';
    if (s == end)
        return -1;
    for (; s < end; s++) {
        if (!is_digit(*s))
            return -1;
        if (e < 1000000) /* far past any double, far from any overflow */
            e = e * 10 + (*s - '0');
    }
    d->exponent += negative ? -e : e;
    return 0;
}

/* 0, or -1 when the text is not of that form. */
static inline int scan_decimal(dw_span a, struct decimal *d)
{
    const char *s = a.s, *end = a.s + a.n, *first, *point;

    *d = (struct decimal){0};
    if (s < end && (*s == '-' || *s == '+'))
        d->negative = *s++ == '-';
    first = s;
    s = point = scan_whole(s, end, &d->digits);
    if (s < end && *s == '.') {
        s = scan_many(s + 1, end, &d->digits);
        d->exponent = point + 1 - s;
    }
    if (s - first > MAX_DIGITS)
        scan_long(first, s, d);
    if (point == first && s - first < 2)
        return -1; /* no digit */
    return s == end ? 0 : scan_exponent(s, end, d);
}

#ifdef __SIZEOF_INT128__
/* digits / 10^k for 2^53 < digits and k <= 22, rounded once: a quotient of 54
 * bits or more, and whether anything is left, say where it has to go. */
RARE static double divide(uint64_t digits, unsigned k)
{
    static const uint64_t pow10[MAX_DIGITS + 1] = {
        1U,
        10U,
        100U,
        1000U,
        10000U,
        100000U,
        1000000U,
        10000000U,
        100000000U,
        1000000000U,
        10000000000U,
        100000000000U,
        1000000000000U,
        10000000000000U,
        100000000000000U,
        1000000000000000U,
        10000000000000000U,
        100000000000000000U,
        1000000000000000000U,
        10000000000000000000U,
    };
    unsigned __int128 q, left = 0, low, half;
    int shift = __builtin_clzll(digits), drop;

    q = (unsigned __int128)(digits << shift) << 64;
    if (k > MAX_DIGITS) {
        left = q % pow10[k - MAX_DIGITS];
        q /= pow10[k - MAX_DIGITS];
        k = MAX_DIGITS;
    }
    left |= q % pow10[k];
    q /= pow10[k];
    drop = 64 - 53 +
           (q >> 64 ? 64 - __builtin_clzll((uint64_t)(q >> 64))
                    : -__builtin_clzll((uint64_t)q));
    half = (unsigned __int128)1 << (drop - 1);
    low = q & (2 * half - 1);
    q >>= drop;
    q += low > half || (low == half && (left || (q & 1)));
    return ldexp((double)(uint64_t)q, drop - 64 - shift);
}
#endif

/* The exact ways: 0, or -1 when the number is none for them. */
static inline int fast_double(const struct decimal *d, double *x)
{
    if (d->cut || d->exponent < -EXACT_POW10 || d->exponent > EXACT_POW10)
        return -1;
    if (d->digits <= EXACT_WHOLE) {
        *x = (double)d->digits;
        if (d->exponent < 0)
            *x /= dw_exact_pow10[-d->exponent];
        else
            *x *= dw_exact_pow10[d->exponent];
    } else {
#ifdef __SIZEOF_INT128__
        if (d->exponent > 0)
            return -1;
        *x = divide(d->digits, (unsigned)-d->exponent);
#else
        return -1;
#endif
    }
    if (d->negative)
        *x = -*x;
    return 0;
}

/* strtod of a bounded span. The tools never call setlocale, so the locale is C.
 */
RARE static int slow_double(dw_span a, double *x)
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

/* inf and nan, as written: 0 or -1. */
RARE static int no_decimal(dw_span a, double *x)
{
    if (a.n == 0 || !isalpha((unsigned char)a.s[a.n - 1]) ||
        memchr(a.s, 'x', a.n) || memchr(a.s, 'X', a.n) ||
        memchr(a.s, 'p', a.n) || memchr(a.s, 'P', a.n))
        return -1;
    return slow_double(a, x);
}

/* Nearly every number is [-]digits[.digits] of no more digits than are exact in
 * any case: what is found below without what those might have besides.  0, or
 * -1: it may be one all the same. */
static inline int plain_double(dw_span a, double *x)
{
    enum { EXACT_DIGITS = 15 };
    const char *s = a.s, *end = a.s + a.n, *first;
    bool negative = s < end && *s == '-';
    uint64_t digits;
    size_t behind = 0; /* the point */

    if (a.n > EXACT_DIGITS + 1)
        return -1;
    first = s += negative;
    s = scan_whole(s, end, &digits);
    if (s == first)
        return -1;
    if (s < end && *s == '.') {
        first = s + 1;
        s = scan_many(first, end, &digits);
        behind = (size_t)(s - first);
    }
    if (s < end || (!behind && a.n > EXACT_DIGITS))
        return -1;
    *x = (double)digits / dw_exact_pow10[behind];
    if (negative)
        *x = -*x;
    return 0;
}

/* Any other number. */
RARE static int any_double(dw_span a, double *x)
{
    struct decimal d;

    if (scan_decimal(a, &d) < 0)
        return no_decimal(a, x);
    if (fast_double(&d, x) == 0)
        return 0;
    return slow_double(a, x) < 0 || isinf(*x) ? -1 : 0;
}

int dw_text_double(dw_span a, double *x)
{
    return plain_double(a, x) == 0 ? 0 : any_double(a, x);
}

int dw_text_digits(dw_span a, uint64_t *x)
{
    uint64_t v = 0;

    *x = 0;
    if (a.n - 1 < 8) {
        uint64_t d = (load_up_to_8(a.s, a.s + a.n) ^ ONES * '0')
                     << 8 * (8 - a.n);

        if (not_digits(d))
            return -1;
        v = eight_digits(d);
    } else if (a.n == 0 || a.n >= MAX_DIGITS ||
               scan_many(a.s, a.s + a.n, &v) != a.s + a.n) {
        return -1;
    }
    *x = v;
    return 0;
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
