#include "input/ordered.h"

#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "input/site_id.h"

/* More rows than this at one position are no variants: the column is wrong. */
enum { MAX_AT_PLACE = 4096 };

struct dw_ordered {
    dw_row_reader reader;
    dw_fates *fates;
    dw_reason unplaced;

    dw_group group;
    char contig[DW_CONTIG_MAX];
    uint32_t pos;
    dw_row ahead; /* the first row of the next place, if has_ahead */
    bool has_ahead, broken;

    bool loaded;
    dw_rows all;
    size_t *order; /* (all.n) */
    size_t next;
};

dw_ordered *dw_ordered_new(const dw_row_reader *reader, dw_fates *fates,
                           dw_reason unplaced)
{
    dw_ordered *o = dw_alloc(1, sizeof *o);

    o->reader = *reader;
    o->fates = fates;
    o->unplaced = unplaced;
    o->group.k = o->all.k = reader->k;
    return o;
}

void dw_ordered_free(dw_ordered *o)
{
    if (!o)
        return;
    dw_group_clear(&o->group);
    dw_rows_clear(&o->all);
    dw_free(o->order);
    dw_free(o);
}

bool dw_ordered_broken(const dw_ordered *o)
{
    return o->broken;
}

const dw_group *dw_ordered_group(const dw_ordered *o)
{
    return &o->group;
}

const char *dw_ordered_contig(const dw_ordered *o)
{
    return o->contig;
}

uint32_t dw_ordered_pos(const dw_ordered *o)
{
    return o->pos;
}

static int cmp_places(const char *a, uint32_t a_pos, const char *b,
                      uint32_t b_pos)
{
    if (!dw_contig_eq(a, b))
        return dw_contig_cmp(a, b);
    return a_pos < b_pos ? -1 : a_pos > b_pos;
}

int dw_ordered_cmp(const dw_ordered *a, const dw_ordered *b)
{
    return cmp_places(a->contig, a->pos, b->contig, b->pos);
}

/* The reader's next row that has a place. */
static int next_placed(dw_ordered *o, dw_row *row, dw_err *err)
{
    int rc;

    while ((rc = o->reader.next(o->reader.self, row, err)) > 0) {
        if (row->contig[0] && row->pos)
            break;
        if (o->fates)
            dw_fates_drop(o->fates, row, o->unplaced);
    }
    return rc;
}

static dw_origin origin_of(const dw_ordered *o)
{
    return o->reader.origin(o->reader.self);
}

static int no_memory(const dw_ordered *o, dw_err *err)
{
    return dw_fail(err, DW_ENOMEM,
                   "%s: not sorted, and no memory to sort its %zu rows",
                   origin_of(o).name, o->all.n);
}

static int forget(dw_ordered *o, dw_err *err)
{
    dw_group_reset(&o->group);
    dw_rows_clear(&o->all);
    dw_free(o->order);
    o->order = NULL;
    o->next = 0;
    o->contig[0] = 0;
    o->pos = 0;
    o->has_ahead = false;
    return o->reader.rewind(o->reader.self, err);
}

int dw_ordered_start(dw_ordered *o, dw_err *err)
{
    dw_row row;
    int rc = forget(o, err);

    o->loaded = o->broken;
    if (rc < 0 || !o->loaded)
        return rc;
    while ((rc = next_placed(o, &row, err)) > 0) {
        if (dw_rows_add(&o->all, &row) < 0)
            return no_memory(o, err);
    }
    if (rc < 0)
        return rc;
    o->order = dw_rows_order(&o->all);
    return o->order ? 0 : no_memory(o, err);
}

/* ---- rows that are known by their id ---- */

/* Loads all rows, each with the index of the next one of its id. */
static int load_by_id(dw_ordered *o, dw_map *map, size_t **same_id, dw_err *err)
{
    size_t cap = 0;
    void *p = NULL;
    dw_row row;
    int rc;

    while ((rc = o->reader.next(o->reader.self, &row, err)) > 0) {
        bool fresh;
        uint64_t *at = dw_map_put(map, row.id.s, row.id.n, &fresh);

        if (!at || dw_rows_add(&o->all, &row) < 0 ||
            dw_try_grow(&p, &cap, o->all.n, sizeof **same_id) < 0) {
            rc = no_memory(o, err);
            break;
        }
        ((size_t *)p)[o->all.n - 1] = fresh ? SIZE_MAX : *at;
        *at = o->all.n - 1;
    }
    *same_id = p;
    return rc;
}

/* Gives the rows of one id the place; *several: they have another already. */
static int place_rows(dw_ordered *o, size_t first, const size_t *same_id,
                      const dw_row *ref, bool *several)
{
    for (size_t i = first; i != SIZE_MAX; i = same_id[i]) {
        const struct dw_rows_item *item = &o->all.item[i];

        if (item->pos == 0) {
            if (dw_rows_place(&o->all, i, ref->contig, ref->pos) < 0)
                return DW_ENOMEM;
        } else if (item->pos != ref->pos ||
                   strcmp(o->all.contig[item->contig], ref->contig) != 0) {
            several[i] = true;
        }
    }
    return 0;
}

/* Drops rows without a place, or with several; an id that is not in the
 * reference may be a place itself. */
static int settle_ids(dw_ordered *o, const bool *several)
{
    for (size_t i = 0; i < o->all.n; i++) {
        dw_row row = dw_rows_at(&o->all, i);
        char contig[DW_CONTIG_MAX];
        uint32_t pos;

        if (!row.pos && dw_site_id_place(row.id, contig, &pos)) {
            if (dw_rows_place(&o->all, i, contig, pos) < 0)
                return DW_ENOMEM;
        } else if (!row.pos) {
            dw_fates_drop(o->fates, &row, DW_REASON_ID_UNKNOWN);
        } else if (several[i]) {
            dw_fates_drop(o->fates, &row, DW_REASON_ID_AMBIGUOUS);
            o->all.item[i].pos = 0;
        }
    }
    return 0;
}

/* Gives the rows the places of their ids, and drops those that have none. */
static int place_by_id(dw_ordered *o, const dw_row_reader *ref,
                       const dw_map *map, const size_t *same_id, dw_err *err)
{
    bool *several = dw_try_alloc(o->all.n, sizeof *several);
    dw_row row;
    int rc = several ? 0 : no_memory(o, err);

    while (rc >= 0 && (rc = ref->next(ref->self, &row, err)) > 0) {
        uint64_t *at = dw_map_get(map, row.id.s, row.id.n);

        if (!at || !row.pos || !row.contig[0] || dw_span_eq(row.id, "."))
            continue;
        if (place_rows(o, *at, same_id, &row, several) < 0)
            rc = no_memory(o, err);
    }
    if (rc == 0 && settle_ids(o, several) < 0)
        rc = no_memory(o, err);
    dw_free(several);
    if (rc < 0)
        return rc;
    o->order = dw_rows_order(&o->all);
    return o->order ? 0 : no_memory(o, err);
}

int dw_ordered_start_by_id(dw_ordered *o, const dw_row_reader *ref, dw_err *err)
{
    dw_map *map = dw_map_new();
    size_t *same_id = NULL;
    int rc = forget(o, err);

    o->loaded = true;
    if (rc == 0)
        rc = load_by_id(o, map, &same_id, err);
    if (rc == 0)
        rc = ref->rewind(ref->self, err);
    if (rc == 0)
        rc = place_by_id(o, ref, map, same_id, err);
    dw_free(same_id);
    dw_map_free(map);
    return rc;
}

/* ---- place by place ---- */

/* The next row, from wherever it comes. */
static int next_row(dw_ordered *o, dw_row *row, dw_err *err)
{
    if (!o->loaded)
        return next_placed(o, row, err);
    while (o->next < o->all.n) {
        *row = dw_rows_at(&o->all, o->order[o->next++]);
        if (row->pos)
            return 1;
    }
    return 0;
}

/* Adds the row that was read ahead. */
static int add_to_group(dw_ordered *o, dw_err *err)
{
    if (o->group.n == MAX_AT_PLACE)
        return dw_fail(err, DW_EFORMAT,
                       "%s: more than %d rows at %s:%u: is that the column of "
                       "positions?",
                       origin_of(o).name, MAX_AT_PLACE, o->contig,
                       (unsigned)o->pos);
    if (dw_group_add(&o->group, &o->ahead) < 0)
        return no_memory(o, err);
    o->group.row[o->group.n - 1].contig = o->contig;
    return 0;
}

int dw_ordered_next(dw_ordered *o, dw_err *err)
{
    int rc = 1, order;

    if (!o->has_ahead && (rc = next_row(o, &o->ahead, err)) <= 0)
        return rc;
    o->has_ahead = false;
    dw_group_reset(&o->group);
    if (!dw_contig_eq(o->contig, o->ahead.contig))
        strcpy(o->contig, o->ahead.contig);
    o->pos = o->ahead.pos;
    do {
        if ((rc = add_to_group(o, err)) < 0 ||
            (rc = next_row(o, &o->ahead, err)) < 0)
            return rc;
        if (rc == 0)
            return 1;
        order = cmp_places(o->contig, o->pos, o->ahead.contig, o->ahead.pos);
    } while (order == 0);
    if (order > 0) {
        o->broken = true;
        return dw_fail(err, DW_EMISMATCH,
                       "%s:%zu: not in order: %s:%u after %s:%u",
                       origin_of(o).name, origin_of(o).line, o->ahead.contig,
                       (unsigned)o->ahead.pos, o->contig, (unsigned)o->pos);
    }
    o->has_ahead = true;
    return 1;
}
