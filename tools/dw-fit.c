/*
 * dw-fit: block stream in, model out.  dw-fit(1).
 */
#include <math.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/ranks.h"
#include "base/text.h"
#include "cli/opts.h"
#include "flow/fit_flow.h"
#include "flow/fit_out.h"
#include "linalg/blas.h"
#include "stream/payload.h"
#include "stream/spool.h"

/* A variance that is given, or learned, by each block too. */
struct noise {
    bool learn, block;
    double value;
};

struct fit_opts {
    dw_fit_flow flow;
    struct noise s2, tau;
    int link, loss, solver, precision, schedule;
    double weight_decay; /* NAN: what suits the model */
    const char *log, *coefficients;
    bool pass;
};

/* From options to a plan: what no single option can check. */
static int make_plan(struct fit_opts *o, const dw_common *common, dw_err *err)
{
    dw_fit_plan *plan = &o->flow.plan;
    dw_net net;

    if (dw_net_parse(&net, plan->spec, 0, err) < 0)
        return dw_err_prefix(err, "--model");
    if (!o->s2.learn && !o->tau.learn && o->s2.value + o->tau.value == 0)
        return dw_fail(err, DW_EUSAGE,
                       "--s2 0 and --tau 0 leave no noise at all");
    if (o->coefficients &&
        (net.kind == DW_NET_CONST || o->loss == DW_LOSS_LDSR || o->flow.init))
        return dw_fail(err, DW_EUSAGE,
                       "--coefficients: a model that is not const, fitted by "
                       "the likelihood and not from --init, has them");
    if (o->flow.checkpoint.resume && !o->flow.checkpoint.path)
        return dw_fail(err, DW_EUSAGE, "--resume: from which --checkpoint?");
    o->flow.checkpoint.options = common->options;
    plan->link = (dw_link)o->link;
    plan->how.solver = (enum dw_solver)o->solver;
    plan->how.estimate = true;
    plan->how.precision =
        o->precision ? DW_PRECISION_DOUBLE : DW_PRECISION_SINGLE;
    plan->alpha = net.kind == DW_NET_LINEAR && !isnan(o->weight_decay)
                      ? o->weight_decay
                      : -1; /* by cross-validation */
    plan->train.loss = (enum dw_loss)o->loss;
    plan->train.both_losses = o->log != NULL;
    plan->train.schedule = (enum dw_schedule)o->schedule;
    plan->train.weight_decay = isnan(o->weight_decay) ? 0.01 : o->weight_decay;
    plan->train.seed = common->seed;
    plan->train.noise =
        (dw_fit_noise){o->s2.learn,  o->tau.learn, o->s2.value,
                       o->tau.value, o->s2.block,  o->tau.block};
    return 0;
}

/* ---- the whole ---- */

static int fit(const struct fit_opts *o, const dw_common *common,
               const char *path, dw_err *err)
{
    dw_fit_out out = {0};
    dw_fit_result r = {0};
    dw_pool *pool = NULL;
    dw_source *src = NULL;
    int rc = dw_fit_out_open(&out, common->out, o->log, o->coefficients, err);

    rc = dw_ranks_agree(rc, err);
    if (rc == 0) {
        src = dw_source_open(path, err);
        rc = dw_ranks_agree(src ? 0 : err->code, err);
    }
    if (rc == 0) {
        pool = dw_pool_new(common->threads);
        rc = dw_fit_run(&o->flow, src, pool, out.log, &r, err);
    }
    if (rc == 0)
        rc = dw_fit_out_write(&out, &r, dw_version(), common->history,
                              o->pass ? path : NULL, err);
    if (rc == 0)
        dw_checkpoint_remove(o->flow.checkpoint.path);
    dw_fit_out_abandon(&out);
    dw_fit_result_clear(&r);
    dw_source_close(src);
    dw_pool_free(pool);
    return rc;
}

/* The input is read twice for --pass, and by each rank; beyond --memory any
 * often. */
static int fit_input(const struct fit_opts *o, const dw_common *common,
                     dw_err *err)
{
    const char *path = common->n_args ? common->arg[0] : NULL;
    dw_spool *spool = NULL;
    int rc = 0;

    if (dw_ranks_n() > 1 && (!path || strcmp(path, "-") == 0))
        return dw_fail(err, DW_EUSAGE,
                       "a pipe feeds one process: name a STREAM that all %zu "
                       "can read",
                       dw_ranks_n());
    if (o->pass || (o->flow.memory && dw_spool_needed(path))) {
        spool = dw_spool_open(path, err);
        rc = spool ? 0 : err->code;
        path = spool ? dw_spool_path(spool) : NULL;
    }
    if (rc == 0)
        rc = fit(o, common, path, err);
    dw_spool_close(spool);
    return rc;
}

static int run(void *opts, const dw_common *common, dw_err *err)
{
    struct fit_opts *o = opts;
    int rc = make_plan(o, common, err);

    if (rc == 0)
        rc = dw_linalg_begin(err);
    if (rc < 0)
        return rc;
    dw_mem_return_large();
    dw_ranks_begin();
    if (dw_ranks_me() > 0) /* the first one speaks for all */
        dw_log_init("dw-fit", DW_LOG_QUIET);
    rc = fit_input(o, common, err);
    dw_ranks_end(rc, err);
    return rc;
}

static int parse_noise(const char *text, void *value, dw_err *err)
{
    struct noise *noise = value;

    noise->block = strcmp(text, "block") == 0;
    noise->learn = noise->block || strcmp(text, "learn") == 0;
    if (noise->learn)
        return 0;
    if (dw_text_double(dw_span_of(text), &noise->value) < 0 ||
        !(noise->value >= 0 && noise->value <= 1e4))
        return dw_fail(err, DW_EUSAGE,
                       "\"%s\" is neither a number from 0 to 10000 nor learn "
                       "nor block",
                       text);
    return 0;
}

int main(int argc, char **argv)
{
    struct fit_opts o = {
        .flow = {.plan = {.spec = "mlp:64,64",
                          .how = {.cg_tol = DW_CG_TOL,
                                  .cg_probes = DW_CG_PROBES},
                          .train = {.epochs = 20,
                                    .batch = 4,
                                    .patience = 8,
                                    .lr = 3e-3,
                                    .warmup = 1,
                                    .clip = 0.2,
                                    .dropout = 0.3}},
                 .checkpoint = {.minutes = 10}},
        .s2 = {false, false, 1},
        .tau = {true, false, 0},
        .weight_decay = NAN,
    };
    dw_train_opts *t = &o.flow.plan.train;
    dw_checkpoint_opts *c = &o.flow.checkpoint;
    const dw_opt opt[] = {
        {"Model", 0, "model", DW_OPT_TEXT, &o.flow.plan.spec, "SPEC",
         "const, linear, mlp:H1,H2,... (widths of layers), conv:..., "
         "transformer:...",
         0, 0, DW_OPT_LIVE, NULL},
        {NULL, 0, "link", DW_OPT_CHOICE, &o.link, DW_LINK_CHOICES,
         "from the network's output to a variance", 0, 0, DW_OPT_LIVE, NULL},
        {NULL, 0, "trait", DW_OPT_TEXT, &o.flow.trait, "LIST",
         "which trait, or several with weights: A,B=0.5", 0, 0, 0, NULL},
        {NULL, 0, "s2", DW_OPT_PARSE, &o.s2, "X|learn|block",
         "noise in the range of LD; 1 unless given", 0, 0, 0, parse_noise},
        {NULL, 0, "tau", DW_OPT_PARSE, &o.tau, "X|learn|block",
         "noise outside LD; learned unless given", 0, 0, 0, parse_noise},
        {NULL, 0, "init", DW_OPT_TEXT, &o.flow.init, "MODEL",
         "begin with this model, by steps", 0, 0, 0, NULL},
        {"Blocks", 0, "holdout-chrom", DW_OPT_TEXT, &o.flow.holdout, "LIST",
         "chromosomes that have no part in the fit: 6,11,16", 0, 0, 0, NULL},
        {NULL, 0, "valid-chrom", DW_OPT_TEXT, &o.flow.valid, "LIST",
         "chromosomes that decide when to stop; else a tenth of the blocks", 0,
         0, 0, NULL},
        {"Training", 0, "loss", DW_OPT_CHOICE, &o.loss, "likelihood|ldsr",
         "what is trained on", 0, 0, DW_OPT_LIVE, NULL},
        {NULL, 0, "solver", DW_OPT_CHOICE, &o.solver, DW_SOLVER_CHOICES,
         "how the likelihood is worked out", 0, 0, DW_OPT_LIVE, NULL},
        {NULL, 0, "precision", DW_OPT_CHOICE, &o.precision, "single|double",
         "that of matrices while steps are made", 0, 0, DW_OPT_LIVE, NULL},
        {NULL, 0, "cg-tol", DW_OPT_REAL, &o.flow.plan.how.cg_tol, "X",
         "residual at which cg stops", 1e-300, 0.5, DW_OPT_LIVE, NULL},
        {NULL, 0, "cg-probes", DW_OPT_SIZE, &o.flow.plan.how.cg_probes, "INT",
         "random vectors by which cg estimates", 1, 100000, DW_OPT_LIVE, NULL},
        {NULL, 0, "epochs", DW_OPT_SIZE, &t->epochs, "INT",
         "passes over the training blocks", 0, 1e6, DW_OPT_LIVE, NULL},
        {NULL, 0, "batch", DW_OPT_SIZE, &t->batch, "INT", "blocks a step", 1,
         4096, DW_OPT_LIVE, NULL},
        {NULL, 0, "lr", DW_OPT_REAL, &t->lr, "X", "highest learning rate", 0,
         1e30, DW_OPT_LIVE, NULL},
        {NULL, 0, "lr-warmup", DW_OPT_REAL, &t->warmup, "X",
         "epochs until it is reached", 0, 1e6, DW_OPT_LIVE, NULL},
        {NULL, 0, "schedule", DW_OPT_CHOICE, &o.schedule, DW_SCHEDULE_CHOICES,
         "how it goes from there", 0, 0, DW_OPT_LIVE, NULL},
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
        {NULL, 0, "memory", DW_OPT_SIZE, &o.flow.memory, "SIZE",
         "bytes to take in all, as 4G; blocks beyond it are read again", 0, 0,
         DW_OPT_QUIET, NULL},
        {"Long fits", 0, "checkpoint", DW_OPT_TEXT, &c->path, "FILE",
         "what --resume can go on from", 0, 0, DW_OPT_QUIET, NULL},
        {NULL, 0, "checkpoint-every", DW_OPT_REAL, &c->minutes, "MIN",
         "minutes between two of them", 0, 1e6, DW_OPT_QUIET | DW_OPT_LIVE,
         NULL},
        {NULL, 0, "resume", DW_OPT_FLAG, &c->resume, NULL,
         "go on from the checkpoint, if there is one", 0, 0, DW_OPT_QUIET,
         NULL},
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
        .library = {dw_linalg_library, dw_payload_library, dw_ranks_library},
        .run = run,
    };

    return dw_tool_main(&tool, &o, argc, argv);
}
