#include "stream/pack.h"

#include <math.h>
#include <string.h>

#ifdef __SSE2__
#    include <emmintrin.h>
#endif

#include "base/half.h"
#include "base/mem.h"

/* Every missing value is written as one quiet NaN, whatever its bits were, so
 * that the same inputs give the same bytes on every machine. */
static const uint32_t NAN32 = 0x7fc00000;
static const uint64_t NAN64 = 0x7ff8000000000000;

static uint32_t bits_of_float(float x)
{
    return isnan(x) ? NAN32 : dw_bits_of_float(x);
}

static uint64_t bits_of_double(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return isnan(x) ? NAN64 : bits;
}

/* ---- packing ---- */

static void pack_bytes(dw_buf *b, uint64_t x, size_t n)
{
    unsigned char byte[8];

    for (size_t i = 0; i < n; i++)
        byte[i] = (unsigned char)(x >> 8 * i);
    dw_buf_add(b, byte, n);
}

void dw_pack_u8(dw_buf *b, uint8_t x)
{
    pack_bytes(b, x, 1);
}

void dw_pack_u16(dw_buf *b, uint16_t x)
{
    pack_bytes(b, x, 2);
}

void dw_pack_u32(dw_buf *b, uint32_t x)
{
    pack_bytes(b, x, 4);
}

void dw_pack_u64(dw_buf *b, uint64_t x)
{
    pack_bytes(b, x, 8);
}

void dw_pack_f64(dw_buf *b, double x)
{
    pack_bytes(b, bits_of_double(x), 8);
}

void dw_pack_text(dw_buf *b, const char *s, size_t n)
{
    dw_pack_u32(b, (uint32_t)n);
    dw_buf_add(b, s, n);
}

/* Makes room for n numbers of `size` bytes and returns where they go. */
static unsigned char *begin_planes(dw_buf *b, size_t n, size_t size)
{
    unsigned char *at;

    dw_buf_reserve(b, n * size);
    at = (unsigned char *)b->s + b->n;
    b->n += n * size;
    b->s[b->n] = 0;
    return at;
}

#if defined __SSE2__ && !defined DW_PORTABLE
/* As pack_planes, 16 numbers at a time; returns how many were done. */
static size_t pack_many(unsigned char *at, const uint32_t *x, size_t n,
                        size_t ld)
{
    const __m128i low = _mm_set1_epi32(0xff);
    size_t i = 0;

    for (; i + 16 <= n; i += 16) {
        __m128i v[4];

        for (int k = 0; k < 4; k++)
            v[k] = _mm_loadu_si128((const __m128i *)(const void *)(x + i) + k);
        for (size_t j = 0; j < 4; j++) {
            __m128i a = _mm_packs_epi32(_mm_and_si128(v[0], low),
                                        _mm_and_si128(v[1], low));
            __m128i b = _mm_packs_epi32(_mm_and_si128(v[2], low),
                                        _mm_and_si128(v[3], low));

            _mm_storeu_si128((__m128i *)(void *)(at + j * ld + i),
                             _mm_packus_epi16(a, b));
            for (int k = 0; k < 4; k++)
                v[k] = _mm_srli_epi32(v[k], 8);
        }
    }
    return i;
}
#else
static size_t pack_many(unsigned char *at, const uint32_t *x, size_t n,
                        size_t ld)
{
    (void)at;
    (void)x;
    (void)n;
    (void)ld;
    return 0;
}
#endif

/* Byte 0 of all n numbers, then from at + ld on byte 1 of all, and so on. */
static void pack_planes(unsigned char *at, const uint32_t *x, size_t n,
                        size_t ld)
{
    for (size_t i = pack_many(at, x, n, ld); i < n; i++) {
        for (size_t j = 0; j < 4; j++)
            at[j * ld + i] = (unsigned char)(x[i] >> 8 * j);
    }
}

void dw_pack_u32s(dw_buf *b, const uint32_t *x, size_t n)
{
    pack_planes(begin_planes(b, n, 4), x, n, n);
}

void dw_pack_f32s(dw_buf *b, const float *x, size_t n)
{
    dw_pack_f32_rows(b, x, n, n, 1);
}

void dw_pack_f32_rows(dw_buf *b, const float *x, size_t ld, size_t rows,
                      size_t columns)
{
    const size_t n = rows * columns;
    unsigned char *at = begin_planes(b, n, 4);
    uint32_t bits[256];

    for (size_t j = 0; j < columns; j++, x += ld, at += rows) {
        for (size_t from = 0, some; from < rows; from += some) {
            some = rows - from < DW_COUNT(bits) ? rows - from : DW_COUNT(bits);
            for (size_t i = 0; i < some; i++)
                bits[i] = bits_of_float(x[from + i]);
            pack_planes(at + from, bits, some, n);
        }
    }
}

void dw_pack_f16_rows(dw_buf *b, const float *x, size_t ld, size_t rows,
                      size_t columns)
{
    const size_t n = rows * columns;
    unsigned char *low = begin_planes(b, n, 2), *high = low + n;

    for (size_t j = 0; j < columns; j++, x += ld) {
        for (size_t i = 0; i < rows; i++) {
            uint16_t h = dw_half_of_float(x[i]);

            *low++ = (unsigned char)h;
            *high++ = (unsigned char)(h >> 8);
        }
    }
}

void dw_pack_f64s(dw_buf *b, const double *x, size_t n)
{
    unsigned char *at = begin_planes(b, n, 8);

    for (size_t i = 0; i < n; i++) {
        uint64_t bits = bits_of_double(x[i]);

        for (size_t j = 0; j < 8; j++)
            at[j * n + i] = (unsigned char)(bits >> 8 * j);
    }
}

/* ---- unpacking ---- */

bool dw_unpack_room(dw_unpack *u, uint64_t n, size_t size)
{
    if (u->bad || (size && n > u->n / size)) {
        u->bad = true;
        return false;
    }
    return true;
}

/* The next n bytes, or NULL with `bad` set. */
static const unsigned char *take(dw_unpack *u, size_t n, size_t size)
{
    const unsigned char *p = u->p;

    if (!dw_unpack_room(u, n, size))
        return NULL;
    u->p += n * size;
    u->n -= n * size;
    return p;
}

static uint64_t unpack_bytes(dw_unpack *u, size_t n)
{
    const unsigned char *p = take(u, n, 1);
    uint64_t x = 0;

    for (size_t i = 0; p && i < n; i++)
        x |= (uint64_t)p[i] << 8 * i;
    return x;
}

uint8_t dw_unpack_u8(dw_unpack *u)
{
    return (uint8_t)unpack_bytes(u, 1);
}

uint16_t dw_unpack_u16(dw_unpack *u)
{
    return (uint16_t)unpack_bytes(u, 2);
}

uint32_t dw_unpack_u32(dw_unpack *u)
{
    return (uint32_t)unpack_bytes(u, 4);
}

uint64_t dw_unpack_u64(dw_unpack *u)
{
    return unpack_bytes(u, 8);
}

double dw_unpack_f64(dw_unpack *u)
{
    uint64_t bits = unpack_bytes(u, 8);
    double x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

dw_span dw_unpack_text(dw_unpack *u)
{
    uint32_t n = dw_unpack_u32(u);
    const unsigned char *p = take(u, n, 1);

    return p ? (dw_span){(const char *)p, n} : (dw_span){"", 0};
}

static uint32_t plane32(const unsigned char *p, size_t n, size_t i)
{
    return (uint32_t)p[i] | (uint32_t)p[n + i] << 8 |
           (uint32_t)p[2 * n + i] << 16 | (uint32_t)p[3 * n + i] << 24;
}

void dw_unpack_u32s(dw_unpack *u, uint32_t *x, size_t n)
{
    const unsigned char *p = take(u, n, 4);

    for (size_t i = 0; i < n; i++)
        x[i] = p ? plane32(p, n, i) : 0;
}

void dw_unpack_f32s(dw_unpack *u, float *x, size_t n)
{
    dw_unpack_f32_rows(u, x, n, n, 1);
}

void dw_unpack_f32_rows(dw_unpack *u, float *x, size_t ld, size_t rows,
                        size_t columns)
{
    const size_t n = rows * columns;
    const unsigned char *p = take(u, n, 4);

    for (size_t j = 0; j < columns; j++, x += ld) {
        for (size_t i = 0; i < rows; i++)
            x[i] = dw_float_of_bits(p ? plane32(p, n, i + j * rows) : 0);
    }
}

void dw_unpack_f16_rows(dw_unpack *u, float *x, size_t ld, size_t rows,
                        size_t columns)
{
    const size_t n = rows * columns;
    const unsigned char *p = take(u, n, 2);

    for (size_t j = 0; j < columns; j++, x += ld) {
        for (size_t i = 0; i < rows; i++) {
            unsigned low = p ? p[i + j * rows] : 0;
            unsigned high = p ? p[n + i + j * rows] : 0;

            x[i] = dw_half_float((uint16_t)(low | high << 8));
        }
    }
}

const unsigned char *dw_unpack_bytes(dw_unpack *u, size_t n)
{
    return take(u, n, 1);
}

void dw_unpack_f64s(dw_unpack *u, double *x, size_t n)
{
    const unsigned char *p = take(u, n, 8);

    for (size_t i = 0; i < n; i++) {
        uint64_t bits =
            p ? plane32(p, n, i) | (uint64_t)plane32(p + 4 * n, n, i) << 32 : 0;

        memcpy(&x[i], &bits, sizeof bits);
    }
}
