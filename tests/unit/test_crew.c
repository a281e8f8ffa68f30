/* Jobs beside the caller: all are done, once, whoever does them. */
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

#include "base/crew.h"
#include "base/mem.h"
#include "tap.h"

enum { JOBS = 5, ROUNDS = 3000 };

struct sum {
    unsigned long n, of;
};

static void add_up(void *ctx)
{
    struct sum *s = ctx;

    s->n++;
    for (unsigned long i = 0; i < 100; i++)
        s->of += i;
}

/* Each job is started anew as soon as it was waited for; every tenth time its
 * result is not wanted. */
static void test_rounds(size_t threads)
{
    dw_crew *crew = threads ? dw_crew_new(threads) : NULL;
    struct sum sum[JOBS] = {{0}};
    dw_job job[JOBS];
    unsigned long wrong = 0, cancelled = 0, done = 0;

    for (size_t j = 0; j < JOBS; j++)
        job[j] = (dw_job){.fn = add_up, .ctx = &sum[j]};
    for (size_t i = 0; i < ROUNDS; i++) {
        struct sum *s = &sum[i % JOBS], before = *s;

        dw_crew_wait(crew, &job[i % JOBS]); /* of five rounds ago */
        wrong += i >= JOBS && s->of != s->n * 4950;
        before = *s;
        dw_crew_start(crew, &job[i % JOBS]);
        if (i % 10 == 3) {
            dw_crew_cancel(crew, &job[i % JOBS]);
            wrong += s->n != before.n && s->n != before.n + 1;
            cancelled++;
        }
    }
    for (size_t j = 0; j < JOBS; j++) {
        dw_crew_wait(crew, &job[j]);
        dw_crew_wait(crew, &job[j]); /* there is none any more */
        done += sum[j].n;
    }
    OK(wrong == 0, "%zu threads: what was waited for is done", threads);
    OK(done <= ROUNDS && done >= ROUNDS - cancelled,
       "%zu threads: each done once: %lu", threads, done);
    dw_crew_free(crew);
}

/* What the jobs of one series have in common, without a lock of its own. */
struct line {
    size_t next;
    unsigned long wrong;
};

struct place {
    struct line *line;
    size_t at;
};

static void take_place(void *ctx)
{
    struct place *p = ctx;

    p->line->wrong += p->line->next != p->at;
    for (volatile size_t i = 0; i < 10000; i++)
        continue;
    p->line->next = p->at + 1;
}

/* Rings of jobs of two series, and jobs of none between them. */
static void test_series(size_t threads)
{
    dw_crew *crew = threads ? dw_crew_new(threads) : NULL;
    dw_series series[2] = {{0}};
    struct line line[2] = {{0}};
    struct place place[2][JOBS];
    struct sum sum = {0};
    dw_job job[2][JOBS], other = {.fn = add_up, .ctx = &sum};

    for (size_t i = 0; i < 2 * JOBS; i++) {
        struct place *p = &place[i % 2][i / 2];

        p->line = &line[i % 2];
        job[i % 2][i / 2] =
            (dw_job){.fn = take_place, .ctx = p, .series = &series[i % 2]};
    }
    for (size_t i = 0; i < ROUNDS; i++) {
        for (size_t k = 0; k < 2; k++) {
            dw_crew_wait(crew, &job[k][i % JOBS]);
            place[k][i % JOBS].at = i;
            dw_crew_start(crew, &job[k][i % JOBS]);
        }
        if (i % 3 == 0) {
            dw_crew_wait(crew, &other);
            dw_crew_start(crew, &other);
        }
    }
    dw_crew_wait(crew, &other);
    for (size_t i = 0; i < JOBS; i++) {
        dw_crew_wait(crew, &job[0][(ROUNDS + i) % JOBS]);
        dw_crew_wait(crew, &job[1][(ROUNDS + i) % JOBS]);
    }
    dw_crew_free(crew);
    OK(line[0].wrong == 0 && line[1].wrong == 0,
       "%zu threads: the jobs of a series are done in turn", threads);
    OK(line[0].next == ROUNDS && line[1].next == ROUNDS,
       "%zu threads: all of them", threads);
}

/* A job with a workspace, one a thread, which nobody else may have meanwhile.
 */
struct spell {
    dw_job job;
    atomic_int *held; /* (THREADS) */
    size_t threads, thread;
    bool shared, done;
};

static void take_spell(void *ctx)
{
    struct spell *t = ctx;
    struct timespec nap = {.tv_nsec = 1000000};

    t->thread = t->job.thread;
    if (t->thread >= t->threads)
        return;
    t->shared = atomic_fetch_add(&t->held[t->thread], 1) != 0;
    nanosleep(&nap, NULL);
    atomic_fetch_sub(&t->held[t->thread], 1);
    t->done = true;
}

/* Waiting for the first of many, the caller does those behind it. */
static void test_busy(size_t threads)
{
    enum { MANY = 40, THREADS = 4 };
    dw_crew *crew = dw_crew_new(threads);
    atomic_int held[THREADS] = {0};
    struct spell spell[MANY];
    size_t wrong = 0, mine = 0;

    for (size_t i = 0; i < MANY; i++) {
        spell[i] = (struct spell){.held = held, .threads = threads};
        spell[i].job = (dw_job){.fn = take_spell, .ctx = &spell[i]};
        dw_crew_start(crew, &spell[i].job);
    }
    for (size_t i = 0; i < MANY; i++) {
        dw_crew_wait_busy(crew, &spell[i].job);
        wrong += !spell[i].done || spell[i].shared;
        mine += spell[i].thread == 0;
    }
    OK(wrong == 0, "%zu threads: a number is one thread's at a time", threads);
    OK(mine > 0 && (threads > 1 || mine == MANY),
       "%zu threads: the caller does his share", threads);
    dw_crew_free(crew);
}

int main(void)
{
    for (size_t threads = 0; threads <= 4; threads++)
        test_series(threads);
    for (size_t threads = 0; threads <= 4; threads++)
        test_rounds(threads);
    for (size_t threads = 1; threads <= 4; threads++)
        test_busy(threads);
    dw_crew_free(NULL);
    return tap_done();
}
