/*
 * pass: blocks gone over in parallel, in an order that suits the threads.  Part
 * of fit/dataset.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fit/dataset.h"

/* ---- the order ---- */

struct work {
    size_t i; /* of the pass */
    double flops;
};

/* What the likelihood takes, but for a factor: k^2 m. */
static double flops_of(const dw_dataset *data, const dw_fit_block *b)
{
    double sum = 0;

    for (size_t t = 0; t < data->n_traits; t++) {
        double k = (double)b->of[t].k;

        sum += k * k * (double)b->m;
    }
    return sum;
}

static int most_first(const void *a, const void *b)
{
    const struct work *x = a, *y = b;

    if (x->flops != y->flops)
        return x->flops > y->flops ? -1 : 1;
    return x->i < y->i ? -1 : 1;
}

static size_t block_of(const size_t *list, size_t i)
{
    return list ? list[i] : i;
}

/* order (n) <- the items of list, those with most to do first. */
static void find_order(const dw_dataset *data, const size_t *list, size_t n,
                       size_t *order)
{
    struct work *work = dw_alloc(n, sizeof *work);

    for (size_t i = 0; i < n; i++)
        work[i] =
            (struct work){i, flops_of(data, &data->block[block_of(list, i)])};
    qsort(work, n, sizeof *work, most_first);
    for (size_t i = 0; i < n; i++)
        order[i] = work[i].i;
    dw_free(work);
}

/* ---- what is read ahead ---- */

void dw_dataset_announce(const dw_dataset *data, const size_t *list,
                         const size_t *first, size_t portions)
{
    size_t n = first[portions] - first[0], done = 0;
    size_t *order, *ahead;

    if (!data->lending)
        return;
    order = dw_alloc(n, sizeof *order);
    ahead = dw_alloc(n, sizeof *ahead);
    for (size_t p = 0; p < portions; p++) {
        const size_t *of = list + first[p];

        find_order(data, of, first[p + 1] - first[p], order);
        for (size_t i = 0; i < first[p + 1] - first[p]; i++)
            ahead[done++] = of[order[i]];
    }
    dw_fit_lending_plan(data, ahead, n);
    dw_free(order);
    dw_free(ahead);
}

static void announce_whole(const dw_dataset *data, const dw_pass *pass,
                           const size_t *order)
{
    size_t *ahead = dw_alloc(pass->n, sizeof *ahead), n = 0;

    for (size_t i = 0; i < pass->n; i++) {
        if (!pass->asks || pass->asks(pass->ctx, order[i]))
            ahead[n++] = block_of(pass->list, order[i]);
    }
    dw_fit_lending_plan(data, ahead, n);
    dw_free(ahead);
}

/* ---- the pass ---- */

struct running {
    const dw_dataset *data;
    const dw_pass *pass;
    const size_t *order;
};

/* Items are handed out in order, so that i is about how many are done; the
 * first thread is the caller's. */
static void run_item(void *ctx, size_t t, size_t i)
{
    const struct running *r = ctx;

    r->pass->fn(r->pass->ctx, t, r->order[i]);
    if (t == 0 && !r->pass->portion)
        dw_dataset_passing(r->data, i + 1, r->pass->n);
}

void dw_dataset_run(const dw_dataset *data, dw_pool *pool, const dw_pass *pass)
{
    size_t *order = dw_alloc(pass->n, sizeof *order);
    struct running r = {data, pass, order};

    find_order(data, pass->list, pass->n, order);
    if (data->lending && !pass->portion)
        announce_whole(data, pass, order);
    dw_pool_for(pool, pass->n, run_item, &r);
    dw_free(order);
}

void dw_dataset_passing(const dw_dataset *data, size_t done, size_t n)
{
    if (data->passing.at)
        data->passing.at(data->passing.ctx, done, n);
}
