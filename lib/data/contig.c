#include "data/contig.h"

#include <string.h>

#include "base/mem.h"

/* In their order; behind all numbers, before all other names. */
static const char *const NAMED[] = {"X", "Y", "XY", "MT"};

static const struct {
    const char *alias, *name;
} ALIASES[] = {
    {"X", "X"},        {"Y", "Y"},      {"XY", "XY"},     {"PAR", "XY"},
    {"PAR1", "XY"},    {"PAR2", "XY"},  {"M", "MT"},      {"MT", "MT"},
    {"PAR_1", "XY"},   {"PAR_2", "XY"}, {"X_PAR1", "XY"}, {"X_PAR2", "XY"},
    {"X_NONPAR", "X"},
};

static const struct {
    const char *code, *plink, *ssf;
} CODES[] = {
    {"23", "X", "X"},
    {"24", "Y", "Y"},
    {"25", "XY", "MT"},
    {"26", "MT", "MT"},
};

/* Bases of the longest MT that is in use (hg19's chrM); the first region of X
 * that is also Y's begins at 60,001 or, in GRCh38, behind 10 kb of N. */
enum { MT_LENGTH = 16571 };

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

/* A number 1 .. 24 in `digits` digits behind `prefix`, then ".version"; or 0.
 */
static int accession(dw_span raw, const char *prefix, size_t digits, int first)
{
    size_t at = strlen(prefix), end = at + digits;
    int number = 0;

    if (raw.n < end + 2 || memcmp(raw.s, prefix, at) != 0 ||
        raw.s[end] != '.' || !is_number(raw.s + at, digits) ||
        !is_number(raw.s + end + 1, raw.n - end - 1))
        return 0;
    for (size_t i = at; i < end; i++)
        number = 10 * number + raw.s[i] - '0';
    number -= first - 1;
    return number >= 1 && number <= 24 ? number : 0;
}

/* The chromosome of a human accession, or NULL. */
static const char *of_accession(dw_span raw)
{
    static const char *const name[] = {
        "1",  "2",  "3",  "4",  "5",  "6",  "7",  "8",  "9",  "10", "11", "12",
        "13", "14", "15", "16", "17", "18", "19", "20", "21", "22", "X",  "Y"};
    int number;

    if (raw.n < 10 || raw.s[0] == '0')
        return NULL;
    if (dw_span_eq(raw, "NC_012920.1") || dw_span_eq(raw, "NC_001807.4"))
        return "MT";
    number = accession(raw, "NC_", 6, 1);
    if (!number)
        number = accession(raw, "CM", 6, 663);
    return number ? name[number - 1] : NULL;
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
    return of_accession(raw);
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

void dw_contig_settle(char name[DW_CONTIG_MAX], uint32_t pos)
{
    if (name[0] == 'X' && name[1] == 'Y' && !name[2] && pos && pos <= MT_LENGTH)
        strcpy(name, "MT");
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
