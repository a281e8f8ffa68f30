#include "input/panel.h"

#include <math.h>
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

struct dw_panel {
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

dw_panel *dw_panel_new(dw_geno *g)
{
    dw_panel *p = dw_alloc(1, sizeof *p);

    p->g = g;
    p->bytes = dw_geno_bytes(dw_geno_kind_of(g), dw_geno_people(g));
    return p;
}

void dw_panel_free(dw_panel *p)
{
    if (!p)
        return;
    dw_free(p->item);
    dw_free(p->columns);
    dw_buf_clear(&p->texts);
    dw_free(p);
}

int dw_panel_seek(dw_panel *p, const char *contig, dw_err *err)
{
    p->n = 0;
    p->pos = 0;
    p->has_ahead = p->at_end = false;
    strcpy(p->contig, contig);
    return dw_geno_seek(p->g, contig, err);
}

/* Makes `ahead` the next variant: 1, 0 at the end, negative. */
static int look_ahead(dw_panel *p, dw_err *err)
{
    int rc;

    if (p->has_ahead)
        return 1;
    if (p->at_end)
        return 0;
    rc = dw_geno_next(p->g, &p->ahead, err);
    p->has_ahead = rc > 0;
    p->at_end = rc == 0;
    return rc;
}

const char *dw_panel_contig(const dw_panel *p)
{
    return p->contig;
}

uint32_t dw_panel_pos(const dw_panel *p)
{
    return p->pos;
}

size_t dw_panel_size(const dw_panel *p)
{
    return p->n;
}

const char *dw_panel_id(const dw_panel *p, size_t i)
{
    return p->texts.s + p->item[i].id;
}

const char *dw_panel_ref(const dw_panel *p, size_t i)
{
    return p->texts.s + p->item[i].ref;
}

const char *dw_panel_alt(const dw_panel *p, size_t i)
{
    return p->texts.s + p->item[i].alt;
}

static unsigned char *column_of(const dw_panel *p, size_t i)
{
    return p->columns + p->item[i].column * p->bytes;
}

const void *dw_panel_column(const dw_panel *p, size_t i)
{
    return column_of(p, i);
}

void dw_panel_flip(dw_panel *p, size_t i)
{
    dw_geno_flip(dw_geno_kind_of(p->g), dw_geno_people(p->g), column_of(p, i));
}

uint64_t dw_panel_duplicates(const dw_panel *p)
{
    return p->duplicates;
}

size_t dw_panel_find(const dw_panel *p, const char *ref, const char *alt,
                     bool *swapped)
{
    for (size_t i = 0; i < p->n; i++) {
        const char *r = dw_panel_ref(p, i), *a = dw_panel_alt(p, i);

        *swapped = strcmp(r, ref) != 0;
        if (!*swapped && strcmp(a, alt) == 0)
            return i;
        if (*swapped && strcmp(r, alt) == 0 && strcmp(a, ref) == 0)
            return i;
    }
    return SIZE_MAX;
}

static int no_memory(const dw_panel *p, dw_err *err)
{
    return dw_fail(err, DW_ENOMEM, "%s: not enough memory at %s:%u",
                   dw_geno_name(p->g), p->contig, (unsigned)p->pos);
}

/* Adds the variant ahead, unless its alleles are there. */
static int take_ahead(dw_panel *p, dw_err *err)
{
    void *item = p->item, *columns = p->columns;
    bool swapped;
    struct item *it;

    p->has_ahead = false;
    if (dw_panel_find(p, p->ahead.ref, p->ahead.alt, &swapped) != SIZE_MAX) {
        p->duplicates++;
        return 0;
    }
    if (p->n == PLACE_MAX)
        return dw_fail(
            err, DW_EFORMAT, "%s: more than %d variants at one position, %s:%u",
            dw_geno_name(p->g), PLACE_MAX, p->contig, (unsigned)p->pos);
    if (dw_try_grow(&item, &p->cap, p->n + 1, sizeof *p->item) < 0)
        return no_memory(p, err);
    p->item = item;
    if (dw_try_grow(&columns, &p->cap_columns, p->n + 1, p->bytes) < 0)
        return no_memory(p, err);
    p->columns = columns;
    it = &p->item[p->n];
    it->id = dw_site_text(&p->texts, dw_span_of(p->ahead.id), false);
    it->ref = dw_site_text(&p->texts, dw_span_of(p->ahead.ref), false);
    it->alt = dw_site_text(&p->texts, dw_span_of(p->ahead.alt), false);
    it->column = p->n++;
    return dw_geno_column(p->g, column_of(p, p->n - 1), err);
}

/* Is the variant ahead still on the contig in hand? */
static bool is_here(const dw_panel *p)
{
    return strcmp(p->ahead.contig, p->contig) == 0;
}

int dw_panel_next_contig(dw_panel *p, dw_err *err)
{
    int rc;

    p->n = 0;
    p->pos = 0;
    while ((rc = look_ahead(p, err)) > 0 && is_here(p))
        p->has_ahead = false;
    if (rc > 0)
        strcpy(p->contig, p->ahead.contig);
    return rc;
}

int dw_panel_at(dw_panel *p, uint32_t pos, dw_err *err)
{
    int rc;

    if (pos == p->pos)
        return 0;
    p->pos = pos;
    p->n = 0;
    dw_buf_reset(&p->texts);
    while ((rc = look_ahead(p, err)) > 0 && is_here(p) && p->ahead.pos < pos)
        p->has_ahead = false;
    while (rc > 0 && is_here(p) && p->ahead.pos == pos) {
        if ((rc = take_ahead(p, err)) == 0)
            rc = look_ahead(p, err);
    }
    return rc < 0 ? rc : 0;
}

/* Into the order of REF, then ALT: few, so by insertion. */
static void sort_items(dw_panel *p)
{
    for (size_t i = 1; i < p->n; i++) {
        for (size_t k = i; k > 0; k--) {
            int c = strcmp(dw_panel_ref(p, k - 1), dw_panel_ref(p, k));
            struct item low = p->item[k - 1];

            if (c == 0)
                c = strcmp(dw_panel_alt(p, k - 1), dw_panel_alt(p, k));
            if (c <= 0)
                break;
            p->item[k - 1] = p->item[k];
            p->item[k] = low;
        }
    }
}

int dw_panel_next(dw_panel *p, dw_err *err)
{
    int rc = look_ahead(p, err);

    if (rc <= 0)
        return rc;
    strcpy(p->contig, p->ahead.contig);
    p->pos = 0; /* a new contig may begin anywhere */
    rc = dw_panel_at(p, p->ahead.pos, err);
    sort_items(p);
    return rc < 0 ? rc : 1;
}

int dw_panel_table(const dw_panel *p, dw_variants *v, dw_err *err)
{
    if (dw_variants_resize(v, p->n, 0, 0, err) < 0)
        return err->code;
    strcpy(v->contig, p->contig);
    for (size_t i = 0; i < p->n; i++) {
        dw_span id = dw_span_of(dw_panel_id(p, i));
        dw_span ref = dw_span_of(dw_panel_ref(p, i));
        dw_span alt = dw_span_of(dw_panel_alt(p, i));

        v->pos[i] = p->pos;
        v->eaf[i] = NAN;
        if (dw_texts_add(&v->id, id.s, id.n) < 0 ||
            dw_texts_add(&v->ref, ref.s, ref.n) < 0 ||
            dw_texts_add(&v->alt, alt.s, alt.n) < 0)
            return no_memory(p, err);
    }
    return 0;
}
