#include "base/crew.h"

#include <pthread.h>
#include <stdbool.h>

#include "base/mem.h"

struct worker {
    pthread_t thread;
    dw_crew *crew;
    size_t number;
};

struct dw_crew {
    size_t n_workers;
    struct worker *worker; /* (n_workers) */
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    dw_job *first; /* those that wait, in the order in which they came */
    bool stop;
};

/* All of these are called with the lock held. */

/* May it be begun?  Those of its series before it are done, then, since they
 * stood before it where jobs wait. */
static bool is_free(const dw_job *job)
{
    return !job->series || !job->series->busy;
}

static dw_job *first_free(const dw_crew *crew)
{
    dw_job *job = crew->first;

    while (job && !is_free(job))
        job = job->next;
    return job;
}

/* Takes the job out of those that wait. */
static void unlink_job(dw_crew *crew, dw_job *job)
{
    dw_job **at = &crew->first;

    while (*at != job)
        at = &(*at)->next;
    *at = job->next;
}

/* Does a job that waits; the lock is let go for the time being. */
static void do_job(dw_crew *crew, dw_job *job, size_t thread)
{
    unlink_job(crew, job);
    job->thread = thread;
    job->state = DW_JOB_BEGUN;
    if (job->series)
        job->series->busy = true;
    pthread_mutex_unlock(&crew->lock);
    job->fn(job->ctx);
    pthread_mutex_lock(&crew->lock);
    job->state = DW_JOB_DONE;
    if (job->series) {
        job->series->busy = false;
        if (first_free(crew))
            pthread_cond_signal(&crew->work);
    }
}

static void *work(void *arg)
{
    const struct worker *worker = arg;
    dw_crew *crew = worker->crew;

    pthread_mutex_lock(&crew->lock);
    while (!crew->stop) {
        dw_job *job = first_free(crew);

        if (!job) {
            pthread_cond_wait(&crew->work, &crew->lock);
            continue;
        }
        do_job(crew, job, worker->number);
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
        struct worker *w = &crew->worker[crew->n_workers];

        *w = (struct worker){.crew = crew, .number = crew->n_workers + 1};
        if (pthread_create(&w->thread, NULL, work, w))
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
        pthread_join(crew->worker[i].thread, NULL);
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

/* busy: as long as this one cannot be begun here, others are. */
static void wait_for(dw_crew *crew, dw_job *job, bool busy)
{
    if (has_workers(crew)) {
        pthread_mutex_lock(&crew->lock);
        while (job->state == DW_JOB_WAITING || job->state == DW_JOB_BEGUN) {
            dw_job *next = busy ? first_free(crew) : NULL;

            if (job->state == DW_JOB_WAITING && is_free(job))
                next = job;
            if (next)
                do_job(crew, next, 0);
            else
                pthread_cond_wait(&crew->done, &crew->lock);
        }
        pthread_mutex_unlock(&crew->lock);
    } else if (job->state == DW_JOB_WAITING) {
        job->thread = 0;
        job->fn(job->ctx);
    }
    job->state = DW_JOB_IDLE;
}

void dw_crew_wait(dw_crew *crew, dw_job *job)
{
    wait_for(crew, job, false);
}

void dw_crew_wait_busy(dw_crew *crew, dw_job *job)
{
    wait_for(crew, job, true);
}

void dw_crew_cancel(dw_crew *crew, dw_job *job)
{
    if (has_workers(crew)) {
        pthread_mutex_lock(&crew->lock);
        if (job->state == DW_JOB_WAITING)
            unlink_job(crew, job);
        while (job->state == DW_JOB_BEGUN)
            pthread_cond_wait(&crew->done, &crew->lock);
        pthread_mutex_unlock(&crew->lock);
    }
    job->state = DW_JOB_IDLE;
}
