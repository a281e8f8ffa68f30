/*
 * ranks: the processes that mpirun started, which share one piece of work.
 *
 * The only door to MPI.  A program built without it, and one that was not
 * started by mpirun, is one rank alone, for which all of this is nothing.
 * Numbers go from rank to rank as bytes: all ranks are of one architecture.
 * Called from the main thread.
 */
#ifndef DW_BASE_RANKS_H
#define DW_BASE_RANKS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

void dw_ranks_begin(void);
/* Ends all ranks.  rc < 0: at once, since others may be waiting; *err is told
 * by the first rank, unless it knows of nothing. */
void dw_ranks_end(int rc, dw_err *err);

size_t dw_ranks_n(void);  /* >= 1 */
size_t dw_ranks_me(void); /* in [0, n) */

/* p (n bytes) becomes in all ranks what it is in `owner`. */
void dw_ranks_share(size_t owner, void *p, size_t n);
/* If any rank says rc < 0, all get its message: rc of the first such, or 0. */
int dw_ranks_agree(int rc, dw_err *err) DW_MUST_CHECK;
/* Bytes that this rank has sent and received so far. */
uint64_t dw_ranks_traffic(void);

/* "Open MPI 4.1.4", for --version; "without MPI". */
const char *dw_ranks_library(void);

#endif
