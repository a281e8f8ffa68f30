#include "record/rec_lines.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"

/* ---- writing ---- */

static void begin_field(dw_buf *b)
{
    if (b->n && b->s[b->n - 1] != '\n')
        dw_buf_addc(b, '\t');
}

void dw_rec_field(dw_buf *b, const char *field)
{
    begin_field(b);
    for (; *field; field++) {
        switch (*field) {
        case '\t': dw_buf_adds(b, "\\t"); break;
        case '\n': dw_buf_adds(b, "\\n"); break;
        case '\\': dw_buf_adds(b, "\\\\"); break;
        default: dw_buf_addc(b, *field);
        }
    }
}

void dw_rec_field_u64(dw_buf *b, uint64_t x)
{
    begin_field(b);
    dw_buf_addf(b, "%" PRIu64, x);
}

void dw_rec_field_hex(dw_buf *b, uint64_t x)
{
    begin_field(b);
    dw_buf_addf(b, "%016" PRIx64, x);
}

void dw_rec_field_f64(dw_buf *b, double x)
{
    begin_field(b);
    if (isnan(x))
        dw_buf_adds(b, "NA");
    else
        dw_buf_addf(b, "%.17g", x);
}

void dw_rec_line_end(dw_buf *b)
{
    dw_buf_addc(b, '\n');
}

/* ---- reading ---- */

void dw_rec_lines_begin(dw_rec_lines *l, const void *p, size_t n)
{
    *l = (dw_rec_lines){.s = p, .end = n ? (const char *)p + n : p};
}

int dw_rec_lines_next(dw_rec_lines *l, dw_err *err)
{
    const char *newline;
    size_t n;

    if (l->s == l->end)
        return 0;
    l->number++;
    newline = memchr(l->s, '\n', (size_t)(l->end - l->s));
    if (!newline)
        return dw_fail(err, DW_EFORMAT, "line %zu has no end", l->number);
    if (memchr(l->s, 0, (size_t)(newline - l->s)))
        return dw_fail(err, DW_EFORMAT, "line %zu holds a NUL", l->number);
    n = dw_text_split((dw_span){l->s, (size_t)(newline - l->s)}, '\t', l->field,
                      DW_REC_FIELDS_MAX);
    l->n = n < DW_REC_FIELDS_MAX ? n : DW_REC_FIELDS_MAX;
    l->s = newline + 1;
    return 1;
}

static int bad_field(const dw_rec_lines *l, size_t i, const char *what,
                     dw_err *err)
{
    return dw_fail(err, DW_EFORMAT, "line %zu, field %zu: %s", l->number, i + 1,
                   what);
}

int dw_rec_take_text(const dw_rec_lines *l, size_t i, char **text, dw_err *err)
{
    char *out;

    if (i >= l->n)
        return bad_field(l, i, "is not there", err);
    *text = out = dw_strndup(l->field[i].s, l->field[i].n);
    for (const char *s = out; *s; s++) {
        if (*s == '\\') {
            s++;
            if (*s != 't' && *s != 'n' && *s != '\\') {
                dw_free(*text);
                *text = NULL;
                return bad_field(l, i, "holds an escape that is none", err);
            }
            *out++ = *s == 't' ? '\t' : *s == 'n' ? '\n' : '\\';
        } else {
            *out++ = *s;
        }
    }
    *out = 0;
    return 0;
}

static int take_base(const dw_rec_lines *l, size_t i, unsigned base,
                     uint64_t *x, dw_err *err)
{
    static const char digits[] = "0123456789abcdef";
    uint64_t sum = 0;
    size_t n = i < l->n ? l->field[i].n : 0;

    if (n == 0)
        return bad_field(l, i, "is not there", err);
    for (size_t j = 0; j < n; j++) {
        const char *at = memchr(digits, l->field[i].s[j], base);
        uint64_t digit = at ? (uint64_t)(at - digits) : 0;

        if (!at || sum > (UINT64_MAX - digit) / base)
            return bad_field(l, i, "is not a whole number below 2^64", err);
        sum = sum * base + digit;
    }
    *x = sum;
    return 0;
}

int dw_rec_take_u64(const dw_rec_lines *l, size_t i, uint64_t *x, dw_err *err)
{
    return take_base(l, i, 10, x, err);
}

int dw_rec_take_hex(const dw_rec_lines *l, size_t i, uint64_t *x, dw_err *err)
{
    return take_base(l, i, 16, x, err);
}

int dw_rec_take_f64(const dw_rec_lines *l, size_t i, double *x, dw_err *err)
{
    if (i >= l->n)
        return bad_field(l, i, "is not there", err);
    if (dw_span_eq(l->field[i], "NA")) {
        *x = NAN;
        return 0;
    }
    if (dw_text_double(l->field[i], x) < 0 || !isfinite(*x))
        return bad_field(l, i, "is not a number", err);
    return 0;
}

int dw_rec_unknown_key(const dw_rec_lines *l, dw_err *err)
{
    char first = l->field[0].n ? l->field[0].s[0] : 'a';

    if (first < 'A' || first > 'Z')
        return 0;
    return dw_fail(err, DW_EVERSION,
                   "line %zu: \"%.*s\" is not known to this program: it needs "
                   "a newer dw",
                   l->number, (int)(l->field[0].n < 64 ? l->field[0].n : 64),
                   l->field[0].s);
}
