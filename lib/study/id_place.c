#include "study/id_place.h"

static bool is_separator(char c)
{
    return c == ':' || c == '_' || c == '-';
}

static bool is_chromosome(dw_span a)
{
    static const char *const named[] = {"X", "Y", "XY", "M", "MT"};

    if (a.n == 1 && a.s[0] >= '1' && a.s[0] <= '9')
        return true;
    if (a.n == 2 && (a.s[0] == '1' || a.s[0] == '2') && a.s[1] >= '0' &&
        a.s[1] <= (a.s[0] == '1' ? '9' : '6'))
        return true;
    if (a.n == 2 && a.s[0] == '0' && a.s[1] >= '1' && a.s[1] <= '9')
        return true;
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        if (dw_span_eq_nocase(a, named[i]))
            return true;
    }
    return false;
}

int dw_id_place(dw_span id, dw_span *contig, uint32_t *pos)
{
    const char *s = id.s, *end = id.s + id.n;
    uint64_t x = 0;

    if (id.n > 3 && dw_span_eq_nocase((dw_span){s, 3}, "chr"))
        s += 3;
    *contig = (dw_span){s, 0};
    while (s < end && !is_separator(*s))
        s++;
    contig->n = (size_t)(s - contig->s);
    if (s == end || !is_chromosome(*contig))
        return -1;
    s++;
    if (s == end || *s < '1' || *s > '9')
        return -1;
    for (; s < end && *s >= '0' && *s <= '9'; s++) {
        x = x * 10 + (uint64_t)(*s - '0');
        if (x > INT32_MAX)
            return -1;
    }
    if (s < end && !is_separator(*s))
        return -1;
    *pos = (uint32_t)x;
    return 0;
}
