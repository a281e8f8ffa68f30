#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

void dw_buf_clear(dw_buf *b)
{
    dw_free(b->s);
    *b = (dw_buf){0};
}

void dw_buf_reset(dw_buf *b)
{
    b->n = 0;
    if (b->s)
        b->s[0] = 0;
}

void dw_buf_reserve(dw_buf *b, size_t more)
{
    size_t need = b->n + more + 1, cap = b->cap ? b->cap : 64;

    if (need <= b->cap)
        return;
    while (cap < need)
        cap *= 2;
    b->s = dw_realloc(b->s, cap, 1);
    b->cap = cap;
}

void dw_buf_add(dw_buf *b, const void *p, size_t n)
{
    dw_buf_reserve(b, n);
    if (n)
        memcpy(b->s + b->n, p, n);
    b->n += n;
    b->s[b->n] = 0;
}

void dw_buf_addc(dw_buf *b, char c)
{
    dw_buf_add(b, &c, 1);
}

void dw_buf_adds(dw_buf *b, const char *s)
{
    dw_buf_add(b, s, strlen(s));
}

void dw_buf_addf(dw_buf *b, const char *fmt, ...)
{
    va_list ap, again;
    int n;

    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n > 0) {
        dw_buf_reserve(b, (size_t)n);
        vsnprintf(b->s + b->n, (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

void dw_buf_add_count(dw_buf *b, size_t n, const char *noun)
{
    dw_buf_addf(b, "%zu %s%s", n, noun, n == 1 ? "" : "s");
}
