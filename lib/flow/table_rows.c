#include "flow/table_rows.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

struct dw_table_rows {
    dw_table_source from;
    dw_row_reader reader;
    dw_variants table;
    size_t at;
    bool gave; /* any row of the table? */
    uint64_t given;
    char contig[DW_CONTIG_MAX];
    uint32_t start; /* of the table before on this contig */
    /* The last variant given; what does not lie behind it is known. */
    uint32_t pos;
    dw_buf ref, alt;
    float value[DW_TABLE_VALUES_MAX];
};

/* A table that does not continue the one before begins a new order. */
static void begin_table(dw_table_rows *r)
{
    const dw_variants *v = &r->table;

    r->at = 0;
    r->gave = false;
    if (strcmp(r->contig, v->contig) != 0 || v->pos[0] < r->start)
        r->pos = 0;
    memcpy(r->contig, v->contig, sizeof r->contig);
    r->start = v->pos[0];
    if (r->pos == 0)
        return;
    while (r->at < v->m &&
           dw_variants_cmp(v, r->at, r->pos, r->ref.s, r->alt.s) <= 0)
        r->at++;
}

static void note_last(dw_table_rows *r, size_t i)
{
    const char *ref = dw_texts_at(&r->table.ref, i);
    const char *alt = dw_texts_at(&r->table.alt, i);

    r->pos = r->table.pos[i];
    dw_buf_reset(&r->ref);
    dw_buf_adds(&r->ref, ref);
    dw_buf_reset(&r->alt);
    dw_buf_adds(&r->alt, alt);
}

static int next_row(void *self, dw_row *row, dw_err *err)
{
    dw_table_rows *r = self;
    size_t i;

    while (r->at >= r->table.m) {
        int rc;

        if (r->table.m && r->gave)
            note_last(r, r->table.m - 1);
        rc = r->from.next(r->from.self, &r->table, err);
        if (rc <= 0)
            return rc;
        if (r->table.m)
            begin_table(r);
    }
    i = r->at++;
    r->gave = true;
    r->from.values(r->from.self, &r->table, i, r->value);
    *row = (dw_row){
        .contig = r->table.contig,
        .pos = r->table.pos[i],
        .index = r->given++,
        .id = dw_span_of(dw_texts_at(&r->table.id, i)),
        .a1 = dw_span_of(dw_texts_at(&r->table.alt, i)),
        .a2 = dw_span_of(dw_texts_at(&r->table.ref, i)),
        .value = r->value,
    };
    return 1;
}

static int rewind_rows(void *self, dw_err *err)
{
    dw_table_rows *r = self;

    r->given = 0;
    r->at = r->table.m = 0;
    r->gave = false;
    r->contig[0] = 0;
    r->start = r->pos = 0;
    return r->from.rewind(r->from.self, err);
}

/* No row of its own line; and no text was read whose digest could be told. */
static dw_origin origin_of(const void *self)
{
    const dw_table_rows *r = self;

    return (dw_origin){r->from.name, 0, 0};
}

dw_table_rows *dw_table_rows_new(const dw_table_source *source)
{
    dw_table_rows *r = dw_alloc(1, sizeof *r);

    r->from = *source;
    r->reader = (dw_row_reader){r, source->k, next_row, rewind_rows, origin_of};
    return r;
}

void dw_table_rows_free(dw_table_rows *r)
{
    if (!r)
        return;
    if (r->from.close)
        r->from.close(r->from.self);
    dw_variants_clear(&r->table);
    dw_buf_clear(&r->ref);
    dw_buf_clear(&r->alt);
    dw_free(r);
}

const dw_row_reader *dw_table_rows_reader(const dw_table_rows *r)
{
    return &r->reader;
}

uint64_t dw_table_rows_given(const dw_table_rows *r)
{
    return r->given;
}
