#include "data/allele.h"

#include <string.h>

void dw_allele_upper(char *to, const char *from, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char c = from[i];

        to[i] = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
    }
}

dw_span dw_allele_upper_in(dw_buf *b, dw_span a)
{
    dw_buf_reset(b);
    dw_buf_reserve(b, a.n + 1);
    dw_allele_upper(b->s, a.s, a.n);
    b->s[a.n] = 0;
    b->n = a.n;
    return (dw_span){b->s, b->n};
}

bool dw_allele_are_bases(dw_span a)
{
    for (size_t i = 0; i < a.n; i++) {
        if (a.s[i] != 'A' && a.s[i] != 'C' && a.s[i] != 'G' && a.s[i] != 'T')
            return false;
    }
    return a.n > 0;
}

static char complement(char c)
{
    switch (c) {
    case 'A': return 'T';
    case 'C': return 'G';
    case 'G': return 'C';
    case 'T': return 'A';
    case '?': return '?';
    default: return 'N';
    }
}

static bool are_complements(dw_span a, dw_span b)
{
    return a.n == 1 && b.n == 1 && complement(*a.s) == *b.s;
}

bool dw_allele_is_ambiguous(dw_span a, dw_span b)
{
    return are_complements(a, b);
}

dw_match dw_allele_match(dw_span a1, dw_span a2, dw_span alt, dw_span ref)
{
    if (dw_allele_eq(a1, alt) && dw_allele_eq(a2, ref))
        return DW_MATCH_SAME;
    if (dw_allele_eq(a1, ref) && dw_allele_eq(a2, alt))
        return DW_MATCH_SWAPPED;
    if (are_complements(a1, alt) && are_complements(a2, ref))
        return DW_MATCH_STRAND;
    if (are_complements(a1, ref) && are_complements(a2, alt))
        return DW_MATCH_STRAND_SWAPPED;
    return DW_MATCH_NONE;
}

dw_match dw_allele_match_half(dw_span a1, dw_span alt, dw_span ref)
{
    return dw_allele_eq(a1, alt)      ? DW_MATCH_SAME
           : dw_allele_eq(a1, ref)    ? DW_MATCH_SWAPPED
           : are_complements(a1, alt) ? DW_MATCH_STRAND
           : are_complements(a1, ref) ? DW_MATCH_STRAND_SWAPPED
                                      : DW_MATCH_NONE;
}

void dw_allele_reverse(char *to, dw_span from)
{
    for (size_t i = 0; i < from.n; i++)
        to[i] = complement(from.s[from.n - 1 - i]);
}

void dw_allele_trim(dw_span *a, dw_span *b, uint32_t *pos)
{
    while (a->n > 1 && b->n > 1 && a->s[a->n - 1] == b->s[b->n - 1]) {
        a->n--;
        b->n--;
    }
    while (a->n > 1 && b->n > 1 && *a->s == *b->s) {
        *a = (dw_span){a->s + 1, a->n - 1};
        *b = (dw_span){b->s + 1, b->n - 1};
        ++*pos;
    }
}
