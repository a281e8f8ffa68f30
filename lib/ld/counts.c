#include "ld/counts.h"

#include <stdint.h>
#include <string.h>

#include "linalg/dense.h"

#if defined __GNUC__ && defined __x86_64__
#    define HAVE_AVX2 1
#    include <immintrin.h>
#    ifdef __clang__
#        define UNROLL _Pragma("unroll")
#    else
#        define UNROLL _Pragma("GCC unroll 6")
#    endif
#endif

/* People that are worked on at a time: a multiple of 4.  Sums of 16 bits go on
 * over so many, 2 people's products of at most 4 in every 4: up to 1024. */
enum { PEOPLE = 512, BYTES = PEOPLE / 4 };
/* A tile of the product, in registers: 16 by 6 columns. */
enum { HIGH = 16, WIDE = 6 };

static size_t rounded_up(size_t n, size_t unit)
{
    return (n + unit - 1) / unit * unit;
}

size_t dw_counts_work(size_t a, size_t b)
{
    return (rounded_up(a, HIGH) + rounded_up(b, WIDE)) * PEOPLE;
}

/* ---- unpacking ---- */

/* What the four codes of a byte become, a byte each, lowest first. */
static void make_table(bool missing, uint32_t table[256])
{
    uint8_t value[4] = {0};

    value[DW_GENO_ALT2] = missing ? 0 : 2;
    value[DW_GENO_ALT1] = missing ? 0 : 1;
    value[DW_GENO_MISSING] = missing ? 1 : 0;
    for (unsigned byte = 0; byte < 256; byte++) {
        uint8_t four[4];

        for (unsigned i = 0; i < 4; i++)
            four[i] = value[byte >> 2 * i & 3];
        memcpy(&table[byte], four, sizeof four);
    }
}

struct tables {
    uint32_t alt[256], missing[256];
};

/* Four people of one column after the other, `apart` words apart: bytes [from,
 * from + n) of the packed column.  Codes behind the last person are 0, which
 * is ALT2: those are taken off again. */
static void spread(const dw_genotypes *g, const dw_counts_column *column,
                   const struct tables *t, size_t from, size_t n, uint32_t *to,
                   size_t apart)
{
    const uint8_t *p = dw_genotypes_column(g, column->variant);
    const uint32_t *table = column->missing ? t->missing : t->alt;

    for (size_t i = 0; i < n; i++)
        to[i * apart] = table[p[from + i]];
    if (from + n == g->bytes && g->n % 4) {
        uint8_t four[4];

        memcpy(four, &to[(n - 1) * apart], sizeof four);
        memset(four + g->n % 4, 0, sizeof four - g->n % 4);
        memcpy(&to[(n - 1) * apart], four, sizeof four);
    }
}

/* ---- plain ---- */

/* One column as floats. */
static void widen(const uint32_t *four, size_t n, float *x)
{
    const uint8_t *p = (const uint8_t *)four;

    for (size_t i = 0; i < 4 * n; i++)
        x[i] = p[i];
}

static void unpack_floats(const dw_counts_side *s, const struct tables *t,
                          size_t from, size_t n, float *x)
{
    uint32_t four[BYTES];

    for (size_t j = 0; j < s->n; j++) {
        spread(s->g, &s->column[j], t, from, n, four, 1);
        widen(four, n, x + j * PEOPLE);
    }
}

static void product_plain(const struct tables *t, const dw_counts_side *left,
                          const dw_counts_side *right, float *work, float *c)
{
    const size_t bytes = left->g->bytes;
    float *x = work, *y = work + left->n * PEOPLE;

    for (size_t from = 0; from < bytes; from += BYTES) {
        size_t n = bytes - from < BYTES ? bytes - from : BYTES;

        unpack_floats(left, t, from, n, x);
        unpack_floats(right, t, from, n, y);
        dw_sgemm(true, false, left->n, right->n, 4 * n, 1, x, PEOPLE, y, PEOPLE,
                 from ? 1 : 0, c, left->n);
    }
}

/* ---- AVX2 ---- */

#ifdef HAVE_AVX2

/* Panels of `unit` columns: four people of each, then the next four of each.
 * Columns that are missing in the last panel are 0. */
static void pack_panels(const dw_counts_side *s, const struct tables *t,
                        size_t unit, size_t from, size_t n, uint32_t *to)
{
    for (size_t j = 0; j < s->n; j++)
        spread(s->g, &s->column[j], t, from, n,
               to + j / unit * unit * BYTES + j % unit, unit);
    for (size_t j = s->n; j < rounded_up(s->n, unit); j++) {
        uint32_t *at = to + j / unit * unit * BYTES + j % unit;

        for (size_t i = 0; i < n; i++)
            at[i * unit] = 0;
    }
}

/* c (16 x 6, ld ldc) <- the product of two panels over 4 n people, or that
 * added to it.  All loops over columns are unrolled, so that the sums stay in
 * registers. */
__attribute__((target("avx2"))) static void
multiply_tile(size_t n, const uint32_t *x, const uint32_t *y, bool first,
              float *c, size_t ldc)
{
    const __m256i ones = _mm256_set1_epi16(1);
    __m256i low[WIDE], high[WIDE];

    UNROLL
    for (size_t j = 0; j < WIDE; j++)
        low[j] = high[j] = _mm256_setzero_si256();
    for (size_t i = 0; i < n; i++, x += HIGH, y += WIDE) {
        const __m256i a = _mm256_load_si256((const void *)x);
        const __m256i b = _mm256_load_si256((const void *)(x + HIGH / 2));

        UNROLL
        for (size_t j = 0; j < WIDE; j++) {
            const __m256i v = _mm256_set1_epi32((int32_t)y[j]);

            low[j] = _mm256_add_epi16(low[j], _mm256_maddubs_epi16(a, v));
            high[j] = _mm256_add_epi16(high[j], _mm256_maddubs_epi16(b, v));
            /* Column by column: all products first would not fit in the
             * registers, and gcc would do so. */
            __asm__("" : "+x"(low[j]), "+x"(high[j]));
        }
    }
    UNROLL
    for (size_t j = 0; j < WIDE; j++, c += ldc) {
        __m256 p = _mm256_cvtepi32_ps(_mm256_madd_epi16(low[j], ones));
        __m256 q = _mm256_cvtepi32_ps(_mm256_madd_epi16(high[j], ones));

        if (!first) {
            p = _mm256_add_ps(p, _mm256_loadu_ps(c));
            q = _mm256_add_ps(q, _mm256_loadu_ps(c + HIGH / 2));
        }
        _mm256_storeu_ps(c, p);
        _mm256_storeu_ps(c + HIGH / 2, q);
    }
}

/* A tile that reaches over the edge of c. */
static void multiply_edge(size_t n, const uint32_t *x, const uint32_t *y,
                          bool first, size_t high, size_t wide, float *c,
                          size_t ldc)
{
    float tile[WIDE * HIGH];

    multiply_tile(n, x, y, true, tile, HIGH);
    for (size_t j = 0; j < wide && j < WIDE; j++) {
        for (size_t i = 0; i < high && i < HIGH; i++)
            c[i + j * ldc] = tile[i + j * HIGH] + (first ? 0 : c[i + j * ldc]);
    }
}

static void product_avx2(const struct tables *t, const dw_counts_side *left,
                         const dw_counts_side *right, float *work, float *c)
{
    const size_t a = left->n, b = right->n, bytes = left->g->bytes;
    uint32_t *x = (uint32_t *)(((uintptr_t)work + 31) / 32 * 32);
    uint32_t *y = x + rounded_up(a, HIGH) * BYTES;

    for (size_t from = 0; from < bytes; from += BYTES) {
        size_t n = bytes - from < BYTES ? bytes - from : BYTES;

        pack_panels(left, t, HIGH, from, n, x);
        pack_panels(right, t, WIDE, from, n, y);
        for (size_t i = 0; i < a; i += HIGH) {
            for (size_t j = 0; j < b; j += WIDE) {
                if (a - i >= HIGH && b - j >= WIDE)
                    multiply_tile(n, x + i * BYTES, y + j * BYTES, from == 0,
                                  c + i + j * a, a);
                else
                    multiply_edge(n, x + i * BYTES, y + j * BYTES, from == 0,
                                  a - i, b - j, c + i + j * a, a);
            }
        }
    }
}

#endif

/* ---- either ---- */

enum dw_counts_way dw_counts_best(void)
{
#ifdef HAVE_AVX2
    if (__builtin_cpu_supports("avx2"))
        return DW_COUNTS_AVX2;
#endif
    return DW_COUNTS_PLAIN;
}

void dw_counts_product(enum dw_counts_way way, const dw_counts_side *left,
                       const dw_counts_side *right, float *work, float *c)
{
    struct tables t;

    make_table(false, t.alt);
    make_table(true, t.missing);
#ifdef HAVE_AVX2
    if (way == DW_COUNTS_AVX2) {
        product_avx2(&t, left, right, work, c);
        return;
    }
#endif
    (void)way;
    product_plain(&t, left, right, work, c);
}
