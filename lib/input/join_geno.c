#include "input/join_geno.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "input/site_text.h"

/* More variants than this at one position are no panel; the search among them
 * is a plain one. */
enum { PLACE_MAX = 10000 };

/* One variant of the place: where its texts and its column are kept. */
struct item {
    size_t id, ref, alt, column;
};

struct dw_join {
    dw_geno *g;
    size_t bytes; /* of a column */
    char contig[DW_CONTIG_MAX];
    uint32_t pos;
    struct item *item;
    size_t n, cap;
    dw_buf texts;
    unsigned char *columns;
    size_t cap_columns; /* items that fit */
    uint64_t duplicates;
    dw_site ahead; /* the next variant of the panel, not yet unpacked */
    bool has_ahead, at_end;
};

dw_join *dw_join_new(dw_geno *g)
{
    dw_join *j = dw_alloc(1, sizeof *j);

    j->g = g;
    j->bytes = dw_geno_bytes(dw_geno_kind_of(g), dw_geno_people(g));
    return j;
}

void dw_join_free(dw_join *j)
{
    if (!j)
        return;
    dw_free(j->item);
    dw_free(j->columns);
    dw_buf_clear(&j->texts);
    dw_free(j);
}

int dw_join_seek(dw_join *j, const char *contig, dw_err *err)
{
    j->n = 0;
    j->pos = 0;
    j->has_ahead = j->at_end = false;
    strcpy(j->contig, contig);
    return dw_geno_seek(j->g, contig, err);
}

/* Makes `ahead` the next variant: 1, 0 at the end, negative. */
static int look_ahead(dw_join *j, dw_err *err)
{
    int rc;

    if (j->has_ahead)
        return 1;
    if (j->at_end)
        return 0;
    rc = dw_geno_next(j->g, &j->ahead, err);
    j->has_ahead = rc > 0;
    j->at_end = rc == 0;
    return rc;
}

const char *dw_join_contig(const dw_join *j)
{
    return j->contig;
}

uint32_t dw_join_pos(const dw_join *j)
{
    return j->pos;
}

size_t dw_join_size(const dw_join *j)
{
    return j->n;
}

const char *dw_join_id(const dw_join *j, size_t i)
{
    return j->texts.s + j->item[i].id;
}

const char *dw_join_ref(const dw_join *j, size_t i)
{
    return j->texts.s + j->item[i].ref;
}

const char *dw_join_alt(const dw_join *j, size_t i)
{
    return j->texts.s + j->item[i].alt;
}

void *dw_join_column(dw_join *j, size_t i)
{
    return j->columns + j->item[i].column * j->bytes;
}

uint64_t dw_join_duplicates(const dw_join *j)
{
    return j->duplicates;
}

size_t dw_join_find(const dw_join *j, const char *ref, const char *alt,
                    bool *swapped)
{
    for (size_t i = 0; i < j->n; i++) {
        const char *r = dw_join_ref(j, i), *a = dw_join_alt(j, i);

        *swapped = strcmp(r, ref) != 0;
        if (!*swapped && strcmp(a, alt) == 0)
            return i;
        if (*swapped && strcmp(r, alt) == 0 && strcmp(a, ref) == 0)
            return i;
    }
    return SIZE_MAX;
}

/* Adds the variant ahead, unless its alleles are there. */
static int take_ahead(dw_join *j, dw_err *err)
{
    void *item = j->item, *columns = j->columns;
    bool swapped;
    struct item *it;

    j->has_ahead = false;
    if (dw_join_find(j, j->ahead.ref, j->ahead.alt, &swapped) != SIZE_MAX) {
        j->duplicates++;
        return 0;
    }
    if (j->n == PLACE_MAX)
        return dw_fail(err, DW_EFORMAT,
                       "%s: more than %d variants at one position, %s:%u",
                       dw_geno_name(j->g), PLACE_MAX, j->contig,
                       (unsigned)j->pos);
    if (dw_try_grow(&item, &j->cap, j->n + 1, sizeof *j->item) < 0)
        goto no_memory;
    j->item = item;
    if (dw_try_grow(&columns, &j->cap_columns, j->n + 1, j->bytes) < 0)
        goto no_memory;
    j->columns = columns;
    it = &j->item[j->n];
    it->id = dw_site_text(&j->texts, dw_span_of(j->ahead.id), false);
    it->ref = dw_site_text(&j->texts, dw_span_of(j->ahead.ref), false);
    it->alt = dw_site_text(&j->texts, dw_span_of(j->ahead.alt), false);
    it->column = j->n++;
    return dw_geno_column(j->g, dw_join_column(j, it->column), err);

no_memory:
    return dw_fail(err, DW_ENOMEM, "%s: not enough memory at %s:%u",
                   dw_geno_name(j->g), j->contig, (unsigned)j->pos);
}

int dw_join_at(dw_join *j, uint32_t pos, dw_err *err)
{
    int rc;

    if (pos == j->pos)
        return 0;
    j->pos = pos;
    j->n = 0;
    dw_buf_reset(&j->texts);
    while ((rc = look_ahead(j, err)) > 0 && j->ahead.pos < pos)
        j->has_ahead = false;
    while (rc > 0 && j->ahead.pos == pos &&
           strcmp(j->ahead.contig, j->contig) == 0) {
        if ((rc = take_ahead(j, err)) == 0)
            rc = look_ahead(j, err);
    }
    return rc < 0 ? rc : 0;
}

/* Into the order of REF, then ALT: few, so by insertion. */
static void sort_items(dw_join *j)
{
    for (size_t i = 1; i < j->n; i++) {
        for (size_t k = i; k > 0; k--) {
            int c = strcmp(dw_join_ref(j, k - 1), dw_join_ref(j, k));
            struct item low = j->item[k - 1];

            if (c == 0)
                c = strcmp(dw_join_alt(j, k - 1), dw_join_alt(j, k));
            if (c <= 0)
                break;
            j->item[k - 1] = j->item[k];
            j->item[k] = low;
        }
    }
}

int dw_join_next(dw_join *j, dw_err *err)
{
    int rc = look_ahead(j, err);

    if (rc <= 0)
        return rc;
    strcpy(j->contig, j->ahead.contig);
    j->pos = 0; /* a new contig may begin anywhere */
    rc = dw_join_at(j, j->ahead.pos, err);
    sort_items(j);
    return rc < 0 ? rc : 1;
}
