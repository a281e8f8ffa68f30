#include "flow/eval_flow.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "flow/block_flow.h"
#include "flow/pick_trait.h"
#include "score/calibration.h"
#include "score/eval_block.h"
#include "score/eval_sums.h"
#include "score/gradsum.h"

/* What is worked out of one block. */
struct figures {
    double n;     /* sample size of its run's trait */
    bool sampled; /* dw_trait_sampled: do the panel's people count? */
    size_t absent;
    dw_eval e;
};

struct job {
    const dw_eval_plan *plan;
    dw_variances *from;
    dw_eval_opts opts;
    dw_eval_ws **ws; /* a thread's own */
    bool begun;
    size_t trait;
    char *trait_name;

    /* What comes out. */
    dw_scopes scopes;
    dw_gradsum *grads; /* NULL: not asked for */
    dw_calibration calibration;
    dw_corr log_var, effect;
    dw_buf text; /* scratch */
    bool headed;
    size_t absent, core;
};

/* ---- the model, and a run's head ---- */

static int take_model(void *self, dw_source *src, dw_err *err)
{
    struct job *j = self;

    return dw_variances_take(j->from, src, err);
}

/* What is given is so in all blocks. */
static void take_given(double given, double *noise, double *spread)
{
    if (isnan(given))
        return;
    *noise = given;
    *spread = 0;
}

/* Trait and annotations stand in the same order in all runs, which agree; only
 * N may differ.  So they are looked up once, while no other thread works. */
static int begin_block(void *self, dw_source *src, dw_flow_item *item,
                       dw_err *err)
{
    struct job *j = self;
    struct figures *own = item->own;
    const dw_head *head = dw_source_head(src);
    dw_noise *noise = &j->opts.noise;
    size_t trait;

    if (dw_variances_bind(j->from, head, err) < 0 ||
        dw_trait_pick(head, "the stream", j->plan->trait,
                      dw_variances_trait(j->from), &trait, err) < 0)
        return err->code;
    own->n = head->trait[trait].n;
    own->sampled = dw_trait_sampled(head, trait, 1) > 0;
    if (j->begun)
        return 0;
    j->begun = true;
    j->trait = trait;
    j->trait_name = dw_strdup(head->trait[trait].name);
    *noise = dw_variances_noise(j->from, j->opts.spread);
    take_given(j->plan->s2, &noise->s2, &j->opts.spread[0]);
    take_given(j->plan->tau, &noise->tau, &j->opts.spread[1]);
    return 0;
}

static bool is_truth(void *self, const dw_truth *truth)
{
    const struct job *j = self;

    return strcmp(truth->trait, j->trait_name) == 0;
}

static bool wants_tracks(void *self)
{
    return dw_variances_look(((struct job *)self)->from);
}

/* ---- the work on one block, in any thread ---- */

/* (l) of the block's core. */
static const float *core_z(const struct job *j, const dw_block *b)
{
    return b->var.z + j->trait * b->var.m + b->ld.core;
}

static void evaluate(void *self, size_t thread, dw_flow_item *item)
{
    struct job *j = self;
    struct figures *own = item->own;
    const dw_variants *v = &item->b.var;
    dw_ldblock *ld = &item->b.ld;
    dw_eval *e = &own->e;

    own->absent = 0;
    if (!own->sampled)
        ld->people = 0;
    if (dw_eval_resize(e, v->m, &item->err) < 0 ||
        dw_variances_of(j->from, thread, v, &item->b.tracks, e->f, &item->err) <
            0)
        return;
    for (size_t i = 0; i < v->m; i++) {
        if (isnan(e->f[i]) && j->plan->prior) {
            own->absent += i >= ld->core && i < ld->core + ld->l;
            e->f[i] = 0;
        }
        e->f[i] *= own->n;
    }
    /* A failure is in item->err, and told when the block's turn comes. */
    (void)!dw_eval_block(j->ws[thread], &j->opts, ld, core_z(j, &item->b),
                         own->n * dw_variances_mean(j->from), e, &item->err);
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
    write_text(j->plan->out.figures, &j->text);
}

static int add_scope(struct job *j, const dw_block *b, const dw_eval *e,
                     dw_err *err)
{
    char index[32];
    int rc;

    switch (j->plan->by) {
    case DW_EVAL_CHROM: return dw_scopes_add(&j->scopes, b->ld.contig, e, err);
    case DW_EVAL_BLOCK:
        snprintf(index, sizeof index, "%zu", b->index);
        rc = dw_scopes_add(&j->scopes, index, e, err);
        write_scopes(j);
        return rc;
    default: return dw_scopes_add(&j->scopes, "total", e, err);
    }
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

/* cg alone can fall short, or has anything to tell. */
static void tell_solved(const dw_ldblock *ld, const dw_solved *s)
{
    if (!s->converged)
        dw_warn("%s:%u-%u: conjugate gradients did not converge: a residual of "
                "%.2g after %zu steps; --solver primal needs none",
                ld->contig, ld->start, ld->end, s->residual, s->steps);
    else if (s->solver == DW_SOLVER_CG)
        dw_detail("%s:%u-%u: %zu steps of cg to a residual of %.2g", ld->contig,
                  ld->start, ld->end, s->steps, s->residual);
}

static int finish_block(void *self, dw_flow_item *item, dw_err *err)
{
    struct job *j = self;
    struct figures *own = item->own;
    const dw_ldblock *ld = &item->b.ld;
    const dw_eval *e = &own->e;
    int rc = add_scope(j, &item->b, e, err);

    tell_solved(ld, &e->solved);
    j->absent += own->absent;
    j->core += ld->l;
    if (rc == 0 && j->grads) {
        rc = dw_gradsum_add(j->grads, &item->b.var, e, own->n, &j->text, err);
        write_text(j->plan->out.gradient, &j->text);
    }
    if (rc == 0 && j->plan->out.calibration)
        rc = dw_calibration_add(&j->calibration, core_z(j, &item->b), ld->l, e,
                                err);
    if (rc == 0 && item->has_truth)
        compare_truth(j, item);
    return rc;
}

/* ---- when the stream has ended ---- */

static int tell_absent(const struct job *j, dw_err *err)
{
    const char *prior = j->plan->prior;

    if (j->absent && j->absent == j->core)
        return dw_fail(err, DW_EMISMATCH,
                       "%s has none of the %zu core variants: are builds and "
                       "alleles the same?",
                       prior, j->core);
    if (j->absent)
        dw_note("%zu of %zu core variants are not in %s: their prior variance "
                "is taken as 0",
                j->absent, j->core, prior);
    return 0;
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
    write_text(j->plan->out.truth, &j->text);
    return 0;
}

static int write_rest(struct job *j, dw_err *err)
{
    int rc = tell_absent(j, err);

    if (rc == 0 && j->grads) {
        rc = dw_gradsum_finish(j->grads, &j->text, err);
        write_text(j->plan->out.gradient, &j->text);
    }
    if (rc == 0 && j->plan->out.calibration) {
        dw_calibration_print(&j->calibration, &j->text);
        write_text(j->plan->out.calibration, &j->text);
    }
    if (rc == 0 && j->plan->out.truth)
        rc = write_truth(j, err);
    if (rc == 0)
        write_scopes(j);
    return rc;
}

/* ---- the whole ---- */

static void begin(struct job *j, size_t threads)
{
    j->ws = dw_alloc(threads, sizeof(*j->ws));
    for (size_t t = 0; t < threads; t++)
        j->ws[t] = dw_eval_ws_new();
    if (!j->plan->out.gradient)
        return;
    dw_outfile_printf(j->plan->out.gradient,
                      "CHR\tPOS\tID\tREF\tALT\tPRIOR_VAR\tGRAD\n");
    j->grads = dw_gradsum_new();
}

static void end(struct job *j, size_t threads)
{
    for (size_t t = 0; t < threads; t++)
        dw_eval_ws_free(j->ws[t]);
    dw_free(j->ws);
    dw_free(j->trait_name);
    dw_scopes_clear(&j->scopes);
    dw_gradsum_free(j->grads);
    dw_calibration_clear(&j->calibration);
    dw_buf_clear(&j->text);
}

static void clear_figures(void *own)
{
    dw_eval_clear(&((struct figures *)own)->e);
}

int dw_eval_run(const dw_eval_plan *plan, dw_variances *from, dw_source *src,
                dw_pool *pool, dw_err *err)
{
    struct job j = {.plan = plan,
                    .from = from,
                    .opts = {.how = plan->how,
                             .gradient = plan->out.gradient != NULL,
                             .posterior = plan->out.truth != NULL}};
    const dw_flow flow = {.own_size = sizeof(struct figures),
                          .truth = plan->out.truth ? is_truth : NULL,
                          .begin = begin_block,
                          .model = take_model,
                          .tracks = wants_tracks,
                          .work = evaluate,
                          .finish = finish_block,
                          .clear = clear_figures};
    int rc;

    begin(&j, dw_pool_size(pool));
    rc = dw_flow_run(&flow, &j, src, pool, err);
    if (rc == 0)
        rc = write_rest(&j, err);
    end(&j, dw_pool_size(pool));
    return rc;
}
