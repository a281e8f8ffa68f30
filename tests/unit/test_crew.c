/* Jobs beside the caller: all are done, once, whoever does them. */
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

int main(void)
{
    for (size_t threads = 0; threads <= 4; threads++)
        test_rounds(threads);
    dw_crew_free(NULL);
    return tap_done();
}
