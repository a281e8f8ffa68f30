/*
 * dw-eval: a model or prior variances and a stream of blocks in; how well the
 * variances explain the z-scores out.  dw-eval(1).
 */
#include <math.h>

#include "base/mem.h"
#include "base/par.h"
#include "cli/opts.h"
#include "flow/eval_flow.h"
#include "flow/variances.h"
#include "input/lines.h"
#include "linalg/blas.h"
#include "stream/payload.h"

struct eval_opts {
    dw_opt_list model;
    const char *prior, *trait, *gradient, *calibration, *truth;
    double s2, tau; /* NAN: the model's, or 1 and 0 */
    int by, solver;
    double cg_tol;
    size_t cg_probes;
};

struct job {
    dw_eval_plan plan;
    dw_pool *pool;
    dw_variances *variances;
    dw_source *src;
};

/* The tables, the figures last: closed in this order, each is there whole
 * before they are. */
enum { N_TABLES = 4 };

static void list_tables(struct job *j, dw_outfile **table[N_TABLES])
{
    table[0] = &j->plan.out.gradient;
    table[1] = &j->plan.out.calibration;
    table[2] = &j->plan.out.truth;
    table[3] = &j->plan.out.figures;
}

static int open_tables(struct job *j, const struct eval_opts *o,
                       const char *figures, dw_err *err)
{
    const char *path[N_TABLES] = {o->gradient, o->calibration, o->truth,
                                  figures};
    dw_outfile **table[N_TABLES];

    list_tables(j, table);
    for (size_t i = 0; i < N_TABLES; i++) {
        bool wanted = path[i] || table[i] == &j->plan.out.figures;

        if (wanted && !(*table[i] = dw_outfile_open(path[i], false, err)))
            return err->code;
    }
    return 0;
}

static int read_variances(struct job *j, const struct eval_opts *o,
                          size_t threads, dw_err *err)
{
    const char **path = dw_alloc(o->model.n, sizeof *path);

    for (size_t i = 0; i < o->model.n; i++)
        path[i] = o->model.item[i].text;
    j->variances =
        dw_variances_new(path, o->model.n, o->prior, o->trait, threads, err);
    dw_free(path);
    return j->variances ? 0 : err->code;
}

static int open_all(struct job *j, const struct eval_opts *o,
                    const dw_common *common, dw_err *err)
{
    if (dw_linalg_begin(err) < 0)
        return err->code;
    j->pool = dw_pool_new(common->threads);
    if (read_variances(j, o, common->threads, err) < 0 ||
        open_tables(j, o, common->out, err) < 0)
        return err->code;
    j->src = dw_source_open(common->n_args ? common->arg[0] : NULL, err);
    return j->src ? 0 : err->code;
}

/* Closes the tables if all went well so far, and removes what was begun if
 * not. */
static int close_all(struct job *j, int rc, dw_err *err)
{
    dw_outfile **table[N_TABLES];

    list_tables(j, table);
    for (size_t i = 0; i < N_TABLES; i++) {
        if (rc < 0)
            dw_outfile_abandon(*table[i]);
        else if (*table[i])
            rc = dw_outfile_close(*table[i], err);
    }
    dw_source_close(j->src);
    dw_variances_free(j->variances);
    dw_pool_free(j->pool);
    return rc;
}

static int run(void *opts, const dw_common *common, dw_err *err)
{
    const struct eval_opts *o = opts;
    struct job j = {.plan = {.trait = o->trait,
                             .s2 = o->s2,
                             .tau = o->tau,
                             .how = {.solver = (enum dw_solver)o->solver,
                                     .cg_tol = o->cg_tol,
                                     .cg_probes = o->cg_probes},
                             .by = (enum dw_eval_by)o->by,
                             .prior = o->prior}};
    int rc = open_all(&j, o, common, err);

    if (rc == 0)
        rc = dw_eval_run(&j.plan, j.variances, j.src, j.pool, err);
    return close_all(&j, rc, err);
}

int main(int argc, char **argv)
{
    struct eval_opts o = {
        .s2 = NAN, .tau = NAN, .cg_tol = DW_CG_TOL, .cg_probes = DW_CG_PROBES};
    const dw_opt table[] = {
        {"Variances", 'm', "model", DW_OPT_LIST, &o.model, "FILE",
         "of dw-fit, of several the mean (default: the one in STREAM)", 0, 0, 0,
         NULL},
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
        {"Computing", 0, "solver", DW_OPT_CHOICE, &o.solver, DW_SOLVER_CHOICES,
         "how the likelihood is solved; cg estimates it", 0, 0, DW_OPT_LIVE,
         NULL},
        {NULL, 0, "cg-tol", DW_OPT_REAL, &o.cg_tol, "X",
         "residual at which cg stops", 1e-300, 0.5, DW_OPT_LIVE, NULL},
        {NULL, 0, "cg-probes", DW_OPT_SIZE, &o.cg_probes, "INT",
         "random vectors by which cg estimates", 1, 100000, DW_OPT_LIVE, NULL},
    };
    const dw_tool tool = {
        .name = "dw-eval",
        .summary = "model or prior variances and block stream in, figures out",
        .synopsis = "[-m FILE | --prior FILE] [OPTION]... [STREAM]",
        .opt = table,
        .n_opts = DW_COUNT(table),
        .max_args = 1,
        .library = {dw_linalg_library, dw_payload_library, dw_input_library},
        .run = run,
    };

    return dw_tool_main(&tool, &o, argc, argv);
}
