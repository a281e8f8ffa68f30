#include "input/read_prior.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "data/allele.h"
#include "data/rows.h"
#include "input/table.h"

struct dw_prior {
    dw_rows rows;  /* as read; alleles in upper case */
    double *var;   /* (n) as read */
    size_t *order; /* (n) rows by contig and position */
    size_t cap_var;
    double sum;
    dw_buf alleles; /* scratch of a row */
};

enum { CHR, POS, REF, ALT, VAR, COLUMNS };

/* What is compared pair by pair is bounded. */
enum { AT_ONE_PLACE = 4096 };

static const char *const NAMES[COLUMNS] = {"CHR", "POS", "REF", "ALT",
                                           "PRIOR_VAR"};

void dw_prior_free(dw_prior *p)
{
    if (!p)
        return;
    dw_rows_clear(&p->rows);
    dw_buf_clear(&p->alleles);
    dw_free(p->var);
    dw_free(p->order);
    dw_free(p);
}

/* The two alleles in upper case, ALT as a1. */
static void take_alleles(dw_prior *p, dw_span ref, dw_span alt, dw_row *row)
{
    dw_buf_reset(&p->alleles);
    dw_buf_add(&p->alleles, ref.s, ref.n);
    dw_buf_add(&p->alleles, alt.s, alt.n);
    dw_allele_upper(p->alleles.s, p->alleles.s, p->alleles.n);
    row->a2 = (dw_span){p->alleles.s, ref.n};
    row->a1 = (dw_span){p->alleles.s + ref.n, alt.n};
}

static int take_row(dw_prior *p, dw_table *t, const int *column, size_t index,
                    dw_err *err)
{
    const dw_lines *lines = dw_table_lines(t);
    char contig[DW_CONTIG_MAX];
    dw_row row = {.contig = contig, .index = index};
    dw_span chr = dw_table_field(t, column[CHR]);
    void *var = p->var;
    double x;
    int rc;

    if (dw_contig_name(chr, DW_CONTIG_PLINK, contig) < 0)
        return dw_lines_fail(lines, err, DW_EFORMAT, NAMES[CHR],
                             "\"%.*s\" is no chromosome",
                             chr.n > 40 ? 40 : (int)chr.n, chr.s);
    if ((rc = dw_table_position(t, column[POS], &row.pos, err)) < 0 ||
        (rc = dw_table_double(t, column[VAR], &x, err)) < 0)
        return rc;
    if (isnan(x))
        return 0;
    if (x < 0 || isinf(x))
        return dw_lines_fail(lines, err, DW_EFORMAT, NAMES[VAR],
                             "%g is no variance: it has to be 0 or more", x);
    take_alleles(p, dw_table_field(t, column[REF]),
                 dw_table_field(t, column[ALT]), &row);
    if (row.a1.n == 0 || row.a2.n == 0)
        return dw_lines_fail(lines, err, DW_EFORMAT,
                             NAMES[row.a1.n ? REF : ALT], "no allele");
    rc = dw_try_grow(&var, &p->cap_var, p->rows.n + 1, sizeof *p->var);
    p->var = var;
    if (rc == 0)
        rc = dw_rows_add(&p->rows, &row);
    if (rc < 0)
        return dw_fail(err, rc, "%s: not enough memory for %zu variants",
                       dw_lines_name(lines), p->rows.n + 1);
    p->var[p->rows.n - 1] = x;
    p->sum += x;
    return 0;
}

static bool same_pair(dw_span a1, dw_span a2, dw_span b1, dw_span b2)
{
    return (dw_allele_eq(a1, b1) && dw_allele_eq(a2, b2)) ||
           (dw_allele_eq(a1, b2) && dw_allele_eq(a2, b1));
}

/* Refuses a variant that is there twice: which of the two would be meant? */
static int check_twice(const dw_prior *p, const char *path, dw_err *err)
{
    for (size_t i = 1; i < p->rows.n; i++) {
        dw_row a = dw_rows_at(&p->rows, p->order[i]);

        for (size_t j = i; j-- > 0;) {
            dw_row b = dw_rows_at(&p->rows, p->order[j]);

            if (a.pos != b.pos || strcmp(a.contig, b.contig) != 0)
                break;
            if (i - j > AT_ONE_PLACE)
                return dw_fail(err, DW_EFORMAT,
                               "%s: more than %d variants at %s:%u", path,
                               AT_ONE_PLACE, a.contig, a.pos);
            if (same_pair(a.a1, a.a2, b.a1, b.a2))
                return dw_fail(err, DW_EFORMAT,
                               "%s: %s:%u %.*s/%.*s is there twice, in rows "
                               "%zu and %zu",
                               path, a.contig, a.pos, (int)a.a2.n, a.a2.s,
                               (int)a.a1.n, a.a1.s, b.index + 1, a.index + 1);
        }
    }
    return 0;
}

static int read_rows(dw_prior *p, dw_table *t, dw_err *err)
{
    int column[COLUMNS], rc;
    size_t index = 0;

    for (int i = 0; i < COLUMNS; i++)
        if ((rc = dw_table_require(t, NAMES[i], &column[i], err)) < 0)
            return rc;
    while ((rc = dw_table_next(t, err)) > 0)
        if ((rc = take_row(p, t, column, index++, err)) < 0)
            return rc;
    return rc;
}

dw_prior *dw_prior_read(const char *path, dw_err *err)
{
    dw_table *t = dw_table_open(path, err);
    dw_prior *p;
    int rc;

    if (!t)
        return NULL;
    p = dw_alloc(1, sizeof *p);
    rc = read_rows(p, t, err);
    dw_table_close(t);
    if (rc == 0 && p->rows.n == 0)
        rc = dw_fail(err, DW_EDEGENERATE, "%s: no prior variance in it", path);
    if (rc == 0 && !(p->order = dw_rows_order(&p->rows)))
        rc = dw_fail(err, DW_ENOMEM, "%s: not enough memory to sort it", path);
    if (rc == 0)
        rc = check_twice(p, path, err);
    if (rc < 0) {
        dw_prior_free(p);
        return NULL;
    }
    return p;
}

size_t dw_prior_n(const dw_prior *p)
{
    return p->rows.n;
}

double dw_prior_mean(const dw_prior *p)
{
    return p->sum / (double)p->rows.n;
}

/* <0, 0, >0: row i in order against a place. */
static int place_cmp(const dw_prior *p, size_t i, const char *contig,
                     uint32_t pos)
{
    dw_row row = dw_rows_at(&p->rows, p->order[i]);
    int c = dw_contig_cmp(row.contig, contig);

    return c ? c : row.pos < pos ? -1 : row.pos > pos;
}

/* The first row in order that is not before the place. */
static size_t lower_bound(const dw_prior *p, const char *contig, uint32_t pos)
{
    size_t lo = 0, hi = p->rows.n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (place_cmp(p, mid, contig, pos) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

void dw_prior_variances(const dw_prior *p, const dw_variants *v, double *f)
{
    /* Both are sorted: one search, then side by side. */
    size_t i = v->m ? lower_bound(p, v->contig, v->pos[0]) : 0;

    for (size_t j = 0; j < v->m; j++) {
        dw_span ref = dw_span_of(dw_texts_at(&v->ref, j));
        dw_span alt = dw_span_of(dw_texts_at(&v->alt, j));

        f[j] = NAN;
        while (i < p->rows.n && place_cmp(p, i, v->contig, v->pos[j]) < 0)
            i++;
        for (size_t h = i;
             h < p->rows.n && place_cmp(p, h, v->contig, v->pos[j]) == 0; h++) {
            dw_row row = dw_rows_at(&p->rows, p->order[h]);

            if (same_pair(row.a1, row.a2, alt, ref))
                f[j] = p->var[p->order[h]];
        }
    }
}
