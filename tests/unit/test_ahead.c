/* Items fetched ahead: each is what was asked for, whoever asks and in whatever
 * order; as many lie ready as there are slots, and no more. */
#include "base/ahead.h"
#include "base/mem.h"
#include "base/par.h"
#include "tap.h"

enum { ITEMS = 400, SLOTS = 6, THREADS = 3 };

struct world {
    dw_ahead *ahead;
    size_t at[SLOTS], fetched[ITEMS], order[ITEMS], n_fetched;
    const size_t *ask; /* in which order */
    size_t held[THREADS], wrong[THREADS];
};

static const size_t NONE = (size_t)-1;

static int fetch(void *ctx, size_t slot, size_t item)
{
    struct world *w = ctx;

    w->at[slot] = item;
    w->fetched[item]++;
    w->order[w->n_fetched++ % ITEMS] = item;
    return item % 7 == 3 ? -(int)item : 0;
}

static void take(void *ctx, size_t t, size_t i)
{
    struct world *w = ctx;
    size_t item = w->ask[i], slot;
    int rc;

    if (w->held[t] != NONE)
        dw_ahead_give(w->ahead, w->held[t]);
    rc = dw_ahead_take(w->ahead, item, &slot);
    w->held[t] = slot;
    w->wrong[t] += slot >= SLOTS || w->at[slot] != item;
    w->wrong[t] += rc != (item % 7 == 3 ? -(int)item : 0);
}

static void begin(struct world *w)
{
    *w = (struct world){.ahead = dw_ahead_new(SLOTS, fetch, w)};
    for (size_t t = 0; t < THREADS; t++)
        w->held[t] = NONE;
}

static size_t end(struct world *w)
{
    size_t wrong = 0;

    dw_ahead_free(w->ahead);
    for (size_t t = 0; t < THREADS; t++)
        wrong += w->wrong[t];
    return wrong;
}

static void test_in_turn(size_t threads)
{
    dw_pool *pool = dw_pool_new(threads);
    size_t item[ITEMS], twice = 0, out_of_turn = 0;
    struct world w;

    begin(&w);
    for (size_t i = 0; i < ITEMS; i++)
        item[i] = (i * 7) % ITEMS;
    w.ask = item;
    for (int round = 0; round < 20; round++) {
        dw_ahead_plan(w.ahead, item, ITEMS);
        dw_pool_for(pool, ITEMS, take, &w);
    }
    OK(end(&w) == 0, "as planned: what is taken is what was asked for");
    for (size_t i = 0; i < ITEMS; i++) {
        twice += w.fetched[i] != 20;
        out_of_turn += w.order[i] != item[i];
    }
    OK(twice == 0, "each fetched once a round");
    /* Of several threads the second may ask before the first. */
    OK(out_of_turn == 0 || threads > 1, "in the order of the plan");
    dw_pool_free(pool);
}

/* Asked for from behind, with a plan that says otherwise, or with none. */
static void test_out_of_turn(size_t n_plan)
{
    dw_pool *pool = dw_pool_new(THREADS);
    size_t item[ITEMS], ask[ITEMS], missing = 0;
    struct world w;

    begin(&w);
    for (size_t i = 0; i < ITEMS; i++) {
        item[i] = i;
        ask[i] = ITEMS - 1 - i;
    }
    w.ask = ask;
    dw_ahead_plan(w.ahead, item, n_plan);
    dw_pool_for(pool, ITEMS, take, &w);
    OK(end(&w) == 0, "a plan of %zu: what is taken is what was asked for",
       n_plan);
    for (size_t i = 0; i < ITEMS; i++)
        missing += w.fetched[i] == 0;
    OK(missing == 0, "all were");
    dw_pool_free(pool);
}

/* What nobody took is forgotten, so that it is fetched as it is by then. */
static void test_anew(void)
{
    const size_t item[] = {1, 2, 4, 5};
    size_t before[ITEMS], slot;
    struct world w;

    begin(&w);
    dw_ahead_plan(w.ahead, item, 4);
    OK(dw_ahead_take(w.ahead, 5, &slot) == 0, "the last one first");
    dw_ahead_give(w.ahead, slot);
    dw_ahead_plan(w.ahead, NULL, 0);
    memcpy(before, w.fetched, sizeof before);
    OK(dw_ahead_take(w.ahead, 1, &slot) == 0 && w.fetched[1] == before[1] + 1,
       "and the first is fetched anew");
    OK(end(&w) == 0, "that is all");
    dw_ahead_free(NULL);
}

int main(void)
{
    test_in_turn(1);
    test_in_turn(THREADS);
    test_out_of_turn(ITEMS);
    test_out_of_turn(0);
    test_anew();
    return tap_done();
}
