/*
 * near_number: numbers as nearly all of them are written, read in a few
 * instructions.
 *
 * For text that lies in a larger one: the 16 bytes before a number's end are
 * read at once, whatever they hold, if they can be.  Both functions return 0,
 * or -1 for what text.h has to be asked of.
 */
#ifndef DW_BASE_NEAR_NUMBER_H
#define DW_BASE_NEAR_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __SSE2__
#    include <emmintrin.h>
#endif

#include "base/text.h"

/* Powers of ten that a double holds exactly. */
enum { DW_EXACT_POW10 = 22 };
extern const double dw_exact_pow10[DW_EXACT_POW10 + 1];

/* The n < 16 digits before `end`; false when another byte is among them. */
#if defined __SSE2__ && !defined DW_PORTABLE
static inline bool dw_last_digits(const char *end, size_t n, int64_t *digits)
{
    static const unsigned char keep[32] = {[16] = 255, 255, 255, 255, 255, 255,
                                           255,        255, 255, 255, 255, 255,
                                           255,        255, 255, 255};
    const __m128i nine = _mm_set1_epi8(9);
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(end - 16));
    __m128i last = _mm_loadu_si128((const __m128i *)(const void *)(keep + n));
    uint64_t halves;

    x = _mm_and_si128(_mm_sub_epi8(x, _mm_set1_epi8('0')), last);
    if (_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(x, nine), nine)) !=
        0xffff)
        return false;
    /* Pairs become two digits, pairs of these four, and those eight. */
    x = _mm_add_epi16(_mm_mullo_epi16(_mm_and_si128(x, _mm_set1_epi16(255)),
                                      _mm_set1_epi16(10)),
                      _mm_srli_epi16(x, 8));
    x = _mm_madd_epi16(x, _mm_set1_epi32(1 << 16 | 100));
    x = _mm_packs_epi32(x, x);
    x = _mm_madd_epi16(x, _mm_set1_epi32(1 << 16 | 10000));
    _mm_storel_epi64((__m128i *)(void *)&halves, x);
    *digits =
        (int64_t)(halves & UINT32_MAX) * 100000000 + (int64_t)(halves >> 32);
    return true;
}
#else
static inline bool dw_last_digits(const char *end, size_t n, int64_t *digits)
{
    int64_t x = 0;

    for (const char *s = end - n; s < end; s++) {
        unsigned digit = (unsigned char)(*s - '0');

        if (digit > 9)
            return false;
        x = x * 10 + digit;
    }
    *digits = x;
    return true;
}
#endif

/* Up to 15 digits, where all bytes from `text` to the end of the span can be
 * read. */
static inline int dw_near_digits(const char *text, dw_span a, int64_t *x)
{
    const char *end = a.s + a.n;

    return a.n - 1 < 15 && end - text >= 16 && dw_last_digits(end, a.n, x) ? 0
                                                                           : -1;
}

/* [-]digits or [-]digit.digits, of which a double holds as many exactly: what
 * one power of ten divides is rounded once, hence right. */
static inline int dw_near_double(const char *text, dw_span a, double *x)
{
    static const double sign[2] = {1, -1};
    bool negative = a.n && *a.s == '-';
    const char *s = a.s + negative, *end = a.s + a.n;
    size_t n = (size_t)(end - s), behind = 0;
    unsigned whole = 0;
    int64_t digits;

    if (n - 1 >= 15 || end - text < 16)
        return -1;
    if (n > 2 && s[1] == '.') {
        whole = (unsigned char)(*s - '0');
        n = behind = n - 2;
    }
    if (whole > 9 || !dw_last_digits(end, n, &digits))
        return -1;
    *x = (whole * dw_exact_pow10[behind] + (double)digits) /
         dw_exact_pow10[behind] * sign[negative];
    return 0;
}

#endif
