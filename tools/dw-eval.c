/*
 * dw-eval: a model or prior variances and a stream of blocks in; how well the
 * variances explain the z-scores out.  dw-eval(1).
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/par.h"
#include "cli/opts.h"
#include "input/lines.h"
#include "input/read_prior.h"
#include "linalg/blas.h"
#include "nn/model.h"
#include "record/block_flow.h"
#include "record/pick_trait.h"
#include "record/rec_modl.h"
#include "score/calibration.h"
#include "score/eval_block.h"
#include "score/eval_sums.h"
#include "score/gradsum.h"
#include "stream/outfile.h"

enum { BY_TOTAL, BY_CHROM, BY_BLOCK };

struct eval_opts {
    const char *model, *prior, *trait, *gradient, *calibration, *truth;
    double s2, tau; /* NAN: the model's, or 1 and 0 */
    int by, solver;
};

/* What is worked out of one block. */
struct figures {
    double n; /* sample size of its run's trait */
    size_t absent;
    dw_eval e;
};

struct job {
    const struct eval_opts *o;
    dw_eval_opts opts;
    dw_pool *pool;
    struct thread {
        dw_eval_ws *ws;
        dw_net_ws *net;
    } * thread;

    /* Where variances come from. */
    dw_prior *prior;
    dw_model model;
    bool have_model, bound;
    size_t *column, trait;
    const char *trait_name;
    double mean_f; /* c of the model, or the table's mean: h2 / M */

    /* What comes out. */
    dw_outfile *out, *grad_out;
    dw_scopes scopes;
    dw_gradsum *grads;
    dw_calibration calibration;
    dw_corr log_var, effect;
    dw_buf text; /* scratch */
    bool headed;
    size_t absent, core;
};

/* ---- the model, and a run's head ---- */

static int begin_model(struct job *j, dw_err *err)
{
    dw_noise *noise = &j->opts.noise;

    *noise =
        j->prior ? (dw_noise){1, 0} : (dw_noise){j->model.s2, j->model.tau};
    if (!isnan(j->o->s2))
        noise->s2 = j->o->s2;
    if (!isnan(j->o->tau))
        noise->tau = j->o->tau;
    j->mean_f = j->prior ? dw_prior_mean(j->prior) : j->model.c;
    if (j->prior)
        return 0;
    for (size_t t = 0; t < dw_pool_size(j->pool); t++)
        if (!(j->thread[t].net = dw_net_ws_new(&j->model.net)))
            return dw_fail(err, DW_ENOMEM, "not enough memory for the model");
    j->column = dw_alloc(j->model.n_inputs + 1, sizeof *j->column);
    j->have_model = true;
    return 0;
}

/* A model that stands in the stream before its blocks. */
static int take_model(void *self, dw_source *src, dw_err *err)
{
    struct job *j = self;
    int rc;

    if (j->prior || j->have_model)
        return 0;
    rc = dw_modl_take(src, &j->model, err);
    return rc < 0 ? rc : begin_model(j, err);
}

/* Trait and annotations stand in the same order in all runs, which agree; only
 * N may differ.  So they are looked up once, while no other thread works. */
static int begin_block(void *self, const dw_head *head, dw_flow_item *item,
                       dw_err *err)
{
    struct job *j = self;
    struct figures *own = item->own;
    const char *other = j->have_model ? j->model.trait : NULL;
    size_t trait;
    int rc;

    if (!j->prior && !j->have_model)
        return dw_fail(err, DW_EUSAGE,
                       "no model before the first block: give one with -m, or "
                       "prior variances with --prior");
    rc = dw_trait_pick(head, "the stream", j->o->trait, other, &trait, err);
    if (rc < 0)
        return rc;
    own->n = head->trait[trait].n;
    if (j->bound)
        return 0;
    if (j->have_model &&
        (rc = dw_modl_bind(&j->model, head, j->column, err)) < 0)
        return rc;
    j->bound = true;
    j->trait = trait;
    j->trait_name = dw_strdup(head->trait[trait].name);
    return 0;
}

static bool is_truth(void *self, const dw_truth *truth)
{
    const struct job *j = self;

    return strcmp(truth->trait, j->trait_name) == 0;
}

/* ---- the work on one block, in any thread ---- */

static void evaluate(void *self, size_t thread, dw_flow_item *item)
{
    struct job *j = self;
    struct thread *t = &j->thread[thread];
    struct figures *own = item->own;
    const dw_variants *v = &item->b.var;
    const dw_ldblock *ld = &item->b.ld;
    dw_eval *e = &own->e;

    own->absent = 0;
    if (dw_eval_resize(e, v->m, &item->err) < 0)
        return;
    if (j->prior)
        dw_prior_variances(j->prior, v, e->f);
    else
        dw_model_variances(&j->model, j->column, t->net, v->m, v->annot, v->m,
                           e->f);
    for (size_t i = 0; i < v->m; i++) {
        if (isnan(e->f[i]) && j->prior) {
            own->absent += i >= ld->core && i < ld->core + ld->l;
            e->f[i] = 0;
        }
        e->f[i] *= own->n;
    }
    /* A failure is in item->err, and told when the block's turn comes. */
    (void)!dw_eval_block(t->ws, &j->opts, ld, v->z + j->trait * v->m + ld->core,
                         own->n * j->mean_f, e, &item->err);
}

/* ---- sums, in the order of the stream ---- */

static void write_text(dw_outfile *out, dw_buf *text)
{
    dw_outfile_write(out, text->s, text->n);
    dw_buf_reset(text);
}

/* The figures so far; that which is printed is over with. */
static void write_scopes(struct job *j)
{
    if (!j->headed)
        dw_buf_adds(&j->text, "SCOPE\tM\tK\tLOGLIK\tNULL\tDELTA\tLDSR\n");
    j->headed = true;
    dw_scopes_print(&j->scopes, &j->text);
    dw_scopes_reset(&j->scopes);
    write_text(j->out, &j->text);
}

/* Core variants, each of which is in one core alone. */
static void compare_truth(struct job *j, const dw_flow_item *item)
{
    const struct figures *own = item->own;
    const dw_truth *truth = &item->truth;

    for (size_t i = item->b.ld.core; i < item->b.ld.core + item->b.ld.l; i++) {
        double f = own->e.f[i] / own->n;

        if (f > 0 && truth->var[i] > 0)
            dw_corr_add(&j->log_var, log(f), log(truth->var[i]));
        dw_corr_add(&j->effect, own->e.mean[i] / sqrt(own->n),
                    truth->effect[i]);
    }
}

static int finish_block(void *self, dw_flow_item *item, dw_err *err)
{
    struct job *j = self;
    struct figures *own = item->own;
    const dw_ldblock *ld = &item->b.ld;
    const dw_variants *v = &item->b.var;
    const dw_eval *e = &own->e;
    char index[32];
    int rc = 0;

    j->absent += own->absent;
    j->core += ld->l;
    snprintf(index, sizeof index, "%zu", item->b.index);
    rc = dw_scopes_add(&j->scopes,
                       j->o->by == BY_BLOCK   ? index
                       : j->o->by == BY_CHROM ? ld->contig
                                              : "total",
                       e, err);
    if (j->o->by == BY_BLOCK)
        write_scopes(j);
    if (rc == 0 && j->grads) {
        rc = dw_gradsum_add(j->grads, v, e, own->n, &j->text, err);
        write_text(j->grad_out, &j->text);
    }
    if (rc == 0 && j->o->calibration)
        rc = dw_calibration_add(
            &j->calibration, v->z + j->trait * v->m + ld->core, ld->l, e, err);
    if (rc == 0 && item->has_truth)
        compare_truth(j, item);
    return rc;
}

/* A table of its own, written once all is known. */
static int write_file(struct job *j, const char *path, dw_err *err)
{
    dw_outfile *out = dw_outfile_open(path, false, err);

    if (!out)
        return err->code;
    write_text(out, &j->text);
    return dw_outfile_close(out, err);
}

static int write_truth(struct job *j, dw_err *err)
{
    if (j->effect.n == 0)
        return dw_fail(err, DW_EMISMATCH,
                       "the stream holds no truth of trait %s: dw-sim puts it "
                       "there",
                       j->trait_name);
    dw_buf_adds(&j->text, "QUANTITY\tN\tCORRELATION\n");
    dw_corr_print(&j->log_var, "log_variance", &j->text);
    dw_corr_print(&j->effect, "effect", &j->text);
    return write_file(j, j->o->truth, err);
}

static int tell_absent(struct job *j, dw_err *err)
{
    if (j->absent && j->absent == j->core)
        return dw_fail(err, DW_EMISMATCH,
                       "%s has none of the %zu core variants: are builds and "
                       "alleles the same?",
                       j->o->prior, j->core);
    if (j->absent)
        dw_note("%zu of %zu core variants are not in %s: their prior variance "
                "is taken as 0",
                j->absent, j->core, j->o->prior);
    return 0;
}

static int close_out(dw_outfile **out, dw_err *err)
{
    dw_outfile *closing = *out;

    *out = NULL;
    return dw_outfile_close(closing, err);
}

static int write_rest(struct job *j, dw_err *err)
{
    int rc = tell_absent(j, err);

    if (rc == 0 && j->grads &&
        (rc = dw_gradsum_finish(j->grads, &j->text, err)) == 0) {
        write_text(j->grad_out, &j->text);
        rc = close_out(&j->grad_out, err);
    }
    if (rc == 0 && j->o->calibration) {
        dw_calibration_print(&j->calibration, &j->text);
        rc = write_file(j, j->o->calibration, err);
    }
    if (rc == 0 && j->o->truth)
        rc = write_truth(j, err);
    if (rc < 0)
        return rc;
    write_scopes(j);
    return close_out(&j->out, err);
}

/* ---- the life of the tool ---- */

static int begin(struct job *j, const dw_common *common, dw_err *err)
{
    int rc = dw_linalg_check(err);

    if (rc < 0)
        return rc;
    if (j->o->model && j->o->prior)
        return dw_fail(err, DW_EUSAGE,
                       "-m and --prior exclude each other: variances come "
                       "from one of them");
    j->pool = dw_pool_new(common->threads);
    j->thread = dw_alloc(common->threads, sizeof *j->thread);
    for (size_t t = 0; t < common->threads; t++)
        j->thread[t].ws = dw_eval_ws_new();
    if (j->o->prior && !(j->prior = dw_prior_read(j->o->prior, err)))
        return err->code;
    if (j->o->model && (rc = dw_modl_read(j->o->model, &j->model, err)) < 0)
        return rc;
    if ((j->prior || j->o->model) && (rc = begin_model(j, err)) < 0)
        return rc;
    if (!(j->out = dw_outfile_open(common->out, false, err)))
        return err->code;
    if (!j->o->gradient)
        return 0;
    if (!(j->grad_out = dw_outfile_open(j->o->gradient, false, err)))
        return err->code;
    dw_outfile_printf(j->grad_out, "CHR\tPOS\tID\tREF\tALT\tPRIOR_VAR\tGRAD\n");
    j->grads = dw_gradsum_new();
    return 0;
}

static void end(struct job *j, size_t threads)
{
    for (size_t t = 0; j->thread && t < threads; t++) {
        dw_eval_ws_free(j->thread[t].ws);
        dw_net_ws_free(j->thread[t].net);
    }
    dw_free(j->thread);
    dw_pool_free(j->pool);
    dw_prior_free(j->prior);
    dw_model_clear(&j->model);
    dw_free(j->column);
    dw_free((char *)j->trait_name);
    dw_outfile_abandon(j->out);
    dw_outfile_abandon(j->grad_out);
    dw_scopes_clear(&j->scopes);
    dw_gradsum_free(j->grads);
    dw_calibration_clear(&j->calibration);
    dw_buf_clear(&j->text);
}

static void clear_figures(void *own)
{
    dw_eval_clear(&((struct figures *)own)->e);
}

static int run(void *opts, const dw_common *common, dw_err *err)
{
    struct eval_opts *o = opts;
    struct job j = {.o = o,
                    .opts = {.solver = (enum dw_solver)o->solver,
                             .gradient = o->gradient != NULL,
                             .posterior = o->truth != NULL}};
    const dw_flow flow = {.own_size = sizeof(struct figures),
                          .truth = o->truth ? is_truth : NULL,
                          .begin = begin_block,
                          .model = take_model,
                          .work = evaluate,
                          .finish = finish_block,
                          .clear = clear_figures};
    dw_source *src = NULL;
    int rc;

    dw_linalg_single_thread();
    rc = begin(&j, common, err);
    if (rc == 0) {
        src = dw_source_open(common->n_args ? common->arg[0] : NULL, err);
        rc = src ? dw_flow_run(&flow, &j, src, j.pool, err) : err->code;
    }
    if (rc == 0)
        rc = write_rest(&j, err);
    dw_source_close(src);
    end(&j, common->threads);
    return rc;
}

int main(int argc, char **argv)
{
    struct eval_opts o = {.s2 = NAN, .tau = NAN};
    const dw_opt table[] = {
        {"Variances", 'm', "model", DW_OPT_TEXT, &o.model, "FILE",
         "a model of dw-fit (default: the one in STREAM)", 0, 0, 0, NULL},
        {NULL, 0, "prior", DW_OPT_TEXT, &o.prior, "FILE",
         "a table with CHR POS REF ALT PRIOR_VAR", 0, 0, 0, NULL},
        {NULL, 0, "s2", DW_OPT_REAL, &o.s2, "X",
         "noise in proportion to LD (default: the model's, or 1)", 0, 1e6, 0,
         NULL},
        {NULL, 0, "tau", DW_OPT_REAL, &o.tau, "X",
         "noise of each z (default: the model's, or 0)", 0, 1e6, 0, NULL},
        {NULL, 0, "trait", DW_OPT_TEXT, &o.trait, "NAME",
         "which trait (default: the only one, or the model's)", 0, 0, 0, NULL},
        {"Figures", 0, "by", DW_OPT_CHOICE, &o.by, "total|chrom|block",
         "what a line of the output is about", 0, 0, DW_OPT_LIVE, NULL},
        {NULL, 0, "gradient", DW_OPT_TEXT, &o.gradient, "FILE",
         "write the gradient by each variant's log variance", 0, 0, 0, NULL},
        {NULL, 0, "calibration", DW_OPT_TEXT, &o.calibration, "FILE",
         "write observed and expected z^2 by decile", 0, 0, 0, NULL},
        {NULL, 0, "truth", DW_OPT_TEXT, &o.truth, "FILE",
         "write correlations with what dw-sim planted", 0, 0, 0, NULL},
        {"Computing", 0, "solver", DW_OPT_CHOICE, &o.solver, "auto|primal|dual",
         "how the likelihood is solved: the same answer", 0, 0, DW_OPT_LIVE,
         NULL},
    };
    const dw_tool tool = {
        .name = "dw-eval",
        .summary = "model or prior variances and block stream in, figures out",
        .synopsis = "[-m FILE | --prior FILE] [OPTION]... [STREAM]",
        .opt = table,
        .n_opts = DW_COUNT(table),
        .max_args = 1,
        .library = {dw_linalg_library, dw_frame_library, dw_input_library},
        .run = run,
    };

    return dw_tool_main(&tool, &o, argc, argv);
}
