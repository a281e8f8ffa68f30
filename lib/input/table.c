#include "input/table.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/near_number.h"

enum { MAX_COLUMNS = 1 << 20 };

struct dw_table {
    struct dw_table_row row;
    dw_lines *lines;
    char sep; /* as dw_text_split takes it */
    size_t width;
    char **name; /* (width) as in the header, less a leading # */
    size_t header_line;
    bool split_allowed, split;
    bool padded; /* the header's fields stand in quotes or between blanks */
};

/* Lower case, with "-", "." and blank as "_": what two names are equal by. */
static int fold(char c)
{
    if (c == '-' || c == '.' || c == ' ')
        return '_';
    return tolower((unsigned char)c);
}

static bool same_folded(const char *a, const char *b)
{
    while (*a && fold(*a) == fold(*b)) {
        a++;
        b++;
    }
    return fold(*a) == fold(*b);
}

/* What parts the fields: tabs if there are any, else commas, semicolons, or
 * blanks.  A header of tabs and blanks both has blanks within its names. */
static char separator_of(dw_span header)
{
    if (memchr(header.s, '\t', header.n))
        return '\t';
    if (memchr(header.s, ',', header.n))
        return ',';
    if (memchr(header.s, ';', header.n) && !memchr(header.s, ' ', header.n))
        return ';';
    return ' ';
}

/* Blanks and quotes off. */
static dw_span unquote(dw_span a)
{
    while (a.n && (*a.s == ' ' || *a.s == '"')) {
        a.s++;
        a.n--;
    }
    while (a.n && (a.s[a.n - 1] == ' ' || a.s[a.n - 1] == '"'))
        a.n--;
    return a;
}

/* Cuts the next field off a line of a CSV; one that begins with a quote goes to
 * the next quote but "", whatever stands between.  Returns what is behind the
 * field's separator, NULL behind the last. */
static const char *cut_quoted(const char *s, const char *end, char sep,
                              dw_span *field)
{
    const char *to = s;

    if (to < end && *to == '"') {
        for (to++; to < end && (*to != '"' || (to + 1 < end && to[1] == '"'));
             to++)
            to += *to == '"';
    }
    while (to < end && *to != sep)
        to++;
    *field = unquote((dw_span){s, (size_t)(to - s)});
    return to < end ? to + 1 : NULL;
}

/* As dw_text_split, with the quotes of a CSV. */
static size_t split(const dw_table *t, dw_span line, dw_span *field, size_t max)
{
    const char *s = line.s, *end = line.s + line.n;
    dw_span ignored;
    size_t n = 0;

    if ((t->sep != ',' && t->sep != ';') || !memchr(line.s, '"', line.n))
        return dw_text_split(line, t->sep, field, max);
    for (; s; n++)
        s = cut_quoted(s, end, t->sep, n < max ? &field[n] : &ignored);
    return n;
}

/* "#name=value", as the PGS Catalog has above its header. */
static bool is_setting(dw_span line)
{
    const char *s = line.s + 1, *end = line.s + line.n;

    while (s < end && (isalnum((unsigned char)*s) || *s == '_'))
        s++;
    return line.s[0] == '#' && s < end && *s == '=';
}

/* "# words", as SNPTEST has above its header: no tab, so no table's header. */
static bool is_remark(dw_span line)
{
    return line.s[0] == '#' && (line.n == 1 || line.s[1] == ' ') &&
           !memchr(line.s, '\t', line.n);
}

/* The header: the first line that is neither empty nor a remark, nor begins
 * with "##" or with "#name=". */
static int read_header(dw_table *t, dw_span *line, dw_err *err)
{
    int rc;

    while ((rc = dw_lines_next(t->lines, line, err)) > 0) {
        if (line->n >= 2 && line->s[0] == '#' && line->s[1] == '#')
            continue;
        if (unquote(*line).n == 0 || is_setting(*line) || is_remark(*line))
            continue;
        if (line->s[0] == '#')
            *line = (dw_span){line->s + 1, line->n - 1};
        return 1;
    }
    if (rc < 0)
        return rc;
    return dw_fail(err, DW_EFORMAT, "%s: this file is empty: no header line",
                   dw_lines_name(t->lines));
}

static int check_header(const dw_table *t, dw_err *err)
{
    for (size_t i = 0; i < t->width; i++) {
        if (strchr(t->name[i], '\r'))
            return dw_lines_fail(t->lines, err, DW_EFORMAT, NULL,
                                 "lines end in CR alone; convert them: "
                                 "tr '\\r' '\\n'");
    }
    return 0;
}

dw_table *dw_table_open(const char *path, dw_err *err)
{
    dw_table *t = dw_alloc(1, sizeof *t);
    dw_span line;

    t->lines = dw_lines_open_kept(path, err);
    if (!t->lines || read_header(t, &line, err) < 0)
        goto fail;
    t->sep = separator_of(line);
    t->header_line = dw_lines_number(t->lines);
    t->width = split(t, line, NULL, 0);
    if (t->width > MAX_COLUMNS) {
        t->width = 0;
        dw_lines_fail(t->lines, err, DW_EFORMAT, NULL,
                      "a header of more than %d columns", MAX_COLUMNS);
        goto fail;
    }
    t->name = dw_alloc(t->width, sizeof *t->name);
    t->row.field = dw_alloc(t->width, sizeof *t->row.field);
    split(t, line, t->row.field, t->width);
    for (size_t i = 0; i < t->width; i++) {
        dw_span name = unquote(t->row.field[i]);

        t->padded |= name.n != t->row.field[i].n;
        t->name[i] = dw_strndup(name.s, name.n);
    }
    if (check_header(t, err) < 0)
        goto fail;
    if (t->sep == '\t' && !t->padded)
        dw_lines_expect(t->lines, t->sep);
    return t;
fail:
    dw_table_close(t);
    return NULL;
}

void dw_table_close(dw_table *t)
{
    if (!t)
        return;
    for (size_t i = 0; t->name && i < t->width; i++)
        dw_free(t->name[i]);
    dw_free(t->name);
    dw_free(t->row.field);
    dw_lines_close(t->lines);
    dw_free(t);
}

dw_lines *dw_table_take_lines(dw_table *t)
{
    dw_lines *lines = t->lines;

    dw_lines_expect(lines, 0);
    t->lines = NULL;
    dw_table_close(t);
    return lines;
}

int dw_table_rewind(dw_table *t, dw_err *err)
{
    dw_span line;
    int rc = dw_lines_rewind(t->lines, err);

    if (rc == 0)
        rc = read_header(t, &line, err);
    return rc < 0 ? rc : 0;
}

const dw_lines *dw_table_lines(const dw_table *t)
{
    return t->lines;
}

void dw_table_share(dw_table *t, dw_crew *crew)
{
    dw_lines_share(t->lines, crew);
}

size_t dw_table_width(const dw_table *t)
{
    return t->width;
}

const char *dw_table_name(const dw_table *t, size_t column)
{
    return t->name[column];
}

int dw_table_find(const dw_table *t, const char *name)
{
    for (size_t i = 0; i < t->width; i++) {
        if (strcmp(t->name[i], name) == 0)
            return (int)i;
    }
    for (size_t i = 0; i < t->width; i++) {
        if (same_folded(t->name[i], name))
            return (int)i;
    }
    return DW_TABLE_NONE;
}

int dw_table_namesake(const dw_table *t, int column)
{
    for (size_t i = 0; i < t->width; i++) {
        if ((int)i != column && same_folded(t->name[i], t->name[column]))
            return (int)i;
    }
    return DW_TABLE_NONE;
}

const char *dw_table_separator(const dw_table *t)
{
    return t->sep == '\t'  ? "tabs"
           : t->sep == ',' ? "commas"
           : t->sep == ';' ? "semicolons"
                           : "blanks";
}

size_t dw_table_header_line(const dw_table *t)
{
    return t->header_line;
}

const char *dw_table_nearest(const dw_table *t, const char *word)
{
    return dw_text_nearest(word, (const char *const *)t->name, t->width);
}

/* Long names are cut, and so is a long list. */
void dw_table_list(const dw_table *t, dw_buf *b)
{
    enum { SHOWN = 30 };

    for (size_t i = 0; i < t->width && i < SHOWN; i++)
        dw_buf_addf(b, "%s%.40s", i ? " " : "", t->name[i]);
    if (t->width > SHOWN)
        dw_buf_addf(b, " ... (%zu in all)", t->width);
}

int dw_table_require(const dw_table *t, const char *name, int *column,
                     dw_err *err)
{
    int at = dw_table_find(t, name);
    const char *near;
    dw_buf names = {0};

    if (at != DW_TABLE_NONE) {
        *column = at;
        return 0;
    }
    near = dw_table_nearest(t, name);
    dw_table_list(t, &names);
    if (near)
        dw_fail(err, DW_EFORMAT,
                "%s:%zu: no column %s; the nearest is %s (the header has: %s)",
                dw_lines_name(t->lines), t->header_line, name, near, names.s);
    else
        dw_fail(err, DW_EFORMAT, "%s:%zu: no column %s (the header has: %s)",
                dw_lines_name(t->lines), t->header_line, name, names.s);
    dw_buf_clear(&names);
    return DW_EFORMAT;
}

void dw_table_allow_split(dw_table *t)
{
    t->split_allowed = true;
}

bool dw_table_is_split(const dw_table *t)
{
    return t->split;
}

static int wrong_width(const dw_table *t, size_t n, size_t line, dw_err *err)
{
    return dw_fail(err, DW_EFORMAT,
                   "%s:%zu: %zu field%s where the header has %zu: is this "
                   "file damaged here?",
                   dw_lines_name(t->lines), line, n, n == 1 ? "" : "s",
                   t->width);
}

/* The line has n fields only: is the next one what it lacks?  1 or a fault. */
static int join_split(dw_table *t, size_t n, dw_err *err)
{
    size_t at = dw_lines_number(t->lines);
    dw_span line;
    int rc;

    if (!t->split_allowed || n > t->width)
        return wrong_width(t, n, at, err);
    if ((rc = dw_lines_next(t->lines, &line, err)) < 0)
        return rc;
    if (rc == 0 || n + split(t, line, NULL, 0) != t->width)
        return wrong_width(t, n, at, err);
    t->split = true;
    t->row.found.n = 0;
    for (size_t i = 0; i < t->width; i++)
        t->row.field[i] = (dw_span){"", 0};
    return 1;
}

int dw_table_next(dw_table *t, dw_err *err)
{
    dw_span line;
    size_t n;
    int rc;

    /* An empty line is no row; files often end in one.  Nor is a remark. */
    do {
        if ((rc = dw_lines_fields(t->lines, &line, &t->row.found, err)) <= 0)
            return rc;
        n = t->row.found.n ? t->row.found.n
                           : split(t, line, t->row.field, t->width);
    } while (line.n == 0 || (n != t->width && line.s[0] == '#'));

    t->split = false;
    if (n != t->width)
        return join_split(t, n, err);
    for (size_t i = 0; t->padded && i < t->width; i++)
        t->row.field[i] = unquote(t->row.field[i]);
    return 1;
}

/* From where on a field's text can be read. */
static const char *text_of(const dw_table *t, dw_span field)
{
    return t->row.found.n ? t->row.found.text : field.s;
}

/* Sets err for a field that is not what it should be. */
static int bad_field(const dw_table *t, int column, const char *what,
                     dw_err *err)
{
    dw_span f = dw_table_field(t, column);

    if (dw_span_eq_nocase(f, t->name[column]))
        return dw_lines_fail(t->lines, err, DW_EFORMAT, t->name[column],
                             "a second header line: of files put together "
                             "only the first may keep its own");
    if (t->sep == ';' && memchr(f.s, ',', f.n))
        return dw_lines_fail(t->lines, err, DW_EFORMAT, t->name[column],
                             "\"%.*s\": a decimal comma? write points: "
                             "tr ';,' '\\t.'",
                             f.n > 40 ? 40 : (int)f.n, f.s);
    return dw_lines_fail(t->lines, err, DW_EFORMAT, t->name[column],
                         "\"%.*s\"%s is not %s", f.n > 40 ? 40 : (int)f.n, f.s,
                         f.n > 40 ? "..." : "", what);
}

/* What few fields need stays out of line: its registers would cost all. */
#define RARE __attribute__((noinline))

/* A number that is not as nearly all are written. */
RARE static int any_double(const dw_table *t, int column, double *x,
                           dw_err *err)
{
    dw_span f = dw_table_field(t, column);

    if (dw_text_double(f, x) == 0)
        return 0;
    if (!dw_text_is_na(f))
        return bad_field(t, column, "a number", err);
    *x = NAN;
    return 0;
}

int dw_table_double(const dw_table *t, int column, double *x, dw_err *err)
{
    dw_span f = dw_table_field(t, column);

    return dw_near_double(text_of(t, f), f, x) == 0
               ? 0
               : any_double(t, column, x, err);
}

/* As a double, since R writes 1e+06 for a million. */
RARE static int any_position(const dw_table *t, int column, uint32_t *pos,
                             dw_err *err)
{
    double x;

    if (dw_text_double(dw_table_field(t, column), &x) < 0 || !(x >= 1) ||
        x > INT32_MAX || x != (double)(uint32_t)x)
        return bad_field(t, column, "a position (1 to 2147483647)", err);
    *pos = (uint32_t)x;
    return 0;
}

int dw_table_position(const dw_table *t, int column, uint32_t *pos, dw_err *err)
{
    dw_span f = dw_table_field(t, column);
    int64_t digits;

    if (dw_near_digits(text_of(t, f), f, &digits) == 0 && digits >= 1 &&
        digits <= INT32_MAX) {
        *pos = (uint32_t)digits;
        return 0;
    }
    return any_position(t, column, pos, err);
}
