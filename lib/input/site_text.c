#include "input/site_text.h"

#include <string.h>

static bool is_text(dw_span a)
{
    for (size_t i = 0; i < a.n; i++) {
        if ((unsigned char)a.s[i] < ' ' || a.s[i] == 0x7f)
            return false;
    }
    return a.n > 0;
}

bool dw_site_is_allele(dw_span a)
{
    return is_text(a) && !memchr(a.s, ' ', a.n) && !dw_span_eq(a, "0") &&
           !dw_span_eq(a, ".");
}

size_t dw_site_text(dw_buf *b, dw_span a, bool is_allele)
{
    size_t at = b->n;

    if (!is_text(a))
        a = dw_span_of(".");
    dw_buf_add(b, a.s, a.n);
    dw_buf_addc(b, 0);
    for (char *s = b->s + at; is_allele && *s; s++) {
        if (*s >= 'a' && *s <= 'z')
            *s = (char)(*s - 'a' + 'A');
    }
    return at;
}
