#include "ld/ld_match.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"

void dw_ld_matches_clear(dw_ld_matches *m)
{
    dw_free(m->stay);
    dw_free(m->row);
    dw_free(m->fate);
    *m = (dw_ld_matches){0};
}

/* Room for rows [begin, end) of the stream, nothing said of any. */
static int start(dw_ld_matches *m, size_t begin, size_t end, dw_err *err)
{
    void *stay = m->stay, *row = m->row, *fate = m->fate;
    int rc = 0;

    if (dw_try_grow(&stay, &m->cap_stay, end - begin, sizeof *m->stay) < 0 ||
        dw_try_grow(&row, &m->cap_row, end - begin, sizeof *m->row) < 0 ||
        dw_try_grow(&fate, &m->cap_fate, end - begin, 1) < 0)
        rc = dw_fail(err, DW_ENOMEM,
                     "not enough memory to join %zu variants to a block",
                     end - begin);
    m->stay = stay;
    m->row = row;
    m->fate = fate;
    m->begin = begin;
    m->end = end;
    m->n = m->core = 0;
    if (rc == 0 && end > begin)
        memset(m->fate, 0, end - begin);
    return rc;
}

/* Is variant i rarer than min_maf?  1, 0, negative. */
static int is_low(const dw_variants *v, size_t i, double min_maf, dw_err *err)
{
    double f = (double)v->eaf[i];

    if (min_maf <= 0)
        return 0;
    if (isnan(f))
        return dw_fail(err, DW_EMISMATCH,
                       "--min-maf: the LD has no frequency of %s:%" PRIu32
                       " to hold to it",
                       v->contig, v->pos[i]);
    return (f < 0.5 ? f : 1 - f) < min_maf;
}

/* Variant i of the block is row `row`: takes it, unless it is too rare. */
static int take(dw_ld_matches *m, const dw_variants *v, const dw_ldblock *b,
                size_t i, size_t row, bool swapped, double min_maf, dw_err *err)
{
    int low = is_low(v, i, min_maf, err);

    if (low < 0)
        return low;
    m->fate[row - m->begin] = low ? DW_LD_LOW : DW_LD_FOUND;
    if (low)
        return 0;
    m->stay[m->n] = (dw_stay){i, swapped};
    m->row[m->n++] = row;
    m->core += i >= b->core && i - b->core < b->l;
    return 0;
}

/* The variant of v, from i on and of the row's position, that the row is;
 * SIZE_MAX: none. */
static size_t find(const dw_slide *s, size_t row, const dw_variants *v,
                   size_t i, bool *swapped)
{
    const char *ref = dw_slide_ref(s, row), *alt = dw_slide_alt(s, row);
    size_t turned = SIZE_MAX;

    *swapped = false;
    for (; i < v->m && v->pos[i] == dw_slide_pos(s, row); i++) {
        const char *r = dw_texts_at(&v->ref, i), *a = dw_texts_at(&v->alt, i);

        if (strcmp(r, ref) == 0 && strcmp(a, alt) == 0)
            return i;
        if (strcmp(r, alt) == 0 && strcmp(a, ref) == 0)
            turned = i;
    }
    *swapped = turned != SIZE_MAX;
    return turned;
}

int dw_ld_match_rows(dw_ld_matches *m, const dw_slide *s, const dw_variants *v,
                     const dw_ldblock *b, double min_maf, dw_err *err)
{
    size_t begin = v->m ? dw_slide_lower(s, v->pos[0] - 1) : 0;
    size_t end = v->m ? dw_slide_lower(s, v->pos[v->m - 1]) : 0, i = 0;
    int rc = start(m, begin, end, err);

    for (size_t row = begin; rc == 0 && row < end; row++) {
        bool swapped;
        size_t j;

        while (i < v->m && v->pos[i] < dw_slide_pos(s, row))
            i++;
        if (i == v->m || v->pos[i] != dw_slide_pos(s, row))
            continue;
        j = find(s, row, v, i, &swapped);
        if (j == SIZE_MAX)
            m->fate[row - begin] = DW_LD_OTHER;
        else
            rc = take(m, v, b, j, row, swapped, min_maf, err);
    }
    return rc;
}

int dw_ld_match_self(dw_ld_matches *m, const dw_scope *scope,
                     const dw_variants *v, const dw_ldblock *b, double min_maf,
                     dw_err *err)
{
    int rc = start(m, 0, v->m, err);

    for (size_t i = 0; rc == 0 && i < v->m; i++) {
        if (dw_scope_reason(scope, v->contig, v->pos[i]))
            m->fate[i] = DW_LD_SCOPE;
        else
            rc = take(m, v, b, i, i, false, min_maf, err);
    }
    return rc;
}
