/*
 * dw-fit: block stream in, model out.  dw-fit(1).
 */
#include <math.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/opts.h"
#include "fit/fit_model.h"
#include "fit/fit_text.h"
#include "flow/pick_trait.h"
#include "linalg/blas.h"
#include "record/rec_modl.h"
#include "record/rec_stream.h"
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
    int link, loss, solver;
    double weight_decay; /* NAN: what suits the model */
    const char *trait, *holdout, *valid, *log, *coefficients;
    bool pass;
};

struct fit {
    const struct fit_opts *o;
    const dw_common *common;
    dw_fit_plan plan;
    dw_pool *pool;
    dw_head head; /* of the first run */
    dw_dataset data;
    dw_model model;
    dw_fit_report report;
    dw_progress *progress;
    dw_buf log;
    struct timespec began;
};

/* ---- blocks in ---- */

static dw_part part_of(const struct fit_opts *o, const char *contig)
{
    if (o->holdout && dw_text_in_list(o->holdout, contig))
        return DW_PART_HELDOUT;
    return o->valid && dw_text_in_list(o->valid, contig) ? DW_PART_VALID
                                                         : DW_PART_TRAIN;
}

static int read_blocks(struct fit *f, const char *path, dw_err *err)
{
    dw_source *src = dw_source_open(path, err);
    dw_block block = {0};
    int rc = src ? 0 : err->code;
    size_t trait;

    while (src && (rc = dw_source_block(src, &block, err)) > 0) {
        const dw_head *head = dw_source_head(src);

        rc = dw_trait_pick(head, dw_source_name(src), f->o->trait, NULL, &trait,
                           err);
        if (rc < 0)
            break;
        if (f->data.n == 0) {
            dw_head_copy(&f->head, head);
            f->model.trait = dw_strdup(head->trait[trait].name);
            f->model.n = head->trait[trait].n;
            if (strcmp(f->plan.spec, "const") != 0)
                f->data.p = head->p;
        }
        dw_head_join_history(&f->head, head);
        rc = dw_dataset_take(&f->data, &block.var, &block.ld, trait,
                             head->trait[trait].n,
                             part_of(f->o, block.ld.contig), err);
        if (rc < 0)
            break;
        dw_progress_at(f->progress, block.index, NULL);
    }
    dw_block_clear(&block);
    dw_source_close(src);
    return rc;
}

/* Parts that were asked for have to be there. */
static int check_parts(struct fit *f, dw_err *err)
{
    const struct fit_opts *o = f->o;

    if (dw_dataset_size(&f->data, DW_PART_TRAIN).blocks == 0)
        return dw_fail(err, DW_EDEGENERATE,
                       "no block is left to train on: of %zu, %zu are for "
                       "validation and %zu held out",
                       f->data.n,
                       dw_dataset_size(&f->data, DW_PART_VALID).blocks,
                       dw_dataset_size(&f->data, DW_PART_HELDOUT).blocks);
    if (o->holdout && !dw_dataset_size(&f->data, DW_PART_HELDOUT).blocks)
        dw_warn("--holdout-chrom %s: no block is there", o->holdout);
    if (o->valid && !dw_dataset_size(&f->data, DW_PART_VALID).blocks)
        dw_warn("--valid-chrom %s: no block is there", o->valid);
    return 0;
}

/* Validation decides when to stop steps; a model that is fitted to its optimum
 * has no use for it. */
static void set_aside(struct fit *f)
{
    const dw_fit_plan *plan = &f->plan;
    bool steps =
        strncmp(plan->spec, "mlp", 3) == 0 ||
        (plan->train.loss == DW_LOSS_LDSR && strcmp(plan->spec, "const") != 0);
    size_t n;

    if (f->o->valid || !steps)
        return;
    n = dw_dataset_set_aside(&f->data, f->common->seed);
    if (n)
        dw_note("%zu blocks, chosen by --seed, are set aside for validation; "
                "--valid-chrom names chromosomes for it",
                n);
    else
        dw_warn("too few blocks to set some aside for validation: all %zu "
                "epochs are trained",
                plan->train.epochs);
}

static int prepare(struct fit *f, const char *path, dw_err *err)
{
    size_t n_empty = 0;
    int rc;

    f->progress = dw_progress_begin("reading blocks", 0);
    rc = read_blocks(f, path, err);
    dw_progress_end(f->progress);
    f->progress = NULL;
    if (rc == 0)
        rc = dw_dataset_observe(&f->data, f->pool,
                                f->plan.train.loss == DW_LOSS_LDSR, &n_empty,
                                err);
    if (rc == 0 && n_empty)
        dw_note("%zu blocks without a z-score of %s are left out", n_empty,
                f->model.trait);
    if (rc == 0)
        rc = check_parts(f, err);
    if (rc < 0)
        return rc;
    set_aside(f);
    dw_detail("%.1f MB of blocks in memory",
              (double)dw_dataset_bytes(&f->data, f->data.p) / 1e6);
    return 0;
}

/* ---- on the way ---- */

static double seconds(const struct fit *f)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - f->began.tv_sec) +
           (double)(now.tv_nsec - f->began.tv_nsec) * 1e-9;
}

static void on_constant(void *ctx, const dw_constant *c)
{
    (void)ctx;
    dw_detail("constant model: %zu steps, log likelihood %.3f", c->steps,
              c->loglik);
    if (!c->converged)
        dw_warn("the constant model did not converge in %zu steps", c->steps);
    if (c->no_signal)
        dw_warn("no variance but noise was found: the z-scores hold no signal");
}

static void on_linear(void *ctx, size_t step, double loglik)
{
    (void)ctx;
    dw_detail("linear model, step %zu: log likelihood %.3f", step, loglik);
}

static void on_epoch(void *ctx, const dw_epoch *e)
{
    struct fit *f = ctx;
    char text[96];

    snprintf(text, sizeof text, "gain %.1f in training, %.1f in validation",
             e->loglik[DW_PART_TRAIN] - f->report.base[DW_PART_TRAIN],
             e->loglik[DW_PART_VALID] - f->report.base[DW_PART_VALID]);
    dw_progress_at(f->progress, e->epoch, text);
    dw_detail("epoch %zu: %s%s", e->epoch, text, e->best ? " (best)" : "");
    dw_fit_log_row(e, f->report.base, seconds(f), &f->log);
}

/* ---- out ---- */

static int write_text(const char *path, const dw_buf *text, dw_err *err)
{
    dw_outfile *out = dw_outfile_open(path, false, err);

    if (!out)
        return err->code;
    dw_outfile_write(out, text->s, text->n);
    return dw_outfile_close(out, err);
}

/* The log, the coefficients, and the summary for the user. */
static int report(struct fit *f, dw_err *err)
{
    const struct fit_opts *o = f->o;
    dw_buf text = {0};
    int rc = 0;

    if (!f->report.has_train)
        dw_fit_log_final(&f->report, &f->model, seconds(f), &f->log);
    if (o->log)
        rc = write_text(o->log, &f->log, err);
    if (rc == 0 && o->coefficients) {
        dw_fit_coefficients(&f->report, &f->model, &text);
        rc = write_text(o->coefficients, &text, err);
    }
    if (rc == 0) {
        dw_buf_reset(&text);
        dw_fit_summary(&f->report, &f->model, &f->data, &text);
        for (char *line = strtok(text.s, "\n"); line; line = strtok(NULL, "\n"))
            dw_note("%s", line);
        dw_detail("%.1f seconds", seconds(f));
    }
    dw_buf_clear(&text);
    return rc;
}

/* The model as a run of its own; then, with --pass, all runs of the input. */
static int write_model(struct fit *f, const char *path, dw_err *err)
{
    dw_sink *sink = dw_sink_open(f->common->out, err);
    dw_source *src = NULL;
    dw_chunk chunk;
    int rc = sink ? 0 : err->code;

    dw_head_add_step(&f->head, "dw-fit", dw_version(), f->common->history);
    if (rc == 0)
        rc = dw_modl_write(sink, &f->head, &f->model, err);
    if (rc == 0 && f->o->pass) {
        src = dw_source_open(path, err);
        rc = src ? 0 : err->code;
        while (rc == 0 && (rc = dw_source_next(src, &chunk, err)) > 0)
            rc = dw_sink_pass(sink, src, err);
    }
    if (rc == 0) {
        rc = dw_sink_close(sink, err);
        sink = NULL;
    }
    dw_sink_abandon(sink);
    dw_source_close(src);
    return rc;
}

/* ---- the whole ---- */

static int fit(struct fit *f, dw_err *err)
{
    const dw_fit_watch watch = {f, on_constant, on_linear, on_epoch};
    const char **name = dw_alloc(f->head.p, sizeof *name);
    int rc;

    for (size_t i = 0; i < f->head.p; i++)
        name[i] = f->head.annot[i].name;
    dw_fit_log_header(&f->log);
    f->progress = dw_progress_begin("training", f->plan.train.epochs);
    rc = dw_fit_model(&f->data, f->pool, name, &f->plan, &watch, &f->model,
                      &f->report, err);
    dw_progress_end(f->progress);
    f->progress = NULL;
    dw_free(name);
    return rc;
}

/* From options to a plan: what no single option can check. */
static int make_plan(struct fit *f, dw_err *err)
{
    const struct fit_opts *o = f->o;
    dw_train_opts *train = &f->plan.train;
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
    f->plan = o->plan;
    f->plan.link = (dw_link)o->link;
    f->plan.solver = (enum dw_solver)o->solver;
    f->plan.alpha = net.kind == DW_NET_LINEAR && !isnan(o->weight_decay)
                        ? o->weight_decay
                        : -1; /* by cross-validation */
    train->loss = (enum dw_loss)o->loss;
    train->weight_decay = isnan(o->weight_decay) ? 0.01 : o->weight_decay;
    train->seed = f->common->seed;
    train->noise =
        (dw_fit_noise){o->s2.learn, o->tau.learn, o->s2.value, o->tau.value};
    return 0;
}

static int run(void *opts, const dw_common *common, dw_err *err)
{
    const struct fit_opts *o = opts;
    const char *path = common->n_args ? common->arg[0] : NULL;
    struct fit f = {.o = o, .common = common};
    dw_spool *spool = NULL;
    int rc;

    clock_gettime(CLOCK_MONOTONIC, &f.began);
    dw_linalg_single_thread();
    f.pool = dw_pool_new(common->threads);
    rc = make_plan(&f, err);
    if (rc == 0)
        rc = dw_linalg_check(err);
    if (rc == 0 && o->pass) { /* the input is read twice */
        spool = dw_spool_open(path, err);
        rc = spool ? 0 : err->code;
        path = spool ? dw_spool_path(spool) : NULL;
    }
    if (rc == 0)
        rc = prepare(&f, path, err);
    if (rc == 0)
        rc = fit(&f, err);
    if (rc == 0)
        rc = write_model(&f, path, err);
    if (rc == 0)
        rc = report(&f, err);
    dw_spool_close(spool);
    dw_pool_free(f.pool);
    dw_head_clear(&f.head);
    dw_dataset_clear(&f.data);
    dw_model_clear(&f.model);
    dw_fit_report_clear(&f.report);
    dw_buf_clear(&f.log);
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
        {NULL, 0, "solver", DW_OPT_CHOICE, &o.solver, "auto|primal|dual",
         "how the likelihood is worked out", 0, 0, DW_OPT_LIVE, NULL},
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
