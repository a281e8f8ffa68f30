/*
 * dw-ingest: summary statistics and annotations in, variant stream out.
 * dw-ingest(1).
 */
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cli/opts.h"
#include "flow/add_flow.h"
#include "flow/ingest_flow.h"
#include "linalg/blas.h"
#include "record/rec_vars.h"
#include "stream/payload.h"

struct ingest_opts {
    dw_ingest_plan plan;
    dw_opt_list annot; /* sources of all kinds, in the order given */
    dw_opt_list track;
    bool add, explain;
};

/* The stream, the last operand, is written anew: with the columns of the
 * sources added, and with a trait if there is a study before it. */
static int add(const struct ingest_opts *o, const dw_common *common,
               dw_err *err)
{
    if (!o->plan.in.study && common->marked)
        return dw_fail(err, DW_EUSAGE,
                       "--%s goes with a study: --add ... SUMSTATS STREAM",
                       common->marked);
    return dw_add_flow_run(
        &o->plan, common->n_args ? common->arg[common->n_args - 1] : NULL,
        common->out, err);
}

static int ingest(const struct ingest_opts *o, const dw_common *common,
                  dw_err *err)
{
    if (common->n_args > 1)
        return dw_fail(err, DW_EUSAGE,
                       "one file with SUMSTATS (a STREAM behind it goes with "
                       "--add)");
    return dw_ingest_flow_run(&o->plan, common->out, err);
}

/* SUMSTATS: stdin where nothing else is read; NULL: there is none. */
static const char *study_of(const struct ingest_opts *o,
                            const dw_common *common)
{
    bool stream = o->add && !o->explain; /* the last operand */

    if (common->n_args > stream)
        return common->arg[0];
    return stream || (o->plan.in.ref && !o->explain) ? NULL : "-";
}

/* "N", or "se": inferred from the standard error. */
static int parse_n(const char *text, void *value, dw_err *err)
{
    dw_sumstats_opts *c = value;

    c->n_of_se = strcmp(text, "se") == 0;
    c->n = 0;
    if (c->n_of_se || (dw_text_double(dw_span_of(text), &c->n) == 0 &&
                       c->n >= 1 && c->n <= 1e9))
        return 0;
    return dw_fail(err, DW_EUSAGE,
                   "\"%s\" is neither a number from 1 to 1e9 nor \"se\"", text);
}

static int run(void *opts, const dw_common *common, dw_err *err)
{
    struct ingest_opts *o = opts;
    const dw_sumstats_opts *c = &o->plan.in.columns;
    dw_track_plan *tracks = &o->plan.tracks;
    dw_annot_source *source;
    const char **track;
    int rc;

    if ((c->n_cases > 0) != (c->n_controls > 0))
        return dw_fail(err, DW_EUSAGE,
                       "--n-cases and --n-controls go together");
    dw_linalg_single_thread();
    o->plan.in.study = study_of(o, common);
    if (o->explain)
        return dw_ingest_flow_explain(&o->plan, common->out, err);
    source = dw_alloc(o->annot.n, sizeof *source);
    track = dw_alloc(o->track.n, sizeof *track);
    for (size_t i = 0; i < o->annot.n; i++)
        source[i] =
            (dw_annot_source){o->annot.item[i].option, o->annot.item[i].text};
    for (size_t i = 0; i < o->track.n; i++)
        track[i] = o->track.item[i].text;
    tracks->text = track;
    tracks->n = o->track.n;
    tracks->threads = common->threads;
    o->plan.in.batch = dw_track_plan_batch(tracks, DW_VARS_CHUNK);
    o->plan.in.annot = source;
    o->plan.in.n_annots = o->annot.n;
    o->plan.version = dw_version();
    o->plan.args = o->add ? common->options : common->history;
    o->plan.threads = common->threads;
    rc = o->add ? add(o, common, err) : ingest(o, common, err);
    dw_free(source);
    dw_free(track);
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
        .plan = {.min_n_share = 0.8,
                 .tracks = {.window = 256, .bin = 16},
                 .in = {.ambiguous = DW_AMBIGUOUS_AF, .min_overlap = 0.05}},
    };
    dw_ingest_plan *p = &o.plan;
    dw_sumstats_opts *c = &p->in.columns;
    const dw_opt table[] = {
        {"Summary statistics", 0, "trait", DW_OPT_TEXT, &p->trait, "NAME",
         "the trait's name; else the file's", 0, 0, DW_OPT_MARK, NULL},
        {NULL, 0, "format", DW_OPT_TEXT, &c->format, "NAME",
         "the format, instead of telling it from the header", 0, 0, DW_OPT_MARK,
         NULL},
        {NULL, 0, "columns", DW_OPT_TEXT, &c->columns, "X=NAME,..",
         "what columns mean: CHR POS ID EA OA EAF BETA OR SE Z ...", 0, 0,
         DW_OPT_MARK, NULL},
        {NULL, 0, "study", DW_OPT_TEXT, &c->study, "NAME",
         "which study of a GWAS-VCF that has several", 0, 0, DW_OPT_MARK, NULL},
        {NULL, 0, "n", DW_OPT_PARSE, c, "N|se",
         "sample size, instead of a column; se: from SE and frequency", 0, 0,
         DW_OPT_MARK, parse_n},
        {NULL, 0, "n-cases", DW_OPT_REAL, &c->n_cases, "N",
         "cases: N is 4 / (1/cases + 1/controls)", 1, 1e9, DW_OPT_MARK, NULL},
        {NULL, 0, "n-controls", DW_OPT_REAL, &c->n_controls, "N", "controls", 1,
         1e9, DW_OPT_MARK, NULL},
        {NULL, 0, "zero-based", DW_OPT_FLAG, &c->zero_based, NULL,
         "positions count from 0", 0, 0, DW_OPT_MARK, NULL},
        {NULL, 0, "build", DW_OPT_TEXT, &p->in.build, "NAME",
         "genome build: GRCh37, GRCh38; checked, else told from positions", 0,
         0, 0, NULL},
        {"Reference", 0, "ref", DW_OPT_TEXT, &p->in.ref, "FILE",
         "variants to harmonise with: .bim, VCF, BCF, .pvar", 0, 0, 0, NULL},
        {NULL, 0, "fasta", DW_OPT_TEXT, &p->in.fasta, "FILE",
         "the genome, with its .fai: tells REF, normalises indels", 0, 0,
         DW_OPT_MARK, NULL},
        {NULL, 0, "chain", DW_OPT_TEXT, &p->in.chain, "FILE",
         "lift the study to another build (UCSC chain)", 0, 0, DW_OPT_MARK,
         NULL},
        {NULL, 0, "ambiguous", DW_OPT_PARSE, &p->in, "drop|keep|af[:X]",
         "what to do with A/T and C/G [af:0.4]", 0, 0, DW_OPT_MARK,
         parse_ambiguous},
        {NULL, 0, "all", DW_OPT_FLAG, &p->in.all, NULL,
         "keep variants of --ref without a z", 0, 0, DW_OPT_MARK, NULL},
        {NULL, 0, "min-overlap", DW_OPT_REAL, &p->in.min_overlap, "X",
         "share of common positions below which to refuse", 0, 1,
         DW_OPT_LIVE | DW_OPT_MARK, NULL},
        {"Annotations", 0, "annot", DW_OPT_LIST, &o.annot, "FILE[:COLUMN,..]",
         ".annot, or a table keyed by CHR BP [SNP] [A1 A2]; repeatable", 0, 0,
         0, NULL},
        {NULL, 0, "info", DW_OPT_LIST, &o.annot, "FILE:TAG,..",
         "INFO fields of a VCF or BCF; repeatable", 0, 0, 0, NULL},
        {NULL, 0, "table", DW_OPT_LIST, &o.annot, "FILE:COLUMN,..",
         "columns of a table with a tabix index; repeatable", 0, 0, 0, NULL},
        {NULL, 0, "bed", DW_OPT_LIST, &o.annot, "NAME=FILE[:COLUMN][@PAD,..]",
         "in an interval or not, or its value: BED, narrowPeak, broadPeak, "
         "bedGraph; repeatable",
         0, 0, 0, NULL},
        {NULL, 0, "gtf", DW_OPT_LIST, &o.annot,
         "[NAME=]FILE[:PLACE,..][@UP,DOWN]",
         "coding, utr5, intron, promoter, tss_distance ...: GTF or GFF3", 0, 0,
         0, NULL},
        {NULL, 0, "bigwig", DW_OPT_LIST, &o.annot, "NAME=FILE[@W,..]",
         "a bigWig or bigBed: value at the base, means over W bases", 0, 0, 0,
         NULL},
        {NULL, 0, "feature", DW_OPT_LIST, &o.annot, "NAME,..",
         "maf, sd; with --add also ldscore", 0, 0, 0, NULL},
        {NULL, 0, "add", DW_OPT_FLAG, &o.add, NULL,
         "add annotations, tracks or the trait of SUMSTATS to a STREAM", 0, 0,
         0, NULL},
        {"Signal tracks", 0, "track", DW_OPT_LIST, &o.track, "NAME=FILE",
         "a bigWig or bigBed around each variant; repeatable", 0, 0, 0, NULL},
        {NULL, 0, "track-window", DW_OPT_SIZE, &p->tracks.window, "BASES",
         "how much of it", 1, 1 << 20, DW_OPT_LIVE, NULL},
        {NULL, 0, "track-bin", DW_OPT_SIZE, &p->tracks.bin, "BASES",
         "of which means are taken; divides the window", 1, 1 << 20,
         DW_OPT_LIVE, NULL},
        {"Filters", 0, "min-maf", DW_OPT_REAL, &c->min_maf, "X",
         "leave out rarer variants", 0, 0.5, DW_OPT_MARK, NULL},
        {NULL, 0, "min-info", DW_OPT_REAL, &c->min_info, "X",
         "leave out variants of lower INFO", 0, 1, DW_OPT_MARK, NULL},
        {NULL, 0, "check-sd", DW_OPT_FLAG, &c->check_sd, NULL,
         "leave out variants whose SE does not fit their frequency", 0, 0,
         DW_OPT_MARK, NULL},
        {NULL, 0, "min-n-share", DW_OPT_REAL, &p->min_n_share, "X",
         "leave out variants of N below this share of the median", 0, 1,
         DW_OPT_LIVE | DW_OPT_MARK, NULL},
        {NULL, 0, "exclude", DW_OPT_TEXT, &p->in.exclude, "BED",
         "leave out these regions", 0, 0, DW_OPT_MARK, NULL},
        {"Reports", 0, "explain", DW_OPT_FLAG, &o.explain, NULL,
         "say what is understood of SUMSTATS and why; make no stream", 0, 0,
         DW_OPT_QUIET, NULL},
        {NULL, 0, "report", DW_OPT_TEXT, &p->report, "FILE", "counts by reason",
         0, 0, DW_OPT_QUIET | DW_OPT_MARK, NULL},
        {NULL, 0, "report-variants", DW_OPT_TEXT, &p->report_variants, "FILE",
         "one line for each row not taken", 0, 0, DW_OPT_QUIET | DW_OPT_MARK,
         NULL},
        {NULL, 0, "report-actions", DW_OPT_TEXT, &p->report_actions, "FILE",
         "one line for each row taken that was changed", 0, 0,
         DW_OPT_QUIET | DW_OPT_MARK, NULL},
    };
    const dw_tool tool = {
        .name = "dw-ingest",
        .summary = "summary statistics and annotations in, variant stream out",
        .synopsis =
            "[OPTION]... [SUMSTATS] | --add [OPTION]... [[SUMSTATS] STREAM]",
        .opt = table,
        .n_opts = DW_COUNT(table),
        .max_args = 2,
        .args_in_history = true,
        .library = {dw_input_library, dw_payload_library},
        .run = run,
    };

    return dw_tool_main(&tool, &o, argc, argv);
}
