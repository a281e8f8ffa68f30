#include "ingest/join.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

/* ---- tables ---- */

static size_t traits(const dw_join *j)
{
    return j->study ? 1 : 0;
}

/* Adds the annotations of a table that is whole, and hands it on. */
static int hand_on(dw_join *j, dw_variants *table, dw_err *err)
{
    int rc = j->annot ? dw_annotators_fill(j->annot, table, 0, err) : 0;

    return rc < 0 ? rc : j->put(j->ctx, table, err);
}

/* Hands on what is in the table, and empties it. */
static int flush(dw_join *j, dw_err *err)
{
    size_t m = j->m;
    int rc;

    j->m = 0;
    if (m == 0)
        return 0;
    if (m == j->table.m) {
        rc = hand_on(j, &j->table, err);
    } else {
        rc = dw_variants_slice(&j->part, &j->table, 0, m, err);
        if (rc == 0)
            rc = hand_on(j, &j->part, err);
    }
    return rc;
}

static int begin_table(dw_join *j, const char *contig, dw_err *err)
{
    int rc = dw_variants_resize(&j->table, j->batch, traits(j),
                                j->annot ? j->annot->p : 0, err);

    strcpy(j->table.contig, contig);
    return rc;
}

/* ---- variants ---- */

static int add_texts(dw_join *j, const dw_row *variant, const dw_row *study)
{
    dw_span id = variant->id;

    if (dw_span_eq(id, ".") && study)
        id = study->id;
    if (dw_texts_add(&j->table.id, id.s, id.n) < 0 ||
        dw_texts_add(&j->table.ref, variant->a2.s, variant->a2.n) < 0 ||
        dw_texts_add(&j->table.alt, variant->a1.s, variant->a1.n) < 0)
        return DW_ENOMEM;
    return 0;
}

/* Adds a variant, with the study's row or without one (NULL). */
static int add_variant(dw_join *j, const dw_row *variant, const dw_row *study,
                       bool flip, dw_err *err)
{
    size_t i;
    int rc;

    if (j->m == j->batch ||
        (j->m && !dw_contig_eq(j->table.contig, variant->contig))) {
        if ((rc = flush(j, err)) < 0)
            return rc;
    }
    if (j->m == 0 && (rc = begin_table(j, variant->contig, err)) < 0)
        return rc;
    i = j->m++;
    if (add_texts(j, variant, study) < 0)
        return dw_fail(err, DW_ENOMEM, "no memory for %zu variants", j->batch);
    j->table.pos[i] = variant->pos;
    if (study) {
        float z = study->value[DW_STUDY_Z], f = study->value[DW_STUDY_EAF];

        /* A z of 0 stays a plain 0: it has no sign to change. */
        j->table.z[i] = flip && z != 0 ? -z : z;
        j->table.n[i] = study->value[DW_STUDY_N];
        j->table.eaf[i] = flip ? (float)(1 - (double)f) : f;
        j->taken++;
        return 0;
    }
    j->table.eaf[i] = NAN;
    if (j->study)
        j->table.z[i] = j->table.n[i] = NAN;
    j->latent++;
    return 0;
}

/* ---- places ---- */

static void drop_all(dw_fates *fates, const dw_group *rows, dw_reason reason)
{
    for (size_t i = 0; i < rows->n; i++)
        dw_fates_drop(fates, &rows->row[i], reason);
}

/* Is the place within a region that is to be left out? */
static bool excluded(dw_join *j, const dw_row *row)
{
    return j->exclude && dw_regions_hold(j->exclude, row->contig, row->pos);
}

/* The variants of one place: what harmonise.h made of both groups. */
static int add_pairs(dw_join *j, const dw_group *study, const dw_group *ref,
                     dw_err *err)
{
    for (size_t p = 0; p < j->harmonise.n_pairs; p++) {
        const dw_pair *pair = &j->harmonise.pair[p];
        const dw_row *variant = &ref->row[pair->ref];
        const dw_row *row =
            pair->study != SIZE_MAX ? &study->row[pair->study] : NULL;
        int rc = 0;

        if (row || j->all || !j->study)
            rc = add_variant(j, variant, row, pair->flip, err);
        else
            dw_fates_drop(j->fates, variant, DW_REASON_REF_NO_Z);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* Is the place's one row, of two bases, a variant as it stands?  At most places
 * it is where there is no reference, and there is nothing to harmonise. */
static bool stands_alone(const dw_join *j, const dw_group *study)
{
    const dw_row *row = study->row;

    return !j->ref && study->n == 1 && !row->actions && !j->harmonise.told &&
           dw_allele_is_base(row->a1) && dw_allele_is_base(row->a2) &&
           *row->a1.s != *row->a2.s;
}

/* Has the reference any place on this one's chromosome?  Both are in order, so
 * its last place or its next one would be there. */
static bool on_reference(const dw_join *j, const char *contig, bool more_ref)
{
    return dw_contig_eq(j->ref_contig, contig) ||
           (more_ref && dw_contig_eq(dw_ordered_contig(j->ref), contig));
}

/* One place, which the study, the reference or both have (else NULL). */
static int take_place(dw_join *j, const dw_ordered *study,
                      const dw_ordered *ref, bool more_ref, dw_err *err)
{
    const dw_group *s = study ? dw_ordered_group(study) : &j->none;
    const dw_group *r = ref ? dw_ordered_group(ref) : &j->none;
    const dw_group *variants = j->ref ? r : s;
    uint64_t differ = j->fates->n[DW_REASON_ALLELES_DIFFER];
    int rc;

    if (excluded(j, ref ? r->row : s->row)) {
        drop_all(j->fates, s, DW_REASON_EXCLUDED);
        drop_all(j->fates, r, DW_REASON_REF_EXCLUDED);
        return 0;
    }
    if (j->ref && !ref && !on_reference(j, s->row->contig, more_ref)) {
        drop_all(j->fates, s, DW_REASON_CONTIG_NOT_IN_REFERENCE);
        return 0;
    }
    if (stands_alone(j, s))
        return add_variant(j, s->row, s->row, false, err);
    rc = dw_harmonise_group(&j->harmonise, s, j->ref ? r : NULL, j->fates, err);
    if (rc < 0)
        return rc;
    if (study && ref) {
        differ = j->fates->n[DW_REASON_ALLELES_DIFFER] - differ;
        j->agreed_places += differ < s->n;
    }
    return add_pairs(j, s, variants, err);
}

/* Does `other` have places on both sides of this one on its chromosome?
 * `before` is the contig of its last place, and its current one lies ahead. */
static bool within(const dw_ordered *place, const dw_ordered *other, bool more,
                   const char *before)
{
    const char *contig = dw_ordered_contig(place);

    return more && dw_contig_eq(before, contig) &&
           dw_contig_eq(dw_ordered_contig(other), contig);
}

static void remember(char *last, const char *contig)
{
    if (!dw_contig_eq(last, contig))
        strcpy(last, contig);
}

/* Counts the place for the share that study and reference have in common. */
static void count_place(dw_join *j, const dw_ordered *study,
                        const dw_ordered *ref, bool more_study, bool more_ref)
{
    if (!j->study || !j->ref)
        return;
    if (study && (ref || within(study, j->ref, more_ref, j->ref_contig)))
        j->study_places++;
    if (ref && (study || within(ref, j->study, more_study, j->study_contig)))
        j->ref_places++;
    j->both_places += study && ref;
    if (ref)
        remember(j->ref_contig, dw_ordered_contig(ref));
    if (study)
        remember(j->study_contig, dw_ordered_contig(study));
}

/* ---- the merge ---- */

static void begin(dw_join *j)
{
    j->taken = j->latent = 0;
    j->study_places = j->ref_places = j->both_places = j->agreed_places = 0;
    dw_harmonise_reset(&j->harmonise);
    j->m = 0;
    j->ref_contig[0] = j->study_contig[0] = 0;
    j->none = (dw_group){.k = DW_STUDY_VALUES};
    if (j->annot)
        dw_annotators_reset(j->annot);
}

static int next_place(dw_ordered *o, bool *more, dw_err *err)
{
    int rc = o ? dw_ordered_next(o, err) : 0;

    *more = rc > 0;
    return rc < 0 ? rc : 0;
}

int dw_join_run(dw_join *j, dw_err *err)
{
    bool more_study, more_ref;
    int rc;

    begin(j);
    if ((rc = next_place(j->study, &more_study, err)) < 0 ||
        (rc = next_place(j->ref, &more_ref, err)) < 0)
        return rc;
    j->study_any = more_study;
    while (more_study || more_ref) {
        int cmp = !more_ref     ? -1
                  : !more_study ? 1
                                : dw_ordered_cmp(j->study, j->ref);
        const dw_ordered *study = cmp <= 0 ? j->study : NULL;
        const dw_ordered *ref = cmp >= 0 ? j->ref : NULL;

        count_place(j, study, ref, more_study, more_ref);
        if ((rc = take_place(j, study, ref, more_ref, err)) < 0)
            return rc;
        if (study && (rc = next_place(j->study, &more_study, err)) < 0)
            return rc;
        if (ref && (rc = next_place(j->ref, &more_ref, err)) < 0)
            return rc;
    }
    rc = flush(j, err);
    return rc == 0 && j->annot ? dw_annotators_finish(j->annot, err) : rc;
}

void dw_join_clear(dw_join *j)
{
    dw_variants_clear(&j->table);
    dw_variants_clear(&j->part);
    dw_harmonise_clear(&j->harmonise);
}
