#include "flow/score_flow.h"

#include "base/buf.h"
#include "base/mem.h"
#include "flow/block_flow.h"
#include "flow/pick_trait.h"
#include "score/predict.h"

/* What is worked out of one table. */
struct scored {
    double n; /* sample size of its run's trait; of use for a block */
    dw_prediction prediction;
    dw_buf text;
    size_t n_rows;
};

struct job {
    const dw_score_plan *plan;
    dw_bound_model *model; /* (n_models) */
    size_t n_models;
    dw_outfile *out;
    dw_predict_ws **ws; /* a thread's own; NULL until there is a model */
    size_t threads, trait;
    bool headed;
    dw_buf head; /* of the output, until it is written */
    dw_score_counts *counts;
};

/* ---- model and heads, in the thread that reads ---- */

/* The name of the trait that the model is asked for. */
static const char *model_trait(const struct job *j)
{
    return j->model->model.trait[j->model->trait].name;
}

static void use_models(struct job *j)
{
    dw_predictor *of = dw_alloc(j->n_models, sizeof *of);

    for (size_t i = 0; i < j->n_models; i++) {
        const dw_bound_model *b = &j->model[i];

        of[i] = (dw_predictor){&b->model, b->trait, b->column};
    }
    for (size_t t = 0; t < j->threads; t++)
        j->ws[t] = dw_predict_ws_new(of, j->n_models);
    dw_free(of);
}

static int take_model(void *self, dw_source *src, dw_err *err)
{
    struct job *j = self;
    int rc = dw_bound_model_take(j->model, src, err);

    if (rc > 0)
        use_models(j);
    return rc < 0 ? rc : 0;
}

/* Once, before the first table; written when that is done, which may fail. */
static int make_head(struct job *j, dw_source *src, bool blocks, dw_err *err)
{
    const dw_head *head = dw_source_head(src);

    if (j->headed)
        return 0;
    j->headed = true;
    if (j->plan->format == DW_SCORE_PGS && !blocks)
        return dw_fail(err, DW_EMISMATCH,
                       "%s holds variants without LD, which gives no weights; "
                       "dw-ldblock makes blocks of them",
                       dw_source_name(src));
    dw_score_text_head(j->plan->format,
                       blocks ? head->trait[j->trait].name : model_trait(j),
                       head->build, &j->head);
    return 0;
}

/* Traits and annotations stand alike in all runs, which agree; N may differ. */
static int begin_table(void *self, dw_source *src, dw_flow_item *item,
                       dw_err *err)
{
    struct job *j = self;
    struct scored *own = item->own;
    const dw_head *head = dw_source_head(src);
    const char *name = dw_source_name(src);

    if (!j->model->there)
        return dw_fail(err, DW_EUSAGE,
                       "no model before the first variants: give one with -m, "
                       "or the stream that dw-fit --pass writes");
    if (item->has_block) {
        if (dw_trait_pick(head, name, j->plan->trait, model_trait(j), &j->trait,
                          err) < 0)
            return err->code;
        own->n = head->trait[j->trait].n;
    }
    for (size_t i = 0; i < j->n_models; i++) {
        if (dw_bound_model_bind(&j->model[i], head, err) < 0)
            return dw_err_prefix(err, "%s", name);
    }
    return make_head(j, src, item->has_block, err);
}

static bool wants_tracks(void *self)
{
    const struct job *j = self;

    for (size_t i = 0; i < j->n_models; i++) {
        if (dw_net_looks(&j->model[i].model.net))
            return true;
    }
    return false;
}

/* ---- tables ---- */

static void score(void *self, size_t thread, dw_flow_item *item)
{
    struct job *j = self;
    struct scored *own = item->own;
    dw_block *b = &item->b;
    dw_prediction *p = &own->prediction;
    int rc = item->has_block
                 ? dw_predict_block(j->ws[thread], &b->var, &b->tracks, &b->ld,
                                    j->trait, own->n, p, &item->err)
                 : dw_predict_prior(j->ws[thread], &b->var, &b->tracks, p,
                                    &item->err);

    if (rc < 0)
        return;
    dw_buf_reset(&own->text);
    own->n_rows = dw_score_text_rows(j->plan->format, &b->var, p, &own->text);
}

static int write_table(void *self, dw_flow_item *item, dw_err *err)
{
    struct job *j = self;
    const struct scored *own = item->own;
    dw_score_counts *c = j->counts;

    (void)err;
    dw_outfile_write(j->out, j->head.s, j->head.n);
    dw_buf_reset(&j->head);
    dw_outfile_write(j->out, own->text.s, own->text.n);
    c->tables++;
    c->core += own->prediction.end - own->prediction.begin;
    c->rows += own->n_rows;
    c->blocks = item->has_block;
    return dw_outfile_failed(j->out) ? DW_EIO : 0;
}

static void clear_scored(void *own)
{
    struct scored *s = own;

    dw_prediction_clear(&s->prediction);
    dw_buf_clear(&s->text);
}

int dw_score_run(const dw_score_plan *plan, dw_bound_model *model,
                 size_t n_models, dw_source *src, dw_outfile *out,
                 dw_pool *pool, dw_score_counts *counts, dw_err *err)
{
    const dw_flow flow = {.own_size = sizeof(struct scored),
                          .tables = true,
                          .begin = begin_table,
                          .model = take_model,
                          .tracks = wants_tracks,
                          .work = score,
                          .finish = write_table,
                          .clear = clear_scored};
    struct job j = {.plan = plan,
                    .model = model,
                    .n_models = n_models,
                    .out = out,
                    .threads = dw_pool_size(pool),
                    .counts = counts};
    int rc;

    *counts = (dw_score_counts){0};
    j.ws = dw_alloc(j.threads, sizeof(*j.ws));
    if (model->there)
        use_models(&j);
    rc = dw_flow_run(&flow, &j, src, pool, err);
    for (size_t t = 0; t < j.threads; t++)
        dw_predict_ws_free(j.ws[t]);
    dw_free(j.ws);
    dw_buf_clear(&j.head);
    return rc;
}
