#include "flow/ingest_flow.h"

#include <math.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "data/build.h"
#include "data/count_median.h"
#include "output/ingest_report.h"
#include "record/hold.h"
#include "record/rec_stream.h"
#include "record/rec_vars.h"
#include "stream/outfile.h"

/* Times the median: an N above it is marked, as one below --min-n-share is left
 * out. */
static const double HIGH_N = 1.25;

/* From the first row to the last chunk. */
struct job {
    const dw_ingest_plan *plan;
    dw_ingest in;
    dw_hold *hold; /* all variants, until the median of N is known */
    dw_count_median *median;
    dw_drop_log *drops, *actions; /* NULL: nobody asked */
    int build;                    /* as found; DW_BUILD_NONE: it was not */
    dw_buf build_why;
    dw_signal_tracks *tracks; /* NULL: none */
    dw_tracks table;          /* the tracks of one table */
    dw_crew *crew;
};

/* ---- what the merge gives is held ---- */

static int begin_tables(void *ctx, dw_err *err)
{
    struct job *j = ctx;

    dw_count_median_free(j->median);
    j->median = dw_count_median_new();
    if (j->drops)
        dw_drop_log_reset(j->drops);
    if (j->actions)
        dw_drop_log_reset(j->actions);
    return dw_hold_reset(j->hold, err);
}

static int hold_table(void *ctx, dw_variants *v, dw_err *err)
{
    struct job *j = ctx;

    if (v->t && dw_count_median_add_all(j->median, v->n, v->m) < 0)
        return dw_fail(err, DW_ENOMEM, "no memory for sample sizes");
    return dw_hold_put(j->hold, v, err);
}

/* ---- the head ---- */

static void add_input(void *head, const char *name, uint64_t digest)
{
    dw_head_add_input(head, name, digest);
}

/* As stated, else as found, else as the study says of itself. */
static const char *build_of(const struct job *j)
{
    const char *own =
        j->in.study && !j->plan->in.chain ? dw_sumstats_build(j->in.study) : "";

    if (j->plan->in.build)
        return dw_build_name(j->plan->in.build);
    if (j->build != DW_BUILD_NONE)
        return dw_build_word(j->build);
    return *own ? dw_build_name(own) : ".";
}

char *dw_ingest_plan_trait(const dw_ingest_plan *plan)
{
    char *stem = dw_lines_stem(plan->in.study, ".");
    char *name = dw_strdup(plan->trait ? plan->trait : *stem ? stem : "trait");

    dw_free(stem);
    return name;
}

static void make_head(const struct job *j, double n, dw_head *head)
{
    dw_head_set_build(head, build_of(j));
    if (j->in.study) {
        char *name = dw_ingest_plan_trait(j->plan);

        dw_head_add_trait(
            head, name,
            dw_sumstats_is_binary(j->in.study) ? "binary" : "quantitative", n);
        dw_free(name);
    }
    for (size_t c = 0; c < j->in.annot.p; c++)
        dw_head_add_annot(head, dw_annotators_name(&j->in.annot, c),
                          dw_annotators_unit(&j->in.annot, c),
                          j->in.annot.missing[c]);
    dw_head_add_step(head, "dw-ingest", j->plan->version, j->plan->args);
    dw_ingest_inputs(&j->in, add_input, head);
    if (j->tracks)
        dw_signal_tracks_inputs(j->tracks, add_input, head);
}

/* Of the variants that will fall for their N nothing is said to be missing. */
static int settle_missing(struct job *j, double n, dw_err *err)
{
    dw_annotators *annot = &j->in.annot;
    uint64_t *low;
    int rc;

    if (j->in.o->all || annot->p == 0)
        return 0;
    low = dw_alloc(annot->p, sizeof *low);
    rc = dw_hold_low_missing(j->hold, n * j->plan->min_n_share, annot->p, low,
                             err);
    for (size_t c = 0; rc == 0 && c < annot->p; c++)
        annot->missing[c] -= low[c];
    dw_free(low);
    return rc;
}

/* ---- reports ---- */

static int write_reports(const struct job *j, const dw_ingest_counts *counts,
                         dw_err *err)
{
    const dw_ingest_plan *o = j->plan;
    int rc = 0;

    if (o->report)
        rc = dw_ingest_report_write(o->report, counts, err);
    if (rc == 0 && o->report_variants)
        rc = dw_drop_log_write(j->drops, o->report_variants, err);
    if (rc == 0 && o->report_actions)
        rc = dw_action_log_write(j->actions, o->report_actions, err);
    return rc;
}

/* ---- the stream ---- */

/* The TRAK of a VARS that was just written. */
static int put_tracks(void *ctx, const dw_variants *v, dw_sink *sink,
                      dw_err *err)
{
    struct job *j = ctx;
    int rc = dw_signal_tracks_fill(j->tracks, v, &j->table, err);

    return rc < 0 ? rc : dw_sink_tracks(sink, &j->table, err);
}

static int write_run(struct job *j, const dw_head *head, double n,
                     dw_sink *sink, dw_ingest_counts *counts, dw_err *err)
{
    dw_ingest *in = &j->in;
    dw_tally tally = {0};
    size_t low = 0;
    int rc = dw_sink_begin(sink, head, err);

    if (j->tracks)
        dw_hold_put_behind(j->hold, put_tracks, j);
    if (rc == 0)
        rc = dw_hold_write(j->hold, sink, n * j->plan->min_n_share, in->o->all,
                           &in->fates, &low, err);
    if (rc < 0)
        return rc;
    dw_ingest_drop_low_n(in, low);
    *counts = dw_ingest_count(in);
    counts->n_high = dw_count_median_above(j->median, n * HIGH_N);
    dw_ingest_report_tally(counts, &tally);
    rc = dw_sink_end(sink, NULL, "dw-ingest", &tally, err);
    dw_tally_clear(&tally);
    return rc;
}

/* The stream takes its name last, so that none is there where a report could
 * not be written. */
static int write_stream(struct job *j, const char *out, double n,
                        dw_ingest_counts *counts, dw_err *err)
{
    dw_sink *sink = dw_sink_open(out, err);
    dw_head head = {0};
    int rc;

    if (!sink)
        return err->code;
    rc = settle_missing(j, n, err);
    make_head(j, n, &head);
    if (rc == 0)
        rc = write_run(j, &head, n, sink, counts, err);
    dw_head_clear(&head);
    if (rc == 0)
        rc = write_reports(j, counts, err);
    if (rc == 0)
        return dw_sink_close(sink, err);
    dw_sink_abandon(sink);
    return rc;
}

/* ---- what is told ---- */

static void warn_lines(const char *line)
{
    for (; *line; line += strcspn(line, "\n") + 1)
        dw_warn("%.*s", (int)strcspn(line, "\n"), line);
}

static void tell(const struct job *j, double n, const dw_ingest_counts *counts,
                 const dw_buf *warning)
{
    dw_buf words = {0};

    if (j->in.study) {
        warn_lines(dw_sumstats_warnings(j->in.study));
        dw_sumstats_tell(j->in.study, &words);
        dw_note("%s: %s; median N %.10g", j->plan->in.study, words.s, n);
    } else {
        dw_note("no SUMSTATS (- is stdin): variants of the reference, no z");
    }
    if (j->build != DW_BUILD_NONE)
        dw_note("build %s%s, by %s", dw_build_word(j->build),
                j->plan->in.build ? " as --build says" : "", j->build_why.s);
    dw_ingest_report_tell(counts);
    if (j->tracks)
        dw_signal_tracks_tell(j->tracks);
    if (warning->n)
        dw_warn("%s", warning->s);
    dw_buf_clear(&words);
}

/* No variant: the reports are written all the same, since they say why. */
static int nothing_taken(const struct job *j, dw_err *err)
{
    dw_ingest_counts counts = dw_ingest_count(&j->in);
    int rc;

    rc = write_reports(j, &counts, err);
    return rc < 0 ? rc
                  : dw_ingest_report_refuse(
                        &counts,
                        j->plan->in.study ? j->plan->in.study : j->plan->in.ref,
                        err);
}

/* What reads the genome has to be of the build. */
static int check_signals(const struct job *j, const char *build, dw_err *err)
{
    int rc = dw_annotators_check_build(&j->in.annot, build, err);

    if (rc == 0 && j->tracks)
        rc = dw_signal_tracks_check_build(j->tracks, build, err);
    return rc;
}

/* The build that was stated is held against before anything is read. */
static int open_signals(struct job *j, dw_err *err)
{
    if (j->plan->tracks.n) {
        j->tracks = dw_signal_tracks_open(&j->plan->tracks, err);
        if (!j->tracks)
            return err->code;
    }
    return check_signals(j, build_of(j), err);
}

/* The builds of all inputs, as what was read of them says. */
static int check_build(struct job *j, dw_err *err)
{
    int rc = dw_ingest_check_build(&j->in, &j->build, &j->build_why, err);

    return rc < 0 ? rc : check_signals(j, build_of(j), err);
}

static int work(struct job *j, const char *out, dw_err *err)
{
    const dw_ingest_sink sink = {
        .begin = begin_tables,
        .put = hold_table,
        .ctx = j,
        .drop = j->drops ? dw_drop_log_add : NULL,
        .drop_ctx = j->drops,
        .act = j->actions ? dw_action_log_add : NULL,
        .act_ctx = j->actions,
    };
    dw_ingest_counts counts;
    dw_buf warning = {0};
    double n = NAN;
    int rc = dw_ingest_run(&j->in, &sink, err);

    if (rc == 0)
        rc = check_build(j, err);
    if (rc == 0)
        rc = dw_ingest_check_overlap(&j->in, &warning, err);
    if (rc == 0 && j->in.join.taken + j->in.join.latent == 0)
        rc = nothing_taken(j, err);
    if (rc == 0) {
        n = dw_count_median_value(j->median);
        rc = write_stream(j, out, n, &counts, err);
    }
    if (rc == 0)
        tell(j, n, &counts, &warning);
    dw_buf_clear(&warning);
    return rc;
}

int dw_ingest_flow_run(const dw_ingest_plan *plan, const char *out, dw_err *err)
{
    struct job j = {
        .plan = plan,
        .build = DW_BUILD_NONE,
        .crew = plan->threads > 1 ? dw_crew_new(plan->threads) : NULL,
    };
    int rc = 0;

    if (plan->report_variants && !(j.drops = dw_drop_log_new(err)))
        rc = err->code;
    if (rc == 0 && plan->report_actions && !(j.actions = dw_drop_log_new(err)))
        rc = err->code;
    if (rc == 0 && !(j.hold = dw_hold_new(err)))
        rc = err->code;
    if (rc == 0)
        rc = dw_ingest_open(&j.in, &plan->in, j.crew, err);
    if (rc == 0)
        rc = open_signals(&j, err);
    if (rc == 0) {
        dw_hold_share(j.hold, j.crew, plan->min_n_share);
        rc = work(&j, out, err);
    }
    dw_ingest_close(&j.in);
    dw_signal_tracks_close(j.tracks);
    dw_tracks_clear(&j.table);
    dw_hold_free(j.hold);
    dw_count_median_free(j.median);
    dw_drop_log_free(j.drops);
    dw_drop_log_free(j.actions);
    dw_buf_clear(&j.build_why);
    dw_crew_free(j.crew);
    return rc;
}

int dw_ingest_flow_explain(const dw_ingest_plan *plan, const char *out,
                           dw_err *err)
{
    bool file = out && strcmp(out, "-") != 0;
    dw_buf words = {0};
    dw_err why = {0};
    int rc =
        dw_sumstats_explain(plan->in.study, &plan->in.columns, &words, &why);
    dw_outfile *to = rc < 0 && file ? NULL : dw_outfile_open(out, false, err);

    if (to) {
        dw_outfile_write(to, words.s, words.n);
        if (dw_outfile_close(to, err) < 0 && rc == 0)
            why = *err;
    } else if (rc == 0) {
        why = *err;
    }
    dw_buf_clear(&words);
    *err = why;
    return why.code;
}
