#include "flow/fit_flow.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/ranks.h"
#include "fit/fit_text.h"
#include "fit/room.h"
#include "flow/block_index.h"
#include "flow/fit_blocks.h"
#include "flow/fit_show.h"
#include "record/rec_modl.h"

struct fit {
    const dw_fit_flow *flow;
    dw_fit_plan plan;
    dw_pool *pool;
    dw_dataset data;
    dw_fit_result *r;
    dw_fit_log *log;
    bool log_failed;
    dw_block_index *index; /* where memory is bounded */
    dw_checkpoint *checkpoint;
    dw_model init;
    double *weight; /* of each trait */
    dw_fit_show show;
    double began, read, trained; /* when: began, had read, began to train */
    uint64_t traffic;            /* before that */
};

void dw_fit_result_clear(dw_fit_result *r)
{
    dw_head_clear(&r->head);
    dw_model_clear(&r->model);
    dw_fit_report_clear(&r->report);
    dw_buf_clear(&r->log);
    *r = (dw_fit_result){0};
}

static double seconds(const struct fit *f)
{
    return f->checkpoint ? dw_checkpoint_seconds(f->checkpoint)
                         : dw_clock_now() - f->began;
}

/* ---- blocks ---- */

static size_t beside(const void *ctx, const dw_dataset *data)
{
    const struct fit *f = ctx;
    size_t journal =
        f->flow->checkpoint.path ? dw_fit_journal_room(&f->plan, data) : 0;

    return dw_fit_room(&f->plan, data, dw_pool_size(f->pool)) + journal;
}

static bool is_constant(const struct fit *f)
{
    return strcmp(f->plan.spec, "const") == 0;
}

/* Validation decides when to stop steps; a model that is fitted to its optimum
 * has no use for it. */
static void set_aside(struct fit *f)
{
    bool steps =
        !is_constant(f) && (strcmp(f->plan.spec, "linear") != 0 ||
                            f->plan.train.loss == DW_LOSS_LDSR || f->plan.init);
    size_t n;

    if (f->flow->valid || !steps)
        return;
    n = dw_dataset_set_aside(&f->data, f->plan.train.seed);
    if (n)
        dw_note("%zu blocks, chosen by --seed, are set aside for validation; "
                "--valid-chrom names chromosomes for it",
                n);
    else
        dw_warn("too few blocks to set some aside for validation: all %zu "
                "epochs are trained",
                f->plan.train.epochs);
}

/* Where the memory goes, before it is used. */
static void tell_memory(const struct fit *f, const dw_source *src)
{
    uint64_t laid = dw_shelf_bytes(f->data.shelf);
    size_t room = beside(f, &f->data) + dw_fit_growth(&f->data);
    size_t n = 0, mine = 0;

    for (size_t i = 0; i < f->data.n; i++) {
        mine += dw_dataset_mine(&f->data, i);
        n += dw_dataset_mine(&f->data, i) && !f->data.block[i].away;
    }
    if (n < mine)
        dw_note("%zu of %zu blocks in memory; the others are read again from "
                "%s",
                n, mine, dw_source_name(src));
    if (laid)
        dw_note("%zu MB of factors of traits with missing z-scores in TMPDIR",
                (size_t)(laid / 1000000) + 1);
    dw_note("memory: at most %zu MB, of which blocks take %zu MB",
            (room + f->data.bytes - 1) / 1000000 + 1, f->data.bytes / 1000000);
}

/* What the result depends on beside the options. */
static uint64_t digest(const struct fit *f)
{
    dw_buf bytes = {0};
    uint64_t data = dw_dataset_digest(&f->data), value;

    if (f->plan.init)
        dw_modl_pack(&f->init, &bytes);
    dw_buf_add(&bytes, &data, sizeof data);
    value = dw_hash(bytes.s, bytes.n);
    dw_buf_clear(&bytes);
    return value;
}

/* Where memory is bounded, blocks have to be found again. */
static int begin_index(struct fit *f, dw_source *src, dw_err *err)
{
    if (!f->flow->memory)
        return 0;
    f->index = dw_block_index_new(src, err);
    if (!f->index)
        return err->code;
    f->data.origin = dw_block_index_origin(f->index);
    return 0;
}

static int prepare(struct fit *f, dw_source *src, dw_err *err)
{
    const dw_fit_flow *flow = f->flow;
    dw_net net;
    bool parsed = dw_net_parse(&net, f->plan.spec, 0, err) == 0;
    const dw_fit_reading how = {
        .traits = flow->trait,
        .holdout = flow->holdout,
        .valid = flow->valid,
        .annotations = !is_constant(f),
        .looks = parsed && dw_net_looks(&net) ? &net : NULL,
        .keep_whole = f->plan.train.loss == DW_LOSS_LDSR,
        .memory = flow->memory,
        .index = f->index,
        .beside = beside,
        .ctx = f};

    if (!parsed || dw_fit_read(&how, src, f->pool, &f->data, &f->r->head,
                               &f->r->model, &f->weight, err) < 0)
        return err->code;
    f->plan.train.weight = f->weight;
    f->read = f->trained = dw_clock_now();
    set_aside(f);
    tell_memory(f, src);
    if (!f->checkpoint)
        return 0;
    return dw_checkpoint_data(f->checkpoint, &f->r->head, digest(f), &f->r->log,
                              err);
}

/* ---- a model to begin with ---- */

static int read_init(struct fit *f, dw_err *err)
{
    char spec[DW_NET_SPEC_MAX];
    dw_net net;

    if (!f->flow->init)
        return 0;
    if (dw_modl_read(f->flow->init, &f->init, err) < 0 ||
        dw_net_parse(&net, f->plan.spec, f->init.n_inputs, err) < 0)
        return err->code;
    dw_net_spec(&f->init.net, spec);
    if (f->init.net.kind != DW_NET_CONST && f->init.net.kind != DW_NET_LINEAR &&
        strcmp(spec, f->plan.spec) != 0)
        return dw_fail(err, DW_EMISMATCH,
                       "--init %s is %s, and fits into --model %s alone (const "
                       "and linear fit into all)",
                       f->flow->init, spec, spec);
    if (f->init.link != f->plan.link)
        return dw_fail(err, DW_EMISMATCH, "--init %s has --link %s",
                       f->flow->init, dw_link_name(f->init.link));
    f->plan.init = &f->init;
    return 0;
}

/* Its traits have to be those that are fitted. */
static int check_init(const struct fit *f, dw_err *err)
{
    const dw_model *model = &f->r->model;

    if (!f->plan.init)
        return 0;
    if (f->init.n_traits != model->n_traits)
        return dw_fail(err, DW_EMISMATCH,
                       "--init %s is a model of %zu traits, and %zu are fitted",
                       f->flow->init, f->init.n_traits, model->n_traits);
    for (size_t t = 0; t < model->n_traits; t++) {
        if (strcmp(f->init.trait[t].name, model->trait[t].name) != 0)
            dw_note("--init %s was fitted to %s; it is the start for %s",
                    f->flow->init, f->init.trait[t].name, model->trait[t].name);
    }
    return 0;
}

/* ---- on the way ---- */

static void on_stage(void *ctx, const char *stage)
{
    struct fit *f = ctx;

    dw_fit_show_stage(&f->show, stage);
}

static void on_constant(void *ctx, size_t trait, const dw_constant *c)
{
    struct fit *f = ctx;

    dw_fit_show_constant(&f->show, trait, c);
}

static void on_linear(void *ctx, size_t step, double loglik)
{
    struct fit *f = ctx;

    dw_fit_show_linear(&f->show, step, loglik);
}

static void on_train(void *ctx, const dw_net *net, size_t n_epochs)
{
    struct fit *f = ctx;

    dw_fit_show_train(&f->show, net,
                      dw_dataset_size(&f->data, 0, DW_PART_TRAIN).blocks,
                      n_epochs);
    f->trained = dw_clock_now();
    f->traffic = dw_ranks_traffic();
}

static void on_step(void *ctx, size_t epoch, size_t done, size_t n)
{
    struct fit *f = ctx;

    dw_fit_show_step(&f->show, epoch, done, n);
}

static void on_fault(void *ctx, const char *what)
{
    (void)ctx;
    dw_warn("%s: the step before is taken back, and the learning rate halved",
            what);
}

static void show_log(struct fit *f)
{
    dw_err err = {0};

    if (!f->log || dw_fit_log_show(f->log, &f->r->log, &err) == 0)
        return;
    if (!f->log_failed) /* tried again at each epoch, and told at the end */
        dw_warn("%s", err.msg);
    f->log_failed = true;
}

static void on_epoch(void *ctx, const dw_epoch *e)
{
    struct fit *f = ctx;

    dw_fit_show_epoch(&f->show, e);
    dw_fit_log_row(e, f->r->report.base, seconds(f), &f->r->log);
    show_log(f);
}

/* ---- the whole ---- */

static void tell_phases(const struct fit *f)
{
    const dw_train_result *t = &f->r->report.train;
    double end = dw_clock_now();

    if (!f->r->report.has_train) {
        dw_detail("%.1f seconds: %.1f reading, %.1f fitting", end - f->began,
                  f->read - f->began, end - f->read);
        return;
    }
    dw_detail("%.1f seconds: %.1f reading, %.1f to where training begins, %.1f "
              "training",
              end - f->began, f->read - f->began, f->trained - f->read,
              end - f->trained);
    dw_detail("training, seconds of a core: %.1f network, %.1f loss, %.1f sums "
              "and steps",
              t->phases.net, t->phases.loss, t->seconds);
}

static void tell_end(const struct fit *f)
{
    const dw_fit_report *report = &f->r->report;
    uint64_t traffic = dw_ranks_traffic() - f->traffic;

    for (size_t t = 0; t < report->n_traits; t++) {
        const dw_linear_fit *l = &report->trait[t].linear;

        if (report->trait[t].has_linear && !l->converged)
            dw_warn("%s: the linear model did not converge in %zu steps",
                    f->r->model.trait[t].name, l->steps);
    }
    if (dw_ranks_n() > 1 && report->has_train && report->train.steps)
        dw_detail("%zu ranks: %.0f bytes a step from each to the others",
                  dw_ranks_n(), (double)traffic / (double)report->train.steps);
    tell_phases(f);
}

static int fit(struct fit *f, dw_err *err)
{
    const dw_fit_watch watch = {.stage = on_stage,
                                .constant = on_constant,
                                .linear = on_linear,
                                .train = on_train,
                                .training = {f, on_step, on_epoch, on_fault}};
    dw_fit_result *r = f->r;
    const char **name = dw_alloc(r->head.p, sizeof *name);
    int rc;

    for (size_t i = 0; i < r->head.p; i++)
        name[i] = r->head.annot[i].name;
    dw_fit_show_begin(&f->show, &r->model, &r->report);
    f->data.passing = (dw_fit_passing){dw_fit_show_passing, &f->show};
    if (!r->log.n)
        dw_fit_log_header(&r->log);
    rc = dw_fit_model(&f->data, f->pool, dw_checkpoint_keeper(f->checkpoint),
                      name, &f->plan, &watch, &r->model, &r->report, err);
    dw_fit_show_end(&f->show);
    if (rc == 0 && !r->report.has_train)
        dw_fit_log_final(&r->report, &r->model, f->plan.train.weight,
                         seconds(f), &r->log);
    if (rc == 0 && f->log)
        rc = dw_fit_log_show(f->log, &r->log, err);
    if (rc == 0)
        tell_end(f);
    dw_free(name);
    return rc;
}

int dw_fit_run(const dw_fit_flow *flow, dw_source *src, dw_pool *pool,
               dw_fit_log *log, dw_fit_result *r, dw_err *err)
{
    struct fit f = {.flow = flow,
                    .plan = flow->plan,
                    .pool = pool,
                    .r = r,
                    .log = log,
                    .began = dw_clock_now()};
    int rc = read_init(&f, err);

    if (rc == 0)
        rc = begin_index(&f, src, err);
    rc = dw_ranks_agree(rc, err);
    if (rc == 0) {
        f.checkpoint = dw_checkpoint_begin(&flow->checkpoint, err);
        rc = err->code;
    }
    if (rc == 0)
        rc = prepare(&f, src, err);
    if (rc == 0)
        rc = check_init(&f, err);
    if (rc == 0)
        rc = fit(&f, err);
    dw_checkpoint_end(f.checkpoint);
    dw_dataset_clear(&f.data);
    dw_model_clear(&f.init);
    dw_block_index_free(f.index);
    dw_free(f.weight);
    return rc;
}
