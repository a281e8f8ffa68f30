#include "foreign/square_matrix.h"

#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "foreign/file_bytes.h"
#include "foreign/npy.h"
#include "input/lines.h"

void dw_square_matrix_clear(dw_square_matrix *s)
{
    dw_free(s->x);
    *s = (dw_square_matrix){0};
}

static int make_room(dw_square_matrix *s, size_t n, dw_err *err)
{
    void *x = s->x;
    int rc;

    s->n = n;
    if (n > DW_CORR_CORE_MAX)
        return dw_fail(err, DW_EFORMAT,
                       "a matrix of %zu variants is larger than is read at "
                       "once: %d",
                       n, DW_CORR_CORE_MAX);
    rc = dw_try_grow(&x, &s->cap, n * n, sizeof *s->x);
    s->x = x;
    if (rc < 0)
        return dw_fail(err, DW_ENOMEM,
                       "not enough memory for a matrix of %zu variants", n);
    memset(s->x, 0, n * n * sizeof *s->x);
    return 0;
}

/* ---- binary ---- */

/* 1: it is, and is read; 0: it is text; negative. */
static int read_binary(dw_square_matrix *s, const char *path, size_t n,
                       dw_err *err)
{
    const char *end = strrchr(path, '.');
    dw_npy kind = {.kind = 'f'};
    dw_file_bytes f = {0};
    int rc = 0;

    if (!end || strcmp(end, ".bin") != 0)
        return 0;
    if (dw_file_bytes_read(&f, path, err) < 0 || make_room(s, n, err) < 0) {
        rc = err->code;
    } else if (f.n != 8 * n * n && f.n != 4 * n * n) {
        rc = dw_fail(err, DW_EMISMATCH,
                     "%s: %zu bytes are no matrix of the %zu variants of its "
                     "list, which has %zu (float64) or %zu (float32)",
                     path, f.n, n, 8 * n * n, 4 * n * n);
    } else {
        kind.size = n ? f.n / (n * n) : 8;
        dw_npy_floats(&kind, f.p, n * n, s->x);
        s->digest = dw_hash(f.p, f.n);
        rc = 1;
    }
    dw_file_bytes_clear(&f);
    return rc;
}

/* ---- text ---- */

/* A row's fields; blanks where there is no tab and no comma. */
static size_t split(dw_span line, dw_span *field, size_t max)
{
    char sep = memchr(line.s, ',', line.n) ? ',' : ' ';

    return dw_text_split(line, sep, field, max);
}

static dw_span unquoted(dw_span f)
{
    while (f.n && (*f.s == ' ' || *f.s == '"'))
        f = (dw_span){f.s + 1, f.n - 1};
    while (f.n && (f.s[f.n - 1] == ' ' || f.s[f.n - 1] == '"'))
        f.n--;
    return f;
}

static int number(dw_span f, double *x)
{
    f = unquoted(f);
    *x = (double)NAN;
    return dw_text_is_na(f) ? 0 : dw_text_double(f, x);
}

/* How the rows of a text are laid out, as its first one says. */
struct layout {
    bool known, named, triangle;
};

static bool find_layout(struct layout *l, size_t fields, size_t n)
{
    l->known = true;
    l->triangle = fields != n && fields != n + 1;
    l->named = fields == (l->triangle ? 2 : n + 1);
    return !l->triangle || fields == 1 || fields == 2;
}

/* Row i of the matrix from its fields. */
static int take_row(dw_square_matrix *s, const dw_lines *lines,
                    struct layout *l, const dw_span *field, size_t fields,
                    size_t i, dw_err *err)
{
    size_t n = s->n;

    if ((!l->known && !find_layout(l, fields, n)) ||
        fields != (l->triangle ? i + 1 : n) + l->named)
        return dw_lines_fail(lines, err, DW_EMISMATCH, NULL,
                             "%zu fields in row %zu of a matrix whose list has "
                             "%zu variants",
                             fields, i + 1, n);
    for (size_t j = l->named; j < fields; j++) {
        double x;

        if (number(field[j], &x) < 0)
            return dw_lines_fail(lines, err, DW_EFORMAT, NULL,
                                 "field %zu: \"%.*s\" is not a number", j + 1,
                                 field[j].n > 40 ? 40 : (int)field[j].n,
                                 field[j].s);
        s->x[i * n + j - l->named] = (float)x;
    }
    return 0;
}

/* A line of names: nothing in it is a number, and not all is missing. */
static bool is_header(const dw_span *field, size_t fields)
{
    bool name = false;

    for (size_t j = 0; j < fields; j++) {
        dw_span f = unquoted(field[j]);
        double x;

        if (dw_text_double(f, &x) == 0)
            return false;
        name |= !dw_text_is_na(f);
    }
    return name;
}

static int read_lines(dw_square_matrix *s, dw_lines *lines, dw_err *err)
{
    size_t n = s->n, i = 0, fields;
    dw_span line, *field = dw_alloc(n + 2, sizeof *field);
    struct layout layout = {0};
    bool first = true;
    int rc;

    while ((rc = dw_lines_next(lines, &line, err)) > 0) {
        if (unquoted(line).n == 0)
            continue;
        fields = split(line, field, n + 2);
        if (fields > n + 1)
            rc = dw_lines_fail(lines, err, DW_EMISMATCH, NULL,
                               "%zu fields in a row of a matrix whose list has "
                               "%zu variants",
                               fields, n);
        else if (i == n)
            rc = dw_lines_fail(lines, err, DW_EMISMATCH, NULL,
                               "a row more than the %zu variants of the list",
                               n);
        else if (!first || !is_header(field, fields))
            rc = take_row(s, lines, &layout, field, fields, i++, err);
        first = false;
        if (rc < 0)
            break;
    }
    if (rc == 0 && i < n)
        rc = dw_fail(err, DW_EMISMATCH,
                     "%s: %zu rows, but its list has %zu variants",
                     dw_lines_name(lines), i, n);
    s->digest = dw_lines_digest(lines);
    dw_free(field);
    return rc;
}

int dw_square_matrix_read(dw_square_matrix *s, const char *path, size_t n,
                          dw_err *err)
{
    dw_lines *lines;
    int rc = read_binary(s, path, n, err);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    if (make_room(s, n, err) < 0)
        return dw_err_prefix(err, "%s", path);
    lines = dw_lines_open(path, err);
    if (!lines)
        return err->code;
    rc = read_lines(s, lines, err);
    dw_lines_close(lines);
    return rc;
}

void dw_square_matrix_fill(const dw_square_matrix *s, const dw_ld_order *o,
                           dw_corr *c)
{
    for (size_t i = 0; i < s->n; i++) {
        if (o->place[i] == DW_LD_ORDER_NONE)
            continue;
        for (size_t j = 0; j < s->n; j++) {
            if (o->place[j] != DW_LD_ORDER_NONE)
                dw_corr_add(c, o->place[j], o->place[i], i > j,
                            s->x[i * s->n + j]);
        }
    }
}
