#include "sim/chroms.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "data/contig.h"

static int add_contig(dw_texts *names, dw_span raw, dw_err *err)
{
    char name[DW_CONTIG_MAX];

    if (dw_contig_name(raw, DW_CONTIG_PLINK, name) < 0)
        return dw_fail(err, DW_EUSAGE, "\"%.*s\" is no chromosome", (int)raw.n,
                       raw.s);
    for (size_t i = 0; i < names->n; i++)
        if (strcmp(dw_texts_at(names, i), name) == 0)
            return dw_fail(err, DW_EUSAGE, "%s stands there twice", name);
    if (names->n && dw_contig_cmp(dw_texts_at(names, names->n - 1), name) > 0)
        return dw_fail(err, DW_EUSAGE,
                       "%s has to stand before %s, as in all files", name,
                       dw_texts_at(names, names->n - 1));
    return dw_texts_add(names, name, strlen(name))
               ? dw_fail(err, DW_ENOMEM, "not enough memory")
               : 0;
}

static int add_range(dw_texts *names, int64_t first, int64_t last, dw_err *err)
{
    char text[24];
    int rc = 0;

    if (first < 1 || last > 22 || first > last)
        return dw_fail(err, DW_EUSAGE,
                       "there are no chromosomes from %" PRId64 " to %" PRId64
                       "; they are counted from 1 to 22, others (X) named",
                       first, last);
    for (; first <= last && rc == 0; first++) {
        snprintf(text, sizeof text, "%" PRId64, first);
        rc = add_contig(names, dw_span_of(text), err);
    }
    return rc;
}

int dw_chroms_parse(const char *text, dw_texts *names, dw_err *err)
{
    dw_span field[64], end[2];
    size_t n = dw_text_split(dw_span_of(text), ',', field, DW_COUNT(field));
    int64_t first = 1, last;
    int rc = 0;

    if (n == 1 && dw_text_int64(field[0], &last) == 0)
        return add_range(names, 1, last, err);
    if (n > DW_COUNT(field))
        return dw_fail(err, DW_EUSAGE, "%zu items are too many", n);
    for (size_t i = 0; i < n && rc == 0; i++) {
        if (field[i].n == 0 && i > 0 && i + 1 == n)
            continue; /* the comma that makes a list of one */

        const char *dash = memchr(field[i].s, '-', field[i].n);

        if (dash) {
            end[0] = (dw_span){field[i].s, (size_t)(dash - field[i].s)};
            end[1] = (dw_span){dash + 1, field[i].n - end[0].n - 1};
        }
        if (dash && dw_text_int64(end[0], &first) == 0 &&
            dw_text_int64(end[1], &last) == 0)
            rc = add_range(names, first, last, err);
        else
            rc = add_contig(names, field[i], err);
    }
    return rc;
}
