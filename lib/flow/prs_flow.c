#include "flow/prs_flow.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/par.h"
#include "data/allele.h"
#include "input/panel.h"
#include "input/panel_match.h"
#include "input/read_weights.h"
#include "score/sum_scores.h"

struct dw_prs {
    const dw_prs_opts *o;
    const char *path; /* of the weights */
    dw_regions regions;
    dw_weights *weights;
    dw_geno *geno;
    dw_panel *panel;
    dw_sums *sums;
    dw_pool *pool;
    unsigned char *asked; /* variants of the place that have a weight */
    size_t cap_asked;
    dw_progress *progress;
    dw_tally tally;
};

/* ---- one weight against the panel ---- */

static dw_match match(const dw_prs *s, const dw_weight *w, size_t i)
{
    dw_span ea = dw_span_of(dw_weights_text(s->weights, w->ea));
    dw_span oa = dw_span_of(dw_weights_text(s->weights, w->oa));
    dw_span ref = dw_span_of(dw_panel_ref(s->panel, i));
    dw_span alt = dw_span_of(dw_panel_alt(s->panel, i));
    dw_match m;

    if (!oa.n)
        return dw_allele_eq(ea, alt)   ? DW_MATCH_SAME
               : dw_allele_eq(ea, ref) ? DW_MATCH_SWAPPED
                                       : DW_MATCH_NONE;
    m = dw_allele_match(ea, oa, alt, ref);
    if (m > DW_MATCH_SWAPPED &&
        !(dw_allele_is_acgt(ea) && dw_allele_is_acgt(oa) &&
          dw_allele_is_acgt(alt) && dw_allele_is_acgt(ref)))
        m = DW_MATCH_NONE;
    return m;
}

/* The place's variant that matches best: as written, before the other strand.
 * SIZE_MAX: none. */
static size_t best_match(const dw_prs *s, const dw_weight *w, dw_match *how)
{
    size_t best = SIZE_MAX;

    *how = DW_MATCH_NONE;
    for (size_t i = 0; i < dw_panel_size(s->panel); i++) {
        dw_match m = match(s, w, i);

        if (m != DW_MATCH_NONE && (best == SIZE_MAX || m < *how)) {
            best = i;
            *how = m;
        }
    }
    return best;
}

static int add_weight(dw_prs *s, const dw_weight *w, dw_err *err)
{
    dw_match how;
    void *asked = s->asked;
    size_t n, i;
    bool same_place = dw_panel_pos(s->panel) == w->pos, other;

    if (dw_panel_at(s->panel, w->pos, err) < 0)
        return err->code;
    n = dw_panel_size(s->panel);
    if (dw_try_grow(&asked, &s->cap_asked, n, 1) < 0)
        return dw_fail(err, DW_ENOMEM, "not enough memory for one place");
    s->asked = asked;
    if (!same_place && n)
        memset(s->asked, 0, n);
    i = best_match(s, w, &how);
    if (i == SIZE_MAX) {
        dw_tally_add(&s->tally, n ? "alleles_differ" : "not_in_panel", 1);
        return 0;
    }
    if (s->asked[i]++) {
        dw_tally_add(&s->tally, "duplicate", 1);
        return 0;
    }
    other = how == DW_MATCH_SWAPPED || how == DW_MATCH_STRAND_SWAPPED;
    dw_tally_add(&s->tally, "used", 1);
    if (how > DW_MATCH_SWAPPED)
        dw_tally_add(&s->tally, "other_strand", 1);
    dw_sums_add(s->sums, dw_panel_column(s->panel, i), w->weight, other);
    dw_progress_at(s->progress, dw_sums_variants(s->sums),
                   dw_panel_contig(s->panel));
    return 0;
}

static bool in_region(const dw_prs *s, const dw_weight *w)
{
    return !s->o->region ||
           dw_regions_hold(&s->regions, dw_weights_contig(s->weights, w),
                           w->pos);
}

/* All weights, in the order of the panel's contigs. */
static int add_weights(dw_prs *s, dw_err *err)
{
    size_t n = dw_weights_size(s->weights), outside = 0;
    int rc;

    for (size_t i = 0; i < n; i++)
        outside += !in_region(s, dw_weights_at(s->weights, i));
    if (outside)
        dw_tally_add(&s->tally, "outside_region", outside);
    n -= outside;
    while ((rc = dw_panel_next_contig(s->panel, err)) > 0) {
        size_t begin, end;

        dw_weights_of(s->weights, dw_panel_contig(s->panel), &begin, &end);
        for (size_t i = begin; i < end; i++) {
            const dw_weight *w = dw_weights_at(s->weights, i);

            if (!in_region(s, w))
                continue;
            n--;
            if (add_weight(s, w, err) < 0)
                return err->code;
        }
    }
    if (rc == 0 && n)
        dw_tally_add(&s->tally, "contig_not_in_panel", n);
    if (rc == 0)
        dw_sums_finish(s->sums);
    return rc;
}

/* ---- before and after ---- */

static int open_panel(dw_prs *s, dw_err *err)
{
    const dw_prs_opts *o = s->o;
    const dw_geno_query query = {.samples = o->samples,
                                 .regions = o->region ? &s->regions : NULL,
                                 .dosage = o->dosage};

    s->geno = dw_geno_open(o->geno, &query, err);
    if (!s->geno)
        return err->code;
    s->panel = dw_panel_new(s->geno);
    return 0;
}

/* Weights that have ids only: a pass over the panel tells where they are. */
static int place_by_id(dw_prs *s, dw_err *err)
{
    dw_site site;
    int rc;

    if (strcmp(s->o->geno, "-") == 0)
        return dw_fail(err, DW_EUSAGE,
                       "%s has ids and no positions: --geno has to be a file, "
                       "since it is read twice",
                       s->path);
    while ((rc = dw_geno_next(s->geno, &site, err)) > 0) {
        if (dw_weights_place(s->weights, site.id, site.contig, site.pos, err) <
            0)
            return err->code;
    }
    if (rc < 0)
        return rc;
    dw_weights_placed(s->weights, &s->tally);
    dw_panel_free(s->panel);
    dw_geno_close(s->geno);
    s->panel = NULL;
    s->geno = NULL;
    return open_panel(s, err);
}

static int open_all(dw_prs *s, dw_err *err)
{
    if (s->o->region) {
        if (dw_regions_add_text(&s->regions, s->o->region, err) < 0)
            return err->code;
        dw_regions_sort(&s->regions);
    }
    s->weights = dw_weights_read(s->path, s->o->columns, &s->tally, err);
    if (!s->weights || open_panel(s, err) < 0)
        return err->code;
    if (dw_weights_by_id(s->weights) && place_by_id(s, err) < 0)
        return err->code;
    s->pool = dw_pool_new(s->o->threads);
    s->sums =
        dw_sums_new(dw_geno_kind_of(s->geno), dw_geno_people(s->geno), s->pool);
    return s->sums ? 0
                   : dw_fail(err, DW_ENOMEM, "not enough memory for %zu people",
                             dw_geno_people(s->geno));
}

static int check_match(const dw_prs *s, dw_err *err)
{
    const dw_panel_match m = {
        .asked = dw_tally_get(&s->tally, "rows") -
                 dw_tally_get(&s->tally, "outside_region"),
        .found = dw_tally_get(&s->tally, "used"),
        .other = dw_tally_get(&s->tally, "alleles_differ"),
        .by_id = dw_weights_by_id(s->weights),
    };

    if (m.asked == 0)
        return dw_fail(err, DW_EDEGENERATE, "%s: no weight in it%s", s->path,
                       s->o->region ? " for that region" : "");
    return dw_panel_match_check(&m, s->o->geno, s->path, err);
}

dw_prs *dw_prs_open(const dw_prs_opts *o, const char *weights, dw_err *err)
{
    dw_prs *s = dw_alloc(1, sizeof *s);

    s->o = o;
    s->path = weights ? weights : "-";
    if (open_all(s, err) == 0)
        return s;
    dw_prs_free(s);
    return NULL;
}

void dw_prs_free(dw_prs *s)
{
    if (!s)
        return;
    dw_sums_free(s->sums);
    dw_pool_free(s->pool);
    dw_panel_free(s->panel);
    dw_geno_close(s->geno);
    dw_weights_free(s->weights);
    dw_regions_clear(&s->regions);
    dw_tally_clear(&s->tally);
    dw_free(s->asked);
    dw_free(s);
}

int dw_prs_run(dw_prs *s, dw_err *err)
{
    int rc;

    s->progress = dw_progress_begin("variants", 0);
    rc = add_weights(s, err);
    dw_progress_end(s->progress);
    s->progress = NULL;
    return rc < 0 ? rc : check_match(s, err);
}

/* ---- what came of it ---- */

void dw_prs_print(const dw_prs *s, dw_outfile *out)
{
    const double *score = dw_sums_score(s->sums);
    const uint32_t *missing = dw_sums_missing(s->sums);

    dw_outfile_printf(out, "FID\tIID\tN_VARIANTS\tSCORE\n");
    for (size_t i = 0; i < dw_geno_people(s->geno); i++)
        dw_outfile_printf(out, "%s\t%s\t%zu\t%.9g\n", dw_geno_fid(s->geno, i),
                          dw_geno_iid(s->geno, i),
                          dw_sums_variants(s->sums) - missing[i], score[i]);
}

size_t dw_prs_people(const dw_prs *s)
{
    return dw_geno_people(s->geno);
}

const dw_tally *dw_prs_tally(const dw_prs *s)
{
    return &s->tally;
}
