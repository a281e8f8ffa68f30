/* The ground floor: errors, memory, buffers, hash and map, random numbers,
 * threads, tallies. */
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/par.h"
#include "base/rng.h"
#include "held.h"
#include "tap.h"

static void test_err(void)
{
    dw_err err = {0};

    OK(dw_fail(&err, DW_EFORMAT, "line %d", 7) == DW_EFORMAT, "code returned");
    OK(!strcmp(err.msg, "line 7"), "message as formatted");
    OK(dw_err_prefix(&err, "%s", "a.tsv") == DW_EFORMAT, "prefix keeps code");
    OK(!strcmp(err.msg, "a.tsv: line 7"), "prefix stands before: %s", err.msg);
    for (int i = 0; i < 2000; i++)
        dw_err_prefix(&err, "%s", "deep");
    OK(strlen(err.msg) < DW_ERR_MAX, "a long message is cut, not overrun");
}

static void test_mem(void)
{
    void *p = NULL;
    size_t cap = 0;

    OK(!dw_try_alloc(SIZE_MAX / 2, 4), "an overflowing size is refused");
    dw_mem_fail_at(2);
    p = dw_try_alloc(1, 1);
    OK(p != NULL, "the first allocation succeeds");
    dw_free(p);
    OK(!dw_try_alloc(1, 1), "the second one fails as told");
    p = NULL;
    OK(dw_try_grow(&p, &cap, 100, 8) == 0 && cap >= 100, "grown to %zu", cap);
    dw_mem_fail_at(1);
    OK(dw_try_grow(&p, &cap, 1000, 8) == DW_ENOMEM && cap < 1000,
       "a failed growth leaves the size");
    dw_free(p);
}

static void test_fit(void)
{
    double *x = NULL, *before;
    size_t cap = 0;

    OK(dw_fit_doubles(&x, &cap, 3, 4) && cap == 12, "3 x 4: %zu", cap);
    before = x;
    OK(dw_fit_doubles(&x, &cap, 2, 5) && x == before && cap == 12,
       "less is held already");
    OK(!dw_fit_doubles(&x, &cap, SIZE_MAX / 4 + 2, 4) && !x && !cap,
       "a size that overflows is refused, and nothing is held");
    dw_mem_fail_at(1);
    OK(!dw_fit_doubles(&x, &cap, 2, 2) && !x && !cap, "no memory");
    OK(dw_fit_doubles(&x, &cap, 0, 7) && x, "a matrix of nothing");
    dw_free(x);
}

static void test_return_large(void)
{
    size_t all, mapped, before;
    void *p;

    dw_mem_return_large();
    /* By itself the C library keeps memory like this once it was freed. */
    p = dw_try_alloc(24, 1 << 20);
    dw_free(p);
    (void)held(&all, &before);
    p = dw_try_alloc(20, 1 << 20);
    OK(!held(&all, &mapped) || mapped - before >= 20u << 20,
       "what is large goes back when it is freed: %zu bytes", mapped - before);
    dw_free(p);
}

static void test_buf(void)
{
    dw_buf b = {0};

    dw_buf_adds(&b, "chr");
    dw_buf_addf(&b, "%d:%s", 22, "A");
    dw_buf_addc(&b, '!');
    OK(!strcmp(b.s, "chr22:A!") && b.n == 8, "pieces join: %s", b.s);
    dw_buf_reset(&b);
    OK(b.n == 0 && !b.s[0], "reset empties");
    for (int i = 0; i < 10000; i++)
        dw_buf_add(&b, "xyz", 3);
    OK(b.n == 30000 && b.s[b.n] == 0, "grows, and ends with 0");
    dw_buf_clear(&b);
}

static void test_hash(void)
{
    dw_digest *d = dw_digest_new();
    dw_map *map = dw_map_new();
    bool fresh;
    int wrong = 0;

    /* From the specification of XXH64. */
    OK(dw_hash("", 0) == 0xef46db3751d8e999u, "XXH64 of nothing");
    OK(dw_hash("abc", 3) == 0x44bc2cf5ad770999u, "XXH64 of abc");
    dw_digest_add(d, "a", 1);
    dw_digest_add(d, "bc", 2);
    OK(dw_digest_value(d) == dw_hash("abc", 3), "in pieces as at once");
    dw_digest_free(d);

    for (uint64_t i = 0; i < 20000; i++)
        *dw_map_put(map, &i, 1 + i % 8, &fresh) += 1;
    OK(!dw_map_get(map, "missing!", 8), "an absent key is not found");
    OK(dw_map_get(map, "", 0) == NULL, "nor is the empty one");
    *dw_map_put(map, "", 0, &fresh) = 5;
    OK(fresh && *dw_map_get(map, "", 0) == 5, "the empty key is a key");
    dw_map_free(map);

    map = dw_map_new();
    for (uint64_t i = 0; i < 20000; i++) {
        uint64_t *value = dw_map_put(map, &i, sizeof i, &fresh);
        wrong += !fresh;
        *value = i * 3;
    }
    for (uint64_t i = 0; i < 20000; i++) {
        uint64_t *value = dw_map_get(map, &i, sizeof i);
        wrong += !value || *value != i * 3;
    }
    OK(wrong == 0 && dw_map_size(map) == 20000, "20,000 keys kept apart");
    dw_map_free(map);
}

static void test_rng(void)
{
    dw_rng a = dw_rng_init(1, 2), b = dw_rng_init(1, 2), c = dw_rng_init(1, 3);
    double sum = 0, square = 0, exponential = 0;
    size_t count[7] = {0};
    int n = 200000, same = 0;
    double worst = 0;

    for (int i = 0; i < 100; i++) {
        uint64_t x = dw_rng_u64(&a);
        same += x == dw_rng_u64(&b);
        same -= x == dw_rng_u64(&c);
    }
    OK(same == 100, "one seed, one sequence; another stream, another one");
    for (int i = 0; i < n; i++) {
        double x = dw_rng_normal(&a);
        sum += x;
        square += x * x;
        exponential += dw_rng_exponential(&a);
        count[dw_rng_below(&a, 7)]++;
    }
    /* Five standard errors: a right generator fails once in a million. */
    OK(fabs(sum / n) < 5 / sqrt(n), "normal: mean %g", sum / n);
    OK(fabs(square / n - 1) < 5 * sqrt(2.0 / n), "variance %g", square / n);
    OK(fabs(exponential / n - 1) < 5 / sqrt(n), "mean %g", exponential / n);
    for (int i = 0; i < 7; i++)
        worst = fmax(worst, fabs((double)count[i] - n / 7.0));
    OK(worst < 5 * sqrt(n / 7.0), "below 7: off by %g of %g", worst, n / 7.0);
}

static void square_item(void *ctx, size_t t, size_t i)
{
    (void)t;
    ((uint64_t *)ctx)[i] += i * i;
}

static void test_par(void)
{
    uint64_t x[500] = {0};
    dw_pool *pool = dw_pool_new(4);
    int wrong = 0;

    for (int round = 0; round < 50; round++)
        dw_pool_for(pool, 500, square_item, x);
    dw_pool_for(NULL, 500, square_item, x);
    for (uint64_t i = 0; i < 500; i++)
        wrong += x[i] != 51 * i * i;
    OK(wrong == 0, "each item runs once a loop, in 51 loops");
    OK(dw_pool_size(pool) == 4 && dw_pool_size(NULL) == 1, "pool sizes");
    dw_pool_free(pool);
}

static void test_tally(void)
{
    dw_tally t = {0};

    dw_tally_add(&t, "ambiguous", 2);
    dw_tally_add(&t, "no_match", 1);
    dw_tally_add(&t, "ambiguous", 3);
    OK(dw_tally_get(&t, "ambiguous") == 5, "counts add up");
    OK(dw_tally_get(&t, "other") == 0, "an unknown reason counts 0");
    OK(t.n_items == 2 && !strcmp(t.item[0].reason, "ambiguous"),
       "reasons in order of coming");
    dw_tally_clear(&t);
    OK(t.n_items == 0, "cleared");
}

int main(void)
{
    test_err();
    test_mem();
    test_fit();
    test_return_large();
    test_buf();
    test_hash();
    test_rng();
    test_par();
    test_tally();
    return tap_done();
}
