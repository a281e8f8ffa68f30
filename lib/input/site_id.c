#include "input/site_id.h"

#include <string.h>

static bool divides(char c)
{
    return c == ':' || c == '_';
}

/* Numbers and the named chromosomes only: of others an underscore may be a
 * part, and rs1_2 is no place. */
static bool is_chromosome(const char *name)
{
    static const char *const known[] = {"X", "Y", "XY", "MT"};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(name, known[i]) == 0)
            return true;
    }
    return *name >= '1' && *name <= '9' && strlen(name) <= 2;
}

bool dw_site_id_place(dw_span id, char contig[DW_CONTIG_MAX], uint32_t *pos)
{
    size_t name = 0, end;
    int64_t x;

    while (name < id.n && !divides(id.s[name]))
        name++;
    end = name + 1;
    while (end < id.n && id.s[end] >= '0' && id.s[end] <= '9')
        end++;
    if (end >= id.n + 1 || end == name + 1 ||
        (end < id.n && !divides(id.s[end])) ||
        dw_text_int64((dw_span){id.s + name + 1, end - name - 1}, &x) < 0 ||
        x < 1 || x > INT32_MAX ||
        dw_contig_name((dw_span){id.s, name}, DW_CONTIG_PLINK, contig) < 0 ||
        !is_chromosome(contig))
        return false;
    *pos = (uint32_t)x;
    return true;
}

bool dw_site_id_alleles(dw_span id, dw_span *first, dw_span *second)
{
    size_t at[3], n = 0;

    for (size_t i = 0; i < id.n; i++) {
        if (!divides(id.s[i]))
            continue;
        if (n == 3)
            return false;
        at[n++] = i + 1;
    }
    if (n < 3)
        return false;
    *first = (dw_span){id.s + at[1], at[2] - 1 - at[1]};
    *second = (dw_span){id.s + at[2], id.n - at[2]};
    return first->n && second->n;
}
