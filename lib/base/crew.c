#include "base/crew.h"

#include <pthread.h>
#include <stdbool.h>

#include "base/mem.h"

struct dw_crew {
    size_t n_workers;
    pthread_t *worker; /* (n_workers) */
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    dw_job *first; /* those that wait, in the order in which they came */
    bool stop;
};

/* Takes the job out of those that wait.  The lock is held. */
static void unlink_job(dw_crew *crew, dw_job *job)
{
    dw_job **at = &crew->first;

    while (*at != job)
        at = &(*at)->next;
    *at = job->next;
}

static void *work(void *arg)
{
    dw_crew *crew = arg;

    pthread_mutex_lock(&crew->lock);
    for (;;) {
        dw_job *job;

        while (!crew->stop && !crew->first)
            pthread_cond_wait(&crew->work, &crew->lock);
        if (crew->stop)
            break;
        job = crew->first;
        crew->first = job->next;
        job->state = DW_JOB_BEGUN;
        pthread_mutex_unlock(&crew->lock);
        job->fn(job->ctx);
        pthread_mutex_lock(&crew->lock);
        job->state = DW_JOB_DONE;
        pthread_cond_signal(&crew->done);
    }
    pthread_mutex_unlock(&crew->lock);
    return NULL;
}

dw_crew *dw_crew_new(size_t threads)
{
    dw_crew *crew = dw_alloc(1, sizeof *crew);

    pthread_mutex_init(&crew->lock, NULL);
    pthread_cond_init(&crew->work, NULL);
    pthread_cond_init(&crew->done, NULL);
    crew->worker = dw_alloc(threads, sizeof *crew->worker);
    while (crew->n_workers + 1 < threads) {
        if (pthread_create(&crew->worker[crew->n_workers], NULL, work, crew))
            break; /* fewer threads than asked for: slower, not wrong */
        crew->n_workers++;
    }
    return crew;
}

void dw_crew_free(dw_crew *crew)
{
    if (!crew)
        return;
    pthread_mutex_lock(&crew->lock);
    crew->stop = true;
    pthread_cond_broadcast(&crew->work);
    pthread_mutex_unlock(&crew->lock);
    for (size_t i = 0; i < crew->n_workers; i++)
        pthread_join(crew->worker[i], NULL);
    pthread_cond_destroy(&crew->work);
    pthread_cond_destroy(&crew->done);
    pthread_mutex_destroy(&crew->lock);
    dw_free(crew->worker);
    dw_free(crew);
}

/* Is there anybody besides the caller? */
static bool has_workers(const dw_crew *crew)
{
    return crew && crew->n_workers > 0;
}

void dw_crew_start(dw_crew *crew, dw_job *job)
{
    dw_job **at;

    job->state = DW_JOB_WAITING;
    job->next = NULL;
    if (!has_workers(crew))
        return;
    pthread_mutex_lock(&crew->lock);
    for (at = &crew->first; *at; at = &(*at)->next)
        continue;
    *at = job;
    pthread_cond_signal(&crew->work);
    pthread_mutex_unlock(&crew->lock);
}

/* Takes the job from the workers: true when none of them has begun it, else
 * when it is done.  Neither waiting nor begun: false. */
static bool take_back(dw_crew *crew, dw_job *job)
{
    bool waiting;

    if (!has_workers(crew))
        return job->state == DW_JOB_WAITING;
    pthread_mutex_lock(&crew->lock);
    waiting = job->state == DW_JOB_WAITING;
    if (waiting)
        unlink_job(crew, job);
    while (job->state == DW_JOB_BEGUN)
        pthread_cond_wait(&crew->done, &crew->lock);
    pthread_mutex_unlock(&crew->lock);
    return waiting;
}

void dw_crew_wait(dw_crew *crew, dw_job *job)
{
    if (take_back(crew, job))
        job->fn(job->ctx);
    job->state = DW_JOB_IDLE;
}

void dw_crew_cancel(dw_crew *crew, dw_job *job)
{
    take_back(crew, job);
    job->state = DW_JOB_IDLE;
}
