#include "flow/ldscore_geno.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "flow/ldscore_table.h"
#include "flow/panel_feed.h"
#include "input/panel_match.h"
#include "ld/score_walk.h"

struct job {
    const dw_ldscore_plan *plan;
    const dw_ldscore_panel *panel;
    dw_ldscore_table table;
    dw_panel_feed *feed;
    dw_score_walk *walk;
    dw_variants chunk; /* of the stream */
    uint32_t last_pos; /* of the contig in hand */
    dw_buf text;
    dw_tally tally; /* variants by what became of them */
    uint64_t n_read;
    dw_progress *progress;
};

/* ---- where variants with genotypes go ---- */

static int turn(void *ctx, const char *contig, dw_err *err)
{
    struct job *j = ctx;

    j->last_pos = 0;
    return dw_score_walk_turn(j->walk, contig, err);
}

static int take(void *ctx, const dw_variants *v, size_t row, const void *column,
                dw_tally *tally, dw_err *err)
{
    struct job *j = ctx;

    return dw_score_walk_take(j->walk, v, row, column, tally, err);
}

/* ---- where scores go ---- */

static int put(void *ctx, const dw_variants *v, const double *score,
               dw_err *err)
{
    struct job *j = ctx;

    (void)err; /* whether writing failed, closing says */
    dw_progress_at(j->progress, j->n_read, v->contig);
    dw_buf_reset(&j->text);
    dw_ldscore_table_text(&j->text, v, 0, v->m, j->table.p, score);
    dw_ldscore_table_add(&j->table, &j->text, v, 0, v->m);
    return 0;
}

/* ---- what is read ---- */

static int begin(struct job *j, const dw_head *head, dw_err *err)
{
    const dw_geno *geno = dw_panel_feed_geno(j->feed);
    const dw_score_walk_opts opts = {j->plan->window, j->plan->threads};
    const dw_score_walk_out out = {j, put};

    if (dw_ldscore_table_begin(&j->table, head, err) < 0)
        return err->code;
    if (!j->walk)
        j->walk = dw_score_walk_new(&opts, &out, dw_geno_kind_of(geno),
                                    dw_geno_people(geno),
                                    j->plan->by_annotation ? j->table.p : 0);
    return 0;
}

static int begin_run(struct job *j, const dw_source *src, dw_err *err)
{
    const dw_head *head = dw_source_head(src);

    if (!head->panel.name)
        return begin(j, head, err);
    dw_fail(err, DW_EMISMATCH,
            "the stream holds blocks already, made from %s: LD scores of them "
            "go without --geno",
            head->panel.name);
    return dw_source_fail(src, err);
}

static int take_chunk(struct job *j, dw_source *src, bool turned, dw_err *err)
{
    dw_variants *v = &j->chunk;
    int rc = turned ? dw_panel_feed_turn(j->feed, v->contig, err) : 0;

    if (rc == 0 && v->m && v->pos[0] < j->last_pos) {
        dw_fail(err, DW_EFORMAT, "variants of contig %s are not sorted",
                v->contig);
        rc = dw_source_fail(src, err);
    }
    if (j->plan->by_annotation)
        j->table.missing += dw_ldscore_table_fill(v, 0, v->m);
    for (size_t row = 0; row < v->m && rc == 0; row++) {
        j->n_read++;
        rc = dw_panel_feed_row(j->feed, v, row, &j->tally, err);
        j->last_pos = v->pos[row];
    }
    return rc;
}

static int take_any(struct job *j, dw_source *src, const dw_chunk *chunk,
                    dw_err *err)
{
    char before[DW_CONTIG_MAX];

    if (dw_chunk_is(chunk, "HEAD"))
        return begin_run(j, src, err);
    if (dw_chunk_is(chunk, "TAIL")) {
        j->chunk.contig[0] = 0;
        return dw_panel_feed_turn(j->feed, "", err);
    }
    if (!dw_chunk_is(chunk, "VARS"))
        return 0;
    strcpy(before, j->chunk.contig);
    if (dw_source_variants(src, &j->chunk, err) < 0)
        return err->code;
    return take_chunk(j, src, strcmp(before, j->chunk.contig) != 0, err);
}

static int read_stream(struct job *j, dw_source *src, dw_err *err)
{
    dw_chunk chunk;
    int rc;

    while ((rc = dw_source_next(src, &chunk, err)) > 0) {
        rc = take_any(j, src, &chunk, err);
        if (rc < 0)
            break;
    }
    return rc;
}

static int read_panel(struct job *j, dw_err *err)
{
    const dw_head none = {0};
    const dw_scope everywhere = {0};

    if (begin(j, &none, err) < 0 ||
        dw_panel_feed_all(j->feed, &everywhere, &j->n_read, &j->tally, err) < 0)
        return err->code;
    return dw_score_walk_turn(j->walk, "", err);
}

/* ---- is it what was meant? ---- */

static int check(const struct job *j, bool stream, dw_err *err)
{
    const char *name = j->panel->geno;
    dw_panel_match m = {
        .asked = j->n_read - dw_tally_get(&j->tally, "contig_not_in_panel"),
        .other = dw_tally_get(&j->tally, "alleles_differ"),
    };

    m.found = m.asked - m.other - dw_tally_get(&j->tally, "not_in_panel");
    if (stream && j->n_read && m.asked == 0)
        return dw_fail(err, DW_EMISMATCH,
                       "%s has none of the stream's chromosomes", name);
    if (stream && dw_panel_match_check(&m, name, "the stream", err) < 0)
        return err->code;
    if (dw_tally_get(&j->tally, "taken") == 0)
        return dw_fail(err, DW_EDEGENERATE,
                       "%s: none of %" PRIu64 " variants can be used "
                       "(%" PRIu64 " monomorphic)",
                       name, j->n_read, dw_tally_get(&j->tally, "monomorphic"));
    return 0;
}

static void report(const struct job *j)
{
    dw_note("%" PRIu64 " variants in, LD scores of %" PRIu64 " from %zu people",
            j->n_read, dw_tally_get(&j->tally, "taken"),
            dw_geno_people(dw_panel_feed_geno(j->feed)));
    dw_tally_note(&j->tally);
    dw_panel_feed_note(j->feed);
}

int dw_ldscore_of_genotypes(const dw_ldscore_plan *plan,
                            const dw_ldscore_panel *panel, dw_outfile *out,
                            dw_source *src, dw_err *err)
{
    struct job j = {.plan = plan,
                    .panel = panel,
                    .table = {.out = out,
                              .counts = plan->counts,
                              .by_annotation = plan->by_annotation}};
    const dw_panel_feed_to to = {&j, turn, take};
    int rc;

    j.feed = dw_panel_feed_open(panel->geno, &panel->query, &to, err);
    rc = j.feed ? 0 : err->code;
    if (rc == 0) {
        j.progress = dw_progress_begin("variants", 0);
        rc = src ? read_stream(&j, src, err) : read_panel(&j, err);
        dw_progress_end(j.progress);
    }
    if (rc == 0 && (rc = check(&j, src, err)) == 0 &&
        (rc = dw_ldscore_table_finish(&j.table, err)) == 0)
        report(&j);
    dw_score_walk_free(j.walk);
    dw_panel_feed_close(j.feed);
    dw_ldscore_table_clear(&j.table);
    dw_variants_clear(&j.chunk);
    dw_buf_clear(&j.text);
    dw_tally_clear(&j.tally);
    return rc;
}
