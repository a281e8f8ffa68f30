#include "base/ranks.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef DW_MPI
#    include <time.h>

#    include <mpi.h>

#    include "base/log.h"
#endif

/* State of the process, as MPI's own is. */
static struct {
    bool begun;
    size_t n, me;
    uint64_t traffic;
} ranks = {false, 1, 0, 0};

size_t dw_ranks_n(void)
{
    return ranks.n;
}

size_t dw_ranks_me(void)
{
    return ranks.me;
}

uint64_t dw_ranks_traffic(void)
{
    return ranks.traffic;
}

int dw_ranks_agree(int rc, dw_err *err)
{
    for (size_t r = 0; ranks.n > 1 && r < ranks.n; r++) {
        dw_err said = {0};

        if (r == ranks.me && rc < 0)
            said = *err;
        dw_ranks_share(r, &said, sizeof said);
        if (said.code < 0) {
            *err = said;
            return said.code;
        }
    }
    return rc;
}

#ifdef DW_MPI

/* What the launchers that we know leave in the environment. */
static bool launched(void)
{
    return getenv("OMPI_COMM_WORLD_SIZE") || getenv("PMI_SIZE") ||
           getenv("PMIX_RANK");
}

void dw_ranks_begin(void)
{
    int n = 1, me = 0, level;

    if (!launched())
        return;
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level) != MPI_SUCCESS)
        return;
    MPI_Comm_size(MPI_COMM_WORLD, &n);
    MPI_Comm_rank(MPI_COMM_WORLD, &me);
    ranks.begun = true;
    ranks.n = (size_t)n;
    ranks.me = (size_t)me;
}

void dw_ranks_end(int rc, dw_err *err)
{
    const struct timespec a_while = {.tv_sec = 2};

    if (!ranks.begun)
        return;
    if (rc < 0 && ranks.n > 1) {
        if (ranks.me > 0)
            nanosleep(&a_while, NULL);
        dw_error(err);
        MPI_Abort(MPI_COMM_WORLD, rc == DW_EUSAGE ? 2 : 1);
    }
    MPI_Finalize();
    ranks.begun = false;
}

void dw_ranks_share(size_t owner, void *p, size_t n)
{
    const size_t most = (size_t)1 << 30; /* MPI counts in int */

    if (ranks.n == 1)
        return;
    ranks.traffic += n;
    for (size_t at = 0; at < n; at += most) {
        size_t piece = n - at < most ? n - at : most;

        /* A rank that is lost ends the others: MPI's own error handler. */
        MPI_Bcast((char *)p + at, (int)piece, MPI_BYTE, (int)owner,
                  MPI_COMM_WORLD);
    }
}

const char *dw_ranks_library(void)
{
    static char name[MPI_MAX_LIBRARY_VERSION_STRING];
    int n;

    MPI_Get_library_version(name, &n);
    name[strcspn(name, ",\n")] = 0;
    return name;
}

#else

void dw_ranks_begin(void)
{
}

void dw_ranks_end(int rc, dw_err *err)
{
    (void)rc;
    (void)err;
}

void dw_ranks_share(size_t owner, void *p, size_t n)
{
    (void)owner;
    (void)p;
    (void)n;
}

const char *dw_ranks_library(void)
{
    return "without MPI";
}

#endif
