#include "data/genotype.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

size_t dw_geno_bytes(dw_geno_kind kind, size_t n)
{
    return kind == DW_GENO_PACKED ? n / 4 + (n % 4 != 0) : n * sizeof(float);
}

/* ---- one column ---- */

/* The low bit of each two-bit field. */
#define LOW_BITS UINT64_C(0x5555555555555555)

static unsigned popcount(uint64_t x)
{
    return (unsigned)__builtin_popcountll(x);
}

/* How many people have each code but DW_GENO_ALT2.  The bits behind the last
 * person are 0 and so count as that one. */
static void count_codes(size_t bytes, const unsigned char *p, size_t count[4])
{
    count[1] = count[2] = count[3] = 0;
    while (bytes) {
        size_t take = bytes < 8 ? bytes : 8;
        uint64_t x = 0, lo, hi;

        memcpy(&x, p, take);
        lo = x & LOW_BITS;
        hi = x >> 1 & LOW_BITS;
        count[DW_GENO_MISSING] += popcount(lo & ~hi);
        count[DW_GENO_ALT1] += popcount(hi & ~lo);
        count[DW_GENO_ALT0] += popcount(hi & lo);
        p += take;
        bytes -= take;
    }
}

static dw_geno_stats stats_of_packed(size_t n, const unsigned char *p)
{
    dw_geno_stats s = {0};
    size_t count[4], observed;
    double sum, squares;

    count_codes(dw_geno_bytes(DW_GENO_PACKED, n), p, count);
    s.missing = count[DW_GENO_MISSING];
    observed = n - s.missing;
    count[DW_GENO_ALT2] = observed - count[DW_GENO_ALT1] - count[DW_GENO_ALT0];
    if (!observed)
        return s;
    sum = 2.0 * (double)count[DW_GENO_ALT2] + (double)count[DW_GENO_ALT1];
    squares = 4.0 * (double)count[DW_GENO_ALT2] + (double)count[DW_GENO_ALT1];
    s.mean = sum / (double)observed;
    /* Whole numbers up to the last division: exactly 0 when all are alike. */
    s.ss = (squares * (double)observed - sum * sum) / (double)observed;
    return s;
}

static dw_geno_stats stats_of_dosage(size_t n, const float *x)
{
    dw_geno_stats s = {0};
    size_t observed = 0;
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        if (!isnan(x[i])) {
            sum += (double)x[i];
            observed++;
        }
    }
    s.missing = n - observed;
    if (!observed)
        return s;
    s.mean = sum / (double)observed;
    for (size_t i = 0; i < n; i++) {
        double d = (double)x[i] - s.mean;

        s.ss += isnan(d) ? 0 : d * d;
    }
    return s;
}

dw_geno_stats dw_geno_stats_of(dw_geno_kind kind, size_t n, const void *column)
{
    return kind == DW_GENO_PACKED ? stats_of_packed(n, column)
                                  : stats_of_dosage(n, column);
}

static void flip_packed(size_t n, unsigned char *p)
{
    size_t bytes = dw_geno_bytes(DW_GENO_PACKED, n);

    for (size_t i = 0; i < bytes; i++) {
        /* 0 and 3 are those whose two bits are alike: both are turned. */
        unsigned alike = ~((unsigned)p[i] ^ (unsigned)p[i] >> 1) & 0x55u;

        p[i] = (unsigned char)(p[i] ^ (alike | alike << 1));
    }
    if (n % 4)
        p[bytes - 1] &= (unsigned char)((1u << n % 4 * 2) - 1);
}

void dw_geno_flip(dw_geno_kind kind, size_t n, void *column)
{
    float *x = column;

    if (kind == DW_GENO_PACKED) {
        flip_packed(n, column);
        return;
    }
    for (size_t i = 0; i < n; i++)
        x[i] = 2 - x[i];
}

/* What each code becomes. */
static void centred_codes(double mean, double scale, double value[4])
{
    value[DW_GENO_ALT2] = (2 - mean) * scale;
    value[DW_GENO_ALT1] = (1 - mean) * scale;
    value[DW_GENO_ALT0] = -mean * scale;
    value[DW_GENO_MISSING] = 0;
}

static double centred_dosage(float g, double mean, double scale)
{
    return isnan(g) ? 0 : ((double)g - mean) * scale;
}

void dw_geno_centre(dw_geno_kind kind, const void *column, size_t first,
                    size_t count, double mean, double scale, double *x)
{
    const unsigned char *p = (const unsigned char *)column + first / 4;
    const float *g = (const float *)column + first;
    double value[4];

    centred_codes(mean, scale, value);
    for (size_t i = 0; i < count; i++)
        x[i] = kind == DW_GENO_PACKED ? value[p[i / 4] >> i % 4 * 2 & 3]
                                      : centred_dosage(g[i], mean, scale);
}

void dw_geno_centre_float(dw_geno_kind kind, const void *column, size_t first,
                          size_t count, double mean, double scale, float *x)
{
    const unsigned char *p = (const unsigned char *)column + first / 4;
    const float *g = (const float *)column + first;
    double value[4];

    centred_codes(mean, scale, value);
    for (size_t i = 0; i < count; i++)
        x[i] =
            (float)(kind == DW_GENO_PACKED ? value[p[i / 4] >> i % 4 * 2 & 3]
                                           : centred_dosage(g[i], mean, scale));
}

/* ---- the window ---- */

void dw_genotypes_init(dw_genotypes *g, dw_geno_kind kind, size_t n)
{
    *g = (dw_genotypes){.kind = kind, .n = n, .bytes = dw_geno_bytes(kind, n)};
}

void dw_genotypes_clear(dw_genotypes *g)
{
    dw_free(g->data);
    dw_free(g->stats);
    *g = (dw_genotypes){0};
}

/* Moves the window to the start of its memory. */
static void close_gap(dw_genotypes *g)
{
    if (!g->begin)
        return;
    memmove(g->data, g->data + g->begin * g->bytes, g->m * g->bytes);
    memmove(g->stats, g->stats + g->begin, g->m * sizeof *g->stats);
    g->begin = 0;
}

static int reserve(dw_genotypes *g, size_t cap, dw_err *err)
{
    unsigned char *data = dw_try_realloc(g->data, cap, g->bytes);
    dw_geno_stats *stats = dw_try_realloc(g->stats, cap, sizeof *stats);

    if (data)
        g->data = data;
    if (stats)
        g->stats = stats;
    if (!data || !stats)
        return dw_fail(err, DW_ENOMEM,
                       "not enough memory for the genotypes of %zu variants "
                       "and %zu people",
                       cap, g->n);
    g->cap = cap;
    return 0;
}

int dw_genotypes_push(dw_genotypes *g, const void *column,
                      const dw_geno_stats *stats, dw_err *err)
{
    if (g->begin + g->m == g->cap) {
        /* Half empty or more: what is moved was paid for by what was pushed. */
        if (g->cap && g->begin >= g->cap / 2)
            close_gap(g);
        else if (reserve(g, g->cap ? 2 * g->cap : 256, err) < 0)
            return err->code;
    }
    memcpy(g->data + (g->begin + g->m) * g->bytes, column, g->bytes);
    g->stats[g->begin + g->m++] = *stats;
    return 0;
}

int dw_genotypes_copy(dw_genotypes *g, const dw_genotypes *from, size_t begin,
                      size_t m, dw_err *err)
{
    g->begin = g->m = 0;
    if (g->cap < m && reserve(g, m, err) < 0)
        return err->code;
    memcpy(g->data, dw_genotypes_column(from, begin), m * g->bytes);
    memcpy(g->stats, dw_genotypes_stats(from, begin), m * sizeof *g->stats);
    g->m = m;
    return 0;
}

void dw_genotypes_drop(dw_genotypes *g, size_t columns)
{
    g->begin += columns;
    g->m -= columns;
    if (g->m == 0)
        g->begin = 0;
}

const void *dw_genotypes_column(const dw_genotypes *g, size_t j)
{
    return g->data + (g->begin + j) * g->bytes;
}

const dw_geno_stats *dw_genotypes_stats(const dw_genotypes *g, size_t j)
{
    return &g->stats[g->begin + j];
}
