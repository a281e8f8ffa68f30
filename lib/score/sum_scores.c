#include "score/sum_scores.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

enum {
    GROUP = 4,          /* columns that share a table */
    BATCH = 64,         /* columns that are added at a time */
    SLICE = 1024,       /* bytes of a packed column that one item takes: the
                         * sums of their people stay in the cache */
    PEOPLE = 4 * SLICE, /* of one item */
};

/* One column of the batch. */
struct term {
    double value[4];               /* packed: by code */
    double weight, constant, mean; /* dosage: constant + weight * x */
    size_t missing;
};

struct dw_sums {
    dw_geno_kind kind;
    size_t n, bytes;
    dw_pool *pool;
    unsigned char *columns; /* (bytes x BATCH) */
    struct term term[BATCH];
    size_t n_terms, variants;
    double table[BATCH / GROUP][256];
    double *score;
    uint32_t *missing;
};

dw_sums *dw_sums_new(dw_geno_kind kind, size_t n, dw_pool *pool)
{
    dw_sums *s = dw_alloc(1, sizeof *s);

    s->kind = kind;
    s->n = n;
    s->bytes = dw_geno_bytes(kind, n);
    s->pool = pool;
    s->columns = dw_try_alloc(s->bytes, BATCH);
    /* Room for the people that a last byte could hold. */
    s->score = dw_try_alloc(n + 3, sizeof *s->score);
    s->missing = dw_try_alloc(n + 3, sizeof *s->missing);
    if (s->columns && s->score && s->missing)
        return s;
    dw_sums_free(s);
    return NULL;
}

void dw_sums_free(dw_sums *s)
{
    if (!s)
        return;
    dw_free(s->columns);
    dw_free(s->score);
    dw_free(s->missing);
    dw_free(s);
}

/* ---- packed columns ---- */

/* The sum of the group's four products for each byte of four codes, the first
 * column's lowest. */
static void fill_table(const struct term *term, double table[256])
{
    for (unsigned x = 0; x < 256; x++) {
        double sum = 0;

        for (unsigned i = 0; i < GROUP; i++)
            sum += term[i].value[x >> 2 * i & 3];
        table[x] = sum;
    }
}

/* Rows become columns: from four bytes, one a variant with the codes of four
 * people, to four bytes, one a person with the codes of four variants. */
static uint32_t transpose(uint32_t x)
{
    uint32_t t = (x ^ x >> 6) & 0x00cc00ccu;

    x ^= t ^ t << 6;
    t = (x ^ x >> 12) & 0x0000f0f0u;
    return x ^ t ^ t << 12;
}

static void add_group(const dw_sums *s, size_t group, size_t from, size_t to,
                      double *score)
{
    const unsigned char *c = s->columns + group * GROUP * s->bytes;
    const double *table = s->table[group];

    for (size_t b = from; b < to; b++, score += 4) {
        uint32_t x = transpose((uint32_t)c[b] | (uint32_t)c[s->bytes + b] << 8 |
                               (uint32_t)c[2 * s->bytes + b] << 16 |
                               (uint32_t)c[3 * s->bytes + b] << 24);

        score[0] += table[x & 255];
        score[1] += table[x >> 8 & 255];
        score[2] += table[x >> 16 & 255];
        score[3] += table[x >> 24];
    }
}

/* Counts the missing codes of one column. */
static void count_missing(const unsigned char *column, size_t from, size_t to,
                          uint32_t *missing)
{
    for (size_t b = from; b < to; b++, missing += 4) {
        unsigned x = column[b], gone = x & ~(x >> 1) & 0x55u;

        for (unsigned i = 0; gone; i++, gone >>= 2)
            missing[i] += gone & 1;
    }
}

/* ---- dosages ---- */

static void add_dosages(const dw_sums *s, size_t j, size_t from, size_t to,
                        double *score, uint32_t *missing)
{
    const float *x = (const float *)(const void *)s->columns + j * s->n;
    const struct term *t = &s->term[j];

    for (size_t i = from; i < to; i++) {
        double g = isnan(x[i]) ? t->mean : (double)x[i];

        score[i - from] += t->constant + t->weight * g;
        missing[i - from] += isnan(x[i]);
    }
}

/* ---- batches ---- */

/* The people of slice i; in any thread. */
static void add_slice(void *ctx, size_t thread, size_t i)
{
    const dw_sums *s = ctx;
    size_t first = i * PEOPLE, left = s->n - first;
    size_t count = left < PEOPLE ? left : PEOPLE;
    size_t from = first / 4, to = from + dw_geno_bytes(DW_GENO_PACKED, count);

    (void)thread;
    if (s->kind == DW_GENO_DOSAGE) {
        for (size_t j = 0; j < s->n_terms; j++)
            add_dosages(s, j, first, first + count, s->score + first,
                        s->missing + first);
        return;
    }
    for (size_t g = 0; g * GROUP < s->n_terms; g++)
        add_group(s, g, from, to, s->score + first);
    for (size_t j = 0; j < s->n_terms; j++) {
        if (s->term[j].missing)
            count_missing(s->columns + j * s->bytes, from, to,
                          s->missing + first);
    }
}

void dw_sums_finish(dw_sums *s)
{
    size_t groups = (s->n_terms + GROUP - 1) / GROUP;

    /* What is left of the last group adds nothing, whatever its codes. */
    for (size_t j = s->n_terms; j < groups * GROUP; j++)
        s->term[j] = (struct term){{0}, 0, 0, 0, 0};
    for (size_t g = 0; g < groups && s->kind == DW_GENO_PACKED; g++)
        fill_table(s->term + g * GROUP, s->table[g]);
    dw_pool_for(s->pool, (s->n + PEOPLE - 1) / PEOPLE, add_slice, s);
    s->n_terms = 0;
}

void dw_sums_add(dw_sums *s, const void *column, double weight, int other)
{
    dw_geno_stats stats = dw_geno_stats_of(s->kind, s->n, column);
    struct term *t = &s->term[s->n_terms];

    memcpy(s->columns + s->n_terms * s->bytes, column, s->bytes);
    t->mean = stats.mean;
    t->missing = stats.missing;
    t->constant = other ? 2 * weight : 0;
    t->weight = other ? -weight : weight;
    t->value[DW_GENO_ALT0] = other ? 2 * weight : 0;
    t->value[DW_GENO_ALT1] = weight;
    t->value[DW_GENO_ALT2] = other ? 0 : 2 * weight;
    t->value[DW_GENO_MISSING] = t->constant + t->weight * stats.mean;
    s->variants++;
    if (++s->n_terms == BATCH)
        dw_sums_finish(s);
}

const double *dw_sums_score(const dw_sums *s)
{
    return s->score;
}

const uint32_t *dw_sums_missing(const dw_sums *s)
{
    return s->missing;
}

size_t dw_sums_variants(const dw_sums *s)
{
    return s->variants;
}
