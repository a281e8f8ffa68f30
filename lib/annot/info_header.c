#include "annot/info_header.h"

#include <string.h>

#include "base/mem.h"

/* More values than this under one tag are no annotations of a variant. */
enum { MAX_NUMBER = 64 };

void dw_info_header_clear(dw_info_header *h)
{
    for (size_t i = 0; i < h->n; i++)
        dw_free(h->tag[i].name);
    dw_free(h->tag);
    *h = (dw_info_header){0};
}

/* The value of KEY in "KEY=value,KEY="quoted, value",..", or an empty span. */
static dw_span value_of(dw_span list, const char *key)
{
    const char *s = list.s, *end = list.s + list.n;

    while (s < end) {
        const char *equals = memchr(s, '=', (size_t)(end - s)), *from, *to;
        dw_span name;

        if (!equals)
            break;
        name = (dw_span){s, (size_t)(equals - s)};
        from = to = equals + 1;
        if (from < end && *from == '"') {
            to = ++from;
            while (to < end && *to != '"')
                to += *to == '\\' && to + 1 < end ? 2 : 1;
        } else {
            while (to < end && *to != ',' && *to != '>')
                to++;
        }
        if (dw_span_eq(name, key))
            return (dw_span){from, (size_t)(to - from)};
        while (to < end && *to != ',')
            to++;
        s = to < end ? to + 1 : end;
    }
    return (dw_span){list.s, 0};
}

static int number_of(dw_span text)
{
    int64_t n;

    if (dw_span_eq(text, "A"))
        return DW_INFO_ALTS;
    if (dw_span_eq(text, "R"))
        return DW_INFO_ALLELES;
    if (dw_span_eq(text, "G"))
        return DW_INFO_GENOTYPES;
    if (dw_text_int64(text, &n) < 0 || n < 0 || n > MAX_NUMBER)
        return DW_INFO_LIST;
    return (int)n;
}

/* Of tags that are there twice the first counts, as for htslib. */
static void add_tag(dw_info_header *h, dw_span list)
{
    dw_span name = value_of(list, "ID"), type = value_of(list, "Type");
    dw_info_tag tag = {.number = number_of(value_of(list, "Number"))};

    if (!name.n)
        return;
    tag.name = dw_strndup(name.s, name.n);
    tag.is_integer = dw_span_eq(type, "Integer");
    tag.type = tag.is_integer || dw_span_eq(type, "Float") ? DW_INFO_NUMBER
                                                           : DW_INFO_TEXT;
    if (dw_span_eq(type, "Flag"))
        tag.number = DW_INFO_FLAG;
    h->tag = dw_realloc(h->tag, h->n + 1, sizeof *h->tag);
    h->tag[h->n++] = tag;
}

int dw_info_header_take(dw_info_header *h, dw_span line)
{
    static const char info[] = "##INFO=<";

    if (h->ended || !dw_span_begins(line, "#"))
        return -1;
    if (dw_span_begins(line, info))
        add_tag(
            h, (dw_span){line.s + sizeof info - 1, line.n - (sizeof info - 1)});
    if (!dw_span_begins(line, "##")) {
        if (!dw_span_begins(line,
                            "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"))
            return -1;
        h->ended = true;
    }
    return 0;
}

const dw_info_tag *dw_info_header_find(const dw_info_header *h,
                                       const char *name)
{
    for (size_t i = 0; i < h->n; i++) {
        if (strcmp(h->tag[i].name, name) == 0)
            return &h->tag[i];
    }
    return NULL;
}

int dw_info_header_lacks(const dw_info_header *h, const char *file,
                         const char *name, dw_err *err)
{
    const char **names = dw_alloc(h->n, sizeof *names), *near;

    for (size_t i = 0; i < h->n; i++)
        names[i] = h->tag[i].name;
    near = dw_text_nearest(name, names, h->n);
    if (near)
        dw_fail(err, DW_EFORMAT,
                "%s: its header has no INFO %s; the nearest is %s", file, name,
                near);
    else
        dw_fail(err, DW_EFORMAT, "%s: its header has no INFO %s among its %zu",
                file, name, h->n);
    dw_free(names);
    return DW_EFORMAT;
}
