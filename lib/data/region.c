#include "data/region.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

void dw_regions_clear(dw_regions *r)
{
    dw_free(r->item);
    dw_free(r->contig);
    *r = (dw_regions){0};
}

size_t dw_regions_contig(const dw_regions *r, const char *contig)
{
    for (size_t c = 0; c < r->n_contigs; c++) {
        if (strcmp(r->contig[c].name, contig) == 0)
            return c;
    }
    return SIZE_MAX;
}

/* The contig's index, made if there was none; SIZE_MAX: no memory. */
static size_t take_contig(dw_regions *r, const char *contig)
{
    /* Files are mostly sorted: the last one's contig again. */
    size_t last = r->n ? r->item[r->n - 1].contig : SIZE_MAX, c = last;
    void *p = r->contig;

    if (last == SIZE_MAX || strcmp(r->contig[last].name, contig) != 0)
        c = dw_regions_contig(r, contig);
    if (c != SIZE_MAX)
        return c;
    if (dw_try_grow(&p, &r->cap_contigs, r->n_contigs + 1, sizeof *r->contig) <
        0)
        return SIZE_MAX;
    r->contig = p;
    r->contig[r->n_contigs] = (struct dw_region_contig){0};
    strncpy(r->contig[r->n_contigs].name, contig, DW_CONTIG_MAX - 1);
    return r->n_contigs++;
}

int dw_regions_add(dw_regions *r, const char *contig, uint32_t start,
                   uint32_t end, size_t line, dw_err *err)
{
    void *p = r->item;
    size_t c;

    if (start > end)
        return dw_fail(err, DW_EFORMAT, "a region that ends before it starts");
    if (start == end)
        return 0;
    c = take_contig(r, contig);
    if (c >= UINT32_MAX ||
        dw_try_grow(&p, &r->cap, r->n + 1, sizeof *r->item) < 0)
        return dw_fail(err, DW_ENOMEM, "not enough memory for %zu regions",
                       r->n + 1);
    r->item = p;
    r->item[r->n++] = (dw_region){
        .start = start, .end = end, .contig = (uint32_t)c, .line = line};
    return 0;
}

/* ---- as text ---- */

static int bad_region(dw_span a, dw_err *err)
{
    return dw_fail(err, DW_EFORMAT,
                   "\"%.*s\" is no region such as 22 or 6:25000000-34000000",
                   a.n > 60 ? 60 : (int)a.n, a.s);
}

/* FROM, FROM- or FROM-TO, 1-based and inclusive. */
static int parse_range(dw_span a, uint32_t *start, uint32_t *end)
{
    const char *dash = memchr(a.s, '-', a.n);
    dw_span from = {a.s, dash ? (size_t)(dash - a.s) : a.n};
    int64_t lo, hi;

    if (dw_text_int64(from, &lo) < 0 || lo < 1 || lo > INT32_MAX)
        return -1;
    hi = dash ? INT32_MAX : lo;
    if (dash && dash + 1 < a.s + a.n) {
        dw_span to = {dash + 1, a.n - from.n - 1};

        if (dw_text_int64(to, &hi) < 0 || hi < lo || hi > INT32_MAX)
            return -1;
    }
    *start = (uint32_t)lo - 1;
    *end = (uint32_t)hi;
    return 0;
}

static int add_one(dw_regions *r, dw_span a, dw_err *err)
{
    char contig[DW_CONTIG_MAX];
    uint32_t start = 0, end = INT32_MAX;
    size_t colon = a.n;

    /* The last colon, since names such as HLA-A*01:01 hold some. */
    while (colon && a.s[colon - 1] != ':')
        colon--;
    if (colon &&
        parse_range((dw_span){a.s + colon, a.n - colon}, &start, &end) == 0)
        a.n = colon - 1;
    else if (colon)
        return bad_region(a, err);
    if (dw_contig_name(a, DW_CONTIG_PLINK, contig) < 0)
        return bad_region(a, err);
    return dw_regions_add(r, contig, start, end, 0, err);
}

int dw_regions_add_text(dw_regions *r, const char *text, dw_err *err)
{
    for (;;) {
        size_t n = strcspn(text, ",");
        int rc = add_one(r, (dw_span){text, n}, err);

        if (rc < 0 || !text[n])
            return rc;
        text += n + 1;
    }
}

/* ---- sorted ---- */

static int cmp_contigs(const void *a, const void *b)
{
    return dw_contig_cmp(((const struct dw_region_contig *)a)->name,
                         ((const struct dw_region_contig *)b)->name);
}

static int cmp_regions(const void *a, const void *b)
{
    const dw_region *x = a, *y = b;

    if (x->contig != y->contig)
        return x->contig < y->contig ? -1 : 1;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

/* Sorts the contigs; each region's index follows its contig. */
static void sort_contigs(dw_regions *r)
{
    uint32_t *to = dw_alloc(r->n_contigs, sizeof *to);

    /* `first` carries the old index through the sort. */
    for (size_t c = 0; c < r->n_contigs; c++)
        r->contig[c].first = c;
    if (r->n_contigs)
        qsort(r->contig, r->n_contigs, sizeof *r->contig, cmp_contigs);
    for (size_t c = 0; c < r->n_contigs; c++)
        to[r->contig[c].first] = (uint32_t)c;
    for (size_t i = 0; i < r->n; i++)
        r->item[i].contig = to[r->item[i].contig];
    dw_free(to);
}

void dw_regions_sort(dw_regions *r)
{
    sort_contigs(r);
    if (r->n)
        qsort(r->item, r->n, sizeof *r->item, cmp_regions);
    for (size_t i = 0; i < r->n; i++) {
        struct dw_region_contig *c = &r->contig[r->item[i].contig];
        bool first = i == 0 || r->item[i - 1].contig != r->item[i].contig;

        if (first)
            c->first = i;
        c->end = i + 1;
        r->item[i].reach = (uint32_t)i;
        if (!first && r->item[r->item[i - 1].reach].end >= r->item[i].end)
            r->item[i].reach = r->item[i - 1].reach;
    }
}

size_t dw_regions_find(const dw_regions *r, size_t c, uint32_t pos)
{
    size_t lo, hi, begin;

    if (c >= r->n_contigs)
        return SIZE_MAX;
    begin = lo = r->contig[c].first;
    hi = r->contig[c].end;
    /* lo becomes the first region that starts behind the position. */
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (r->item[mid].start < pos)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == begin)
        return SIZE_MAX;
    lo = r->item[lo - 1].reach;
    return r->item[lo].end >= pos ? lo : SIZE_MAX;
}

bool dw_regions_hold(const dw_regions *r, const char *contig, uint32_t pos)
{
    return dw_regions_find(r, dw_regions_contig(r, contig), pos) != SIZE_MAX;
}

size_t dw_regions_overlap(const dw_regions *r)
{
    for (size_t i = 1; i < r->n; i++) {
        const dw_region *a = &r->item[i - 1], *b = &r->item[i];

        if (a->contig == b->contig && b->start < r->item[a->reach].end)
            return i;
    }
    return SIZE_MAX;
}
