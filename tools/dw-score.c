/*
 * dw-score: model and stream in, one line a variant out.  dw-score(1).
 */
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/par.h"
#include "cli/opts.h"
#include "flow/pick_trait.h"
#include "linalg/blas.h"
#include "record/rec_modl.h"
#include "record/rec_stream.h"
#include "score/predict.h"
#include "score/score_text.h"
#include "stream/outfile.h"

struct score_opts {
    const char *model, *trait;
    int format;
};

/* A table of variants on its way, with its block or without. */
struct item {
    dw_block b;
    bool has_block;
    double n; /* sample size of the trait in the run that it stands in */
    dw_prediction prediction;
    dw_buf text;
    size_t n_rows;
    dw_err err;
};

struct score {
    const struct score_opts *o;
    dw_pool *pool;
    dw_source *src;
    dw_outfile *out;
    dw_model model;
    bool has_model, bound;
    size_t *column, trait;
    dw_predict_ws **ws; /* a thread's own */
    struct item *item;  /* (n_items) a batch, of which n are filled */
    size_t n_items, n;
    size_t n_tables, n_core, n_rows;
};

/* ---- model and heads ---- */

static void use_model(struct score *s)
{
    s->has_model = true;
    s->column = dw_alloc(s->model.n_inputs, sizeof *s->column);
    for (size_t t = 0; t < dw_pool_size(s->pool); t++)
        s->ws[t] = dw_predict_ws_new(&s->model, s->column);
}

/* Traits and annotations stand alike in all runs, which agree; N may differ. */
static int begin_table(struct score *s, struct item *item, dw_err *err)
{
    const dw_head *head = dw_source_head(s->src);
    dw_buf text = {0};

    if (!s->has_model)
        return dw_fail(err, DW_EUSAGE,
                       "no model before the first variants: give one with -m, "
                       "or the stream that dw-fit --pass writes");
    item->has_block = head->panel.name != NULL;
    if (item->has_block) {
        if (dw_trait_pick(head, dw_source_name(s->src), s->o->trait,
                          s->model.trait, &s->trait, err) < 0)
            return err->code;
        item->n = head->trait[s->trait].n;
    }
    if (s->bound)
        return 0;
    if (dw_modl_bind(&s->model, head, s->column, err) < 0)
        return dw_err_prefix(err, "%s", dw_source_name(s->src));
    s->bound = true;
    dw_score_text_head((enum dw_score_format)s->o->format,
                       item->has_block ? head->trait[s->trait].name
                                       : s->model.trait,
                       head->build, &text);
    dw_outfile_write(s->out, text.s, text.n);
    dw_buf_clear(&text);
    if (s->o->format == DW_SCORE_PGS && !item->has_block)
        return dw_fail(err, DW_EMISMATCH,
                       "%s holds variants without LD, which gives no weights; "
                       "dw-ldblock makes blocks of them",
                       dw_source_name(s->src));
    return 0;
}

/* ---- tables through threads ---- */

static void work(void *ctx, size_t t, size_t i)
{
    struct score *s = ctx;
    struct item *item = &s->item[i];
    int rc;

    item->err = (dw_err){0};
    rc = item->has_block
             ? dw_predict_block(s->ws[t], &item->b.var, &item->b.ld, s->trait,
                                item->n, &item->prediction, &item->err)
             : dw_predict_prior(s->ws[t], &item->b.var, &item->prediction,
                                &item->err);
    if (rc < 0)
        return;
    dw_buf_reset(&item->text);
    item->n_rows =
        dw_score_text_rows((enum dw_score_format)s->o->format, &item->b.var,
                           &item->prediction, &item->text);
}

/* Works on the batch, and writes it in the order of the stream. */
static int flush(struct score *s, dw_err *err)
{
    size_t n = s->n;

    s->n = 0;
    dw_pool_for(s->pool, n, work, s);
    for (size_t i = 0; i < n; i++) {
        struct item *item = &s->item[i];

        s->n_tables++;
        if (item->err.code < 0) {
            *err = item->err;
            return dw_err_prefix(err, "%s: block %zu (%s:%u-%u)",
                                 dw_source_name(s->src), s->n_tables,
                                 item->b.var.contig, item->b.ld.start,
                                 item->b.ld.end);
        }
        dw_outfile_write(s->out, item->text.s, item->text.n);
        s->n_core += item->prediction.end - item->prediction.begin;
        s->n_rows += item->n_rows;
    }
    if (dw_outfile_failed(s->out)) /* the end is told when it is closed */
        return DW_EIO;
    return 0;
}

/* A VARS is complete by itself, or by the LDBK behind it. */
static int take_chunk(struct score *s, const dw_chunk *chunk, dw_err *err)
{
    struct item *item = &s->item[s->n];

    if (dw_chunk_is(chunk, "MODL") && !s->has_model) {
        if (dw_modl_take(s->src, &s->model, err) < 0)
            return err->code;
        use_model(s);
    } else if (dw_chunk_is(chunk, "VARS")) {
        if (begin_table(s, item, err) < 0 ||
            dw_source_variants(s->src, &item->b.var, err) < 0)
            return err->code;
        s->n += !item->has_block;
    } else if (dw_chunk_is(chunk, "LDBK")) {
        if (dw_source_ldblock(s->src, &item->b.ld, err) < 0)
            return err->code;
        s->n++;
    }
    return s->n == s->n_items ? flush(s, err) : 0;
}

static int score(struct score *s, dw_err *err)
{
    dw_chunk chunk;
    int rc;

    while ((rc = dw_source_next(s->src, &chunk, err)) > 0) {
        if ((rc = take_chunk(s, &chunk, err)) < 0)
            return rc;
    }
    if (rc == 0)
        rc = flush(s, err);
    if (rc == 0 && s->n_tables == 0)
        rc = dw_fail(err, DW_EDEGENERATE, "%s: no variants in it",
                     dw_source_name(s->src));
    return rc;
}

static void clear(struct score *s)
{
    for (size_t t = 0; t < dw_pool_size(s->pool); t++)
        dw_predict_ws_free(s->ws[t]);
    for (size_t i = 0; i < s->n_items; i++) {
        dw_block_clear(&s->item[i].b);
        dw_prediction_clear(&s->item[i].prediction);
        dw_buf_clear(&s->item[i].text);
    }
    dw_free(s->item);
    dw_free(s->ws);
    dw_free(s->column);
    dw_model_clear(&s->model);
    dw_source_close(s->src);
    dw_outfile_abandon(s->out);
    dw_pool_free(s->pool);
}

static int run(void *opts, const dw_common *common, dw_err *err)
{
    const struct score_opts *o = opts;
    struct score s = {.o = o, .n_items = common->threads};
    int rc = dw_linalg_check(err);

    dw_linalg_single_thread();
    s.pool = dw_pool_new(common->threads);
    s.ws = dw_alloc(dw_pool_size(s.pool), sizeof(*s.ws));
    s.item = dw_alloc(s.n_items, sizeof *s.item);
    if (rc == 0 && o->model) {
        rc = dw_modl_read(o->model, &s.model, err);
        if (rc == 0)
            use_model(&s);
    }
    if (rc == 0) {
        s.src = dw_source_open(common->n_args ? common->arg[0] : NULL, err);
        rc = s.src ? 0 : err->code;
    }
    if (rc == 0) {
        s.out = dw_outfile_open(common->out, false, err);
        rc = s.out ? score(&s, err) : err->code;
    }
    if (s.out && (rc == 0 || dw_outfile_failed(s.out))) {
        rc = dw_outfile_close(s.out, err);
        s.out = NULL;
    }
    if (rc == 0)
        dw_note("%zu variants of %zu %s scored%s", s.n_rows, s.n_tables,
                s.item[0].has_block ? "blocks" : "tables",
                s.n_rows < s.n_core ? "; those without a weight are left out"
                                    : "");
    clear(&s);
    return rc;
}

int main(int argc, char **argv)
{
    struct score_opts o = {0};
    const dw_opt opt[] = {
        {"Model", 'm', "model", DW_OPT_TEXT, &o.model, "FILE",
         "of dw-fit; else the one in the stream before its blocks", 0, 0, 0,
         NULL},
        {NULL, 0, "trait", DW_OPT_TEXT, &o.trait, "NAME",
         "whose z-scores; else the only one, or the model's", 0, 0, 0, NULL},
        {"Output", 0, "format", DW_OPT_CHOICE, &o.format, "tsv|pgs|snpvar",
         "a table; a PGS Catalog scoring file; PolyFun's prior", 0, 0,
         DW_OPT_LIVE, NULL},
    };
    const dw_tool tool = {
        .name = "dw-score",
        .summary = "model and stream in, one line a variant out",
        .synopsis = "[-m MODEL] [OPTION]... [STREAM]",
        .opt = opt,
        .n_opts = DW_COUNT(opt),
        .max_args = 1,
        .library = {dw_linalg_library, dw_frame_library},
        .run = run,
    };

    return dw_tool_main(&tool, &o, argc, argv);
}
