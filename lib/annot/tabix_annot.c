#include "annot/tabix_annot.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "annot/ask.h"
#include "annot/indexed.h"
#include "annot/keyed.h"
#include "annot/spec.h"
#include "annot/table_annot.h"
#include "base/buf.h"
#include "base/mem.h"
#include "data/allele.h"
#include "input/contig_cache.h"

enum { MAX_COLUMNS = 1 << 16 };

/* An interval that reaches to the current position or behind it. */
struct interval {
    uint32_t first, last;
};

struct tabix {
    dw_spec spec;
    dw_indexed *file;
    const dw_index_columns *key;
    char *header;
    dw_span *name; /* (width) parts of the header; none without one */
    size_t width;
    int a1, a2; /* columns from 0, or -1 */

    size_t p;
    int *column; /* (p) from 0 */
    char **as;   /* (p) names of the annotations */
    dw_ask_rule *rule;
    size_t fields; /* so many are looked at */
    bool by_name;  /* the header was believed: rows have to be as wide */
    dw_span *field;
    size_t rows;
    /* of the current row */
    uint32_t first, last;
    float *value;
    dw_contig_cache contig;
    dw_buf upper1, upper2;

    /* Intervals: positions wanted, and those open at the current one. */
    const uint32_t *wanted;
    size_t n_wanted, at, next_open;
    struct interval *open; /* (n_open) */
    float *open_value;     /* (n_open x p) */
    size_t n_open, cap_open, cap_value;
    bool ahead, at_end; /* ahead: a row was read and not yet opened */
};

/* ---- a line ---- */

static int bad_field(const struct tabix *t, int column, const char *what,
                     dw_err *err)
{
    dw_span f = t->field[column];
    dw_span name = (size_t)column < t->width ? t->name[column] : (dw_span){0};

    return dw_fail(
        err, DW_EFORMAT, "%s: at %.*s:%.*s: column %d%s%.*s%s: \"%.*s\"%s %s",
        t->spec.file, (int)(t->field[t->key->contig].n % 64),
        t->field[t->key->contig].s, (int)(t->field[t->key->first].n % 64),
        t->field[t->key->first].s, column + 1, name.n ? " (" : "",
        (int)(name.n % 64), name.n ? name.s : "", name.n ? ")" : "",
        f.n > 40 ? 40 : (int)f.n, f.s, f.n > 40 ? "..." : "", what);
}

static int take_number(struct tabix *t, int column, int64_t *x, dw_err *err)
{
    if (dw_text_int64(t->field[column], x) < 0 || *x < 0 || *x > INT32_MAX)
        return bad_field(t, column, "is not a position", err);
    return 0;
}

/* The positions of the row, 1-based and with both ends. */
static int take_place(struct tabix *t, dw_err *err)
{
    const dw_index_columns *key = t->key;
    int64_t first, last;
    int rc;

    if (dw_contig_cache_take(&t->contig, t->field[key->contig],
                             DW_CONTIG_PLINK) < 0)
        return bad_field(t, key->contig, "is no chromosome", err);
    if ((rc = take_number(t, key->first, &first, err)) < 0)
        return rc;
    first += key->from_0;
    last = first;
    if (key->last >= 0 && (rc = take_number(t, key->last, &last, err)) < 0)
        return rc;
    t->first = (uint32_t)first;
    t->last = (uint32_t)last;
    return 0;
}

static int take_values(struct tabix *t, dw_err *err)
{
    for (size_t i = 0; i < t->p; i++) {
        int rc = dw_ask_value(t->field[t->column[i]], t->rule[i], &t->value[i]);

        if (rc < 0)
            return bad_field(t, t->column[i], dw_ask_fault(rc), err);
    }
    return 0;
}

/* The next line that is a row: 1, 0, negative. */
static int next_line(struct tabix *t, dw_err *err)
{
    dw_span line;
    size_t n;
    int rc;

    do {
        if ((rc = dw_indexed_next(t->file, &line, err)) <= 0)
            return rc;
    } while (line.n == 0 || *line.s == t->key->meta);
    n = dw_text_split(line, '\t', t->field, t->fields);
    if (n < t->fields || (t->by_name && n != t->width))
        return dw_fail(
            err, DW_EFORMAT, "%s: a row of %zu columns (\"%.*s\") where %s %zu",
            t->spec.file, n, line.n > 40 ? 40 : (int)line.n, line.s,
            t->by_name ? "the header has" : "it should have at least",
            t->by_name ? t->width : t->fields);
    if ((rc = take_place(t, err)) < 0)
        return rc;
    rc = take_values(t, err);
    return rc < 0 ? rc : 1;
}

/* ---- rows of one position each ---- */

static int next_row(void *self, dw_row *row, dw_err *err)
{
    struct tabix *t = self;
    int rc = next_line(t, err);

    if (rc <= 0)
        return rc;
    *row = (dw_row){.contig = t->contig.name,
                    .pos = t->first,
                    .index = t->rows++,
                    .id = dw_span_of("."),
                    .value = t->value};
    if (t->a1 >= 0) {
        row->a1 = dw_allele_upper_in(&t->upper1, t->field[t->a1]);
        row->a2 = dw_allele_upper_in(&t->upper2, t->field[t->a2]);
    }
    return 1;
}

/* ---- intervals ---- */

static int open_interval(struct tabix *t, dw_err *err)
{
    void *open = t->open, *value = t->open_value;
    int rc = dw_try_grow(&open, &t->cap_open, t->n_open + 1, sizeof *t->open);

    t->open = open;
    if (rc == 0)
        rc = dw_try_grow(&value, &t->cap_value, (t->n_open + 1) * t->p,
                         sizeof *t->open_value);
    t->open_value = value;
    if (rc < 0)
        return dw_fail(err, DW_ENOMEM, "%s: no memory for intervals",
                       t->spec.file);
    memcpy(t->open_value + t->n_open * t->p, t->value, t->p * sizeof *t->value);
    t->open[t->n_open++] = (struct interval){t->first, t->last};
    return 0;
}

static void close_before(struct tabix *t, uint32_t pos)
{
    size_t n = 0;

    for (size_t i = 0; i < t->n_open; i++) {
        if (t->open[i].last < pos)
            continue;
        if (n < i) {
            t->open[n] = t->open[i];
            memcpy(t->open_value + n * t->p, t->open_value + i * t->p,
                   t->p * sizeof *t->open_value);
        }
        n++;
    }
    t->n_open = n;
}

/* Opens the intervals that begin at or before the position. */
static int open_up_to(struct tabix *t, uint32_t pos, dw_err *err)
{
    for (;;) {
        int rc;

        if (!t->ahead && !t->at_end) {
            if ((rc = next_line(t, err)) < 0)
                return rc;
            t->ahead = rc > 0;
            t->at_end = rc == 0;
        }
        if (!t->ahead || t->first > pos)
            return 0;
        t->ahead = false;
        if (t->last >= pos && (rc = open_interval(t, err)) < 0)
            return rc;
    }
}

/* A row for each position wanted and each interval that holds it. */
static int next_held(void *self, dw_row *row, dw_err *err)
{
    struct tabix *t = self;
    int rc;

    while (t->next_open == t->n_open) {
        uint32_t last = t->at ? t->wanted[t->at - 1] : 0;

        while (t->at < t->n_wanted && t->wanted[t->at] == last)
            t->at++;
        if (t->at == t->n_wanted)
            return 0;
        close_before(t, t->wanted[t->at]);
        if ((rc = open_up_to(t, t->wanted[t->at], err)) < 0)
            return rc;
        t->next_open = 0;
        t->at++;
    }
    *row = (dw_row){.contig = t->contig.name,
                    .pos = t->wanted[t->at - 1],
                    .index = t->rows++,
                    .id = dw_span_of("."),
                    .value = t->open_value + t->next_open++ * t->p};
    return 1;
}

/* ---- the source ---- */

static int rewind_rows(void *self, dw_err *err)
{
    struct tabix *t = self;

    t->rows = t->at = t->next_open = t->n_open = 0;
    t->ahead = t->at_end = false;
    return dw_indexed_rewind(t->file, err);
}

static void seek_rows(void *self, const char *contig, const uint32_t *pos,
                      size_t n)
{
    struct tabix *t = self;

    t->wanted = pos;
    t->n_wanted = n;
    dw_indexed_seek(t->file, contig, pos[0], pos[n - 1]);
}

static dw_origin origin_of(const void *self)
{
    const struct tabix *t = self;

    return dw_indexed_origin(t->file);
}

static void close_tabix(void *self)
{
    struct tabix *t = self;

    for (size_t i = 0; i < t->p; i++)
        dw_free(t->as[i]);
    dw_free(t->as);
    dw_free(t->column);
    dw_free(t->rule);
    dw_free(t->field);
    dw_free(t->value);
    dw_free(t->open);
    dw_free(t->open_value);
    dw_free(t->name);
    dw_free(t->header);
    dw_buf_clear(&t->upper1);
    dw_buf_clear(&t->upper2);
    dw_indexed_close(t->file);
    dw_spec_clear(&t->spec);
    dw_free(t);
}

/* ---- opening ---- */

/* The header: the last of the lines before the first row. */
static int read_header(struct tabix *t, dw_err *err)
{
    dw_span line;
    int rc, n = 0;

    while ((rc = dw_indexed_next(t->file, &line, err)) > 0) {
        bool meta = line.n && *line.s == t->key->meta;

        if (n++ >= t->key->skip && !meta && line.n)
            break;
        if (line.n == 0)
            continue;
        dw_free(t->header);
        while (line.n && *line.s == t->key->meta)
            line = (dw_span){line.s + 1, line.n - 1};
        t->header = dw_strndup(line.s, line.n);
    }
    if (rc < 0 || !t->header)
        return rc < 0 ? rc : 0;
    line = dw_span_of(t->header);
    t->width = dw_text_split(line, '\t', NULL, 0);
    if (t->width > MAX_COLUMNS)
        return dw_fail(err, DW_EFORMAT, "%s: a header of more than %d columns",
                       t->spec.file, MAX_COLUMNS);
    t->name = dw_alloc(t->width, sizeof *t->name);
    dw_text_split(line, '\t', t->name, t->width);
    return 0;
}

static int find(const struct tabix *t, const char *name)
{
    for (size_t i = 0; i < t->width; i++) {
        if (dw_span_eq(t->name[i], name))
            return (int)i;
    }
    for (size_t i = 0; i < t->width; i++) {
        if (dw_span_eq_nocase(t->name[i], name))
            return (int)i;
    }
    return -1;
}

/* Alleles by their common names, both or none; unless words named them. */
static void find_alleles(struct tabix *t)
{
    static const char *const names[][2] = {
        {"ALT", "REF"}, {"A1", "A2"}, {"EFFECT_ALLELE", "OTHER_ALLELE"}};

    for (size_t i = 0; i < DW_COUNT(names); i++) {
        int a1 = find(t, names[i][0]), a2 = find(t, names[i][1]);

        if (a1 < 0 || a2 < 0)
            continue;
        t->a1 = a1;
        t->a2 = a2;
        t->by_name = true;
        return;
    }
}

static int no_column(const struct tabix *t, const char *name, dw_err *err)
{
    char **names = dw_alloc(t->width, sizeof *names);
    const char *near;

    for (size_t i = 0; i < t->width; i++)
        names[i] = dw_strndup(t->name[i].s, t->name[i].n);
    near = dw_text_nearest(name, (const char *const *)names, t->width);
    if (t->width == 0)
        dw_fail(err, DW_EFORMAT,
                "%s: no column %s: it has no header, so that columns are "
                "numbers: NAME=4",
                t->spec.file, name);
    else
        dw_fail(err, DW_EFORMAT, "%s: no column %s%s%s", t->spec.file, name,
                near ? "; the nearest is " : "", near ? near : "");
    for (size_t i = 0; i < t->width; i++)
        dw_free(names[i]);
    dw_free(names);
    return DW_EFORMAT;
}

/* A column by its name or number. */
static int require(struct tabix *t, const char *name, int *column, dw_err *err)
{
    int64_t n;

    *column = find(t, name);
    if (*column >= 0) {
        t->by_name = true;
        return 0;
    }
    if (dw_text_int64(dw_span_of(name), &n) < 0 || n < 1 || n > MAX_COLUMNS)
        return no_column(t, name, err);
    *column = (int)n - 1;
    return 0;
}

static int take_word(struct tabix *t, const char *word, dw_err *err)
{
    dw_ask ask;
    int column, rc;
    bool named;

    dw_ask_parse(&ask, word);
    named = strcmp(ask.name, ask.column) != 0;
    rc = require(t, ask.column, &column, err);
    if (rc < 0)
        ;
    else if (named && strcmp(ask.name, "EA") == 0) {
        t->a1 = column;
    } else if (named && strcmp(ask.name, "OA") == 0) {
        t->a2 = column;
    } else {
        t->as[t->p] = dw_strdup(ask.name);
        t->rule[t->p] = ask.rule;
        t->column[t->p++] = column;
    }
    dw_ask_clear(&ask);
    return rc;
}

static void look_at(struct tabix *t, int column)
{
    if (column >= 0 && (size_t)column + 1 > t->fields)
        t->fields = (size_t)column + 1;
}

static int take_columns(struct tabix *t, dw_err *err)
{
    size_t n = t->spec.n_words;
    int rc = 0;

    t->column = dw_alloc(n, sizeof *t->column);
    t->as = dw_alloc(n, sizeof *t->as);
    t->rule = dw_alloc(n, sizeof *t->rule);
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = take_word(t, t->spec.word[i], err);
    if (t->a1 < 0 && t->a2 < 0)
        find_alleles(t);
    if (rc == 0 && t->p == 0)
        rc = dw_fail(err, DW_EFORMAT, "%s: no column of annotations",
                     t->spec.file);
    if (rc == 0 && (t->a1 < 0) != (t->a2 < 0))
        rc =
            dw_fail(err, DW_EFORMAT, "%s: EA and OA go together", t->spec.file);
    look_at(t, t->key->contig);
    look_at(t, t->key->first);
    look_at(t, t->key->last);
    look_at(t, t->a1);
    look_at(t, t->a2);
    for (size_t i = 0; i < t->p; i++)
        look_at(t, t->column[i]);
    t->field = dw_alloc(t->fields, sizeof *t->field);
    t->value = dw_alloc(t->p, sizeof *t->value);
    return rc;
}

/* An index of another kind of file has other columns. */
static int check_index(const struct tabix *t, dw_err *err)
{
    if (t->key->contig < 0 || t->key->first < 0 ||
        t->key->contig >= MAX_COLUMNS || t->key->first >= MAX_COLUMNS ||
        t->key->last >= MAX_COLUMNS)
        return dw_fail(err, DW_EFORMAT,
                       "%s: its index does not say which columns are "
                       "chromosome and position: make it anew (tabix -f)",
                       t->spec.file);
    return 0;
}

/* Sets t->key to NULL when there is no index. */
static int open_tabix(struct tabix *t, const char *text, dw_err *err)
{
    int rc = dw_spec_parse(&t->spec, "--table", text, DW_SPEC_WORDS, err);

    if (rc == 0 && t->spec.n_words == 0)
        rc =
            dw_fail(err, DW_EUSAGE,
                    "--table %s: which of its columns? (FILE:COLUMN,..)", text);
    if (rc < 0)
        return rc;
    t->file = dw_indexed_open(t->spec.file, err);
    if (!t->file)
        return err->code;
    t->key = dw_indexed_columns(t->file);
    if (!t->key)
        return 0;
    if ((rc = check_index(t, err)) < 0 || (rc = read_header(t, err)) < 0)
        return rc;
    t->a1 = t->a2 = -1;
    return take_columns(t, err);
}

dw_annotator *dw_tabix_annot_open(const char *text, const char *bim,
                                  dw_err *err)
{
    struct tabix *t = dw_alloc(1, sizeof *t);
    dw_annotator *a;
    bool intervals;
    int rc = open_tabix(t, text, err);

    (void)bim;
    if (rc < 0 || !t->key) {
        close_tabix(t);
        return rc < 0 ? NULL : dw_table_annot_open_merged("--table", text, err);
    }
    /* A row with alleles is one variant, however long they are. */
    intervals = t->key->last >= 0 && t->a1 < 0;
    a = dw_keyed_annotator(
        &(dw_keyed_source){
            .reader = {t, t->p, intervals ? next_held : next_row, rewind_rows,
                       origin_of},
            .seek = seek_rows,
            .close = close_tabix,
            .rule = t->rule,
        },
        t->spec.file);
    for (size_t i = 0; i < t->p; i++)
        dw_annotator_name(a, i, t->as[i], ".");
    if (dw_keyed_check_names(a, err) == 0)
        return a;
    dw_annotator_free(a);
    return NULL;
}
