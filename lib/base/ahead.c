#include "base/ahead.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"

/* Of a place in the plan or among those that are waited for: none. */
static const size_t NONE = (size_t)-1;

struct slot {
    enum { EMPTY, FETCHING, READY, TAKEN } state;
    size_t item;
    int rc;
};

struct dw_ahead {
    pthread_t thread;
    bool has_thread; /* else whoever waits fetches: slower, not wrong */
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    bool stop;
    bool busy; /* somebody fetches */
    dw_ahead_fn *fetch;
    void *ctx;
    size_t n_slots;
    struct slot *slot;               /* (n_slots) */
    size_t *plan, n_plan, next;      /* plan[next] is fetched next */
    size_t *wanted, first, n_wanted; /* a ring (n_slots): waited for, and in
                                        no slot */
};

/* All that follows up to the thread itself is called with the lock held. */

static struct slot *find_slot(const dw_ahead *a, size_t item)
{
    for (size_t i = 0; i < a->n_slots; i++) {
        struct slot *s = &a->slot[i];

        if ((s->state == FETCHING || s->state == READY) && s->item == item)
            return s;
    }
    return NULL;
}

/* A slot that is free; or, for an item that is waited for, one whose own is not
 * yet: that one will be asked for again. */
static struct slot *free_slot(const dw_ahead *a, bool urgent)
{
    struct slot *ready = NULL;

    for (size_t i = 0; i < a->n_slots; i++) {
        if (a->slot[i].state == EMPTY)
            return &a->slot[i];
        if (a->slot[i].state == READY)
            ready = &a->slot[i];
    }
    return urgent ? ready : NULL;
}

/* What is to be fetched now, in its slot; NULL: nothing, or nowhere. */
static struct slot *next_fetch(dw_ahead *a)
{
    bool urgent = a->n_wanted > 0;
    struct slot *s;

    while (a->next < a->n_plan && a->plan[a->next] == NONE)
        a->next++;
    if (a->busy || (!urgent && a->next == a->n_plan))
        return NULL;
    s = free_slot(a, urgent);
    if (!s)
        return NULL;
    if (urgent) {
        s->item = a->wanted[a->first];
        a->first = (a->first + 1) % a->n_slots;
        a->n_wanted--;
    } else {
        s->item = a->plan[a->next++];
    }
    return s;
}

/* Fetches one item, the lock let go of meanwhile; false: there is none. */
static bool fetch_one(dw_ahead *a)
{
    struct slot *s = next_fetch(a);

    if (!s)
        return false;
    s->state = FETCHING;
    a->busy = true;
    pthread_mutex_unlock(&a->lock);
    s->rc = a->fetch(a->ctx, (size_t)(s - a->slot), s->item);
    pthread_mutex_lock(&a->lock);
    s->state = READY;
    a->busy = false;
    pthread_cond_broadcast(&a->done);
    return true;
}

/* It comes next, and no more in its turn. */
static void want(dw_ahead *a, size_t item)
{
    for (size_t i = 0; i < a->n_wanted; i++) {
        if (a->wanted[(a->first + i) % a->n_slots] == item)
            return;
    }
    for (size_t i = a->next; i < a->n_plan; i++) {
        if (a->plan[i] == item) {
            a->plan[i] = NONE;
            break;
        }
    }
    a->wanted[(a->first + a->n_wanted++) % a->n_slots] = item;
    pthread_cond_signal(&a->work);
}

/* ---- the thread ---- */

static void *work(void *arg)
{
    dw_ahead *a = arg;

    pthread_mutex_lock(&a->lock);
    while (!a->stop) {
        if (!fetch_one(a))
            pthread_cond_wait(&a->work, &a->lock);
    }
    pthread_mutex_unlock(&a->lock);
    return NULL;
}

dw_ahead *dw_ahead_new(size_t slots, dw_ahead_fn *fetch, void *ctx)
{
    dw_ahead *a = dw_alloc(1, sizeof *a);

    a->fetch = fetch;
    a->ctx = ctx;
    a->n_slots = slots;
    a->slot = dw_alloc(slots, sizeof *a->slot);
    a->wanted = dw_alloc(slots, sizeof *a->wanted);
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->work, NULL);
    pthread_cond_init(&a->done, NULL);
    a->has_thread = pthread_create(&a->thread, NULL, work, a) == 0;
    return a;
}

void dw_ahead_free(dw_ahead *a)
{
    if (!a)
        return;
    pthread_mutex_lock(&a->lock);
    a->stop = true;
    pthread_cond_signal(&a->work);
    pthread_mutex_unlock(&a->lock);
    if (a->has_thread)
        pthread_join(a->thread, NULL);
    pthread_cond_destroy(&a->work);
    pthread_cond_destroy(&a->done);
    pthread_mutex_destroy(&a->lock);
    dw_free(a->slot);
    dw_free(a->plan);
    dw_free(a->wanted);
    dw_free(a);
}

void dw_ahead_plan(dw_ahead *a, const size_t *item, size_t n)
{
    pthread_mutex_lock(&a->lock);
    a->next = a->n_plan;
    while (a->busy)
        pthread_cond_wait(&a->done, &a->lock);
    for (size_t i = 0; i < a->n_slots; i++) {
        if (a->slot[i].state == READY)
            a->slot[i].state = EMPTY;
    }
    dw_free(a->plan);
    a->plan = dw_alloc(n, sizeof *a->plan);
    if (n)
        memcpy(a->plan, item, n * sizeof *item);
    a->n_plan = n;
    a->next = 0;
    pthread_cond_signal(&a->work);
    pthread_mutex_unlock(&a->lock);
}

int dw_ahead_take(dw_ahead *a, size_t item, size_t *slot)
{
    struct slot *s;
    int rc;

    pthread_mutex_lock(&a->lock);
    while (!(s = find_slot(a, item)) || s->state != READY) {
        if (!s)
            want(a, item);
        if (a->has_thread || !fetch_one(a))
            pthread_cond_wait(&a->done, &a->lock);
    }
    s->state = TAKEN;
    *slot = (size_t)(s - a->slot);
    rc = s->rc;
    pthread_mutex_unlock(&a->lock);
    return rc;
}

void dw_ahead_give(dw_ahead *a, size_t slot)
{
    pthread_mutex_lock(&a->lock);
    a->slot[slot].state = EMPTY;
    pthread_cond_signal(&a->work);
    pthread_mutex_unlock(&a->lock);
}
