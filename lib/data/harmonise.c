#include "data/harmonise.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "data/allele.h"

/* From here to one minus this a frequency does not tell which allele it
 * counts. */
static const double AF_LIMIT = 0.4;
/* Two z of one variant that differ by no more are the same number, printed
 * twice or counted for the other allele. */
static const double SAME_Z = 1e-5;

void dw_harmonise_reset(dw_harmonise *h)
{
    memset(h->acted, 0, sizeof h->acted);
    h->agreement = (dw_agreement){0};
}

void dw_harmonise_clear(dw_harmonise *h)
{
    dw_free(h->pair);
    dw_free(h->row);
    h->pair = NULL;
    h->row = NULL;
    h->n_pairs = h->cap_pairs = h->cap_rows = 0;
}

static bool same_alleles(const dw_row *a, const dw_row *b)
{
    return (dw_allele_eq(a->a1, b->a1) && dw_allele_eq(a->a2, b->a2)) ||
           (dw_allele_eq(a->a1, b->a2) && dw_allele_eq(a->a2, b->a1));
}

/* One pair for each reference row that is not there yet. */
static void make_pairs(dw_harmonise *h, const dw_group *ref, dw_fates *fates)
{
    h->n_pairs = 0;
    for (size_t i = 0; i < ref->n; i++) {
        const dw_row *row = &ref->row[i];
        bool known = false;

        for (size_t p = 0; p < h->n_pairs && !known; p++)
            known = same_alleles(row, &ref->row[h->pair[p].ref]);
        if (known && !h->own)
            dw_fates_drop(fates, row, DW_REASON_REF_DUPLICATE);
        if (!known)
            h->pair[h->n_pairs++] = (dw_pair){i, SIZE_MAX, false};
    }
}

/* The pair that has the row's alleles, as written before the other strand. */
static dw_match find_pair(const dw_harmonise *h, const dw_group *ref,
                          const dw_row *row, size_t *pair)
{
    dw_match best = DW_MATCH_NONE;

    for (size_t p = 0; p < h->n_pairs; p++) {
        const dw_row *r = &ref->row[h->pair[p].ref];
        dw_match m = dw_allele_match(row->a1, row->a2, r->a1, r->a2);

        if (m != DW_MATCH_NONE && (best == DW_MATCH_NONE || m < best)) {
            best = m;
            *pair = p;
        }
    }
    return best;
}

/* I and D against the one variant here whose alleles differ in length. */
static dw_match find_indel(const dw_harmonise *h, const dw_group *ref,
                           const dw_row *row, size_t *pair)
{
    dw_match found = DW_MATCH_NONE;
    size_t n = 0;

    for (size_t p = 0; p < h->n_pairs; p++) {
        const dw_row *r = &ref->row[h->pair[p].ref];
        bool alt_longer = r->a1.n > r->a2.n;

        if (r->a1.n == r->a2.n)
            continue;
        n++;
        *pair = p;
        found = alt_longer == (*row->a1.s == 'I') ? DW_MATCH_SAME
                                                  : DW_MATCH_SWAPPED;
    }
    return n == 1 ? found : DW_MATCH_NONE;
}

/* One allele, the other not known, against the one variant here that has it; a
 * variant that has it on the other strand counts where none has it as written.
 */
static dw_match find_half(const dw_harmonise *h, const dw_group *ref, dw_span a,
                          size_t *pair, dw_reason *reason)
{
    dw_match best = DW_MATCH_NONE;
    size_t n = 0;

    for (size_t p = 0; p < h->n_pairs; p++) {
        const dw_row *r = &ref->row[h->pair[p].ref];
        dw_match m = dw_allele_match_half(a, r->a1, r->a2);
        bool written = m == DW_MATCH_SAME || m == DW_MATCH_SWAPPED;
        bool best_written = best == DW_MATCH_SAME || best == DW_MATCH_SWAPPED;

        if (m == DW_MATCH_NONE || (best_written && !written))
            continue;
        n = written && !best_written ? 1 : n + 1;
        best = m;
        *pair = p;
    }
    if (n > 1)
        *reason = DW_REASON_OTHER_UNCLEAR;
    return n == 1 ? best : DW_MATCH_NONE;
}

static bool near_half(const dw_harmonise *h, double f)
{
    double limit = h->af_limit > 0 ? h->af_limit : AF_LIMIT;

    return f >= limit && f <= 1 - limit;
}

/* Sets *turn when the two frequencies say that the alleles as written stand on
 * the other strand; a reason when they cannot say. */
static int tell_by_frequency(dw_harmonise *h, const dw_row *ref,
                             double alt_freq, bool *turn, dw_reason *reason,
                             dw_err *err)
{
    double panel = NAN;
    int rc = 0;

    *turn = false;
    if (h->frequency)
        rc = h->frequency(h->frequency_self, ref, &panel, err);
    if (rc < 0)
        return rc;
    if (isnan(panel) || isnan(alt_freq))
        *reason = DW_REASON_AMBIGUOUS_NO_EAF;
    else if (near_half(h, panel) || near_half(h, alt_freq))
        *reason = DW_REASON_AMBIGUOUS_EAF;
    else
        *turn = (panel < 0.5) != (alt_freq < 0.5);
    return 0;
}

static uint32_t action_if(bool done, dw_action action)
{
    return done ? DW_ACTION_BIT(action) : 0;
}

/* The row's pair, and how it stands to it; or the reason why there is none. */
static dw_match look_up(const dw_harmonise *h, const dw_group *ref,
                        const dw_row *row, struct dw_harmonise_row *out,
                        dw_reason *reason)
{
    bool code = dw_allele_is_indel_code(row->a1, row->a2);
    bool half = dw_allele_is_unknown(row->a2);
    dw_match m;

    *reason = DW_REASON_NONE;
    m = code   ? find_indel(h, ref, row, &out->ref)
        : half ? find_half(h, ref, row->a1, &out->ref, reason)
               : find_pair(h, ref, row, &out->ref);

    if (m == DW_MATCH_NONE && *reason == DW_REASON_NONE)
        *reason = !h->n_pairs ? DW_REASON_NOT_IN_REFERENCE
                  : code      ? DW_REASON_INDEL_CODE
                              : DW_REASON_ALLELES_DIFFER;
    out->flip = m == DW_MATCH_SWAPPED || m == DW_MATCH_STRAND_SWAPPED;
    out->actions =
        row->actions | action_if(code, DW_ACTION_INDEL_CODE) |
        action_if(half && m != DW_MATCH_NONE, DW_ACTION_OTHER_ALLELE) |
        action_if(m == DW_MATCH_STRAND || m == DW_MATCH_STRAND_SWAPPED,
                  DW_ACTION_STRAND);
    return m;
}

static bool is_ambiguous(const dw_row *row)
{
    return dw_allele_is_ambiguous(row->a1, row->a2);
}

/* Finds a row its pair, or the reason why it has none. */
static int match_row(dw_harmonise *h, const dw_group *ref, const dw_row *row,
                     struct dw_harmonise_row *out, dw_reason *reason,
                     dw_err *err)
{
    dw_match m = look_up(h, ref, row, out, reason);
    bool turn = false;
    int rc = 0;

    if (m != DW_MATCH_NONE && !h->own &&
        is_ambiguous(&ref->row[h->pair[out->ref].ref])) {
        if (h->ambiguous == DW_AMBIGUOUS_DROP)
            *reason = DW_REASON_AMBIGUOUS;
        if (h->ambiguous == DW_AMBIGUOUS_AF) {
            const dw_row *r = &ref->row[h->pair[out->ref].ref];
            double eaf = row->value[DW_STUDY_EAF];

            rc = tell_by_frequency(h, r, out->flip ? 1 - eaf : eaf, &turn,
                                   reason, err);
        }
    }
    out->flip ^= turn;
    out->actions |= action_if(turn, DW_ACTION_BY_FREQUENCY);
    /* What is swapped as written, and turned, is not swapped. */
    out->actions |= action_if(out->flip, DW_ACTION_SWAPPED);
    return rc;
}

static double aligned_z(const dw_group *study, size_t s, bool flip)
{
    double z = study->row[s].value[DW_STUDY_Z];

    return flip ? -z : z;
}

/* Of the rows that found pair p, the first is taken if all agree, else none. */
static void settle_pair(dw_harmonise *h, const dw_group *study, size_t p,
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
        if (h->row[s].ref == p && (conflict || s != first))
            dw_fates_drop(fates, &study->row[s],
                          conflict ? DW_REASON_DUPLICATE_CONFLICT
                                   : DW_REASON_DUPLICATE);
    }
    if (!rows || conflict)
        return;
    h->pair[p].study = first;
    h->pair[p].flip = h->row[first].flip;
}

/* Holds the frequencies of a pair against each other. */
static int compare_frequencies(dw_harmonise *h, const dw_group *study,
                               const dw_group *ref, const dw_pair *pair,
                               dw_err *err)
{
    double f = study->row[pair->study].value[DW_STUDY_EAF], panel = NAN;
    int rc = isnan(f) ? 0
                      : h->frequency(h->frequency_self, &ref->row[pair->ref],
                                     &panel, err);

    if (rc == 0 && !isnan(panel))
        dw_agreement_add(&h->agreement, pair->flip ? 1 - f : f, panel);
    return rc;
}

/* Counts and tells of a pair that has its row. */
static int count_pair(dw_harmonise *h, const dw_group *study,
                      const dw_group *ref, const dw_pair *pair, dw_err *err)
{
    uint32_t actions = h->row[pair->study].actions;

    if (actions)
        dw_action_count(actions, h->acted);
    if (h->told)
        h->told(h->told_ctx, &study->row[pair->study], &ref->row[pair->ref],
                actions);
    if (h->own || !h->frequency || !h->compare_every ||
        ref->row[pair->ref].index % h->compare_every)
        return 0;
    return compare_frequencies(h, study, ref, pair, err);
}

/* A study's own variants whose rows were dropped are none. */
static void keep_matched(dw_harmonise *h)
{
    size_t n = 0;

    for (size_t p = 0; p < h->n_pairs; p++) {
        if (h->pair[p].study != SIZE_MAX)
            h->pair[n++] = h->pair[p];
    }
    h->n_pairs = n;
}

static int cmp_bytes(dw_span a, dw_span b)
{
    int c = memcmp(a.s, b.s, a.n < b.n ? a.n : b.n);

    return c ? c : a.n < b.n ? -1 : a.n > b.n;
}

static int cmp_pairs(const dw_group *ref, const dw_pair *a, const dw_pair *b)
{
    const dw_row *x = &ref->row[a->ref], *y = &ref->row[b->ref];
    int c = cmp_bytes(x->a2, y->a2);

    return c ? c : cmp_bytes(x->a1, y->a1);
}

/* By insertion: a place has few variants. */
static void sort_pairs(dw_harmonise *h, const dw_group *ref)
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
    int rc;

    if (pairs <= h->cap_pairs && rows <= h->cap_rows)
        return 0;
    rc = dw_try_grow(&p, &h->cap_pairs, pairs, sizeof *h->pair);

    h->pair = p;
    if (rc == 0)
        rc = dw_try_grow(&r, &h->cap_rows, rows, sizeof *h->row);
    h->row = r;
    return rc;
}

/* Are the one row and the one variant here a pair by their letters as written?
 * At most places they are, and there is nothing else to look for; all that
 * needs a decision is left to the general way. */
static bool pair_plainly(dw_harmonise *h, const dw_group *study,
                         const dw_group *ref)
{
    const dw_row *row = study->row, *r = ref->row;
    bool swapped;

    if (study->n != 1 || ref->n != 1 || !dw_allele_is_acgt(row->a1) ||
        !dw_allele_is_acgt(row->a2))
        return false;
    swapped = !dw_allele_eq(row->a1, r->a1);
    if (!dw_allele_eq(row->a1, swapped ? r->a2 : r->a1) ||
        !dw_allele_eq(row->a2, swapped ? r->a1 : r->a2) ||
        (!h->own && is_ambiguous(r)))
        return false;
    h->row[0].ref = 0;
    h->row[0].actions = row->actions | action_if(swapped, DW_ACTION_SWAPPED);
    h->row[0].flip = swapped;
    h->pair[0] = (dw_pair){0, 0, swapped};
    h->n_pairs = 1;
    return true;
}

int dw_harmonise_group(dw_harmonise *h, const dw_group *study,
                       const dw_group *ref, dw_fates *fates, dw_err *err)
{
    int rc = 0;

    h->own = !ref;
    if (h->own)
        ref = study;
    if (make_room(h, ref->n, study->n) < 0)
        return dw_fail(err, DW_ENOMEM, "no memory for %zu rows at one place",
                       study->n + ref->n);
    if (pair_plainly(h, study, ref))
        return count_pair(h, study, ref, h->pair, err);
    make_pairs(h, ref, fates);
    for (size_t s = 0; s < study->n; s++) {
        const dw_row *row = &study->row[s];
        dw_reason reason;

        rc = match_row(h, ref, row, &h->row[s], &reason, err);
        if (rc < 0)
            return rc;
        if (reason != DW_REASON_NONE) {
            h->row[s].ref = SIZE_MAX;
            dw_fates_drop(fates, row, reason);
        }
    }
    for (size_t p = 0; study->n && p < h->n_pairs; p++)
        settle_pair(h, study, p, fates);
    if (h->own)
        keep_matched(h);
    sort_pairs(h, ref);
    for (size_t p = 0; p < h->n_pairs && rc == 0; p++) {
        if (h->pair[p].study != SIZE_MAX)
            rc = count_pair(h, study, ref, &h->pair[p], err);
    }
    return rc;
}
