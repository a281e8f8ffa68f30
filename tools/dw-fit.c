/*
 * dw-fit: block stream in, model out.  dw-fit(1).
 */
#include <math.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/opts.h"
#include "fit/fit_text.h"
#include "flow/fit_flow.h"
#include "linalg/blas.h"
#include "record/rec_modl.h"
#include "stream/outfile.h"
#include "stream/spool.h"

/* A variance that is given, or learned. */
struct noise {
    bool learn;
    double value;
};

struct fit_opts {
    dw_fit_plan plan;
    struct noise s2, tau;
    int link, loss, solver, precision;
    double weight_decay; /* NAN: what suits the model */
    const char *trait, *holdout, *valid, *log, *coefficients;
    bool pass;
};

/* From options to a plan: what no single option can check. */
static int make_plan(const struct fit_opts *o, size_t seed, dw_fit_flow *flow,
                     dw_err *err)
{
    dw_fit_plan *plan = &flow->plan;
    dw_net net;

    if (dw_net_parse(&net, o->plan.spec, 0, err) < 0)
        return dw_err_prefix(err, "--model");
    if (!o->s2.learn && !o->tau.learn && o->s2.value + o->tau.value == 0)
        return dw_fail(err, DW_EUSAGE,
                       "--s2 0 and --tau 0 leave no noise at all");
    if (o->coefficients &&
        (net.kind == DW_NET_CONST || o->loss == DW_LOSS_LDSR))
        return dw_fail(err, DW_EUSAGE,
                       "--coefficients: a model that is not const, fitted by "
                       "the likelihood, has them");
    *flow = (dw_fit_flow){o->plan, o->trait, o->holdout, o->valid};
    plan->link = (dw_link)o->link;
    plan->how.solver = (enum dw_solver)o->solver;
    plan->how.estimate = true;
    plan->how.precision =
        o->precision ? DW_PRECISION_DOUBLE : DW_PRECISION_SINGLE;
    plan->alpha = net.kind == DW_NET_LINEAR && !isnan(o->weight_decay)
                      ? o->weight_decay
                      : -1; /* by cross-validation */
    plan->train.loss = (enum dw_loss)o->loss;
    plan->train.weight_decay = isnan(o->weight_decay) ? 0.01 : o->weight_decay;
    plan->train.seed = seed;
    plan->train.noise =
        (dw_fit_noise){o->s2.learn, o->tau.learn, o->s2.value, o->tau.value};
    return 0;
}

/* ---- out ---- */

/* All are opened first: a fit may take hours, and is not to be lost for a
 * folder that is not there. */
struct outputs {
    dw_sink *model;
    dw_outfile *log, *coefficients; /* NULL: not asked for */
};

static int open_text(const char *path, dw_outfile **out, dw_err *err)
{
    if (path && !(*out = dw_outfile_open(path, false, err)))
        return err->code;
    return 0;
}

static int open_all(struct outputs *out, const struct fit_opts *o,
                    const dw_common *common, dw_err *err)
{
    int rc;

    if (!(out->model = dw_sink_open(common->out, err)))
        return err->code;
    rc = open_text(o->log, &out->log, err);
    if (rc == 0)
        rc = open_text(o->coefficients, &out->coefficients, err);
    return rc;
}

static void abandon_all(struct outputs *out)
{
    dw_sink_abandon(out->model);
    dw_outfile_abandon(out->log);
    dw_outfile_abandon(out->coefficients);
}

/* Closes it; *out is NULL then. */
static int write_text(dw_outfile **out, const dw_buf *text, dw_err *err)
{
    dw_outfile *file = *out;

    if (!file)
        return 0;
    *out = NULL;
    dw_outfile_write(file, text->s, text->n);
    return dw_outfile_close(file, err);
}

/* The log, the coefficients, and the summary for the user. */
static int report(struct outputs *out, const dw_fit_result *r, dw_err *err)
{
    dw_buf text = {0};
    int rc = write_text(&out->log, &r->log, err);

    if (rc == 0 && out->coefficients) {
        dw_fit_coefficients(&r->report, &r->model, &text);
        rc = write_text(&out->coefficients, &text, err);
    }
    if (rc == 0) {
        dw_buf_reset(&text);
        dw_fit_summary(&r->report, &r->model, r->bytes, &text);
        for (char *line = strtok(text.s, "\n"); line; line = strtok(NULL, "\n"))
            dw_note("%s", line);
    }
    dw_buf_clear(&text);
    return rc;
}

/* The model as a run of its own; then, with --pass, all runs of the input. */
static int write_model(struct outputs *out, dw_fit_result *r,
                       const dw_common *common, const char *pass, dw_err *err)
{
    dw_sink *sink = out->model;
    dw_source *src = NULL;
    dw_chunk chunk;
    int rc;

    dw_head_add_step(&r->head, "dw-fit", dw_version(), common->history);
    rc = dw_modl_write(sink, &r->head, &r->model, err);
    if (rc == 0 && pass) {
        src = dw_source_open(pass, err);
        rc = src ? 0 : err->code;
        while (rc == 0 && (rc = dw_source_next(src, &chunk, err)) > 0)
            rc = dw_sink_pass(sink, src, err);
    }
    dw_source_close(src);
    if (rc == 0) {
        out->model = NULL;
        rc = dw_sink_close(sink, err);
    }
    return rc;
}

/* ---- the whole ---- */

static int fit(const dw_fit_flow *flow, const struct fit_opts *o,
               const dw_common *common, const char *path, dw_err *err)
{
    struct outputs out = {0};
    dw_fit_result r = {0};
    dw_pool *pool = NULL;
    dw_source *src = NULL;
    int rc = open_all(&out, o, common, err);

    if (rc == 0) {
        src = dw_source_open(path, err);
        pool = dw_pool_new(common->threads);
        rc = src ? dw_fit_run(flow, src, pool, &r, err) : err->code;
    }
    if (rc == 0)
        rc = write_model(&out, &r, common, o->pass ? path : NULL, err);
    if (rc == 0)
        rc = report(&out, &r, err);
    abandon_all(&out);
    dw_fit_result_clear(&r);
    dw_source_close(src);
    dw_pool_free(pool);
    return rc;
}

static int run(void *opts, const dw_common *common, dw_err *err)
{
    const struct fit_opts *o = opts;
    const char *path = common->n_args ? common->arg[0] : NULL;
    dw_spool *spool = NULL;
    dw_fit_flow flow;
    int rc = make_plan(o, common->seed, &flow, err);

    if (rc == 0)
        rc = dw_linalg_begin(err);
    if (rc == 0 && o->pass) { /* the input is read twice */
        spool = dw_spool_open(path, err);
        rc = spool ? 0 : err->code;
        path = spool ? dw_spool_path(spool) : NULL;
    }
    if (rc == 0)
        rc = fit(&flow, o, common, path, err);
    dw_spool_close(spool);
    return rc;
}

static int parse_noise(const char *text, void *value, dw_err *err)
{
    struct noise *noise = value;

    noise->learn = strcmp(text, "learn") == 0;
    if (noise->learn)
        return 0;
    if (dw_text_double(dw_span_of(text), &noise->value) < 0 ||
        !(noise->value >= 0 && noise->value <= 1e4))
        return dw_fail(err, DW_EUSAGE,
                       "\"%s\" is neither a number from 0 to 10000 nor learn",
                       text);
    return 0;
}

int main(int argc, char **argv)
{
    struct fit_opts o = {
        .plan = {.spec = "mlp:64,64",
                 .how = {.cg_tol = DW_CG_TOL, .cg_probes = DW_CG_PROBES},
                 .train = {.epochs = 20,
                           .batch = 4,
                           .patience = 8,
                           .lr = 3e-3,
                           .warmup = 1,
                           .clip = 0.2,
                           .dropout = 0.3}},
        .s2 = {false, 1},
        .tau = {true, 0},
        .weight_decay = NAN,
    };
    dw_train_opts *t = &o.plan.train;
    const dw_opt opt[] = {
        {"Model", 0, "model", DW_OPT_TEXT, &o.plan.spec, "SPEC",
         "const, linear, or mlp:H1,H2,... (widths of hidden layers)", 0, 0,
         DW_OPT_LIVE, NULL},
        {NULL, 0, "link", DW_OPT_CHOICE, &o.link, DW_LINK_CHOICES,
         "from the network's output to a variance", 0, 0, DW_OPT_LIVE, NULL},
        {NULL, 0, "trait", DW_OPT_TEXT, &o.trait, "NAME",
         "which trait, where the stream has several", 0, 0, 0, NULL},
        {NULL, 0, "s2", DW_OPT_PARSE, &o.s2, "X|learn",
         "noise in the range of LD; 1 unless given", 0, 0, 0, parse_noise},
        {NULL, 0, "tau", DW_OPT_PARSE, &o.tau, "X|learn",
         "noise outside LD; learned unless given", 0, 0, 0, parse_noise},
        {"Blocks", 0, "holdout-chrom", DW_OPT_TEXT, &o.holdout, "LIST",
         "chromosomes that have no part in the fit: 6,11,16", 0, 0, 0, NULL},
        {NULL, 0, "valid-chrom", DW_OPT_TEXT, &o.valid, "LIST",
         "chromosomes that decide when to stop; else a tenth of the blocks", 0,
         0, 0, NULL},
        {"Training", 0, "loss", DW_OPT_CHOICE, &o.loss, "likelihood|ldsr",
         "what is trained on", 0, 0, DW_OPT_LIVE, NULL},
        {NULL, 0, "solver", DW_OPT_CHOICE, &o.solver, DW_SOLVER_CHOICES,
         "how the likelihood is worked out", 0, 0, DW_OPT_LIVE, NULL},
        {NULL, 0, "precision", DW_OPT_CHOICE, &o.precision, "single|double",
         "that of matrices while steps are made", 0, 0, DW_OPT_LIVE, NULL},
        {NULL, 0, "cg-tol", DW_OPT_REAL, &o.plan.how.cg_tol, "X",
         "residual at which cg stops", 1e-300, 0.5, DW_OPT_LIVE, NULL},
        {NULL, 0, "cg-probes", DW_OPT_SIZE, &o.plan.how.cg_probes, "INT",
         "random vectors by which cg estimates", 1, 100000, DW_OPT_LIVE, NULL},
        {NULL, 0, "epochs", DW_OPT_SIZE, &t->epochs, "INT",
         "passes over the training blocks", 0, 1e6, DW_OPT_LIVE, NULL},
        {NULL, 0, "batch", DW_OPT_SIZE, &t->batch, "INT", "blocks a step", 1,
         4096, DW_OPT_LIVE, NULL},
        {NULL, 0, "lr", DW_OPT_REAL, &t->lr, "X", "highest learning rate", 0,
         1e30, DW_OPT_LIVE, NULL},
        {NULL, 0, "lr-warmup", DW_OPT_REAL, &t->warmup, "X",
         "epochs until it is reached", 0, 1e6, DW_OPT_LIVE, NULL},
        {NULL, 0, "weight-decay", DW_OPT_REAL, &o.weight_decay, "X",
         "AdamW's, 0.01 unless given; linear: penalty, else cross-validated", 0,
         1e9, 0, NULL},
        {NULL, 0, "clip", DW_OPT_REAL, &t->clip, "X",
         "bound on the norm of a gradient (0: none)", 0, 1e30, DW_OPT_LIVE,
         NULL},
        {NULL, 0, "dropout", DW_OPT_REAL, &t->dropout, "X",
         "share of hidden units left out in each step", 0, 0.95, DW_OPT_LIVE,
         NULL},
        {NULL, 0, "patience", DW_OPT_SIZE, &t->patience, "INT",
         "epochs without a better validation before it stops (0: never)", 0,
         1e6, DW_OPT_LIVE, NULL},
        {"Output", 0, "log", DW_OPT_TEXT, &o.log, "FILE",
         "table of epochs, as .tsv", 0, 0, DW_OPT_QUIET, NULL},
        {NULL, 0, "coefficients", DW_OPT_TEXT, &o.coefficients, "FILE",
         "table of linear coefficients, as .tsv", 0, 0, DW_OPT_QUIET, NULL},
        {NULL, 0, "pass", DW_OPT_FLAG, &o.pass, NULL,
         "write the input behind the model, for a pipe", 0, 0, DW_OPT_QUIET,
         NULL},
    };
    const dw_tool tool = {
        .name = "dw-fit",
        .summary = "block stream in, model out",
        .synopsis = "[OPTION]... [STREAM]",
        .opt = opt,
        .n_opts = DW_COUNT(opt),
        .max_args = 1,
        .library = {dw_linalg_library, dw_frame_library},
        .run = run,
    };

    return dw_tool_main(&tool, &o, argc, argv);
}
