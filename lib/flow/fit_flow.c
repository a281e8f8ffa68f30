#include "flow/fit_flow.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "fit/fit_text.h"
#include "flow/pick_trait.h"

struct fit {
    const dw_fit_flow *flow;
    dw_pool *pool;
    dw_dataset data;
    dw_fit_result *r;
    dw_progress *progress;
    struct timespec began;
};

void dw_fit_result_clear(dw_fit_result *r)
{
    dw_head_clear(&r->head);
    dw_model_clear(&r->model);
    dw_fit_report_clear(&r->report);
    dw_buf_clear(&r->log);
    *r = (dw_fit_result){0};
}

/* ---- blocks in ---- */

static dw_part part_of(const dw_fit_flow *flow, const char *contig)
{
    if (flow->holdout && dw_text_in_list(flow->holdout, contig))
        return DW_PART_HELDOUT;
    if (flow->valid && dw_text_in_list(flow->valid, contig))
        return DW_PART_VALID;
    return DW_PART_TRAIN;
}

/* The first block says what the model is about. */
static void begin(struct fit *f, const dw_head *head, size_t trait)
{
    dw_head_copy(&f->r->head, head);
    dw_model_add_trait(&f->r->model, head->trait[trait].name)->n =
        head->trait[trait].n;
    if (strcmp(f->flow->plan.spec, "const") != 0)
        f->data.p = head->p;
}

static int take_block(struct fit *f, dw_source *src, dw_block *block,
                      dw_err *err)
{
    const dw_head *head = dw_source_head(src);
    size_t trait;

    if (dw_trait_pick(head, dw_source_name(src), f->flow->trait, NULL, &trait,
                      err) < 0)
        return err->code;
    if (f->data.n == 0)
        begin(f, head, trait);
    dw_head_join_history(&f->r->head, head);
    dw_progress_at(f->progress, block->index, NULL);
    block->ld.people = dw_trait_sampled(head, trait, block->ld.people);
    return dw_dataset_take(&f->data, &block->var, &block->ld, trait,
                           head->trait[trait].n,
                           part_of(f->flow, block->ld.contig), err);
}

static int read_blocks(struct fit *f, dw_source *src, dw_err *err)
{
    dw_block block = {0};
    int rc;

    f->progress = dw_progress_begin("reading blocks", 0);
    while ((rc = dw_source_block(src, &block, err)) > 0) {
        if ((rc = take_block(f, src, &block, err)) < 0)
            break;
    }
    dw_progress_end(f->progress);
    f->progress = NULL;
    dw_block_clear(&block);
    return rc;
}

/* Parts that were asked for have to be there. */
static int check_parts(struct fit *f, dw_err *err)
{
    size_t n[DW_PARTS];

    for (int part = 0; part < DW_PARTS; part++)
        n[part] = dw_dataset_size(&f->data, (dw_part)part).blocks;
    if (n[DW_PART_TRAIN] == 0)
        return dw_fail(err, DW_EDEGENERATE,
                       "no block is left to train on: of %zu, %zu are for "
                       "validation and %zu held out",
                       f->data.n, n[DW_PART_VALID], n[DW_PART_HELDOUT]);
    if (f->flow->holdout && n[DW_PART_HELDOUT] == 0)
        dw_warn("--holdout-chrom %s: no block is there", f->flow->holdout);
    if (f->flow->valid && n[DW_PART_VALID] == 0)
        dw_warn("--valid-chrom %s: no block is there", f->flow->valid);
    return 0;
}

/* Validation decides when to stop steps; a model that is fitted to its optimum
 * has no use for it. */
static void set_aside(struct fit *f)
{
    const dw_fit_plan *plan = &f->flow->plan;
    bool steps =
        strncmp(plan->spec, "mlp", 3) == 0 ||
        (plan->train.loss == DW_LOSS_LDSR && strcmp(plan->spec, "const") != 0);
    size_t n;

    if (f->flow->valid || !steps)
        return;
    n = dw_dataset_set_aside(&f->data, plan->train.seed);
    if (n)
        dw_note("%zu blocks, chosen by --seed, are set aside for validation; "
                "--valid-chrom names chromosomes for it",
                n);
    else
        dw_warn("too few blocks to set some aside for validation: all %zu "
                "epochs are trained",
                plan->train.epochs);
}

static int prepare(struct fit *f, dw_source *src, dw_err *err)
{
    bool ldsr = f->flow->plan.train.loss == DW_LOSS_LDSR;
    size_t n_empty = 0;

    if (read_blocks(f, src, err) < 0 ||
        dw_dataset_observe(&f->data, f->pool, ldsr, &n_empty, err) < 0)
        return err->code;
    if (n_empty)
        dw_note("%zu blocks without a z-score of %s are left out", n_empty,
                f->r->model.trait[0].name);
    if (check_parts(f, err) < 0)
        return err->code;
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
    const double *base = f->r->report.base;
    char text[96];

    snprintf(text, sizeof text, "gain %.1f in training, %.1f in validation",
             e->loglik[DW_PART_TRAIN] - base[DW_PART_TRAIN],
             e->loglik[DW_PART_VALID] - base[DW_PART_VALID]);
    dw_progress_at(f->progress, e->epoch, text);
    dw_detail("epoch %zu: %s%s", e->epoch, text, e->best ? " (best)" : "");
    dw_fit_log_row(e, base, seconds(f), &f->r->log);
}

/* ---- the whole ---- */

static int fit(struct fit *f, dw_err *err)
{
    const dw_fit_watch watch = {f, on_constant, on_linear, on_epoch};
    const dw_fit_plan *plan = &f->flow->plan;
    dw_fit_result *r = f->r;
    const char **name = dw_alloc(r->head.p, sizeof *name);
    int rc;

    for (size_t i = 0; i < r->head.p; i++)
        name[i] = r->head.annot[i].name;
    dw_fit_log_header(&r->log);
    f->progress = dw_progress_begin("training", plan->train.epochs);
    rc = dw_fit_model(&f->data, f->pool, name, plan, &watch, &r->model,
                      &r->report, err);
    dw_progress_end(f->progress);
    if (rc == 0 && !r->report.has_train)
        dw_fit_log_final(&r->report, &r->model, seconds(f), &r->log);
    if (rc == 0 && r->report.has_linear && !r->report.linear.converged)
        dw_warn("the linear model did not converge in %zu steps",
                r->report.linear.steps);
    r->bytes = dw_dataset_bytes(&f->data, r->model.n_inputs);
    dw_detail("%.1f seconds", seconds(f));
    dw_free(name);
    return rc;
}

int dw_fit_run(const dw_fit_flow *flow, dw_source *src, dw_pool *pool,
               dw_fit_result *r, dw_err *err)
{
    struct fit f = {.flow = flow, .pool = pool, .r = r};
    int rc;

    clock_gettime(CLOCK_MONOTONIC, &f.began);
    rc = prepare(&f, src, err);
    if (rc == 0)
        rc = fit(&f, err);
    dw_dataset_clear(&f.data);
    return rc;
}
