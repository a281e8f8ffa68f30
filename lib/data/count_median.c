#include "data/count_median.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

enum { MAX_DISTINCT = 65536, RECENT = 1024 };
static const double MAX_VALUE = 1e9;

struct pair {
    double x;
    uint64_t n;
};

struct dw_count_median {
    dw_map *where; /* value to index in pair */
    struct pair *pair;
    size_t n;
    uint32_t recent[RECENT]; /* by the value's last bits: a pair that may be it;
                                most are, and need not be looked up */
    bool coarse;
};

dw_count_median *dw_count_median_new(void)
{
    dw_count_median *c = dw_alloc(1, sizeof *c);

    c->where = dw_map_new();
    c->pair = dw_alloc(MAX_DISTINCT + 1, sizeof *c->pair);
    return c;
}

void dw_count_median_free(dw_count_median *c)
{
    if (!c)
        return;
    dw_map_free(c->where);
    dw_free(c->pair);
    dw_free(c);
}

static double round_value(double x, bool coarse)
{
    double unit;

    if (!coarse || x < 10000)
        return x == (double)(uint32_t)x ? x : round(x);
    unit = pow(10, floor(log10(x)) - 3);
    return round(x / unit) * unit;
}

static int count(dw_count_median *c, double x, uint64_t times)
{
    uint32_t *recent = &c->recent[(uint64_t)x % RECENT];
    bool fresh;
    uint64_t *at;

    if (c->n && c->pair[*recent].x == x) {
        c->pair[*recent].n += times;
        return 0;
    }
    at = dw_map_put(c->where, &x, sizeof x, &fresh);
    if (!at)
        return DW_ENOMEM;
    if (fresh) {
        *at = c->n;
        c->pair[c->n++] = (struct pair){x, 0};
    }
    *recent = (uint32_t)*at;
    c->pair[*at].n += times;
    return 0;
}

/* Counts all anew in four digits: 9000 values a decade, so that up to MAX_VALUE
 * there are at most 55,001. */
static int coarsen(dw_count_median *c)
{
    struct pair *old = c->pair;
    size_t n = c->n;
    int rc = 0;

    dw_map_free(c->where);
    c->where = dw_map_new();
    c->pair = dw_alloc(MAX_DISTINCT + 1, sizeof *c->pair);
    c->n = 0;
    memset(c->recent, 0, sizeof c->recent);
    c->coarse = true;
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = count(c, round_value(old[i].x, true), old[i].n);
    dw_free(old);
    return rc;
}

int dw_count_median_add(dw_count_median *c, double x)
{
    int rc = count(c, round_value(x < MAX_VALUE ? x : MAX_VALUE, c->coarse), 1);

    return rc == 0 && c->n > MAX_DISTINCT ? coarsen(c) : rc;
}

/* Most are whole, and were seen before. */
static inline bool count_again(dw_count_median *c, double x)
{
    uint32_t whole = x < MAX_VALUE ? (uint32_t)x : 0;
    struct pair *pair = &c->pair[c->recent[whole % RECENT]];

    if (c->coarse || c->n == 0 || x != whole || pair->x != x)
        return false;
    pair->n++;
    return true;
}

int dw_count_median_add_all(dw_count_median *c, const float *x, size_t n)
{
    int rc = 0;

    for (size_t i = 0; i < n && rc == 0; i++) {
        if (!isnan(x[i]) && !count_again(c, x[i]))
            rc = dw_count_median_add(c, x[i]);
    }
    return rc;
}

static int by_value(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;

    return x->x < y->x ? -1 : x->x > y->x;
}

double dw_count_median_value(const dw_count_median *c)
{
    struct pair *sorted;
    uint64_t total = 0, seen = 0;
    double low = NAN, high = NAN;

    if (!c->n)
        return NAN;
    sorted = dw_alloc(c->n, sizeof *sorted);
    for (size_t i = 0; i < c->n; i++) {
        sorted[i] = c->pair[i];
        total += sorted[i].n;
    }
    qsort(sorted, c->n, sizeof *sorted, by_value);
    for (size_t i = 0; i < c->n && isnan(high); i++) {
        seen += sorted[i].n;
        if (isnan(low) && seen >= (total + 1) / 2)
            low = sorted[i].x;
        if (seen >= total / 2 + 1)
            high = sorted[i].x;
    }
    dw_free(sorted);
    return (low + high) / 2;
}

uint64_t dw_count_median_above(const dw_count_median *c, double limit)
{
    uint64_t n = 0;

    for (size_t i = 0; i < c->n; i++)
        n += c->pair[i].x > limit ? c->pair[i].n : 0;
    return n;
}
