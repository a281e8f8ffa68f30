#include "input/site_text.h"

size_t dw_site_text(dw_buf *b, dw_span a, bool is_allele)
{
    size_t at = b->n;

    if (a.n == 0)
        a = dw_span_of(".");
    dw_buf_add(b, a.s, a.n);
    dw_buf_addc(b, 0);
    for (char *s = b->s + at; is_allele && *s; s++) {
        if (*s >= 'a' && *s <= 'z')
            *s = (char)(*s - 'a' + 'A');
    }
    return at;
}
