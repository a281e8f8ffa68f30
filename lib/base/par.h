/*
 * par: loops shared by threads.
 *
 * A pool of n threads (the caller's own counts as one) runs a loop whose items
 * are handed out in order, one at a time.  What an item computes may depend on
 * its index only, never on the thread that runs it: the thread's number is for
 * choosing a workspace.
 */
#ifndef DW_BASE_PAR_H
#define DW_BASE_PAR_H

#include <stddef.h>

typedef struct dw_pool dw_pool;

/* One item: i of the loop, run by thread t in [0, dw_pool_size). */
typedef void dw_pool_fn(void *ctx, size_t t, size_t i);

dw_pool *dw_pool_new(size_t threads); /* threads >= 1 */
void dw_pool_free(dw_pool *pool);     /* NULL is fine */
size_t dw_pool_size(const dw_pool *pool);

/* Runs fn for i = 0 .. n-1 and returns when all are done.  pool NULL: in the
 * caller's thread alone. */
void dw_pool_for(dw_pool *pool, size_t n, dw_pool_fn *fn, void *ctx);

#endif
