/* Lines into fields.  Separators are looked for in 64 bytes at once, and come
 * as the bits of a word. */
#include "base/text.h"

#include <string.h>

#ifdef __SSE2__
#    include <emmintrin.h>
#endif

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
