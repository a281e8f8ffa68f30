/*
 * dw-score: model and stream in, one line a variant out.  dw-score(1).
 */
#include "base/log.h"
#include "base/mem.h"
#include "base/par.h"
#include "cli/opts.h"
#include "flow/bound_model.h"
#include "flow/score_flow.h"
#include "linalg/blas.h"
#include "stream/payload.h"

struct score_opts {
    dw_opt_list model;
    const char *trait;
    int format;
};

struct job {
    dw_pool *pool;
    dw_bound_model *model;
    size_t n_models; /* as given; 0: the one of the stream */
    dw_source *src;
    dw_outfile *out;
};

static int read_models(struct job *j, const struct score_opts *o, dw_err *err)
{
    const char **path = dw_alloc(o->model.n, sizeof *path);
    int rc;

    for (size_t i = 0; i < o->model.n; i++)
        path[i] = o->model.item[i].text;
    rc = dw_bound_models_read(path, o->model.n, o->trait, &j->model, err);
    j->n_models = o->model.n;
    dw_free(path);
    return rc;
}

static int open_all(struct job *j, const struct score_opts *o,
                    const dw_common *common, dw_err *err)
{
    if (dw_linalg_begin(err) < 0 || read_models(j, o, err) < 0)
        return err->code;
    j->pool = dw_pool_new(common->threads);
    j->src = dw_source_open(common->n_args ? common->arg[0] : NULL, err);
    if (!j->src)
        return err->code;
    j->out = dw_outfile_open(common->out, false, err);
    return j->out ? 0 : err->code;
}

static void close_all(struct job *j)
{
    dw_outfile_abandon(j->out);
    dw_source_close(j->src);
    dw_bound_models_free(j->model, j->n_models);
    dw_pool_free(j->pool);
}

static int run(void *opts, const dw_common *common, dw_err *err)
{
    const struct score_opts *o = opts;
    const dw_score_plan plan = {o->trait, (enum dw_score_format)o->format};
    dw_score_counts c = {0};
    struct job j = {0};
    int rc = open_all(&j, o, common, err);

    if (rc == 0)
        rc = dw_score_run(&plan, j.model, j.n_models ? j.n_models : 1, j.src,
                          j.out, j.pool, &c, err);
    if (j.out && (rc == 0 || dw_outfile_failed(j.out))) {
        rc = dw_outfile_close(j.out, err);
        j.out = NULL;
    }
    if (rc == 0)
        dw_note("%zu variants of %zu %s scored%s", c.rows, c.tables,
                c.blocks ? "blocks" : "tables",
                c.rows < c.core ? "; those without a weight are left out" : "");
    close_all(&j);
    return rc;
}

int main(int argc, char **argv)
{
    struct score_opts o = {0};
    const dw_opt opt[] = {
        {"Model", 'm', "model", DW_OPT_LIST, &o.model, "FILE",
         "of dw-fit, of several the mean; else the one in the stream", 0, 0, 0,
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
        .synopsis = "[-m MODEL]... [OPTION]... [STREAM]",
        .opt = opt,
        .n_opts = DW_COUNT(opt),
        .max_args = 1,
        .library = {dw_linalg_library, dw_payload_library},
        .run = run,
    };

    return dw_tool_main(&tool, &o, argc, argv);
}
