#include "annot/table_annot.h"

#include <stdbool.h>
#include <string.h>

#include "annot/ask.h"
#include "annot/keyed.h"
#include "annot/spec.h"
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
    int *column;       /* (p) */
    char **name;       /* (p) */
    dw_ask_rule *rule; /* (p) for lists within a field */
    bool chosen;       /* columns were named */
    size_t rows;
    /* of the current row */
    float *value; /* (p) */
    dw_contig_cache contig;
    dw_buf upper1, upper2;
};

/* ---- values ---- */

static int bad_value(const struct table_annot *a, size_t i, int fault,
                     dw_err *err)
{
    dw_span f = dw_table_field(a->table, a->column[i]);
    const char *name = dw_table_name(a->table, (size_t)a->column[i]);
    bool hint = fault == -1 && !a->chosen;
    double x;

    /* That of a second header is told by the table. */
    if (dw_span_eq_nocase(f, name))
        return dw_table_double(a->table, a->column[i], &x, err);
    return dw_lines_fail(dw_table_lines(a->table), err, DW_EFORMAT, name,
                         "\"%.*s\"%s %s%s", f.n > 40 ? 40 : (int)f.n, f.s,
                         f.n > 40 ? "..." : "", dw_ask_fault(fault),
                         hint ? ": name the columns to read, FILE:COLUMN,.."
                              : "");
}

static int take_values(struct table_annot *a, dw_row *row, dw_err *err)
{
    for (size_t i = 0; i < a->p; i++) {
        int rc = dw_ask_value(dw_table_field(a->table, a->column[i]),
                              a->rule[i], &a->value[i]);

        if (rc < 0)
            return bad_value(a, i, rc, err);
    }
    row->value = a->value;
    return 1;
}

/* ---- rows ---- */

/* A row that has no chromosome or no position has no place. */
static int take_place(struct table_annot *a, dw_row *row, dw_err *err)
{
    dw_span raw = dw_table_field(a->table, a->chr);
    dw_span pos = dw_table_field(a->table, a->pos);

    if (dw_text_is_na(raw) || dw_text_is_na(pos)) {
        row->contig = "";
        return 0;
    }
    if (dw_contig_cache_take(&a->contig, raw, DW_CONTIG_PLINK) < 0) {
        /* That of a second header is told by the position. */
        if (dw_span_eq_nocase(raw, dw_table_name(a->table, (size_t)a->chr)))
            return dw_table_position(a->table, a->pos, &row->pos, err);
        return dw_lines_fail(dw_table_lines(a->table), err, DW_EFORMAT,
                             dw_table_name(a->table, (size_t)a->chr),
                             "\"%.*s\" is no chromosome",
                             raw.n > 40 ? 40 : (int)raw.n, raw.s);
    }
    row->contig = a->contig.name;
    return dw_table_position(a->table, a->pos, &row->pos, err);
}

static int next_full(struct table_annot *a, dw_row *row, dw_err *err)
{
    int rc = dw_table_next(a->table, err);

    if (rc <= 0)
        return rc;
    if ((rc = take_place(a, row, err)) < 0)
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
    for (size_t i = 0; i < a->p; i++)
        dw_free(a->name[i]);
    dw_free(a->name);
    dw_free(a->column);
    dw_free(a->rule);
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

static void add_column(struct table_annot *a, int column, const dw_ask *ask)
{
    const char *name = dw_table_name(a->table, (size_t)column);

    a->name[a->p] = dw_strdup(ask ? ask->name : name);
    a->rule[a->p] = ask ? ask->rule : DW_ASK_MAX;
    a->column[a->p++] = column;
}

/* The key that the word names a column for, or NULL. */
static int *key_of(struct table_annot *a, const dw_ask *ask)
{
    if (strcmp(ask->name, ask->column) == 0)
        return NULL;
    switch (dw_meaning_named(dw_span_of(ask->name))) {
    case DW_MEANING_CHR: return &a->chr;
    case DW_MEANING_POS: return &a->pos;
    case DW_MEANING_ID: return &a->id;
    case DW_MEANING_EA: return &a->a1;
    case DW_MEANING_OA: return &a->a2;
    default: return NULL;
    }
}

static int take_word(struct table_annot *a, const char *word, dw_err *err)
{
    dw_ask ask;
    int column, *key, rc;

    dw_ask_parse(&ask, word);
    rc = dw_table_require(a->table, ask.column, &column, err);
    if (rc == 0 && (key = key_of(a, &ask)))
        *key = column;
    else if (rc == 0)
        add_column(a, column, &ask);
    dw_ask_clear(&ask);
    return rc;
}

/* The keys and columns named. */
static int take_words(struct table_annot *a, dw_err *err)
{
    size_t width = dw_table_width(a->table);
    size_t n = a->spec.n_words > width ? a->spec.n_words : width;
    int rc = 0;

    a->column = dw_alloc(n, sizeof *a->column);
    a->name = dw_alloc(n, sizeof *a->name);
    a->rule = dw_alloc(n, sizeof *a->rule);
    a->chr = dw_meaning_find(a->table, DW_MEANING_CHR);
    a->pos = dw_meaning_find(a->table, DW_MEANING_POS);
    a->id = dw_meaning_find(a->table, DW_MEANING_ID);
    a->a1 = dw_meaning_find(a->table, DW_MEANING_EA);
    a->a2 = dw_meaning_find(a->table, DW_MEANING_OA);
    for (size_t i = 0; i < a->spec.n_words && rc == 0; i++)
        rc = take_word(a, a->spec.word[i], err);
    a->chosen = a->p > 0;
    return rc;
}

/* All that are no keys, if none was named. */
static int take_columns(struct table_annot *a, dw_err *err)
{
    for (size_t i = 0; i < dw_table_width(a->table) && !a->chosen; i++) {
        if (!is_key(a, (int)i))
            add_column(a, (int)i, NULL);
    }
    if (a->p == 0)
        return dw_fail(err, DW_EFORMAT, "%s:%zu: no column of annotations",
                       a->spec.file, dw_table_header_line(a->table));
    /* The ANNOT of LDSC's make_annot says nothing: named by its file. */
    if (a->p == 1 && strcmp(a->name[0], "ANNOT") == 0) {
        char *stem = dw_lines_stem(a->spec.file, ".annot");

        if (*stem) {
            dw_free(a->name[0]);
            a->name[0] = stem;
        } else {
            dw_free(stem);
        }
    }
    a->value = dw_alloc(a->p, sizeof *a->value);
    return 0;
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

/* A table is named by its columns: a name before it is meant for intervals. */
static int no_table(const char *option, const char *text, dw_err *err)
{
    size_t n = strcspn(text, "=/");

    if (err->code != DW_EIO || n == 0 || text[n] != '=')
        return err->code;
    return dw_fail(err, DW_EUSAGE,
                   "%s %s: no such file; NAME=FILE is for --bed (intervals), "
                   "--bigwig and --track",
                   option, text);
}

static int open_table(struct table_annot *a, const char *option,
                      const char *text, const char *bim, dw_err *err)
{
    int rc = dw_spec_parse(&a->spec, option, text, DW_SPEC_WORDS, err);

    if (rc < 0)
        return rc;
    a->table = dw_table_open(a->spec.file, err);
    if (!a->table)
        return no_table(option, text, err);
    rc = take_words(a, err);
    if (rc == 0 && (a->chr == DW_TABLE_NONE || a->pos == DW_TABLE_NONE))
        rc = open_thin(a, bim, err);
    return rc < 0 ? rc : take_columns(a, err);
}

static dw_annotator *open_as(const char *option, const char *text,
                             const char *bim, bool merges, dw_err *err)
{
    struct table_annot *a = dw_alloc(1, sizeof *a);
    dw_annotator *annotator;

    if (open_table(a, option, text, bim, err) < 0) {
        close_table(a);
        return NULL;
    }
    annotator = dw_keyed_annotator(
        &(dw_keyed_source){
            .reader = {a, a->p, next_row, rewind_rows, origin_of},
            .close = close_table,
            .rule = merges ? a->rule : NULL,
        },
        a->spec.file);
    for (size_t i = 0; i < a->p; i++)
        dw_annotator_name(annotator, i, a->name[i], ".");
    if (dw_keyed_check_names(annotator, err) == 0)
        return annotator;
    dw_annotator_free(annotator);
    return NULL;
}

dw_annotator *dw_table_annot_open(const char *text, const char *bim,
                                  dw_err *err)
{
    return open_as("--annot", text, bim, false, err);
}

dw_annotator *dw_table_annot_open_merged(const char *option, const char *text,
                                         dw_err *err)
{
    return open_as(option, text, NULL, true, err);
}
