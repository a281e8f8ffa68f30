#include "annot/keyed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "annot/trimmed.h"
#include "base/hash.h"
#include "base/mem.h"
#include "data/allele.h"

/* Variants nearer to each other than this are asked for together: an index
 * leads to the first row of 16 kb, and no nearer. */
static const uint32_t SEEK_GAP = 1 << 14;

/* A place that was asked for, with its rows, of which there may be none. */
struct place {
    uint32_t pos;
    size_t first, n;
};

/* The places asked for since the current table's first, of one contig. */
struct window {
    dw_rows rows;
    struct place *place; /* (n), ascending */
    size_t n, cap;
};

struct keyed {
    dw_keyed_source source;
    dw_trimmed *trimmed;
    dw_ordered *rows;   /* of the trimmed ones */
    bool started, more; /* more: is there a current place? */

    struct window window, spare;
    char contig[DW_CONTIG_MAX]; /* of the window, and of `asked` */
    uint32_t asked;             /* the last place that was read up to */
    size_t at; /* in the window: no place before it is asked again */

    /* The current table's variants, trimmed and by position. */
    struct key {
        uint32_t pos;
        size_t i;  /* in the table */
    } * key;       /* (m) */
    uint32_t *pos; /* (m) */
    size_t m, cap_key, cap_pos;
};

/* ---- reading ---- */

static int next_place(struct keyed *k, dw_err *err)
{
    int rc = dw_ordered_next(k->rows, err);

    k->more = rc > 0;
    if (rc < 0)
        k->started = false;
    return rc < 0 ? rc : 0;
}

/* From the first row, or to those that were sought. */
static int start(struct keyed *k, dw_err *err)
{
    int rc = dw_ordered_start(k->rows, err);

    k->started = rc == 0;
    k->asked = 0;
    return rc < 0 ? rc : next_place(k, err);
}

static int cmp_to_current(const struct keyed *k, uint32_t pos)
{
    int cmp = dw_contig_cmp(dw_ordered_contig(k->rows), k->contig);
    uint32_t at = dw_ordered_pos(k->rows);

    return cmp ? cmp : at < pos ? -1 : at > pos;
}

/* ---- the window ---- */

static int no_memory(const struct keyed *k, dw_err *err)
{
    return dw_fail(err, DW_ENOMEM, "%s: no memory for the rows of a table",
                   k->source.reader.origin(k->source.reader.self).name);
}

static void empty(struct window *w)
{
    dw_rows_reset(&w->rows);
    w->n = 0;
}

/* Adds a place, whose rows are then to be added. */
static int add_place(struct window *w, uint32_t pos, size_t n)
{
    void *p = w->place;

    if (dw_try_grow(&p, &w->cap, w->n + 1, sizeof *w->place) < 0)
        return DW_ENOMEM;
    w->place = p;
    w->place[w->n++] = (struct place){pos, w->rows.n, n};
    return 0;
}

/* Adds a place with its rows. */
static int add_group(struct window *w, uint32_t pos, const dw_group *g)
{
    int rc = add_place(w, pos, g ? g->n : 0);

    for (size_t i = 0; rc == 0 && g && i < g->n; i++)
        rc = dw_rows_add(&w->rows, &g->row[i]);
    return rc;
}

/* Adds a place of another window. */
static int move_place(struct window *w, const struct place *p,
                      const dw_rows *rows)
{
    int rc = add_place(w, p->pos, p->n);

    for (size_t i = p->first; rc == 0 && i < p->first + p->n; i++) {
        dw_row row = dw_rows_at(rows, i);

        rc = dw_rows_add(&w->rows, &row);
    }
    return rc;
}

/* Drops the places before `first`: what is left moves to the spare window. */
static int drop_before(struct keyed *k, uint32_t first, dw_err *err)
{
    struct window *w = &k->window, other;

    if (w->n == 0 || w->place[0].pos >= first)
        return 0;
    empty(&k->spare);
    for (size_t i = 0; i < w->n; i++) {
        const struct place *p = &w->place[i];

        if (p->pos >= first && move_place(&k->spare, p, &w->rows) < 0)
            return no_memory(k, err);
    }
    other = k->window;
    k->window = k->spare;
    k->spare = other;
    return 0;
}

/* The alleles of variant i, trimmed, and its position. */
static dw_row variant_at(const dw_variants *v, size_t i)
{
    dw_row row = {.pos = v->pos[i],
                  .id = dw_span_of(dw_texts_at(&v->id, i)),
                  .a1 = dw_span_of(dw_texts_at(&v->alt, i)),
                  .a2 = dw_span_of(dw_texts_at(&v->ref, i))};

    row.pos += dw_trim_alleles(&row.a1, &row.a2);
    return row;
}

static int by_position(const void *a, const void *b)
{
    const struct key *x = a, *y = b;

    if (x->pos != y->pos)
        return x->pos < y->pos ? -1 : 1;
    return x->i < y->i ? -1 : x->i > y->i;
}

static int order_variants(struct keyed *k, const dw_variants *v, dw_err *err)
{
    void *key = k->key, *pos = k->pos;
    bool moved = false;

    if (dw_try_grow(&key, &k->cap_key, v->m, sizeof *k->key) == 0)
        k->key = key;
    if (dw_try_grow(&pos, &k->cap_pos, v->m, sizeof *k->pos) == 0)
        k->pos = pos;
    if (k->cap_key < v->m || k->cap_pos < v->m)
        return no_memory(k, err);
    k->m = v->m;
    for (size_t i = 0; i < v->m; i++) {
        k->key[i] = (struct key){variant_at(v, i).pos, i};
        moved |= i && k->key[i].pos < k->key[i - 1].pos;
    }
    if (moved)
        qsort(k->key, k->m, sizeof *k->key, by_position);
    for (size_t i = 0; i < k->m; i++)
        k->pos[i] = k->key[i].pos;
    return 0;
}

/* Gets ready for a table. */
static int begin(struct keyed *k, const dw_variants *v, dw_err *err)
{
    int rc = order_variants(k, v, err);

    if (rc < 0)
        return rc;
    k->at = 0;
    if (k->started && !k->source.seek && strcmp(k->contig, v->contig) == 0)
        return drop_before(k, k->pos[0], err);
    empty(&k->window);
    /* A contig that was passed is reached by a new beginning. */
    if (k->started && dw_contig_cmp(v->contig, k->contig) < 0)
        k->started = false;
    strcpy(k->contig, v->contig);
    k->asked = 0;
    return 0;
}

/* Reads up to a place behind all that were asked for, and keeps its rows. */
static int read_up_to(struct keyed *k, uint32_t pos, dw_err *err)
{
    bool here;
    int cmp = 1, rc;

    while (k->more && (cmp = cmp_to_current(k, pos)) < 0) {
        if ((rc = next_place(k, err)) < 0)
            return rc;
    }
    here = k->more && cmp == 0;
    k->asked = pos;
    k->at = k->window.n;
    return add_group(&k->window, pos, here ? dw_ordered_group(k->rows) : NULL) <
                   0
               ? no_memory(k, err)
               : 0;
}

/* Asks the index for position i of the table and those near behind it. */
static int seek(struct keyed *k, size_t i, dw_err *err)
{
    size_t last = i;

    while (last + 1 < k->m && k->pos[last + 1] - k->pos[last] <= SEEK_GAP)
        last++;
    k->source.seek(k->source.reader.self, k->contig, k->pos + i, last + 1 - i);
    return start(k, err);
}

/* Makes place `at` of the window that of position i of the table. */
static int find(struct keyed *k, size_t i, dw_err *err)
{
    const struct window *w = &k->window;
    uint32_t pos = k->pos[i];
    int rc;

    while (k->at < w->n && w->place[k->at].pos < pos)
        k->at++;
    if (k->at < w->n && w->place[k->at].pos == pos)
        return 0;
    if (k->source.seek) {
        if (i == 0 || pos - k->pos[i - 1] > SEEK_GAP) {
            if ((rc = seek(k, i, err)) < 0)
                return rc;
        }
    } else if (!k->started || pos < k->asked) {
        empty(&k->window);
        if ((rc = start(k, err)) < 0)
            return rc;
    }
    return read_up_to(k, pos, err);
}

/* ---- the choice of a row ---- */

static size_t choose_by_alleles(const dw_rows *rows, size_t first, size_t n,
                                const dw_row *variant)
{
    size_t best = SIZE_MAX;
    dw_match as = DW_MATCH_NONE;

    for (size_t i = first; i < first + n; i++) {
        dw_row row = dw_rows_at(rows, i);
        dw_match m = dw_allele_match(row.a1, row.a2, variant->a1, variant->a2);

        if (m == DW_MATCH_SAME)
            return i;
        if (m != DW_MATCH_NONE &&
            (as == DW_MATCH_NONE ||
             (m == DW_MATCH_SWAPPED && as != DW_MATCH_SWAPPED))) {
            best = i;
            as = m;
        }
    }
    return best;
}

static bool all_the_same(const dw_rows *rows, size_t first, size_t n)
{
    const float *value = rows->value + first * rows->k;

    for (size_t i = 1; i < n; i++) {
        if (memcmp(value, value + i * rows->k, rows->k * sizeof *value) != 0)
            return false;
    }
    return true;
}

/* The variant's row of rows [first, first + n), all of one place; SIZE_MAX when
 * there is none. */
static size_t choose(const struct keyed *k, size_t first, size_t n,
                     const dw_row *variant)
{
    const dw_rows *rows = &k->window.rows;
    bool ids = false;

    if (n == 0)
        return SIZE_MAX;
    for (size_t i = first; i < first + n; i++) {
        if (rows->item[i].a1_n > 0)
            return choose_by_alleles(rows, first, n, variant);
    }
    for (size_t i = first; i < first + n; i++) {
        dw_row row = dw_rows_at(rows, i);

        if (dw_span_eq(row.id, "."))
            continue;
        if (dw_allele_eq(row.id, variant->id))
            return i;
        ids = true;
    }
    if (k->source.rule && !ids)
        return first;
    return all_the_same(rows, first, n) ? first : SIZE_MAX;
}

static bool same_key(const dw_rows *rows, size_t i, size_t j)
{
    dw_row a = dw_rows_at(rows, i), b = dw_rows_at(rows, j);

    return dw_allele_eq(a.a1, b.a1) && dw_allele_eq(a.a2, b.a2) &&
           dw_allele_eq(a.id, b.id);
}

/* Value c of the row chosen and, if there is a rule, of those behind it in its
 * place that have its key. */
static float value_of(const struct keyed *k, const struct place *p, size_t row,
                      size_t c)
{
    const dw_rows *rows = &k->window.rows;
    double x = NAN;
    size_t n = 0;

    if (!k->source.rule)
        return rows->value[row * rows->k + c];
    for (size_t i = row; i < p->first + p->n; i++) {
        if (i == row || same_key(rows, row, i))
            dw_ask_add(&x, &n, rows->value[i * rows->k + c], k->source.rule[c]);
    }
    return (float)x;
}

/* ---- the annotator ---- */

/* Sets the columns of one variant. */
static int fill_variant(struct keyed *k, const dw_variants *v, size_t at,
                        float *columns, dw_err *err)
{
    size_t i = k->key[at].i, row;
    dw_row variant = variant_at(v, i);
    const struct place *p;
    int rc = find(k, at, err);

    if (rc < 0)
        return rc;
    p = &k->window.place[k->at];
    row = choose(k, p->first, p->n, &variant);
    for (size_t c = 0; c < k->source.reader.k; c++)
        columns[c * v->m + i] = row == SIZE_MAX ? NAN : value_of(k, p, row, c);
    return 0;
}

static int fill(void *self, const dw_variants *v, float *columns, dw_err *err)
{
    struct keyed *k = self;
    int rc = v->m ? begin(k, v, err) : 0;

    for (size_t at = 0; rc == 0 && at < v->m; at++)
        rc = fill_variant(k, v, at, columns, err);
    return rc;
}

static int finish(void *self, dw_err *err)
{
    struct keyed *k = self;
    int rc = 0;

    /* What an index leads past is not read. */
    if (k->source.seek)
        return 0;
    if (!k->started)
        rc = start(k, err);
    while (rc == 0 && k->more)
        rc = next_place(k, err);
    k->started = false; /* what is asked from now on is read anew */
    return rc;
}

static bool broken(const void *self)
{
    const struct keyed *k = self;

    return dw_ordered_broken(k->rows);
}

static void inputs(const void *self,
                   void (*add)(void *ctx, const char *name, uint64_t digest),
                   void *ctx)
{
    const struct keyed *k = self;
    dw_origin of = k->source.reader.origin(k->source.reader.self);

    if (of.digest)
        add(ctx, of.name, of.digest);
}

static void clear(struct window *w)
{
    dw_rows_clear(&w->rows);
    dw_free(w->place);
}

static void close_keyed(void *self)
{
    struct keyed *k = self;

    dw_ordered_free(k->rows);
    dw_trimmed_free(k->trimmed);
    dw_free(k->key);
    dw_free(k->pos);
    clear(&k->window);
    clear(&k->spare);
    k->source.close(k->source.reader.self);
    dw_free(k);
}

dw_annotator *dw_keyed_annotator(const dw_keyed_source *source,
                                 const char *file)
{
    static const dw_annotator_kind kind = {fill, finish, inputs, close_keyed,
                                           broken};
    struct keyed *k = dw_alloc(1, sizeof *k);

    k->source = *source;
    k->trimmed = dw_trimmed_new(&k->source.reader);
    k->rows =
        dw_ordered_new(dw_trimmed_reader(k->trimmed), NULL, DW_REASON_NONE);
    k->window.rows.k = k->spare.rows.k = source->reader.k;
    return dw_annotator_new(&kind, k, file, source->reader.k);
}

int dw_keyed_check_names(const dw_annotator *a, dw_err *err)
{
    dw_map *seen = dw_map_new();
    int rc = 0;

    for (size_t i = 0; i < a->k && rc == 0; i++) {
        const char *name = a->name[i];
        bool fresh;

        if (!dw_map_put(seen, name, strlen(name), &fresh))
            rc = dw_fail(err, DW_ENOMEM, "no memory for annotation names");
        else if (!*name)
            rc = dw_fail(err, DW_EFORMAT,
                         "%s: a column of annotations has no name", a->file);
        else if (!fresh)
            rc = dw_fail(err, DW_EFORMAT,
                         "%s: column %s is there twice; NAME=%s gives it "
                         "another name",
                         a->file, name, name);
    }
    dw_map_free(seen);
    return rc;
}
