#include "foreign/ld_order.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/allele.h"

void dw_ld_order_clear(dw_ld_order *o)
{
    dw_free(o->row);
    dw_free(o->place);
    *o = (dw_ld_order){0};
}

/* What is sorted. */
struct key {
    uint32_t pos;
    const char *ref, *alt;
    size_t row;
};

static int by_key(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    int c;

    if (x->pos != y->pos)
        return x->pos < y->pos ? -1 : 1;
    if ((c = strcmp(x->ref, y->ref)) != 0 || (c = strcmp(x->alt, y->alt)) != 0)
        return c;
    return x->row < y->row ? -1 : 1;
}

static bool is_acgt(const char *allele)
{
    return dw_allele_is_acgt(dw_span_of(allele));
}

/* Rows that can be placed, as keys; how many. */
static int collect(const dw_ld_list *list, size_t begin, size_t end,
                   struct key *key, size_t *n, dw_tally *tally, dw_err *err)
{
    size_t contig = SIZE_MAX;

    *n = 0;
    for (size_t i = begin; i < end; i++) {
        const char *ref = dw_texts_at(&list->ref, i);
        const char *alt = dw_texts_at(&list->alt, i);

        if (list->pos[i] == 0) {
            dw_tally_add(tally, "not_placed", 1);
            continue;
        }
        if (contig != SIZE_MAX && list->contig[i] != contig)
            return dw_fail(err, DW_EMISMATCH,
                           "one matrix, but its variants lie on chromosome %s "
                           "and on %s (row %zu)",
                           list->contigs.name[contig],
                           list->contigs.name[list->contig[i]], i - begin + 1);
        contig = list->contig[i];
        if (!is_acgt(ref) || !is_acgt(alt) || strcmp(ref, alt) == 0) {
            dw_tally_add(tally, "bad_allele", 1);
            continue;
        }
        key[(*n)++] = (struct key){list->pos[i], ref, alt, i - begin};
    }
    return 0;
}

/* Is it one that is there already?  They lie among those of its position. */
static bool is_there(const struct key *key, size_t n, const struct key *x)
{
    while (n-- > 0 && key[n].pos == x->pos) {
        if ((strcmp(key[n].ref, x->ref) == 0 &&
             strcmp(key[n].alt, x->alt) == 0) ||
            (strcmp(key[n].ref, x->alt) == 0 &&
             strcmp(key[n].alt, x->ref) == 0))
            return true;
    }
    return false;
}

static void find_core(dw_ld_order *o, const struct key *key,
                      uint32_t core_start, uint32_t core_end)
{
    if (core_end == 0 && o->m) {
        core_start = key[0].pos - 1;
        core_end = key[o->m - 1].pos;
    }
    o->start = core_start;
    o->end = core_end;
    o->core = o->l = 0;
    for (size_t i = 0; i < o->m; i++) {
        o->core += key[i].pos - 1 < core_start;
        o->l += key[i].pos - 1 >= core_start && key[i].pos - 1 < core_end;
    }
}

int dw_ld_order_make(dw_ld_order *o, const dw_ld_list *list, size_t begin,
                     size_t end, uint32_t core_start, uint32_t core_end,
                     dw_tally *tally, dw_err *err)
{
    size_t n;
    struct key *key = dw_try_alloc(end - begin, sizeof *key);
    int rc = 0;

    dw_ld_order_clear(o);
    o->n = end - begin;
    o->row = dw_try_alloc(o->n, sizeof *o->row);
    o->place = dw_try_alloc(o->n, sizeof *o->place);
    if (!key || !o->row || !o->place)
        rc =
            dw_fail(err, DW_ENOMEM, "not enough memory for %zu variants", o->n);
    if (rc == 0)
        rc = collect(list, begin, end, key, &n, tally, err);
    if (rc == 0) {
        qsort(key, n, sizeof *key, by_key);
        for (size_t i = 0; i < o->n; i++)
            o->place[i] = DW_LD_ORDER_NONE;
        for (size_t i = 0; i < n; i++) {
            if (is_there(key, o->m, &key[i])) {
                dw_tally_add(tally, "duplicate", 1);
                continue;
            }
            o->place[key[i].row] = o->m;
            o->row[o->m] = key[i].row;
            key[o->m++] = key[i];
        }
        find_core(o, key, core_start, core_end);
    }
    dw_free(key);
    return rc;
}

void dw_ld_order_drop(dw_ld_order *o, const char *const *why)
{
    size_t to = 0, core = 0, l = 0;

    for (size_t j = 0; j < o->m; j++) {
        if (why[j])
            continue;
        o->row[to++] = o->row[j];
        core += j < o->core;
        l += j - o->core < o->l;
    }
    o->m = to;
    o->core = core;
    o->l = l;
    dw_free(o->place);
    o->place = NULL;
}

static int copy_text(dw_texts *to, const dw_texts *from, size_t i)
{
    return dw_texts_add(to, dw_texts_at(from, i), dw_texts_length(from, i));
}

int dw_ld_order_variants(const dw_ld_order *o, const dw_ld_list *list,
                         size_t begin, dw_variants *v, dw_err *err)
{
    if (dw_variants_resize(v, o->m, 0, 0, err) < 0)
        return err->code;
    v->contig[0] = 0;
    for (size_t j = 0; j < o->m; j++) {
        size_t i = begin + o->row[j];

        if (j == 0)
            strcpy(v->contig, list->contigs.name[list->contig[i]]);
        v->pos[j] = list->pos[i];
        v->eaf[j] = list->eaf[i];
        if (copy_text(&v->id, &list->id, i) < 0 ||
            copy_text(&v->ref, &list->ref, i) < 0 ||
            copy_text(&v->alt, &list->alt, i) < 0)
            return dw_fail(err, DW_ENOMEM,
                           "not enough memory for the names of %zu variants",
                           o->m);
    }
    return 0;
}
