#include "foreign/sparse_npz.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "foreign/npz.h"

enum { AT_ONCE = 8192 }; /* entries */

/* An array opened: of one dimension, and of n items unless n is UINT64_MAX. */
static dw_npz_array *open_list(dw_npz *z, const char *name, uint64_t n,
                               dw_err *err)
{
    dw_npz_array *a = dw_npz_array_open(z, name, err);
    const dw_npy *s = a ? dw_npz_array_shape(a) : NULL;

    if (a && (s->dims != 1 || (n != UINT64_MAX && s->items != n))) {
        if (s->dims != 1)
            dw_fail(err, DW_EFORMAT, "%s.npy: has %zu dimensions, not 1", name,
                    s->dims);
        else
            dw_fail(err, DW_EFORMAT,
                    "%s.npy: has %" PRIu64 " items where %" PRIu64 " belong",
                    name, s->items, n);
        dw_npz_array_close(a);
        a = NULL;
    }
    return a;
}

static int read_format(dw_npz *z, char format[8], dw_err *err)
{
    dw_npz_array *a = dw_npz_array_open(z, "format", err);
    int rc = a ? dw_npz_word(a, format, 8, err) : err->code;

    dw_npz_array_close(a);
    if (rc == 0 && strcmp(format, "csr") != 0 && strcmp(format, "csc") != 0 &&
        strcmp(format, "coo") != 0)
        rc = dw_fail(err, DW_EFORMAT,
                     "is a matrix of format \"%.8s\"; csr, csc and coo are "
                     "read",
                     format);
    return rc;
}

static int check_shape(dw_npz *z, size_t n, dw_err *err)
{
    dw_npz_array *a = open_list(z, "shape", 2, err);
    uint64_t shape[2];
    int rc = a ? dw_npz_indices(a, shape, 2, err) : err->code;

    dw_npz_array_close(a);
    if (rc == 0 && shape[0] != shape[1])
        rc = dw_fail(err, DW_EFORMAT,
                     "is a matrix of %" PRIu64 " x %" PRIu64 ", not square",
                     shape[0], shape[1]);
    else if (rc == 0 && shape[0] != n)
        rc = dw_fail(err, DW_EMISMATCH,
                     "is a matrix of %" PRIu64 " variants, but the list has "
                     "%zu",
                     shape[0], n);
    return rc;
}

/* What entries are read by. */
struct entries {
    dw_npz_array *major; /* coo: row; else NULL, and pointers */
    dw_npz_array *minor, *data;
    uint64_t *pointer; /* (n + 1) */
    uint64_t n;        /* in all */
    bool by_column;    /* csc: the pointers are columns' */
};

static void clear_entries(struct entries *e)
{
    dw_npz_array_close(e->major);
    dw_npz_array_close(e->minor);
    dw_npz_array_close(e->data);
    dw_free(e->pointer);
}

static int read_pointers(struct entries *e, dw_npz *z, size_t n, dw_err *err)
{
    dw_npz_array *a = open_list(z, "indptr", (uint64_t)n + 1, err);
    int rc = a ? 0 : err->code;

    e->pointer = dw_try_alloc(n + 1, sizeof *e->pointer);
    if (rc == 0 && !e->pointer)
        rc = dw_fail(err, DW_ENOMEM, "not enough memory for %zu variants", n);
    if (rc == 0)
        rc = dw_npz_indices(a, e->pointer, n + 1, err);
    dw_npz_array_close(a);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < n; i++) {
        if (e->pointer[i] > e->pointer[i + 1])
            return dw_fail(err, DW_EFORMAT, "indptr.npy: descends at item %zu",
                           i + 2);
    }
    if (e->pointer[0] != 0 || e->pointer[n] != e->n)
        return dw_fail(err, DW_EFORMAT,
                       "indptr.npy: goes from %" PRIu64 " to %" PRIu64
                       ", but there are %" PRIu64 " entries",
                       e->pointer[0], e->pointer[n], e->n);
    return 0;
}

static int open_entries(struct entries *e, dw_npz *z, const char *format,
                        size_t n, dw_err *err)
{
    bool coo = strcmp(format, "coo") == 0;

    e->by_column = strcmp(format, "csc") == 0;
    if (!(e->data = open_list(z, "data", UINT64_MAX, err)))
        return err->code;
    e->n = dw_npz_array_shape(e->data)->items;
    if (!(e->minor = open_list(z, coo ? "col" : "indices", e->n, err)))
        return err->code;
    if (!coo)
        return read_pointers(e, z, n, err);
    e->major = open_list(z, "row", e->n, err);
    return e->major ? 0 : err->code;
}

/* The majors of `count` entries from `at` on; *row is that of the one before.
 */
static int next_majors(struct entries *e, uint64_t at, size_t count,
                       uint64_t *row, uint64_t *to, dw_err *err)
{
    if (e->major)
        return dw_npz_indices(e->major, to, count, err);
    for (size_t i = 0; i < count; i++) {
        while (e->pointer[*row + 1] <= at + i)
            ++*row;
        to[i] = *row;
    }
    return 0;
}

static int add_entries(struct entries *e, const dw_ld_order *o, dw_corr *c,
                       dw_err *err)
{
    uint64_t row[AT_ONCE], column[AT_ONCE], major = 0;
    float x[AT_ONCE];

    for (uint64_t at = 0; at < e->n; at += AT_ONCE) {
        size_t count = e->n - at < AT_ONCE ? (size_t)(e->n - at) : AT_ONCE;

        if (next_majors(e, at, count, &major, row, err) < 0 ||
            dw_npz_indices(e->minor, column, count, err) < 0 ||
            dw_npz_floats(e->data, x, count, err) < 0)
            return err->code;
        for (size_t i = 0; i < count; i++) {
            size_t a, b;

            if (row[i] >= o->n || column[i] >= o->n)
                return dw_fail(err, DW_EFORMAT,
                               "entry %" PRIu64 " is at %" PRIu64 ", %" PRIu64
                               " of a matrix of %zu",
                               at + i + 1, row[i], column[i], o->n);
            a = o->place[column[i]];
            b = o->place[row[i]];
            /* The minor one runs, so that it is the row that is written. */
            if (a != DW_LD_ORDER_NONE && b != DW_LD_ORDER_NONE)
                dw_corr_add(c, a, b, (row[i] > column[i]) != e->by_column,
                            x[i]);
        }
    }
    return 0;
}

int dw_sparse_npz_fill(const void *bytes, size_t n, const dw_ld_order *o,
                       dw_corr *c, dw_err *err)
{
    struct entries e = {0};
    char format[8];
    dw_npz *z = dw_npz_open(bytes, n, err);
    int rc = z ? read_format(z, format, err) : err->code;

    if (rc == 0)
        rc = check_shape(z, o->n, err);
    if (rc == 0)
        rc = open_entries(&e, z, format, o->n, err);
    if (rc == 0)
        rc = add_entries(&e, o, c, err);
    clear_entries(&e);
    dw_npz_close(z);
    return rc;
}
