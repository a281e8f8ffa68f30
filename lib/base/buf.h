/*
 * buf: a string of bytes that grows.
 *
 * {0} is an empty one.  s[n] is always 0 once something was added, so that it
 * can be printed.  Growth exits on exhaustion (see mem.h): what is sized by
 * input is bounded by the caller before it is added.
 */
#ifndef DW_BASE_BUF_H
#define DW_BASE_BUF_H

#include <stddef.h>

#include "base/err.h"

typedef struct dw_buf {
    char *s;
    size_t n, cap;
} dw_buf;

void dw_buf_clear(dw_buf *b); /* frees; {0} again */
void dw_buf_reset(dw_buf *b); /* n = 0, keeps the memory */
void dw_buf_reserve(dw_buf *b, size_t more);
void dw_buf_add(dw_buf *b, const void *p, size_t n);
void dw_buf_addc(dw_buf *b, char c);
void dw_buf_adds(dw_buf *b, const char *s);
void dw_buf_addf(dw_buf *b, const char *fmt, ...) DW_PRINTF(2, 3)
    __attribute__((nonnull));
/* "1 row", "2 rows": a noun whose plural ends in s. */
void dw_buf_add_count(dw_buf *b, size_t n, const char *noun);

#endif
