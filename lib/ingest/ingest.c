#include "ingest/ingest.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "input/read_regions.h"
#include "place/build_check.h"
#include "place/overlap.h"

/* Below this share of common places something is likely to be wrong. */
static const double LOW_OVERLAP = 0.5;

/* ---- opening ---- */

static int open_annots(dw_ingest *in, dw_err *err)
{
    for (size_t i = 0; i < in->o->n_annots; i++) {
        int rc =
            dw_annot_source_open(&in->annot, &in->o->annot[i], in->o->ref, err);

        if (rc < 0)
            return rc;
    }
    in->annot_name = dw_alloc(in->annot.p, sizeof *in->annot_name);
    for (size_t c = 0; c < in->annot.p; c++)
        in->annot_name[c] = dw_annotators_name(&in->annot, c);
    return 0;
}

static int open_study(dw_ingest *in, dw_err *err)
{
    const dw_ingest_opts *o = in->o;

    in->study = dw_sumstats_open(o->study, &o->columns, &in->fates, err);
    if (!in->study)
        return err->code;
    dw_sumstats_share(in->study, in->crew);
    if (!dw_sumstats_has_places(in->study) && !o->ref)
        return dw_fail(err, DW_EFORMAT,
                       "%s: has ids but no positions; --ref FILE gives them "
                       "theirs (or name the columns: --columns CHR=..,POS=..)",
                       o->study);
    if (!dw_sumstats_has_other(in->study) && !o->ref)
        return dw_fail(err, DW_EFORMAT,
                       "%s: does not say the other allele; --ref FILE does (or "
                       "run plink2 --glm, which writes both)",
                       o->study);
    return 0;
}

static int open_reference(dw_ingest *in, dw_err *err)
{
    in->ref = in->o->ref_rows ? dw_reference_of_rows(in->o->ref_rows)
                              : dw_reference_open(in->o->ref, &in->fates, err);
    if (!in->ref)
        return err->code;
    dw_reference_share(in->ref, in->crew);
    dw_ref_watch_init(&in->watch, dw_reference_reader(in->ref));
    in->ref_rows =
        dw_ordered_new(&in->watch.reader, &in->fates, DW_REASON_REF_NO_PLACE);
    return 0;
}

static void weigh_contig(void *evidence, const char *contig, uint32_t length)
{
    dw_build_evidence_size(evidence, contig, length);
}

/* The study's rows, placed by what is known; anew if they were before. */
static void place_study(dw_ingest *in)
{
    dw_ordered_free(in->study_rows);
    dw_placed_rows_free(in->placed);
    in->placed = dw_placed_rows_new(dw_sumstats_reader(in->study),
                                    &(dw_placed_opts){in->chain, in->genome,
                                                      in->ref != NULL,
                                                      in->survey, &in->fates});
    in->study_rows = dw_ordered_new(dw_placed_rows_reader(in->placed),
                                    &in->fates, DW_REASON_NO_PLACE);
}

static int survey_reference(dw_ingest *in, dw_err *err)
{
    in->survey = dw_survey_read(dw_reference_reader(in->ref), in->genome, err);
    return in->survey ? 0 : err->code;
}

/* What tells the study's rows their places: genome and chain, and with a genome
 * how the reference writes its indels. */
static int open_places(dw_ingest *in, dw_err *err)
{
    const dw_ingest_opts *o = in->o;

    if (o->fasta) {
        if (!(in->genome = dw_genome_open(o->fasta, err)))
            return err->code;
        dw_genome_contigs(in->genome, weigh_contig, &in->genome_sizes);
    }
    if (o->chain && !(in->chain = dw_chain_open(o->chain, err)))
        return err->code;
    if (!in->study)
        return 0;
    if (in->ref && in->genome && survey_reference(in, err) < 0)
        return err->code;
    place_study(in);
    return 0;
}

/* What was read says that the reference should have been looked at first. */
static bool lacks_survey(const dw_ingest *in)
{
    return in->study && in->ref && !in->survey &&
           (in->watch.needs_survey || dw_placed_rows_needs_survey(in->placed));
}

int dw_ingest_open(dw_ingest *in, const dw_ingest_opts *o, dw_crew *crew,
                   dw_err *err)
{
    int rc = 0;

    *in = (dw_ingest){.o = o, .crew = crew};
    if (o->study && (rc = open_study(in, err)) < 0)
        return rc;
    if ((o->ref && (rc = open_reference(in, err)) < 0) ||
        (rc = open_places(in, err)) < 0)
        return rc;
    if (o->exclude)
        rc =
            dw_read_regions(o->exclude, &in->exclude, &in->exclude_digest, err);
    return rc < 0 ? rc : open_annots(in, err);
}

void dw_ingest_close(dw_ingest *in)
{
    dw_join_clear(&in->join);
    dw_annotators_clear(&in->annot);
    dw_free(in->annot_name);
    dw_ordered_free(in->study_rows);
    dw_ordered_free(in->ref_rows);
    dw_placed_rows_free(in->placed);
    dw_survey_free(in->survey);
    dw_chain_close(in->chain);
    dw_genome_close(in->genome);
    dw_sumstats_close(in->study);
    dw_reference_close(in->ref);
    dw_regions_clear(&in->exclude);
    *in = (dw_ingest){0};
}

/* ---- the merge ---- */

static int start_all(dw_ingest *in, const dw_ingest_sink *sink, dw_err *err)
{
    int rc = sink->begin(sink->ctx, err);

    dw_fates_reset(&in->fates);
    if (rc == 0 && in->study && dw_sumstats_has_places(in->study))
        rc = dw_ordered_start(in->study_rows, err);
    else if (rc == 0 && in->study)
        rc = dw_ordered_start_by_id(in->study_rows,
                                    dw_reference_reader(in->ref), err);
    /* The reference was read for its ids: what it dropped, it drops again. */
    if (in->study && !dw_sumstats_has_places(in->study))
        in->fates.n[DW_REASON_REF_ALLELE] =
            in->fates.n[DW_REASON_REF_SYMBOLIC] = 0;
    if (rc == 0 && in->ref)
        rc = dw_ordered_start(in->ref_rows, err);
    return rc;
}

static size_t count_broken(const dw_ingest *in)
{
    size_t n = dw_annotators_broken(&in->annot);

    n += in->study && dw_ordered_broken(in->study_rows);
    n += in->ref && dw_ordered_broken(in->ref_rows);
    return n;
}

static void set_up(dw_ingest *in, const dw_ingest_sink *sink)
{
    const dw_ingest_opts *o = in->o;

    in->fates.tell = sink->drop;
    in->fates.ctx = sink->drop_ctx;
    in->join = (dw_join){
        .study = in->study_rows,
        .ref = in->ref_rows,
        .annot = &in->annot,
        .all = o->all,
        .exclude = o->exclude ? &in->exclude : NULL,
        .fates = &in->fates,
        .batch = o->batch,
        .put = sink->put,
        .ctx = sink->ctx,
        .harmonise = {.ambiguous = o->ambiguous,
                      .af_limit = o->af_limit,
                      .frequency = in->ref ? dw_reference_frequency : NULL,
                      .frequency_self = in->ref,
                      .compare_every =
                          in->ref ? dw_reference_compare_every(in->ref) : 0,
                      .told = sink->act,
                      .told_ctx = sink->act_ctx},
    };
}

int dw_ingest_run(dw_ingest *in, const dw_ingest_sink *sink, dw_err *err)
{
    size_t broken;
    bool again;
    int rc;

    set_up(in, sink);
    do {
        broken = count_broken(in);
        rc = start_all(in, sink, err);
        if (rc == 0)
            rc = dw_join_run(&in->join, err);
        again = rc < 0 && count_broken(in) > broken;
        if (rc == 0 && lacks_survey(in) &&
            (rc = survey_reference(in, err)) == 0) {
            place_study(in);
            in->join.study = in->study_rows;
            again = true;
        }
    } while (again);
    in->n_study_rows = in->study ? dw_sumstats_rows(in->study) : 0;
    in->n_ref_rows = in->ref ? dw_reference_rows(in->ref) : 0;
    return rc;
}

/* ---- do they belong together? ---- */

/* Adds why there is so little in common, and leaves the counts as they are. */
static int explain(dw_ingest *in, dw_buf *why, dw_err *err)
{
    dw_fates saved = in->fates;
    double as_written = 0;
    int rc = 0;

    if (!dw_sumstats_has_places(in->study)) {
        dw_buf_adds(why, "it has no positions, and was joined by its ids");
        return 0;
    }
    in->fates.tell = NULL;
    if (in->chain)
        rc = dw_overlap_share(dw_sumstats_reader(in->study),
                              dw_reference_reader(in->ref), &as_written, err);
    if (as_written > LOW_OVERLAP)
        dw_buf_addf(why, "%.0f %% of the positions are there without --chain",
                    100 * as_written);
    else if (rc == 0)
        rc = dw_overlap_explain(dw_placed_rows_reader(in->placed),
                                dw_reference_reader(in->ref), why, err);
    in->fates = saved;
    return rc;
}

/* The positions that could be in both, and the share that is. */
static double overlap(const dw_ingest *in, uint64_t *of)
{
    const dw_join *m = &in->join;

    *of = m->study_places < m->ref_places ? m->study_places : m->ref_places;
    return *of ? (double)m->agreed_places / (double)*of : 0;
}

int dw_ingest_check_build(dw_ingest *in, int *build, dw_buf *why, dw_err *err)
{
    const dw_ingest_opts *o = in->o;
    dw_build_check c = {.chain = in->chain, .stated = o->build, .share = NAN};
    uint64_t of;
    int rc;

    if (in->study)
        c.study =
            (dw_build_witness){o->study, dw_placed_rows_evidence(in->placed),
                               NULL, dw_sumstats_build(in->study)};
    if (in->ref)
        c.ref = (dw_build_witness){o->ref, &in->watch.evidence,
                                   dw_reference_evidence(in->ref), NULL};
    if (in->genome)
        c.genome = (dw_build_witness){o->fasta, NULL, &in->genome_sizes, NULL};
    if (in->study && in->ref)
        c.share = overlap(in, &of);
    rc = dw_build_check_all(&c, build, why, err);
    if (rc == 0 && in->genome && in->survey)
        rc = dw_genome_fit_check(dw_survey_fit(in->survey), o->ref, o->fasta,
                                 err);
    if (rc == 0 && in->genome && in->placed)
        rc = dw_genome_fit_check(dw_placed_rows_fit(in->placed), o->study,
                                 o->fasta, err);
    return rc;
}

int dw_ingest_check_overlap(dw_ingest *in, dw_buf *warning, dw_err *err)
{
    const dw_join *m = &in->join;
    uint64_t of;
    double share = overlap(in, &of);
    dw_buf why = {0};
    int rc;

    /* Without rows that got as far as the merge there is nothing to say. */
    if (!in->study || !in->ref ||
        share >= fmax(LOW_OVERLAP, in->o->min_overlap) || !m->study_any)
        return 0;
    if ((rc = explain(in, &why, err)) < 0)
        return rc;
    dw_buf_addf(warning,
                "%s and %s: of %" PRIu64 " positions that could be in both, "
                "%" PRIu64 " (%.2g %%) are, with the same alleles%s%s",
                in->o->study, in->o->ref, of, m->agreed_places, 100 * share,
                why.n ? "; " : "", why.n ? why.s : "");
    if (share < in->o->min_overlap)
        rc = dw_fail(err, DW_EMISMATCH, "%s (--min-overlap %g)", warning->s,
                     in->o->min_overlap);
    dw_buf_clear(&why);
    return rc;
}

/* ---- what is told ---- */

void dw_ingest_drop_low_n(dw_ingest *in, size_t dropped)
{
    in->join.taken -= dropped;
    if (in->o->all)
        in->join.latent += dropped;
    else if (in->ref)
        in->fates.n[DW_REASON_REF_NO_Z] += dropped;
}

dw_ingest_counts dw_ingest_count(const dw_ingest *in)
{
    const dw_join *j = &in->join;
    const uint64_t *acted = j->harmonise.acted;

    return (dw_ingest_counts){
        .has_study = in->study != NULL,
        .has_ref = in->ref != NULL,
        .study_rows = in->n_study_rows,
        .ref_rows = in->n_ref_rows,
        .taken = j->taken,
        .latent = j->latent,
        .fates = &in->fates,
        .acted = acted,
        .agreement = j->harmonise.agreement,
        .n_annots = in->annot.p,
        .annot = in->annot_name,
        .annot_missing = in->annot.missing,
    };
}

void dw_ingest_inputs(const dw_ingest *in,
                      void (*add)(void *ctx, const char *name, uint64_t digest),
                      void *ctx)
{
    const dw_row_reader *reader[2] = {
        in->study ? dw_sumstats_reader(in->study) : NULL,
        in->ref ? dw_reference_reader(in->ref) : NULL,
    };
    uint64_t meta;

    for (size_t i = 0; i < DW_COUNT(reader); i++) {
        if (reader[i]) {
            dw_origin of = reader[i]->origin(reader[i]->self);

            if (of.digest)
                add(ctx, of.name, of.digest);
        }
    }
    if (in->study && dw_sumstats_has_meta(in->study, &meta)) {
        dw_buf name = {0};

        dw_buf_addf(&name, "%s-meta.yaml", in->o->study);
        add(ctx, name.s, meta);
        dw_buf_clear(&name);
    }
    dw_annotators_inputs(&in->annot, add, ctx);
    if (in->o->exclude)
        add(ctx, in->o->exclude, in->exclude_digest);
    if (in->chain)
        add(ctx, in->o->chain, dw_chain_origin(in->chain).digest);
    if (in->genome)
        add(ctx, in->o->fasta, dw_genome_origin(in->genome).digest);
}
