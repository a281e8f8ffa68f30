#include "data/harmonise.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "data/allele.h"

/* Within this of a half a frequency does not tell which allele it counts. */
static const double NEAR_HALF = 0.1;
/* Two z of one variant that differ by no more are the same number, printed
 * twice or counted for the other allele. */
static const double SAME_Z = 1e-5;

void dw_harmonise_clear(dw_harmonise *h)
{
    dw_free(h->pair);
    dw_free(h->row);
    dw_rows_clear(&h->own);
    h->pair = NULL;
    h->row = NULL;
    h->n_pairs = h->cap_pairs = h->cap_rows = 0;
}

static bool same_alleles(const dw_row *a, const dw_row *b)
{
    return (dw_allele_eq(a->a1, b->a1) && dw_allele_eq(a->a2, b->a2)) ||
           (dw_allele_eq(a->a1, b->a2) && dw_allele_eq(a->a2, b->a1));
}

/* Without a reference the study's own variants are one. */
static int make_own(dw_harmonise *h, const dw_rows *study)
{
    dw_rows_reset(&h->own);
    for (size_t s = 0; s < study->n; s++) {
        dw_row row = dw_rows_at(study, s);
        bool known = false;

        for (size_t i = 0; i < h->own.n && !known; i++) {
            dw_row other = dw_rows_at(&h->own, i);

            known = same_alleles(&row, &other);
        }
        if (!known && dw_rows_add(&h->own, &row) < 0)
            return DW_ENOMEM;
    }
    return 0;
}

/* One pair for each reference row that is not there yet. */
static void make_pairs(dw_harmonise *h, const dw_rows *ref, dw_fates *fates)
{
    h->n_pairs = 0;
    for (size_t i = 0; i < ref->n; i++) {
        dw_row row = dw_rows_at(ref, i);
        bool known = false;

        for (size_t p = 0; p < h->n_pairs && !known; p++) {
            dw_row other = dw_rows_at(ref, h->pair[p].ref);

            known = same_alleles(&row, &other);
        }
        if (known)
            dw_fates_drop(fates, &row, DW_REASON_REF_DUPLICATE);
        else
            h->pair[h->n_pairs++] = (dw_pair){i, SIZE_MAX, false};
    }
}

/* The pair that has the row's alleles, as written before the other strand. */
static dw_match find_pair(const dw_harmonise *h, const dw_rows *ref,
                          const dw_row *row, size_t *pair)
{
    dw_match best = DW_MATCH_NONE;

    for (size_t p = 0; p < h->n_pairs; p++) {
        dw_row r = dw_rows_at(ref, h->pair[p].ref);
        dw_match m = dw_allele_match(row->a1, row->a2, r.a1, r.a2);

        if (m != DW_MATCH_NONE && (best == DW_MATCH_NONE || m < best)) {
            best = m;
            *pair = p;
        }
    }
    return best;
}

static bool near_half(double f)
{
    return fabs(f - 0.5) <= NEAR_HALF;
}

/* Sets *turn when the two frequencies say that the alleles as written stand on
 * the other strand; a reason when they cannot say. */
static int tell_by_frequency(dw_harmonise *h, size_t index, double alt_freq,
                             bool *turn, dw_reason *reason, dw_err *err)
{
    double panel = NAN;
    int rc = 0;

    *turn = false;
    if (h->frequency)
        rc = h->frequency(h->frequency_self, index, &panel, err);
    if (rc < 0)
        return rc;
    if (isnan(panel) || isnan(alt_freq))
        *reason = DW_REASON_AMBIGUOUS_NO_EAF;
    else if (near_half(panel) || near_half(alt_freq))
        *reason = DW_REASON_AMBIGUOUS_EAF;
    else
        *turn = (panel < 0.5) != (alt_freq < 0.5);
    return 0;
}

/* Finds row s its pair, or the reason why it has none. */
static int match_row(dw_harmonise *h, const dw_rows *ref, const dw_row *row,
                     struct dw_harmonise_row *out, dw_reason *reason,
                     dw_err *err)
{
    dw_match m = find_pair(h, ref, row, &out->ref);
    int rc = 0;

    *reason = DW_REASON_NONE;
    out->match = m;
    out->turned = false;
    if (m == DW_MATCH_NONE) {
        *reason =
            h->n_pairs ? DW_REASON_ALLELES_DIFFER : DW_REASON_NOT_IN_REFERENCE;
        return 0;
    }
    out->flip = m == DW_MATCH_SWAPPED || m == DW_MATCH_STRAND_SWAPPED;
    if (ref == &h->own || !dw_allele_is_ambiguous(row->a1, row->a2))
        return 0;
    if (h->ambiguous == DW_AMBIGUOUS_DROP)
        *reason = DW_REASON_AMBIGUOUS;
    if (h->ambiguous == DW_AMBIGUOUS_AF) {
        dw_row r = dw_rows_at(ref, h->pair[out->ref].ref);
        double eaf = row->value[DW_STUDY_EAF];

        rc = tell_by_frequency(h, r.index, out->flip ? 1 - eaf : eaf,
                               &out->turned, reason, err);
        out->flip ^= out->turned;
    }
    return rc;
}

static double aligned_z(const dw_rows *study, size_t s, bool flip)
{
    double z = dw_rows_at(study, s).value[DW_STUDY_Z];

    return flip ? -z : z;
}

/* Of the rows that found pair p, the first is taken if all agree, else none. */
static void settle_pair(dw_harmonise *h, const dw_rows *study, size_t p,
                        dw_fates *fates)
{
    size_t first = SIZE_MAX, rows = 0;
    bool conflict = false;

    for (size_t s = 0; s < study->n; s++) {
        double a, b;

        if (h->row[s].ref != p)
            continue;
        rows++;
        if (first == SIZE_MAX) {
            first = s;
            continue;
        }
        a = aligned_z(study, first, h->row[first].flip);
        b = aligned_z(study, s, h->row[s].flip);
        conflict |= fabs(a - b) > SAME_Z * fmax(1, fabs(a));
    }
    for (size_t s = first; rows > 1 && s < study->n; s++) {
        dw_row row = dw_rows_at(study, s);

        if (h->row[s].ref == p && (conflict || s != first))
            dw_fates_drop(fates, &row,
                          conflict ? DW_REASON_DUPLICATE_CONFLICT
                                   : DW_REASON_DUPLICATE);
    }
    if (!rows || conflict)
        return;
    h->pair[p].study = first;
    h->pair[p].flip = h->row[first].flip;
    h->matched[h->row[first].match]++;
    h->by_frequency += h->row[first].turned;
}

static int cmp_bytes(dw_span a, dw_span b)
{
    int c = memcmp(a.s, b.s, a.n < b.n ? a.n : b.n);

    return c ? c : a.n < b.n ? -1 : a.n > b.n;
}

static int cmp_pairs(const dw_rows *ref, const dw_pair *a, const dw_pair *b)
{
    dw_row x = dw_rows_at(ref, a->ref), y = dw_rows_at(ref, b->ref);
    int c = cmp_bytes(x.a2, y.a2);

    return c ? c : cmp_bytes(x.a1, y.a1);
}

/* By insertion: a place has few variants. */
static void sort_pairs(dw_harmonise *h, const dw_rows *ref)
{
    for (size_t i = 1; i < h->n_pairs; i++) {
        dw_pair x = h->pair[i];
        size_t j = i;

        for (; j > 0 && cmp_pairs(ref, &x, &h->pair[j - 1]) < 0; j--)
            h->pair[j] = h->pair[j - 1];
        h->pair[j] = x;
    }
}

static int make_room(dw_harmonise *h, size_t pairs, size_t rows)
{
    void *p = h->pair, *r = h->row;
    int rc = dw_try_grow(&p, &h->cap_pairs, pairs, sizeof *h->pair);

    h->pair = p;
    if (rc == 0)
        rc = dw_try_grow(&r, &h->cap_rows, rows, sizeof *h->row);
    h->row = r;
    return rc;
}

int dw_harmonise_group(dw_harmonise *h, const dw_rows *study,
                       const dw_rows *ref, dw_fates *fates, dw_err *err)
{
    int rc = 0;

    if (!ref) {
        h->own.k = study->k;
        rc = make_own(h, study);
        ref = &h->own;
    }
    if (rc < 0 || make_room(h, ref->n, study->n) < 0)
        return dw_fail(err, DW_ENOMEM, "no memory for %zu rows at one place",
                       study->n + ref->n);
    make_pairs(h, ref, fates);
    for (size_t s = 0; s < study->n; s++) {
        dw_row row = dw_rows_at(study, s);
        dw_reason reason;

        rc = match_row(h, ref, &row, &h->row[s], &reason, err);
        if (rc < 0)
            return rc;
        if (reason != DW_REASON_NONE) {
            h->row[s].ref = SIZE_MAX;
            dw_fates_drop(fates, &row, reason);
        }
    }
    for (size_t p = 0; study->n && p < h->n_pairs; p++)
        settle_pair(h, study, p, fates);
    sort_pairs(h, ref);
    return 0;
}
