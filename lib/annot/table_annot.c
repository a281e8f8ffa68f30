#include "annot/table_annot.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "annot/keyed.h"
#include "annot/spec.h"
#include "base/hash.h"
#include "base/mem.h"
#include "data/allele.h"
#include "input/contig_cache.h"
#include "input/meaning.h"
#include "input/read_bim.h"
#include "input/table.h"

struct table_annot {
    dw_spec spec;
    dw_table *table;
    int chr, pos, id, a1, a2; /* columns of the keys, or DW_TABLE_NONE */
    dw_bim *bim;              /* thin: where the keys are */
    dw_bim_row bim_row;
    size_t p;
    int *column; /* (p) */
    size_t rows;
    bool keys_only;
    /* of the current row */
    float *value; /* (p) */
    dw_contig_cache contig;
    dw_buf upper1, upper2;
};

/* ---- values ---- */

/* true, false, yes or no: 1, or 0 when it is none of them. */
static int truth(dw_span f, double *x)
{
    static const char *const words[] = {"false", "true", "no", "yes"};

    for (size_t i = 0; i < DW_COUNT(words); i++) {
        if (dw_span_eq_nocase(f, words[i])) {
            *x = (double)(i % 2);
            return 1;
        }
    }
    return 0;
}

/* What stands in no column of numbers.  That of a second header is told by the
 * table. */
static int is_text(const struct table_annot *a, int column, dw_span f,
                   dw_err *err)
{
    const char *name = dw_table_name(a->table, (size_t)column);
    double x;

    if (dw_span_eq_nocase(f, name))
        return dw_table_double(a->table, column, &x, err);
    return dw_lines_fail(
        dw_table_lines(a->table), err, DW_EFORMAT, name,
        "\"%.*s\"%s is not a number%s", f.n > 40 ? 40 : (int)f.n, f.s,
        f.n > 40 ? "..." : "",
        a->spec.n_words ? "" : ": name the columns to read, FILE:COLUMN,..");
}

/* A value: 0, or -1 when it is text. */
static int value_of(dw_span f, float *value)
{
    double x;

    if (dw_text_double(f, &x) == 0 || truth(f, &x))
        *value = (float)x;
    else if (dw_text_is_na(f))
        *value = NAN;
    else
        return -1;
    return 0;
}

static int take_values(struct table_annot *a, dw_row *row, dw_err *err)
{
    for (size_t i = 0; i < a->p && !a->keys_only; i++) {
        dw_span f = dw_table_field(a->table, a->column[i]);

        if (value_of(f, &a->value[i]) < 0)
            return is_text(a, a->column[i], f, err);
        if (isinf(a->value[i]))
            return dw_lines_fail(dw_table_lines(a->table), err, DW_EFORMAT,
                                 dw_table_name(a->table, (size_t)a->column[i]),
                                 "an infinite annotation");
    }
    row->value = a->value;
    return 1;
}

/* ---- rows ---- */

static int next_full(struct table_annot *a, dw_row *row, dw_err *err)
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
static int next_thin(struct table_annot *a, dw_row *row, dw_err *err)
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
    struct table_annot *a = self;
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
    struct table_annot *a = self;
    int rc = dw_table_rewind(a->table, err);

    a->rows = 0;
    if (rc == 0 && a->bim)
        rc = dw_bim_rewind(a->bim, err);
    return rc;
}

static dw_origin origin_of(const void *self)
{
    const struct table_annot *a = self;

    return dw_lines_origin(dw_table_lines(a->table));
}

/* ---- opening ---- */

static void close_table(void *self)
{
    struct table_annot *a = self;

    dw_spec_clear(&a->spec);
    dw_free(a->column);
    dw_free(a->value);
    dw_buf_clear(&a->upper1);
    dw_buf_clear(&a->upper2);
    dw_bim_close(a->bim);
    dw_table_close(a->table);
    dw_free(a);
}

static bool is_key(const struct table_annot *a, int column)
{
    const char *name = dw_table_name(a->table, (size_t)column);

    return column == a->chr || column == a->pos || column == a->id ||
           column == a->a1 || column == a->a2 ||
           dw_span_eq_nocase(dw_span_of(name), "CM");
}

/* The columns named, or all that are no keys. */
static int take_columns(struct table_annot *a, dw_err *err)
{
    size_t width = dw_table_width(a->table);
    int rc = 0;

    a->column =
        dw_alloc(a->spec.n_words ? a->spec.n_words : width, sizeof *a->column);
    for (size_t i = 0; i < a->spec.n_words && rc == 0; i++)
        rc = dw_table_require(a->table, a->spec.word[i], &a->column[a->p++],
                              err);
    for (size_t i = 0; i < width && !a->spec.n_words; i++) {
        if (!is_key(a, (int)i))
            a->column[a->p++] = (int)i;
    }
    if (a->p == 0)
        rc = dw_fail(err, DW_EFORMAT, "%s:%zu: no column of annotations",
                     a->spec.file, dw_table_header_line(a->table));
    a->value = dw_alloc(a->p, sizeof *a->value);
    return rc;
}

/* Two columns of one name could not be told apart behind this. */
static int check_names(const struct table_annot *a, dw_err *err)
{
    dw_map *seen = dw_map_new();
    int rc = 0;

    for (size_t i = 0; i < a->p && rc == 0; i++) {
        const char *name = dw_table_name(a->table, (size_t)a->column[i]);
        bool fresh;

        if (!dw_map_put(seen, name, strlen(name), &fresh))
            rc = dw_fail(err, DW_ENOMEM, "no memory for annotation names");
        else if (!*name)
            rc = dw_fail(err, DW_EFORMAT, "%s:%zu: column %d has no name",
                         a->spec.file, dw_table_header_line(a->table),
                         a->column[i] + 1);
        else if (!fresh)
            rc = dw_fail(err, DW_EFORMAT, "%s:%zu: column %s is there twice",
                         a->spec.file, dw_table_header_line(a->table), name);
    }
    dw_map_free(seen);
    return rc;
}

static int open_thin(struct table_annot *a, const char *bim, dw_err *err)
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

/* The single ANNOT of LDSC's make_annot says nothing: named by its file. */
static void give_names(const struct table_annot *a, dw_annotator *to)
{
    for (size_t i = 0; i < a->p; i++) {
        const char *name = dw_table_name(a->table, (size_t)a->column[i]);
        char *stem = NULL;

        if (a->p == 1 && strcmp(name, "ANNOT") == 0)
            stem = dw_lines_stem(a->spec.file, ".annot");
        dw_annotator_name(to, i, stem && *stem ? stem : name, ".");
        dw_free(stem);
    }
}

static int open_table(struct table_annot *a, const char *text, const char *bim,
                      dw_err *err)
{
    int rc = dw_spec_parse(&a->spec, "--annot", text, DW_SPEC_WORDS, err);

    if (rc < 0)
        return rc;
    a->table = dw_table_open(a->spec.file, err);
    if (!a->table)
        return err->code;
    a->chr = dw_meaning_find(a->table, DW_MEANING_CHR);
    a->pos = dw_meaning_find(a->table, DW_MEANING_POS);
    a->id = dw_meaning_find(a->table, DW_MEANING_ID);
    a->a1 = dw_meaning_find(a->table, DW_MEANING_EA);
    a->a2 = dw_meaning_find(a->table, DW_MEANING_OA);
    if (a->chr == DW_TABLE_NONE || a->pos == DW_TABLE_NONE)
        rc = open_thin(a, bim, err);
    if (rc == 0)
        rc = take_columns(a, err);
    return rc < 0 ? rc : check_names(a, err);
}

dw_annotator *dw_table_annot_open(const char *text, const char *bim,
                                  dw_err *err)
{
    struct table_annot *a = dw_alloc(1, sizeof *a);
    dw_annotator *annotator;

    if (open_table(a, text, bim, err) < 0) {
        close_table(a);
        return NULL;
    }
    annotator = dw_keyed_annotator(
        &(dw_keyed_source){
            .reader = {a, a->p, next_row, rewind_rows, origin_of},
            .keys_only = &a->keys_only,
            .close = close_table,
        },
        a->spec.file);
    give_names(a, annotator);
    return annotator;
}
