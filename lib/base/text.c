#include "base/text.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#ifdef __SSE2__
#    include <emmintrin.h>
#endif

#include "base/near_number.h"

/* A number in a table is never longer than this; what is, is none. */
enum { NUMBER_MAX = 400 };
/* Names longer than this are not compared for a suggestion. */
enum { WORD_MAX = 63 };

dw_span dw_span_of(const char *s)
{
    return (dw_span){s, strlen(s)};
}

bool dw_span_eq_nocase(dw_span a, const char *s)
{
    return strlen(s) == a.n && strncasecmp(a.s, s, a.n) == 0;
}

bool dw_text_is_na_word(dw_span a)
{
    static const char *const na[] = {".",    "NA",   "N/A", "NaN",
                                     "-NaN", "NULL", "#NA"};

    if (a.n == 0)
        return true;
    for (size_t i = 0; i < sizeof na / sizeof *na; i++) {
        if (dw_span_eq_nocase(a, na[i]))
            return true;
    }
    return false;
}

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

/* ---- fields ---- */

/* Bit i: is s[i] c?  For 32 bytes at once, since a branch for each byte is what
 * costs. */
#if defined __SSE2__ && !defined DW_PORTABLE
static inline uint64_t equal_32(const char *s, char c)
{
    __m128i all = _mm_set1_epi8(c);
    uint64_t bits = 0;

    for (int i = 0; i < 2; i++) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)s + i);
        int part = _mm_movemask_epi8(_mm_cmpeq_epi8(x, all));

        bits |= (uint64_t)part << 16 * i;
    }
    return bits;
}
#else
static inline uint64_t equal_32(const char *s, char c)
{
    const uint64_t ones = UINT64_MAX / 255, low = ones * 127;
    uint64_t bits = 0;

    for (int i = 0; i < 4; i++) {
        uint64_t x = 0, zero;

        for (int j = 0; j < 8; j++)
            x |= (uint64_t)(unsigned char)(s[8 * i + j] ^ c) << 8 * j;
        zero = ~(((x & low) + low) | x | low) >> 7; /* 1 in bytes of 0 */
        bits |= (zero * 0x0102040810204080U >> 56) << 8 * i;
    }
    return bits;
}
#endif

static inline uint64_t equal_64(const char *s, char c)
{
    return equal_32(s, c) | equal_32(s + 32, c) << 32;
}

/* The bits of bytes [at, at + 64) of a line; 0 past its end. */
static inline uint64_t equal_at(dw_span line, size_t at, char c)
{
    size_t left = line.n - at;
    char copy[32];

    if (left >= 64)
        return equal_64(line.s + at, c);
    if (line.n >= 64) /* its last 64, less those that were seen */
        return equal_64(line.s + line.n - 64, c) >> (64 - left);
    if (line.n >= 32) /* its first and its last 32, some of them twice */
        return equal_32(line.s, c) | equal_32(line.s + line.n - 32, c)
                                         << (line.n - 32);
    memcpy(copy, line.s, line.n);
    memset(copy + line.n, ~c, 32 - line.n);
    return equal_32(copy, c);
}

static size_t split_blanks(dw_span line, dw_span *field, size_t max)
{
    const char *from = NULL; /* of the field that was begun */
    uint64_t last = 0;       /* is the byte before of a field? */
    size_t n = 0;

    for (size_t at = 0; at < line.n; at += 64) {
        uint64_t text = ~(equal_at(line, at, ' ') | equal_at(line, at, '\t'));
        uint64_t turn;

        if (line.n - at < 64)
            text &= ((uint64_t)1 << (line.n - at)) - 1;
        turn = text ^ (text << 1 | last);
        last = text >> 63;
        for (; turn; turn &= turn - 1) {
            const char *s = line.s + at + __builtin_ctzll(turn);

            if (!from) {
                from = s;
                continue;
            }
            if (n < max)
                field[n] = (dw_span){from, (size_t)(s - from)};
            from = NULL;
            n++;
        }
    }
    if (from && n < max)
        field[n] = (dw_span){from, (size_t)(line.s + line.n - from)};
    return n + (from != NULL);
}

size_t dw_text_split(dw_span line, char sep, dw_span *field, size_t max)
{
    const char *from = line.s;
    size_t n = 0;

    if (sep == ' ')
        return split_blanks(line, field, max);
    for (size_t at = 0; at < line.n; at += 64) {
        uint64_t hit = equal_at(line, at, sep);

        for (; hit; hit &= hit - 1) {
            const char *s = line.s + at + __builtin_ctzll(hit);

            if (n < max)
                field[n] = (dw_span){from, (size_t)(s - from)};
            n++;
            from = s + 1;
        }
    }
    if (n < max)
        field[n] = (dw_span){from, (size_t)(line.s + line.n - from)};
    return n + 1;
}

static inline uint32_t *put_fields(uint64_t field, size_t from, uint32_t *at)
{
    for (; field; field &= field - 1)
        *at++ = (uint32_t)(from + (size_t)__builtin_ctzll(field));
    return at;
}

/* Marks the bytes from `from` on by their bits: those of `line` are in `field`
 * too. */
static inline void put_marks(uint64_t field, uint64_t line, size_t from,
                             dw_marks *m)
{
    uint32_t *at = m->field + m->n_fields;

    for (; line; line &= line - 1) {
        uint64_t up_to = line ^ (line - 1);

        at = put_fields(field & up_to, from, at);
        field &= ~up_to;
        m->line[m->n_lines++] = (uint32_t)(at - m->field);
    }
    m->n_fields = (size_t)(put_fields(field, from, at) - m->field);
}

void dw_text_mark(const char *s, size_t n, char sep, dw_marks *m)
{
    const char other = sep == ' ' ? '\t' : sep;
    dw_span all = {s, n};
    size_t from = 0;

    m->n_fields = m->n_lines = 0;
    for (; from + 64 <= n; from += 64) {
        uint64_t line = equal_64(s + from, '\n');
        uint64_t field = line | equal_64(s + from, sep);

        if (other != sep)
            field |= equal_64(s + from, other);
        put_marks(field, line, from, m);
    }
    if (from < n) {
        uint64_t line = equal_at(all, from, '\n');

        put_marks(line | equal_at(all, from, sep) | equal_at(all, from, other),
                  line, from, m);
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

const char *dw_path_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
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
