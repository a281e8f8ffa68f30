/*
 * mem: two kinds of allocation.
 *
 * Small ones (structs, names, tables of options) cannot fail as far as the
 * caller is concerned: on exhaustion they print one line and exit with 1, the
 * only exit in the library.  Those sized by input may fail: the caller bounds
 * the size first, and turns NULL into DW_ENOMEM with a message of its own.
 */
#ifndef DW_BASE_MEM_H
#define DW_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define DW_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Small: never NULL.  dw_alloc gives zeroed memory. */
void *dw_alloc(size_t n, size_t size);
void *dw_realloc(void *p, size_t n, size_t size);
char *dw_strdup(const char *s);
char *dw_strndup(const char *s, size_t n);

/* Sized by input: NULL on overflow of n * size or exhaustion; n * size of 0
 * gives a pointer that can be freed.  dw_try_alloc gives zeroed memory. */
void *dw_try_alloc(size_t n, size_t size) DW_MUST_CHECK;
void *dw_try_realloc(void *p, size_t n, size_t size) DW_MUST_CHECK;

/* Grows *p (of *cap items of `size` bytes) to at least `need`, doubling.
 * Returns 0, or DW_ENOMEM with *p and *cap as they were. */
int dw_try_grow_now(void **p, size_t *cap, size_t need,
                    size_t size) DW_MUST_CHECK;
DW_MUST_CHECK static inline int dw_try_grow(void **p, size_t *cap, size_t need,
                                            size_t size)
{
    return need <= *cap ? 0 : dw_try_grow_now(p, cap, need, size);
}

/* Makes the matrix at *p (of *cap numbers) hold rows x columns of them, none of
 * them set; what was there may be lost.  False, with nothing held, when there
 * is no memory for it. */
DW_MUST_CHECK bool dw_fit_doubles(double **p, size_t *cap, size_t rows,
                                  size_t columns);
DW_MUST_CHECK bool dw_fit_floats(float **p, size_t *cap, size_t rows,
                                 size_t columns);

/* Frees what any of the above gave; NULL is fine. */
void dw_free(void *p);

/* From now on what is large goes back to the system as soon as it is freed, and
 * a process takes no more than what it holds.  By itself the C library keeps
 * freed memory of up to 32 MB for later, in pieces that do not always fit. */
void dw_mem_return_large(void);

/* For tests: the n-th dw_try_* from now returns NULL (1 is the next); 0 stops
 * that.  Not for use with threads. */
void dw_mem_fail_at(unsigned long n);

#endif
