#include "annot/read_annot.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "data/allele.h"
#include "input/contig_cache.h"
#include "input/meaning.h"
#include "input/read_bim.h"
#include "input/table.h"

struct dw_annot {
    dw_table *table;
    dw_row_reader reader;
    int chr, pos, id, a1, a2; /* columns of the keys, or DW_TABLE_NONE */
    dw_bim *bim;              /* thin: where the keys are */
    dw_bim_row bim_row;
    size_t p;
    int *column; /* (p) */
    char **name; /* (p) */
    size_t rows;
    /* of the current row */
    float *value; /* (p) */
    dw_contig_cache contig;
    dw_buf upper1, upper2;
};

static int take_values(dw_annot *a, dw_row *row, dw_err *err)
{
    for (size_t i = 0; i < a->p; i++) {
        double x;
        int rc = dw_table_double(a->table, a->column[i], &x, err);

        if (rc < 0)
            return rc;
        a->value[i] = (float)x;
        if (isinf(a->value[i]))
            return dw_lines_fail(dw_table_lines(a->table), err, DW_EFORMAT,
                                 a->name[i], "an infinite annotation");
    }
    row->value = a->value;
    return 1;
}

static int next_full(dw_annot *a, dw_row *row, dw_err *err)
{
    dw_span raw;
    int rc = dw_table_next(a->table, err);

    if (rc <= 0)
        return rc;
    raw = dw_table_field(a->table, a->chr);
    if (dw_contig_cache_take(&a->contig, raw, DW_CONTIG_PLINK) < 0)
        return dw_lines_fail(dw_table_lines(a->table), err, DW_EFORMAT,
                             dw_table_name(a->table, (size_t)a->chr),
                             "\"%.*s\" is no chromosome",
                             raw.n > 40 ? 40 : (int)raw.n, raw.s);
    row->contig = a->contig.name;
    if ((rc = dw_table_position(a->table, a->pos, &row->pos, err)) < 0)
        return rc;
    if (a->id != DW_TABLE_NONE)
        row->id = dw_table_field(a->table, a->id);
    if (a->a1 != DW_TABLE_NONE && a->a2 != DW_TABLE_NONE) {
        row->a1 =
            dw_allele_upper_in(&a->upper1, dw_table_field(a->table, a->a1));
        row->a2 =
            dw_allele_upper_in(&a->upper2, dw_table_field(a->table, a->a2));
    }
    return 1;
}

/* Reads a .bim row and a row of the table, which end together. */
static int next_thin(dw_annot *a, dw_row *row, dw_err *err)
{
    int of_bim = dw_bim_next(a->bim, &a->bim_row, err);
    int of_table = of_bim < 0 ? of_bim : dw_table_next(a->table, err);

    if (of_bim < 0 || of_table < 0)
        return of_bim < 0 ? of_bim : of_table;
    if (of_bim != of_table)
        return dw_fail(
            err, DW_EMISMATCH,
            "%s: without CHR and BP it needs one row for each row of %s, and "
            "has %s than its %zu",
            dw_lines_name(dw_table_lines(a->table)),
            dw_lines_name(dw_bim_lines(a->bim)), of_table ? "more" : "fewer",
            a->rows + (size_t)of_bim);
    if (of_bim == 0)
        return 0;
    row->contig = a->bim_row.contig;
    row->pos = a->bim_row.pos;
    row->id = a->bim_row.id;
    row->a1 = dw_allele_upper_in(&a->upper1, a->bim_row.a1);
    row->a2 = dw_allele_upper_in(&a->upper2, a->bim_row.a2);
    return 1;
}

static int next_row(void *self, dw_row *row, dw_err *err)
{
    dw_annot *a = self;
    int rc;

    *row = (dw_row){.id = dw_span_of(".")};
    rc = a->bim ? next_thin(a, row, err) : next_full(a, row, err);
    if (rc <= 0)
        return rc;
    row->index = a->rows++;
    return take_values(a, row, err);
}

static int rewind_rows(void *self, dw_err *err)
{
    dw_annot *a = self;
    int rc = dw_table_rewind(a->table, err);

    a->rows = 0;
    if (rc == 0 && a->bim)
        rc = dw_bim_rewind(a->bim, err);
    return rc;
}

static dw_origin origin_of(const void *self)
{
    const dw_annot *a = self;

    return dw_lines_origin(dw_table_lines(a->table));
}

/* ---- the choice of a row ---- */

static bool has_alleles(const dw_rows *group)
{
    return group->item[0].a1_n > 0;
}

static bool all_the_same(const dw_rows *group)
{
    for (size_t i = 1; i < group->n; i++) {
        if (memcmp(group->value, group->value + i * group->k,
                   group->k * sizeof *group->value) != 0)
            return false;
    }
    return true;
}

size_t dw_annot_choose(const dw_rows *group, const dw_row *variant)
{
    if (has_alleles(group)) {
        for (size_t i = 0; i < group->n; i++) {
            dw_row row = dw_rows_at(group, i);

            if (dw_allele_match(row.a1, row.a2, variant->a1, variant->a2) !=
                DW_MATCH_NONE)
                return i;
        }
        return SIZE_MAX;
    }
    for (size_t i = 0; i < group->n; i++) {
        dw_row row = dw_rows_at(group, i);

        if (!dw_span_eq(row.id, ".") && dw_allele_eq(row.id, variant->id))
            return i;
    }
    return all_the_same(group) ? 0 : SIZE_MAX;
}

/* ---- opening ---- */

static bool is_key(const dw_annot *a, int column)
{
    const char *name = dw_table_name(a->table, (size_t)column);

    return column == a->chr || column == a->pos || column == a->id ||
           column == a->a1 || column == a->a2 ||
           dw_span_eq_nocase(dw_span_of(name), "CM");
}

static void take_columns(dw_annot *a, const char *path)
{
    size_t width = dw_table_width(a->table);

    a->column = dw_alloc(width, sizeof *a->column);
    a->name = dw_alloc(width, sizeof *a->name);
    for (size_t i = 0; i < width; i++) {
        if (!is_key(a, (int)i)) {
            a->column[a->p] = (int)i;
            a->name[a->p++] = dw_strdup(dw_table_name(a->table, i));
        }
    }
    if (a->p == 1 && strcmp(a->name[0], "ANNOT") == 0) {
        dw_free(a->name[0]);
        a->name[0] = dw_lines_stem(path, ".annot"); /* LDSC's make_annot */
    }
    a->value = dw_alloc(a->p, sizeof *a->value);
}

static int open_thin(dw_annot *a, const char *bim, dw_err *err)
{
    a->chr = a->pos = a->id = a->a1 = a->a2 = DW_TABLE_NONE;
    if (bim) {
        a->bim = dw_bim_open(bim, err);
        return a->bim ? 0 : err->code;
    }
    return dw_fail(err, DW_EFORMAT,
                   "%s:%zu: no columns CHR and BP: a file of annotations "
                   "alone can only be read beside the .bim of its rows "
                   "(--ref FILE.bim)",
                   dw_lines_name(dw_table_lines(a->table)),
                   dw_table_header_line(a->table));
}

dw_annot *dw_annot_open(const char *path, const char *bim, dw_err *err)
{
    dw_annot *a = dw_alloc(1, sizeof *a);

    a->table = dw_table_open(path, err);
    if (!a->table)
        goto fail;
    a->chr = dw_meaning_find(a->table, DW_MEANING_CHR);
    a->pos = dw_meaning_find(a->table, DW_MEANING_POS);
    a->id = dw_meaning_find(a->table, DW_MEANING_ID);
    a->a1 = dw_meaning_find(a->table, DW_MEANING_EA);
    a->a2 = dw_meaning_find(a->table, DW_MEANING_OA);
    if ((a->chr == DW_TABLE_NONE || a->pos == DW_TABLE_NONE) &&
        open_thin(a, bim, err) < 0)
        goto fail;
    take_columns(a, path);
    if (a->p == 0) {
        dw_fail(err, DW_EFORMAT, "%s:%zu: no column of annotations", path,
                dw_table_header_line(a->table));
        goto fail;
    }
    a->reader = (dw_row_reader){a, a->p, next_row, rewind_rows, origin_of};
    return a;
fail:
    dw_annot_close(a);
    return NULL;
}

void dw_annot_close(dw_annot *a)
{
    if (!a)
        return;
    for (size_t i = 0; i < a->p; i++)
        dw_free(a->name[i]);
    dw_free(a->name);
    dw_free(a->column);
    dw_free(a->value);
    dw_buf_clear(&a->upper1);
    dw_buf_clear(&a->upper2);
    dw_bim_close(a->bim);
    dw_table_close(a->table);
    dw_free(a);
}

const dw_row_reader *dw_annot_reader(const dw_annot *a)
{
    return &a->reader;
}

size_t dw_annot_width(const dw_annot *a)
{
    return a->p;
}

const char *dw_annot_name(const dw_annot *a, size_t i)
{
    return a->name[i];
}
