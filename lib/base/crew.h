/*
 * crew: jobs that go on beside the caller.
 *
 * A crew of n threads has n - 1 workers (the caller's own thread counts as
 * one).  A job is started, done by the first worker that is free, and waited
 * for; who waits for a job that nobody has begun does it himself.  So a crew of
 * one, or none at all, does the same things one after the other, and what a job
 * computes may not depend on who does it: the thread's number is for choosing a
 * workspace.
 */
#ifndef DW_BASE_CREW_H
#define DW_BASE_CREW_H

#include <stdbool.h>
#include <stddef.h>

typedef struct dw_crew dw_crew;

/* Jobs of one series are done one at a time, in the order in which they were
 * started; in that order they are to be waited for.  Begins as {0}. */
typedef struct dw_series {
    bool busy; /* the crew's */
} dw_series;

/* One job, owned by whoever starts it: `fn`, `ctx` and `series` are set once,
 * and what ctx points to is the job's own until it was waited for. */
typedef struct dw_job {
    void (*fn)(void *ctx);
    void *ctx;
    dw_series *series; /* NULL: of none */
    /* the crew's */
    size_t thread; /* while fn runs: who does it, below the crew's threads; 0 is
                    * the caller */
    enum { DW_JOB_IDLE, DW_JOB_WAITING, DW_JOB_BEGUN, DW_JOB_DONE } state;
    struct dw_job *next;
} dw_job;

dw_crew *dw_crew_new(size_t threads); /* threads >= 1 */
/* NULL is fine.  No job may be waiting. */
void dw_crew_free(dw_crew *crew);

/* crew NULL, in all of these: nobody but the caller.  All of one crew are
 * called from one thread. */
void dw_crew_start(dw_crew *crew, dw_job *job);
/* Returns when the job is done; at once if none was started. */
void dw_crew_wait(dw_crew *crew, dw_job *job);
/* The same; as long as somebody else does this one, the caller does others that
 * wait, whichever they are. */
void dw_crew_wait_busy(dw_crew *crew, dw_job *job);
/* The same for a job whose result nobody needs: not begun, it is forgotten. */
void dw_crew_cancel(dw_crew *crew, dw_job *job);

#endif
