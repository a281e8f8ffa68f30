#include "ld/slide.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

/* A variant: its texts are offsets into the pool. */
struct row {
    uint32_t pos;
    float eaf;
    size_t id, ref, alt;
};

struct dw_slide {
    char contig[DW_CONTIG_MAX];
    size_t t, p, width; /* width: numbers of one row: z, n, annotations */
    struct row *row;    /* rows [begin, begin + m) are in the window */
    float *number;      /* (width x rows), ld width */
    size_t begin, m, cap;
    dw_buf pool;
    dw_genotypes geno;
};

dw_slide *dw_slide_new(dw_geno_kind kind, size_t n, size_t t, size_t p)
{
    dw_slide *s = dw_alloc(1, sizeof *s);

    s->t = t;
    s->p = p;
    s->width = 2 * t + p;
    dw_genotypes_init(&s->geno, kind, n);
    return s;
}

void dw_slide_free(dw_slide *s)
{
    if (!s)
        return;
    dw_free(s->row);
    dw_free(s->number);
    dw_buf_clear(&s->pool);
    dw_genotypes_clear(&s->geno);
    dw_free(s);
}

void dw_slide_begin(dw_slide *s, const char *contig)
{
    dw_slide_drop(s, s->m);
    strcpy(s->contig, contig);
}

/* Moves the window to the start of its memory, and its texts too. */
static void close_gap(dw_slide *s)
{
    size_t gone = s->m ? s->row[s->begin].id : s->pool.n;

    memmove(s->row, s->row + s->begin, s->m * sizeof *s->row);
    memmove(s->number, s->number + s->begin * s->width,
            s->m * s->width * sizeof *s->number);
    memmove(s->pool.s, s->pool.s + gone, s->pool.n - gone);
    s->pool.n -= gone;
    for (size_t i = 0; i < s->m; i++) {
        s->row[i].id -= gone;
        s->row[i].ref -= gone;
        s->row[i].alt -= gone;
    }
    s->begin = 0;
}

static int grow(dw_slide *s)
{
    size_t cap = s->cap ? 2 * s->cap : 256;
    struct row *row = dw_try_realloc(s->row, cap, sizeof *row);
    float *number =
        dw_try_realloc(s->number, cap, (s->width + 1) * sizeof *number);

    if (row)
        s->row = row;
    if (number)
        s->number = number;
    if (!row || !number)
        return DW_ENOMEM;
    s->cap = cap;
    return 0;
}

/* Copies a text, the 0 behind it too; gives its offset in the pool. */
static size_t keep(dw_buf *pool, const dw_texts *t, size_t i)
{
    const char *text = dw_texts_at(t, i);
    size_t at = pool->n;

    dw_buf_add(pool, text, strlen(text) + 1);
    return at;
}

int dw_slide_push(dw_slide *s, const dw_variants *v, size_t row, float eaf,
                  const void *column, const dw_geno_stats *stats, dw_err *err)
{
    struct row *r;
    float *x;

    if (s->begin + s->m == s->cap) {
        if (s->cap && s->begin >= s->cap / 2)
            close_gap(s);
        else if (grow(s) < 0)
            return dw_fail(err, DW_ENOMEM,
                           "not enough memory for a window of %zu variants",
                           s->m + 1);
    }
    r = &s->row[s->begin + s->m];
    r->pos = v->pos[row];
    r->eaf = eaf;
    r->id = keep(&s->pool, &v->id, row);
    r->ref = keep(&s->pool, &v->ref, row);
    r->alt = keep(&s->pool, &v->alt, row);
    x = s->number + (s->begin + s->m) * s->width;
    for (size_t j = 0; j < s->t; j++) {
        x[j] = v->z[j * v->m + row];
        x[s->t + j] = v->n[j * v->m + row];
    }
    for (size_t j = 0; j < s->p; j++)
        x[2 * s->t + j] = v->annot[j * v->m + row];
    s->m++;
    return dw_genotypes_push(&s->geno, column, stats, err);
}

int dw_slide_admit(dw_slide *s, const dw_admit *admit, const dw_variants *v,
                   size_t row, const void *column, dw_tally *tally, dw_err *err)
{
    const size_t n = s->geno.n;
    dw_geno_stats stats = dw_geno_stats_of(s->geno.kind, n, column);
    const char *reason = dw_admit_reason(admit, n, &stats);
    float eaf = v->eaf[row];

    dw_tally_add(tally, reason ? reason : "taken", 1);
    if (reason)
        return 0;
    if (isnan(eaf))
        eaf = (float)(stats.mean / 2);
    if (dw_slide_push(s, v, row, eaf, column, &stats, err) < 0)
        return err->code;
    return 1;
}

size_t dw_slide_size(const dw_slide *s)
{
    return s->m;
}

uint32_t dw_slide_pos(const dw_slide *s, size_t row)
{
    return s->row[s->begin + row].pos;
}

const char *dw_slide_ref(const dw_slide *s, size_t row)
{
    return s->pool.s + s->row[s->begin + row].ref;
}

const char *dw_slide_alt(const dw_slide *s, size_t row)
{
    return s->pool.s + s->row[s->begin + row].alt;
}

const char *dw_slide_contig(const dw_slide *s)
{
    return s->contig;
}

size_t dw_slide_lower(const dw_slide *s, uint32_t pos)
{
    size_t lo = 0, hi = s->m;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (dw_slide_pos(s, mid) <= pos)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

const dw_genotypes *dw_slide_genotypes(const dw_slide *s)
{
    return &s->geno;
}

static int cut_texts(const dw_slide *s, const struct row *r, dw_variants *v,
                     dw_err *err)
{
    const char *id = s->pool.s + r->id, *ref = s->pool.s + r->ref;
    const char *alt = s->pool.s + r->alt;

    if (dw_texts_add(&v->id, id, strlen(id)) < 0 ||
        dw_texts_add(&v->ref, ref, strlen(ref)) < 0 ||
        dw_texts_add(&v->alt, alt, strlen(alt)) < 0)
        return dw_fail(err, DW_ENOMEM,
                       "not enough memory for the names of %zu variants", v->m);
    return 0;
}

/* Row i of v, of m, becomes this row of the window. */
static int copy_row(const dw_slide *s, size_t row, dw_variants *v, size_t i,
                    dw_err *err)
{
    const struct row *r = &s->row[s->begin + row];
    const float *x = s->number + (s->begin + row) * s->width;

    v->pos[i] = r->pos;
    v->eaf[i] = r->eaf;
    for (size_t j = 0; j < s->t; j++) {
        v->z[j * v->m + i] = x[j];
        v->n[j * v->m + i] = x[s->t + j];
    }
    for (size_t j = 0; j < s->p; j++)
        v->annot[j * v->m + i] = x[2 * s->t + j];
    return cut_texts(s, r, v, err);
}

int dw_slide_cut(const dw_slide *s, size_t begin, size_t end, dw_variants *v,
                 dw_err *err)
{
    int rc = dw_variants_resize(v, end - begin, s->t, s->p, err);

    strcpy(v->contig, s->contig);
    for (size_t i = 0; rc == 0 && i < end - begin; i++)
        rc = copy_row(s, begin + i, v, i, err);
    return rc;
}

int dw_slide_pick(const dw_slide *s, size_t n, const size_t *row,
                  dw_variants *v, dw_err *err)
{
    int rc = dw_variants_resize(v, n, s->t, s->p, err);

    strcpy(v->contig, s->contig);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = copy_row(s, row[i], v, i, err);
    return rc;
}

void dw_slide_drop(dw_slide *s, size_t rows)
{
    s->begin += rows;
    s->m -= rows;
    dw_genotypes_drop(&s->geno, rows);
    if (s->m == 0) {
        s->begin = 0;
        dw_buf_reset(&s->pool);
    }
}
