#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __GLIBC__
#    include <malloc.h>
#endif

/* Tests count down to a failure here; 0 means that nothing is to fail. */
static unsigned long fail_at;

void dw_mem_fail_at(unsigned long n)
{
    fail_at = n;
}

static int told_to_fail(void)
{
    return fail_at && --fail_at == 0;
}

void dw_mem_return_large(void)
{
#ifdef __GLIBC__
    (void)mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

static void exhausted(void)
{
    fputs("dw: not enough memory\n", stderr);
    exit(1);
}

static int overflows(size_t n, size_t size)
{
    return size && n > PTRDIFF_MAX / size;
}

void *dw_alloc(size_t n, size_t size)
{
    void *p = overflows(n, size) ? NULL : calloc(n ? n : 1, size ? size : 1);

    if (!p)
        exhausted();
    return p;
}

void *dw_realloc(void *p, size_t n, size_t size)
{
    void *q = overflows(n, size) ? NULL : realloc(p, n && size ? n * size : 1);

    if (!q)
        exhausted();
    return q;
}

char *dw_strndup(const char *s, size_t n)
{
    char *copy = dw_alloc(n + 1, 1);

    memcpy(copy, s, n);
    return copy;
}

char *dw_strdup(const char *s)
{
    return dw_strndup(s, strlen(s));
}

void *dw_try_alloc(size_t n, size_t size)
{
    if (overflows(n, size) || told_to_fail())
        return NULL;
    return calloc(n ? n : 1, size ? size : 1);
}

void *dw_try_realloc(void *p, size_t n, size_t size)
{
    if (overflows(n, size) || told_to_fail())
        return NULL;
    return realloc(p, n && size ? n * size : 1);
}

int dw_try_grow_now(void **p, size_t *cap, size_t need, size_t size)
{
    size_t want = *cap ? *cap : 16;
    void *q;

    while (want < need)
        want = want > SIZE_MAX / 2 ? need : want * 2;
    q = dw_try_realloc(*p, want, size);
    if (!q)
        return DW_ENOMEM;
    *p = q;
    *cap = want;
    return 0;
}

/* The array that stands in for `held`, NULL for want of memory. */
static void *fit(void *held, size_t *cap, size_t rows, size_t columns,
                 size_t size)
{
    if (held && (!columns || rows <= *cap / columns))
        return held;
    dw_free(held);
    held = columns && rows > SIZE_MAX / columns
               ? NULL
               : dw_try_realloc(NULL, rows * columns, size);
    *cap = held ? rows * columns : 0;
    return held;
}

bool dw_fit_doubles(double **p, size_t *cap, size_t rows, size_t columns)
{
    *p = fit(*p, cap, rows, columns, sizeof **p);
    return *p != NULL;
}

bool dw_fit_floats(float **p, size_t *cap, size_t rows, size_t columns)
{
    *p = fit(*p, cap, rows, columns, sizeof **p);
    return *p != NULL;
}

void dw_free(void *p)
{
    free(p);
}
