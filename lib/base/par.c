#include "base/par.h"

#include <pthread.h>
#include <stdbool.h>

#include "base/mem.h"

struct dw_pool {
    size_t n_threads;
    pthread_t *thread; /* n_threads - 1 of them */
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    bool stop;
    size_t round;   /* counts loops, so that each worker joins each one once */
    size_t running; /* workers that have not finished this round */
    size_t next, n;
    dw_pool_fn *fn;
    void *ctx;
};

struct worker {
    dw_pool *pool;
    size_t t;
};

/* Takes items until there are none.  Called and left with the lock held. */
static void take_items(dw_pool *pool, size_t t)
{
    while (pool->next < pool->n) {
        size_t i = pool->next++;

        pthread_mutex_unlock(&pool->lock);
        pool->fn(pool->ctx, t, i);
        pthread_mutex_lock(&pool->lock);
    }
}

static void *work(void *arg)
{
    struct worker *w = arg;
    dw_pool *pool = w->pool;
    size_t t = w->t, seen = 0;

    dw_free(w);
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (!pool->stop && pool->round == seen)
            pthread_cond_wait(&pool->work, &pool->lock);
        if (pool->stop)
            break;
        seen = pool->round;
        take_items(pool, t);
        if (--pool->running == 0)
            pthread_cond_signal(&pool->done);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

dw_pool *dw_pool_new(size_t threads)
{
    dw_pool *pool = dw_alloc(1, sizeof *pool);

    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->done, NULL);
    pool->thread = dw_alloc(threads, sizeof *pool->thread);
    pool->n_threads = 1;
    while (pool->n_threads < threads) {
        struct worker *w = dw_alloc(1, sizeof *w);

        *w = (struct worker){pool, pool->n_threads};
        if (pthread_create(&pool->thread[pool->n_threads - 1], NULL, work, w)) {
            dw_free(w); /* fewer threads than asked for: slower, not wrong */
            break;
        }
        pool->n_threads++;
    }
    return pool;
}

void dw_pool_free(dw_pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->stop = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (size_t i = 0; i + 1 < pool->n_threads; i++)
        pthread_join(pool->thread[i], NULL);
    pthread_cond_destroy(&pool->work);
    pthread_cond_destroy(&pool->done);
    pthread_mutex_destroy(&pool->lock);
    dw_free(pool->thread);
    dw_free(pool);
}

size_t dw_pool_size(const dw_pool *pool)
{
    return pool ? pool->n_threads : 1;
}

void dw_pool_for(dw_pool *pool, size_t n, dw_pool_fn *fn, void *ctx)
{
    if (!pool || pool->n_threads == 1 || n == 1) {
        for (size_t i = 0; i < n; i++)
            fn(ctx, 0, i);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->fn = fn;
    pool->ctx = ctx;
    pool->n = n;
    pool->next = 0;
    pool->running = pool->n_threads - 1;
    pool->round++;
    pthread_cond_broadcast(&pool->work);
    take_items(pool, 0);
    while (pool->running)
        pthread_cond_wait(&pool->done, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}
