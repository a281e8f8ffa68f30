/*
 * dw-ingest: summary statistics and annotations in, variant stream out.
 * dw-ingest(1).
 */
#include <math.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "cli/opts.h"
#include "data/build.h"
#include "data/count_median.h"
#include "ingest/ingest.h"
#include "output/ingest_report.h"
#include "record/hold.h"
#include "record/rec_stream.h"
#include "record/rec_vars.h"

struct ingest_opts {
    dw_ingest_opts in;
    dw_opt_list annot;
    const char *trait, *report, *report_variants, *report_actions;
    double min_n_share;
};

/* From the first row to the last chunk. */
struct job {
    const struct ingest_opts *o;
    dw_ingest in;
    dw_hold *hold; /* all variants, until the median of N is known */
    dw_count_median *median;
    dw_drop_log *drops, *actions; /* NULL: nobody asked */
    int build;                    /* as found; DW_BUILD_NONE: it was not */
    dw_buf build_why;
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

static int hold_table(void *ctx, const dw_variants *v, dw_err *err)
{
    struct job *j = ctx;

    for (size_t i = 0; v->t && i < v->m; i++) {
        if (!isnan(v->n[i]) && dw_count_median_add(j->median, v->n[i]) < 0)
            return dw_fail(err, DW_ENOMEM, "no memory for sample sizes");
    }
    return dw_hold_put(j->hold, v, err);
}

/* ---- the head ---- */

static void add_input(void *head, const char *name, uint64_t digest)
{
    dw_head_add_input(head, name, digest);
}

static void make_head(const struct job *j, const dw_common *common, double n,
                      dw_head *head)
{
    const char *build = ".";

    if (j->o->in.build)
        build = dw_build_name(j->o->in.build);
    else if (j->build != DW_BUILD_NONE)
        build = dw_build_word(j->build);
    dw_head_set_build(head, build);
    if (j->in.study) {
        char *stem = dw_lines_stem(j->o->in.study, ".");
        const char *name = j->o->trait ? j->o->trait : *stem ? stem : "trait";

        dw_head_add_trait(
            head, name,
            dw_sumstats_is_binary(j->in.study) ? "binary" : "quantitative", n);
        dw_free(stem);
    }
    for (size_t a = 0; a < j->in.n_annots; a++) {
        for (size_t i = 0; i < dw_annot_width(j->in.annot[a]); i++)
            dw_head_add_annot(head, dw_annot_name(j->in.annot[a], i), ".");
    }
    dw_head_add_step(head, "dw-ingest", dw_version(), common->history);
    dw_ingest_inputs(&j->in, add_input, head);
}

/* ---- the stream ---- */

static int write_run(struct job *j, const dw_head *head, double n,
                     dw_sink *sink, dw_ingest_counts *counts, dw_err *err)
{
    dw_ingest *in = &j->in;
    dw_tally tally = {0};
    size_t low = 0;
    int rc = dw_sink_begin(sink, head, err);

    if (rc == 0)
        rc = dw_hold_write(j->hold, sink, n * j->o->min_n_share, in->o->all,
                           &in->fates, &low, err);
    if (rc < 0)
        return rc;
    dw_ingest_drop_low_n(in, low);
    *counts = dw_ingest_count(in);
    dw_ingest_report_tally(counts, &tally);
    rc = dw_sink_end(sink, NULL, "dw-ingest", &tally, err);
    dw_tally_clear(&tally);
    return rc;
}

static int write_stream(struct job *j, const dw_common *common, double n,
                        dw_ingest_counts *counts, dw_err *err)
{
    dw_sink *sink = dw_sink_open(common->out, err);
    dw_head head = {0};
    int rc;

    if (!sink)
        return err->code;
    make_head(j, common, n, &head);
    rc = write_run(j, &head, n, sink, counts, err);
    dw_head_clear(&head);
    if (rc == 0)
        return dw_sink_close(sink, err);
    dw_sink_abandon(sink);
    return rc;
}

/* ---- what is told ---- */

static void tell(const struct job *j, double n, const dw_ingest_counts *counts,
                 const dw_buf *warning)
{
    dw_buf words = {0};

    if (j->in.study) {
        dw_sumstats_tell(j->in.study, &words);
        dw_note("%s: %s; median N %.10g", j->o->in.study, words.s, n);
    } else {
        dw_note("no SUMSTATS (- is stdin): variants of the reference, no z");
    }
    if (j->build != DW_BUILD_NONE)
        dw_note("build %s%s, by %s", dw_build_word(j->build),
                j->o->in.build ? " as --build says" : "", j->build_why.s);
    dw_ingest_report_tell(counts);
    if (warning->n)
        dw_warn("%s", warning->s);
    dw_buf_clear(&words);
}

static int write_reports(const struct job *j, const dw_ingest_counts *counts,
                         dw_err *err)
{
    const struct ingest_opts *o = j->o;
    int rc = 0;

    if (o->report)
        rc = dw_ingest_report_write(o->report, counts, err);
    if (rc == 0 && o->report_variants)
        rc = dw_drop_log_write(j->drops, o->report_variants, err);
    if (rc == 0 && o->report_actions)
        rc = dw_action_log_write(j->actions, o->report_actions, err);
    return rc;
}

/* No variant: the reports are written all the same, since they say why. */
static int nothing_taken(const struct job *j, dw_err *err)
{
    dw_ingest_counts counts = dw_ingest_count(&j->in);
    int rc;

    rc = write_reports(j, &counts, err);
    return rc < 0 ? rc
                  : dw_ingest_report_refuse(
                        &counts, j->o->in.study ? j->o->in.study : j->o->in.ref,
                        err);
}

static int work(struct job *j, const dw_common *common, dw_err *err)
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
        rc = dw_ingest_check_build(&j->in, &j->build, &j->build_why, err);
    if (rc == 0)
        rc = dw_ingest_check_overlap(&j->in, &warning, err);
    if (rc == 0 && j->in.join.taken + j->in.join.latent == 0)
        rc = nothing_taken(j, err);
    if (rc == 0) {
        n = dw_count_median_value(j->median);
        rc = write_stream(j, common, n, &counts, err);
    }
    if (rc == 0)
        rc = write_reports(j, &counts, err);
    if (rc == 0)
        tell(j, n, &counts, &warning);
    dw_buf_clear(&warning);
    return rc;
}

static int run(void *opts, const dw_common *common, dw_err *err)
{
    struct ingest_opts *o = opts;
    struct job j = {.o = o, .build = DW_BUILD_NONE};
    int rc = 0;

    o->in.study = common->n_args ? common->arg[0] : o->in.ref ? NULL : "-";
    o->in.annot = o->annot.item;
    o->in.n_annots = o->annot.n;
    if ((o->in.columns.n_cases > 0) != (o->in.columns.n_controls > 0))
        rc = dw_fail(err, DW_EUSAGE, "--n-cases and --n-controls go together");
    if (rc == 0 && o->report_variants && !(j.drops = dw_drop_log_new(err)))
        rc = err->code;
    if (rc == 0 && o->report_actions && !(j.actions = dw_drop_log_new(err)))
        rc = err->code;
    if (rc == 0 && !(j.hold = dw_hold_new(err)))
        rc = err->code;
    if (rc == 0)
        rc = dw_ingest_open(&j.in, &o->in, err);
    if (rc == 0)
        rc = work(&j, common, err);
    dw_ingest_close(&j.in);
    dw_hold_free(j.hold);
    dw_count_median_free(j.median);
    dw_drop_log_free(j.drops);
    dw_drop_log_free(j.actions);
    dw_buf_clear(&j.build_why);
    return rc;
}

/* drop, keep, af, or af:X. */
static int parse_ambiguous(const char *text, void *value, dw_err *err)
{
    dw_ingest_opts *o = value;
    dw_span s = dw_span_of(text);

    o->af_limit = 0;
    if (strcmp(text, "drop") == 0)
        o->ambiguous = DW_AMBIGUOUS_DROP;
    else if (strcmp(text, "keep") == 0)
        o->ambiguous = DW_AMBIGUOUS_KEEP;
    else if (strcmp(text, "af") == 0)
        o->ambiguous = DW_AMBIGUOUS_AF;
    else if (s.n > 3 && memcmp(text, "af:", 3) == 0 &&
             dw_text_double((dw_span){s.s + 3, s.n - 3}, &o->af_limit) == 0 &&
             o->af_limit > 0 && o->af_limit <= 0.5)
        o->ambiguous = DW_AMBIGUOUS_AF;
    else
        return dw_fail(err, DW_EUSAGE,
                       "\"%s\" is none of drop, keep, af and af:X (a "
                       "frequency within 0 and 0.5)",
                       text);
    return 0;
}

int main(int argc, char **argv)
{
    struct ingest_opts o = {
        .min_n_share = 0.8,
        .in = {.ambiguous = DW_AMBIGUOUS_AF,
               .min_overlap = 0.05,
               .batch = DW_VARS_CHUNK},
    };
    dw_sumstats_opts *c = &o.in.columns;
    int status;
    const dw_opt table[] = {
        {"Summary statistics", 0, "trait", DW_OPT_TEXT, &o.trait, "NAME",
         "the trait's name; else the file's", 0, 0, 0, NULL},
        {NULL, 0, "format", DW_OPT_TEXT, &c->format, "NAME",
         "bolt, fastgwa, ldsc, table; else told from the header", 0, 0, 0,
         NULL},
        {NULL, 0, "columns", DW_OPT_TEXT, &c->columns, "X=NAME,..",
         "what columns mean: CHR POS ID EA OA EAF BETA OR SE Z CHISQ P LOG10P "
         "N NCAS NCON INFO",
         0, 0, 0, NULL},
        {NULL, 0, "n", DW_OPT_REAL, &c->n, "N",
         "sample size, instead of a column", 1, 1e9, 0, NULL},
        {NULL, 0, "n-cases", DW_OPT_REAL, &c->n_cases, "N",
         "cases: N is 4 / (1/cases + 1/controls)", 1, 1e9, 0, NULL},
        {NULL, 0, "n-controls", DW_OPT_REAL, &c->n_controls, "N", "controls", 1,
         1e9, 0, NULL},
        {NULL, 0, "build", DW_OPT_TEXT, &o.in.build, "NAME",
         "genome build: GRCh37, GRCh38; checked, else told from positions", 0,
         0, 0, NULL},
        {"Reference", 0, "ref", DW_OPT_TEXT, &o.in.ref, "FILE",
         "variants to harmonise with: .bim, VCF, BCF, .pvar", 0, 0, 0, NULL},
        {NULL, 0, "fasta", DW_OPT_TEXT, &o.in.fasta, "FILE",
         "the genome, with its .fai: tells REF, normalises indels", 0, 0, 0,
         NULL},
        {NULL, 0, "chain", DW_OPT_TEXT, &o.in.chain, "FILE",
         "lift the study to another build (UCSC chain)", 0, 0, 0, NULL},
        {NULL, 0, "ambiguous", DW_OPT_PARSE, &o.in, "drop|keep|af[:X]",
         "what to do with A/T and C/G [af:0.4]", 0, 0, 0, parse_ambiguous},
        {NULL, 0, "all", DW_OPT_FLAG, &o.in.all, NULL,
         "keep variants of --ref without a z", 0, 0, 0, NULL},
        {NULL, 0, "min-overlap", DW_OPT_REAL, &o.in.min_overlap, "X",
         "share of common positions below which to refuse", 0, 1, DW_OPT_LIVE,
         NULL},
        {"Annotations", 0, "annot", DW_OPT_LIST, &o.annot, "FILE",
         ".annot, or a table keyed by CHR BP [SNP] [A1 A2]; repeatable", 0, 0,
         0, NULL},
        {"Filters", 0, "min-maf", DW_OPT_REAL, &c->min_maf, "X",
         "leave out rarer variants", 0, 0.5, 0, NULL},
        {NULL, 0, "min-info", DW_OPT_REAL, &c->min_info, "X",
         "leave out variants of lower INFO", 0, 1, 0, NULL},
        {NULL, 0, "min-n-share", DW_OPT_REAL, &o.min_n_share, "X",
         "leave out variants of N below this share of the median", 0, 1,
         DW_OPT_LIVE, NULL},
        {NULL, 0, "exclude", DW_OPT_TEXT, &o.in.exclude, "BED",
         "leave out these regions", 0, 0, 0, NULL},
        {"Reports", 0, "report", DW_OPT_TEXT, &o.report, "FILE",
         "counts by reason", 0, 0, DW_OPT_QUIET, NULL},
        {NULL, 0, "report-variants", DW_OPT_TEXT, &o.report_variants, "FILE",
         "one line for each row not taken", 0, 0, DW_OPT_QUIET, NULL},
        {NULL, 0, "report-actions", DW_OPT_TEXT, &o.report_actions, "FILE",
         "one line for each row taken that was changed", 0, 0, DW_OPT_QUIET,
         NULL},
    };
    const dw_tool tool = {
        .name = "dw-ingest",
        .summary = "summary statistics and annotations in, variant stream out",
        .synopsis = "[OPTION]... [SUMSTATS]",
        .opt = table,
        .n_opts = DW_COUNT(table),
        .max_args = 1,
        .args_in_history = true,
        .library = {dw_input_library, dw_frame_library},
        .run = run,
    };

    status = dw_tool_main(&tool, &o, argc, argv);
    dw_free(o.annot.item);
    return status;
}
