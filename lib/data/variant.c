#include "data/variant.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"

/* ---- texts ---- */

int dw_texts_reserve(dw_texts *t, size_t n, size_t more)
{
    void *bytes = t->bytes, *start = t->start;
    int rc = dw_try_grow(&bytes, &t->cap_bytes, t->n_bytes + more + n, 1);

    t->bytes = bytes;
    if (rc == 0)
        rc = dw_try_grow(&start, &t->cap, t->n + n, sizeof *t->start);
    t->start = start;
    return rc;
}

void dw_texts_reset(dw_texts *t)
{
    t->n = t->n_bytes = 0;
}

void dw_texts_clear(dw_texts *t)
{
    dw_free(t->bytes);
    dw_free(t->start);
    *t = (dw_texts){0};
}

/* ---- the table ---- */

/* Makes *p hold rows x columns of 4 bytes; false, and *p as it was, if not. */
static bool refit(void **p, size_t rows, size_t columns)
{
    void *q =
        columns <= SIZE_MAX / 4 ? dw_try_realloc(*p, rows, columns * 4) : NULL;

    if (q)
        *p = q;
    return q != NULL;
}

int dw_variants_resize(dw_variants *v, size_t m, size_t t, size_t p,
                       dw_err *err)
{
    void *pos = v->pos, *eaf = v->eaf, *z = v->z, *n = v->n, *annot = v->annot;
    bool done = refit(&pos, m, 1) && refit(&eaf, m, 1) && refit(&z, m, t) &&
                refit(&n, m, t) && refit(&annot, m, p);

    v->pos = pos;
    v->eaf = eaf;
    v->z = z;
    v->n = n;
    v->annot = annot;
    dw_texts_reset(&v->id);
    dw_texts_reset(&v->ref);
    dw_texts_reset(&v->alt);
    v->m = done ? m : 0;
    v->t = done ? t : 0;
    v->p = done ? p : 0;
    if (done)
        return 0;
    return dw_fail(err, DW_ENOMEM,
                   "not enough memory for %zu variants with %zu traits and "
                   "%zu annotations",
                   m, t, p);
}

void dw_variants_clear(dw_variants *v)
{
    dw_free(v->pos);
    dw_free(v->eaf);
    dw_free(v->z);
    dw_free(v->n);
    dw_free(v->annot);
    dw_texts_clear(&v->id);
    dw_texts_clear(&v->ref);
    dw_texts_clear(&v->alt);
    *v = (dw_variants){0};
}

static int slice_texts(dw_texts *dst, const dw_texts *src, size_t begin,
                       size_t end)
{
    for (size_t i = begin; i < end; i++) {
        int rc =
            dw_texts_add(dst, dw_texts_at(src, i), dw_texts_length(src, i));

        if (rc < 0)
            return rc;
    }
    return 0;
}

/* Rows [begin, begin + rows) of each of the columns, ld m to ld rows. */
static void slice_columns(float *dst, const float *src, size_t m, size_t begin,
                          size_t rows, size_t columns)
{
    for (size_t j = 0; rows && j < columns; j++)
        memcpy(dst + j * rows, src + j * m + begin, rows * sizeof *dst);
}

int dw_variants_slice(dw_variants *dst, const dw_variants *src, size_t begin,
                      size_t end, dw_err *err)
{
    size_t rows = end - begin;
    int rc = dw_variants_resize(dst, rows, src->t, src->p, err);

    if (rc < 0)
        return rc;
    memcpy(dst->contig, src->contig, sizeof dst->contig);
    if (rows)
        memcpy(dst->pos, src->pos + begin, rows * sizeof *dst->pos);
    slice_columns(dst->eaf, src->eaf, src->m, begin, rows, 1);
    slice_columns(dst->z, src->z, src->m, begin, rows, src->t);
    slice_columns(dst->n, src->n, src->m, begin, rows, src->t);
    slice_columns(dst->annot, src->annot, src->m, begin, rows, src->p);
    if (slice_texts(&dst->id, &src->id, begin, end) < 0 ||
        slice_texts(&dst->ref, &src->ref, begin, end) < 0 ||
        slice_texts(&dst->alt, &src->alt, begin, end) < 0)
        return dw_fail(err, DW_ENOMEM,
                       "not enough memory for the names of %zu variants", rows);
    return 0;
}

static int pick_texts(dw_texts *dst, const dw_texts *src, size_t n,
                      const size_t *row)
{
    for (size_t i = 0; i < n; i++) {
        int rc = dw_texts_add(dst, dw_texts_at(src, row[i]),
                              dw_texts_length(src, row[i]));

        if (rc < 0)
            return rc;
    }
    return 0;
}

static void pick_columns(float *dst, const float *src, size_t m, size_t n,
                         const size_t *row, size_t columns)
{
    for (size_t j = 0; j < columns; j++) {
        for (size_t i = 0; i < n; i++)
            dst[i + j * n] = src[row[i] + j * m];
    }
}

int dw_variants_pick(dw_variants *dst, const dw_variants *src, size_t n,
                     const size_t *row, dw_err *err)
{
    int rc = dw_variants_resize(dst, n, src->t, src->p, err);

    if (rc < 0)
        return rc;
    memcpy(dst->contig, src->contig, sizeof dst->contig);
    for (size_t i = 0; i < n; i++)
        dst->pos[i] = src->pos[row[i]];
    pick_columns(dst->eaf, src->eaf, src->m, n, row, 1);
    pick_columns(dst->z, src->z, src->m, n, row, src->t);
    pick_columns(dst->n, src->n, src->m, n, row, src->t);
    pick_columns(dst->annot, src->annot, src->m, n, row, src->p);
    if (pick_texts(&dst->id, &src->id, n, row) < 0 ||
        pick_texts(&dst->ref, &src->ref, n, row) < 0 ||
        pick_texts(&dst->alt, &src->alt, n, row) < 0)
        return dw_fail(err, DW_ENOMEM,
                       "not enough memory for the names of %zu variants", n);
    return 0;
}

int dw_variants_cmp(const dw_variants *a, size_t i, uint32_t pos,
                    const char *ref, const char *alt)
{
    int c;

    if (a->pos[i] != pos)
        return a->pos[i] < pos ? -1 : 1;
    c = strcmp(dw_texts_at(&a->ref, i), ref);
    return c ? c : strcmp(dw_texts_at(&a->alt, i), alt);
}

size_t dw_variants_find(const dw_variants *v, uint32_t pos, const char *ref,
                        const char *alt)
{
    size_t lo = 0, hi = v->m;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = dw_variants_cmp(v, mid, pos, ref, alt);

        if (c == 0)
            return mid;
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return SIZE_MAX;
}

/* ---- what holds for a good table ---- */

static int bad_variant(const dw_variants *v, size_t i, dw_err *err,
                       const char *what)
{
    return dw_fail(err, DW_EFORMAT,
                   "variant %zu (%s:%" PRIu32 ":%.40s:%.40s) %s", i + 1,
                   v->contig, v->pos[i], dw_texts_at(&v->ref, i),
                   dw_texts_at(&v->alt, i), what);
}

/* Fit for one field of a line: not empty, no control character. */
static bool is_field(const dw_texts *t, size_t i)
{
    const char *s = dw_texts_at(t, i);
    size_t n = dw_texts_length(t, i);

    for (size_t j = 0; j < n; j++) {
        if ((unsigned char)s[j] < ' ' || s[j] == 0x7f)
            return false;
    }
    return n > 0;
}

static int check_key(const dw_variants *v, size_t i, dw_err *err)
{
    int c;

    if (v->pos[i] == 0 || v->pos[i] > INT32_MAX)
        return bad_variant(v, i, err, "has no position of 1 to 2^31-1");
    if (!is_field(&v->ref, i) || !is_field(&v->alt, i))
        return bad_variant(v, i, err, "has an allele that is no text");
    if (!is_field(&v->id, i))
        return bad_variant(v, i, err, "has an id that is no text");
    if (i == 0)
        return 0;
    c = dw_variants_cmp(v, i - 1, v->pos[i], dw_texts_at(&v->ref, i),
                        dw_texts_at(&v->alt, i));
    if (c == 0)
        return bad_variant(v, i, err, "is there twice");
    if (c > 0)
        return bad_variant(v, i, err, "is before the one that it follows");
    return 0;
}

static int check_numbers(const dw_variants *v, dw_err *err)
{
    for (size_t i = 0; i < v->m; i++) {
        if (v->eaf[i] < 0 || v->eaf[i] > 1)
            return bad_variant(v, i, err, "has a frequency not in [0, 1]");
    }
    for (size_t i = 0; i < v->m * v->t; i++) {
        if (isinf(v->z[i]))
            return bad_variant(v, i % v->m, err, "has an infinite z");
        if (isinf(v->n[i]) || v->n[i] < 0)
            return bad_variant(v, i % v->m, err, "has no sensible sample size");
    }
    for (size_t i = 0; i < v->m * v->p; i++) {
        if (isinf(v->annot[i]))
            return bad_variant(v, i % v->m, err, "has an infinite annotation");
    }
    return 0;
}

int dw_variants_check(const dw_variants *v, dw_err *err)
{
    if (!v->contig[0])
        return dw_fail(err, DW_EFORMAT, "variants without a contig");
    if (v->id.n != v->m || v->ref.n != v->m || v->alt.n != v->m)
        return dw_fail(err, DW_EFORMAT,
                       "contig %s: %zu variants, but %zu ids, %zu REF, %zu ALT",
                       v->contig, v->m, v->id.n, v->ref.n, v->alt.n);
    for (size_t i = 0; i < v->m; i++) {
        int rc = check_key(v, i, err);

        if (rc < 0)
            return rc;
    }
    return check_numbers(v, err);
}
