#include "data/rows.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

/* The index of the contig's name, which is mostly the last one's. */
static int contig_index(dw_rows *r, const char *name, uint32_t *index)
{
    void *p = r->contig;
    uint64_t *known;
    bool fresh;

    if (r->n_contigs && dw_contig_eq(r->contig[r->last_contig], name)) {
        *index = r->last_contig;
        return 0;
    }
    if (!r->contigs)
        r->contigs = dw_map_new();
    known = dw_map_put(r->contigs, name, strlen(name), &fresh);
    if (!known || dw_try_grow(&p, &r->cap_contig, r->n_contigs + 1,
                              sizeof *r->contig) < 0)
        return DW_ENOMEM;
    r->contig = p;
    if (fresh) {
        *known = r->n_contigs;
        strncpy(r->contig[r->n_contigs], name, DW_CONTIG_MAX - 1);
        r->contig[r->n_contigs++][DW_CONTIG_MAX - 1] = 0;
    }
    *index = r->last_contig = (uint32_t)*known;
    return 0;
}

static int make_room(dw_rows *r, size_t text)
{
    void *item = r->item, *value = r->value, *bytes = r->text;
    int rc;

    if (r->n < r->cap_item && (r->n + 1) * r->k <= r->cap_value &&
        r->n_text + text <= r->cap_text)
        return 0;
    rc = dw_try_grow(&item, &r->cap_item, r->n + 1, sizeof *r->item);
    r->item = item;
    if (rc == 0)
        rc = dw_try_grow(&value, &r->cap_value, (r->n + 1) * r->k,
                         sizeof *r->value);
    r->value = value;
    if (rc == 0)
        rc = dw_try_grow(&bytes, &r->cap_text, r->n_text + text, 1);
    r->text = bytes;
    return rc;
}

static inline uint32_t put_text(dw_rows *r, dw_span a)
{
    if (a.n == 1) /* as most alleles are */
        r->text[r->n_text] = *a.s;
    else if (a.n)
        memcpy(r->text + r->n_text, a.s, a.n);
    r->n_text += a.n;
    return (uint32_t)a.n;
}

int dw_rows_add(dw_rows *r, const dw_row *row)
{
    struct dw_rows_item item = {
        .pos = row->pos, .index = row->index, .actions = row->actions};

    if (make_room(r, row->id.n + row->a1.n + row->a2.n) < 0 ||
        contig_index(r, row->contig, &item.contig) < 0)
        return DW_ENOMEM;
    item.text = r->n_text;
    item.id_n = put_text(r, row->id);
    item.a1_n = put_text(r, row->a1);
    item.a2_n = put_text(r, row->a2);
    if (r->k)
        memcpy(r->value + r->n * r->k, row->value, r->k * sizeof *r->value);
    r->item[r->n++] = item;
    return 0;
}

int dw_rows_place(dw_rows *r, size_t i, const char *contig, uint32_t pos)
{
    r->item[i].pos = pos;
    return contig_index(r, contig, &r->item[i].contig);
}

void dw_rows_reset(dw_rows *r)
{
    r->n = r->n_text = 0; /* the names of contigs will be wanted again */
}

void dw_rows_clear(dw_rows *r)
{
    dw_free(r->item);
    dw_free(r->value);
    dw_free(r->text);
    dw_free(r->contig);
    dw_map_free(r->contigs);
    *r = (dw_rows){.k = r->k};
}

/* ---- order ---- */

struct sort_key {
    uint32_t rank, pos; /* rank: the contig's place among the contigs */
    size_t index, i;
};

static int by_place(const void *a, const void *b)
{
    const struct sort_key *x = a, *y = b;

    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    if (x->pos != y->pos)
        return x->pos < y->pos ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static int by_contig(const void *a, const void *b)
{
    return dw_contig_cmp(*(const char *const *)a, *(const char *const *)b);
}

/* rank[c] for each contig c; NULL when memory is exhausted. */
static uint32_t *rank_contigs(const dw_rows *r)
{
    const char **name = dw_try_alloc(r->n_contigs, sizeof *name);
    uint32_t *rank = dw_try_alloc(r->n_contigs, sizeof *rank);

    if (!name || !rank) {
        dw_free(name);
        dw_free(rank);
        return NULL;
    }
    for (size_t c = 0; c < r->n_contigs; c++)
        name[c] = r->contig[c];
    qsort(name, r->n_contigs, sizeof *name, by_contig);
    for (size_t j = 0; j < r->n_contigs; j++)
        rank[(size_t)(name[j] - r->contig[0]) / DW_CONTIG_MAX] = (uint32_t)j;
    dw_free(name);
    return rank;
}

size_t *dw_rows_order(const dw_rows *r)
{
    struct sort_key *key = dw_try_alloc(r->n, sizeof *key);
    size_t *order = dw_try_alloc(r->n, sizeof *order);
    uint32_t *rank = rank_contigs(r);

    if (!key || !order || !rank) {
        dw_free(order);
        order = NULL;
        goto out;
    }
    for (size_t i = 0; i < r->n; i++)
        key[i] = (struct sort_key){rank[r->item[i].contig], r->item[i].pos,
                                   r->item[i].index, i};
    qsort(key, r->n, sizeof *key, by_place);
    for (size_t i = 0; i < r->n; i++)
        order[i] = key[i].i;
out:
    dw_free(key);
    dw_free(rank);
    return order;
}
