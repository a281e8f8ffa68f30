#include "data/contig.h"

#include <string.h>

#include "base/mem.h"

/* In their order; behind all numbers, before all other names. */
static const char *const NAMED[] = {"X", "Y", "XY", "MT"};

static const struct {
    const char *alias, *name;
} ALIASES[] = {
    {"X", "X"},     {"Y", "Y"},  {"XY", "XY"}, {"PAR", "XY"},   {"PAR1", "XY"},
    {"PAR2", "XY"}, {"M", "MT"}, {"MT", "MT"}, {"PAR_1", "XY"}, {"PAR_2", "XY"},
};

static const struct {
    const char *code, *plink, *ssf;
} CODES[] = {
    {"23", "X", "X"},
    {"24", "Y", "Y"},
    {"25", "XY", "MT"},
    {"26", "MT", "MT"},
};

static bool is_number(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
    }
    return n > 0;
}

static bool is_printable(dw_span a)
{
    for (size_t i = 0; i < a.n; i++) {
        unsigned char c = (unsigned char)a.s[i];

        if (c <= ' ' || c == 0x7f)
            return false;
    }
    return true;
}

/* The names that the raw one may stand for, or NULL: it stands for itself. */
static const char *known_name(dw_span raw, enum dw_contig_codes codes)
{
    for (size_t i = 0; i < DW_COUNT(CODES); i++) {
        if (dw_span_eq(raw, CODES[i].code))
            return codes == DW_CONTIG_SSF ? CODES[i].ssf : CODES[i].plink;
    }
    for (size_t i = 0; i < DW_COUNT(ALIASES); i++) {
        if (dw_span_eq_nocase(raw, ALIASES[i].alias))
            return ALIASES[i].name;
    }
    return NULL;
}

int dw_contig_name(dw_span raw, enum dw_contig_codes codes,
                   char name[DW_CONTIG_MAX])
{
    const char *known;

    if (raw.n > 3 && dw_span_eq_nocase((dw_span){raw.s, 3}, "chr"))
        raw = (dw_span){raw.s + 3, raw.n - 3};
    if (is_number(raw.s, raw.n)) {
        while (raw.n && *raw.s == '0')
            raw = (dw_span){raw.s + 1, raw.n - 1};
    }
    if (!raw.n || raw.n >= DW_CONTIG_MAX || !is_printable(raw))
        return -1;
    known = known_name(raw, codes);
    if (known) {
        strcpy(name, known);
        return 0;
    }
    memcpy(name, raw.s, raw.n);
    name[raw.n] = 0;
    return 0;
}

/* 0 for a number, 1 .. for the named ones, and a last rank for the others. */
static size_t rank_of(const char *s)
{
    if (is_number(s, strlen(s)))
        return 0;
    for (size_t i = 0; i < DW_COUNT(NAMED); i++) {
        if (strcmp(s, NAMED[i]) == 0)
            return i + 1;
    }
    return DW_COUNT(NAMED) + 1;
}

int dw_contig_cmp(const char *a, const char *b)
{
    size_t ra = rank_of(a), rb = rank_of(b), na = strlen(a), nb = strlen(b);

    if (ra != rb)
        return ra < rb ? -1 : 1;
    /* No zeros lead, so that the longer number is the greater one. */
    if (ra == 0 && na != nb)
        return na < nb ? -1 : 1;
    return strcmp(a, b);
}
