/* table_rows: each variant once, whatever the tables have in common. */
#include "flow/table_rows.h"

#include <stdio.h>

#include "tap.h"

/* Tables of one-letter variants: positions, 0 ends them. */
struct given {
    const char *contig;
    uint32_t pos[6];
};

struct tables {
    const struct given *table;
    size_t n, at;
    int closed;
};

static int next_table(void *self, dw_variants *v, dw_err *err)
{
    struct tables *t = self;
    const struct given *g = &t->table[t->at];
    size_t m = 0;

    if (t->at++ == t->n)
        return 0;
    while (m < 6 && g->pos[m])
        m++;
    if (dw_variants_resize(v, m, 0, 0, err) < 0)
        return err->code;
    snprintf(v->contig, sizeof v->contig, "%s", g->contig);
    for (size_t i = 0; i < m; i++) {
        v->pos[i] = g->pos[i];
        v->eaf[i] = (float)g->pos[i];
        if (dw_texts_add(&v->id, ".", 1) < 0 ||
            dw_texts_add(&v->ref, "A", 1) < 0 ||
            dw_texts_add(&v->alt, "G", 1) < 0)
            return DW_ENOMEM;
    }
    return 1;
}

static int rewind_tables(void *self, dw_err *err)
{
    (void)err;
    ((struct tables *)self)->at = 0;
    return 0;
}

static void values(void *self, const dw_variants *v, size_t i, float *x)
{
    (void)self;
    *x = v->eaf[i];
}

static void close_tables(void *self)
{
    ((struct tables *)self)->closed++;
}

/* "1:5 1:7 ..." of all rows. */
static const char *rows_of(const struct given *table, size_t n)
{
    static char text[512];
    struct tables t = {table, n, 0, 0};
    const dw_table_source source = {&t, "made", next_table,  rewind_tables,
                                    1,  values, close_tables};
    dw_table_rows *rows = dw_table_rows_new(&source);
    const dw_row_reader *r = dw_table_rows_reader(rows);
    dw_err err = {0};
    dw_row row;

    for (int turn = 0; turn < 2; turn++) { /* a rewind gives them again */
        size_t at = 0, index = 0;

        text[0] = 0;
        if (r->rewind(r->self, &err) < 0)
            return "no rewind";
        while (r->next(r->self, &row, &err) > 0) {
            if (row.index != index++ || row.value[0] != (float)row.pos)
                return "a wrong index or value";
            at += (size_t)snprintf(text + at, sizeof text - at, "%s:%u ",
                                   row.contig, (unsigned)row.pos);
        }
        if (dw_table_rows_given(rows) != index)
            return "a wrong count";
    }
    dw_table_rows_free(rows);
    return t.closed == 1 ? text : "not closed once";
}

#define GIVES(table, want)                                                \
    OK(strcmp(rows_of(table, sizeof table / sizeof table[0]), want) == 0, \
       "%s", rows_of(table, sizeof table / sizeof table[0]))

int main(void)
{
    static const struct given apart[] = {{"1", {1, 2}}, {"1", {3}}, {"2", {1}}};
    static const struct given overlap[] = {
        {"1", {1, 2, 3}}, {"1", {2, 3, 4}}, {"1", {3, 4}}, {"1", {3, 4, 5}}};
    static const struct given within[] = {
        {"1", {1, 2, 9}}, {"1", {2, 3}}, {"1", {4, 9, 10}}};
    static const struct given back[] = {{"1", {5, 6}}, {"1", {1, 5}}};
    static const struct given again[] = {{"1", {1, 2}}, {"2", {1}}, {"1", {1}}};
    static const struct given empty[] = {{"1", {0}}, {"1", {1}}, {"1", {0}}};

    GIVES(apart, "1:1 1:2 1:3 2:1 ");
    GIVES(overlap, "1:1 1:2 1:3 1:4 1:5 ");
    /* Of a table within one before it only what lies behind all is given. */
    GIVES(within, "1:1 1:2 1:9 1:10 ");
    /* Not ascending: all of it, for others to sort. */
    GIVES(back, "1:5 1:6 1:1 1:5 ");
    GIVES(again, "1:1 1:2 2:1 1:1 ");
    GIVES(empty, "1:1 ");
    return tap_done();
}
