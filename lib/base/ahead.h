/*
 * ahead: items that a thread of their own fetches before they are asked for.
 *
 * What was fetched lies in a slot; there are as many as there is room for.  A
 * plan says in which order items will be asked for, and the thread goes along
 * it as far as slots are free.  So whoever takes an item has it at once where
 * there was time enough, and else waits for it; one that is asked for out of
 * its turn comes next.
 */
#ifndef DW_BASE_AHEAD_H
#define DW_BASE_AHEAD_H

#include <stddef.h>

typedef struct dw_ahead dw_ahead;

/* Fetches an item into a slot: one at a time, but not always in the same
 * thread.  What it returns goes to whoever takes the item. */
typedef int dw_ahead_fn(void *ctx, size_t slot, size_t item);

dw_ahead *dw_ahead_new(size_t slots, dw_ahead_fn *fetch, void *ctx);
void dw_ahead_free(dw_ahead *a); /* NULL is fine; nobody may be taking */

/* From now on these are fetched, each of which will be taken once.  What an
 * earlier plan had fetched and nobody took is forgotten; when this returns,
 * nothing that was fetched before stands in a slot but what was taken and not
 * given back. */
void dw_ahead_plan(dw_ahead *a, const size_t *item, size_t n);

/* The item, in *slot until it is given back.  Any number of threads, which hold
 * fewer than all slots; an item is taken by one of them at a time. */
int dw_ahead_take(dw_ahead *a, size_t item, size_t *slot);
void dw_ahead_give(dw_ahead *a, size_t slot);

#endif
