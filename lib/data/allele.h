/*
 * allele: one allele against another, on either strand.
 *
 * Alleles are spans of A, C, G, T in upper case.  Only single bases have an
 * other strand here: how an indel is written on it depends on its neighbours.
 */
#ifndef DW_DATA_ALLELE_H
#define DW_DATA_ALLELE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

/* How a pair of alleles stands to the pair of a reference. */
typedef enum dw_match {
    DW_MATCH_NONE,
    DW_MATCH_SAME,           /* a1 is alt, a2 is ref */
    DW_MATCH_SWAPPED,        /* a1 is ref, a2 is alt */
    DW_MATCH_STRAND,         /* the same on the other strand */
    DW_MATCH_STRAND_SWAPPED, /* swapped on the other strand */
} dw_match;

/* Copies n bytes in upper case; to and from may be the same. */
void dw_allele_upper(char *to, const char *from, size_t n);
/* The allele in upper case, in `b`, whose content it replaces. */
dw_span dw_allele_upper_in(dw_buf *b, dw_span a);
/* One of A, C, G, T. */
static inline bool dw_allele_is_base(dw_span a)
{
    return a.n == 1 &&
           (*a.s == 'A' || *a.s == 'C' || *a.s == 'G' || *a.s == 'T');
}
bool dw_allele_are_bases(dw_span a); /* one or more of them */
static inline bool dw_allele_is_acgt(dw_span a)
{
    return dw_allele_is_base(a) || dw_allele_are_bases(a);
}
static inline bool dw_allele_eq(dw_span a, dw_span b)
{
    if (a.n != b.n)
        return false;
    return a.n == 1 ? *a.s == *b.s : memcmp(a.s, b.s, a.n) == 0;
}
/* A/T or C/G: the other strand has the same two letters. */
bool dw_allele_is_ambiguous(dw_span a, dw_span b);
/* As written is preferred to the other strand: an ambiguous pair comes out as
 * DW_MATCH_SAME or DW_MATCH_SWAPPED. */
dw_match dw_allele_match(dw_span a1, dw_span a2, dw_span alt, dw_span ref);

/* The same of one allele alone, which is taken for a1. */
dw_match dw_allele_match_half(dw_span a1, dw_span alt, dw_span ref);

/* The alleles in a file that codes an insertion as I and a deletion as D. */
static inline bool dw_allele_is_indel_code(dw_span a, dw_span b)
{
    return a.n == 1 && b.n == 1 &&
           ((*a.s == 'I' && *b.s == 'D') || (*a.s == 'D' && *b.s == 'I'));
}

/* "?", which stands for the other allele where a file does not say it. */
static inline bool dw_allele_is_unknown(dw_span a)
{
    return a.n == 1 && *a.s == '?';
}

/* The other strand's letters, in its order; `to` has room for from.n and is not
 * from.s.  A letter but ACGT becomes N; ? stays. */
void dw_allele_reverse(char *to, dw_span from);
/* Takes off what both alleles have in common: behind, then before, where *pos
 * moves on; one base of each is left. */
void dw_allele_trim(dw_span *a, dw_span *b, uint32_t *pos);

#endif
