#include "foreign/npy.h"

#include <string.h>

#include "base/text.h"

static uint64_t little(const unsigned char *p, size_t n)
{
    uint64_t x = 0;

    while (n-- > 0)
        x = x << 8 | p[n];
    return x;
}

int dw_npy_begin(const unsigned char *p, size_t *before, size_t *length,
                 dw_err *err)
{
    if (memcmp(p, "\x93NUMPY", 6) != 0)
        return dw_fail(err, DW_EFORMAT, "is no array of NumPy");
    if (p[6] < 1 || p[6] > 3)
        return dw_fail(err, DW_EVERSION,
                       "is an array of NumPy of version %d; 1 to 3 are known",
                       p[6]);
    *before = p[6] == 1 ? 10 : 12;
    *length = (size_t)little(p + 8, p[6] == 1 ? 2 : 4);
    if (*length > DW_NPY_HEADER_MAX)
        return dw_fail(err, DW_EFORMAT, "its header says it is %zu bytes long",
                       *length);
    return 0;
}

/* What stands behind 'KEY': in the dictionary; an empty span if it has none. */
static dw_span value_of(const char *text, size_t n, const char *key)
{
    size_t k = strlen(key);

    for (size_t i = 0; i + k + 2 < n; i++) {
        if ((text[i] == '\'' || text[i] == '"') &&
            memcmp(text + i + 1, key, k) == 0 && text[i + 1 + k] == text[i]) {
            i += k + 2;
            while (i < n && (text[i] == ' ' || text[i] == ':'))
                i++;
            return (dw_span){text + i, n - i};
        }
    }
    return (dw_span){text, 0};
}

/* '<f4' and its like. */
static int parse_descr(dw_span v, dw_npy *a, dw_err *err)
{
    uint64_t size;
    size_t n = 0;
    char order;

    if (v.n && *v.s == '[')
        return dw_fail(err, DW_EFORMAT,
                       "is an array of records, not of numbers");
    while (n + 1 < v.n && v.s[n + 1] != v.s[0])
        n++;
    if (n < 2 || n + 1 >= v.n || (*v.s != '\'' && *v.s != '"'))
        return dw_fail(err, DW_EFORMAT,
                       "its header does not say of what it is");
    order = v.s[1];
    a->kind = v.s[2];
    if (a->kind == 'O')
        return dw_fail(err, DW_EFORMAT,
                       "is an array of Python objects (a pickle, which is a "
                       "program): not read");
    if (order == '>')
        return dw_fail(err, DW_EFORMAT,
                       "is big-endian ('%.*s'): astype('<f4') turns it",
                       n > 8 ? 8 : (int)n, v.s + 1);
    if ((order != '<' && order != '|' && order != '=') ||
        !strchr("fiuSU", a->kind) ||
        dw_text_digits((dw_span){v.s + 3, n - 2}, &size) < 0 || size > 4096)
        return dw_fail(err, DW_EFORMAT, "is an array of '%.*s', not of numbers",
                       n > 8 ? 8 : (int)n, v.s + 1);
    a->size = (size_t)size * (a->kind == 'U' ? 4 : 1);
    if ((a->kind == 'f' && size != 4 && size != 8) ||
        (strchr("iu", a->kind) && size != 1 && size != 2 && size != 4 &&
         size != 8))
        return dw_fail(err, DW_EFORMAT,
                       "is an array of '%.*s': astype('<f4') turns it",
                       n > 8 ? 8 : (int)n, v.s + 1);
    return 0;
}

/* (3, 4) or (3,) or (). */
static int parse_shape(dw_span v, dw_npy *a, dw_err *err)
{
    size_t i = 1;

    a->dims = 0;
    a->items = 1;
    while (v.n && *v.s == '(' && i < v.n) {
        size_t from = i;
        uint64_t x;

        while (i < v.n && v.s[i] >= '0' && v.s[i] <= '9')
            i++;
        if (i < v.n && i == from && v.s[i] == ')')
            return 0;
        if (i == v.n || a->dims == DW_NPY_DIMS_MAX ||
            dw_text_digits((dw_span){v.s + from, i - from}, &x) < 0)
            break;
        if (x && a->items > UINT64_MAX / 4096 / x)
            return dw_fail(err, DW_EFORMAT, "its shape is beyond all measure");
        a->shape[a->dims++] = x;
        a->items *= x;
        while (i < v.n && (v.s[i] == ',' || v.s[i] == ' ' || v.s[i] == 'L'))
            i++;
    }
    return dw_fail(err, DW_EFORMAT, "its header does not say its shape");
}

int dw_npy_parse(const char *text, size_t n, dw_npy *a, dw_err *err)
{
    dw_span order = value_of(text, n, "fortran_order");

    *a = (dw_npy){0};
    if (parse_descr(value_of(text, n, "descr"), a, err) < 0 ||
        parse_shape(value_of(text, n, "shape"), a, err) < 0)
        return err->code;
    a->fortran = order.n >= 4 && memcmp(order.s, "True", 4) == 0;
    if (!a->fortran && (order.n < 5 || memcmp(order.s, "False", 5) != 0))
        return dw_fail(err, DW_EFORMAT, "its header does not say its order");
    return 0;
}

/* ---- items ---- */

static float float_at(const unsigned char *p)
{
    uint32_t bits = (uint32_t)little(p, 4);
    float x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

static double double_at(const unsigned char *p)
{
    uint64_t bits = little(p, 8);
    double x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Of `size` bytes, with its sign. */
static int64_t int_at(const unsigned char *p, size_t size)
{
    uint64_t x = little(p, size), sign = (uint64_t)1 << (8 * size - 1);

    return (int64_t)((x ^ sign) - sign);
}

void dw_npy_floats(const dw_npy *a, const unsigned char *p, size_t n, float *to)
{
    for (size_t i = 0; i < n; i++, p += a->size) {
        if (a->kind == 'f')
            to[i] = a->size == 4 ? float_at(p) : (float)double_at(p);
        else if (a->kind == 'i')
            to[i] = (float)int_at(p, a->size);
        else
            to[i] = (float)little(p, a->size);
    }
}

bool dw_npy_indices(const dw_npy *a, const unsigned char *p, size_t n,
                    uint64_t *to)
{
    bool all = true;

    for (size_t i = 0; i < n; i++, p += a->size) {
        to[i] = little(p, a->size);
        all &= a->kind == 'u' || int_at(p, a->size) >= 0;
    }
    return all;
}
