/*
 * dw-sim: block stream in, the same with a simulated trait and its truth out.
 * dw-sim(1).
 */
#include "base/log.h"
#include "base/mem.h"
#include "cli/opts.h"
#include "flow/sim_flow.h"
#include "flow/stream_truth.h"
#include "stream/payload.h"
#include "stream/spool.h"

struct sim_opts {
    const char *truth;
    dw_sim_plan plan;
};

static int write_stream(const struct sim_opts *o, dw_stream_truth *truth,
                        const char *path, const char *out, dw_err *err)
{
    dw_sink *sink = dw_sink_open(out, err);
    int rc = sink ? dw_sim_run(&o->plan, truth, path, sink, err) : err->code;

    if (rc == 0)
        return dw_sink_close(sink, err);
    dw_sink_abandon(sink);
    return rc;
}

static int run(void *opts, const dw_common *common, dw_err *err)
{
    struct sim_opts *o = opts;
    dw_stream_truth *truth = NULL;
    dw_spool *in = dw_spool_open(common->n_args ? common->arg[0] : NULL, err);
    int rc = in ? 0 : err->code;

    o->plan.seed = common->seed;
    o->plan.version = dw_version();
    o->plan.args = common->history;
    if (rc == 0) {
        truth = dw_stream_truth_new(o->truth, dw_spool_path(in), err);
        rc = truth ? 0 : err->code;
    }
    if (rc == 0)
        rc = write_stream(o, truth, dw_spool_path(in), common->out, err);
    if (rc == 0) {
        size_t core = dw_stream_truth_core(truth);

        dw_note("%s: %zu blocks, %zu variants, N %zu, h2 %g, %g a variant",
                o->plan.trait, dw_stream_truth_blocks(truth), core, o->plan.n,
                o->plan.h2, o->plan.h2 / (double)core);
    }
    dw_stream_truth_free(truth);
    dw_spool_close(in);
    return rc;
}

int main(int argc, char **argv)
{
    struct sim_opts o = {.truth = "const",
                         .plan = {.trait = "sim", .n = 100000, .h2 = 0.5}};
    dw_sim_plan *p = &o.plan;
    const dw_opt opt[] = {
        {"Trait", 0, "truth", DW_OPT_TEXT, &o.truth, "WHAT",
         "const, enrich:COL=X,..., mlp:SEED[,SD], model:FILE", 0, 0,
         DW_OPT_LIVE, NULL},
        {NULL, 'n', "n", DW_OPT_SIZE, &p->n, "INT", "people in the study", 1,
         1e12, DW_OPT_LIVE, NULL},
        {NULL, 0, "h2", DW_OPT_REAL, &p->h2, "X",
         "heritability: variance of all core variants together", 0, 1,
         DW_OPT_LIVE, NULL},
        {NULL, 0, "tau", DW_OPT_REAL, &p->tau, "X",
         "variance of noise added to each z, outside LD", 0, 1e6, DW_OPT_LIVE,
         NULL},
        {NULL, 0, "trait", DW_OPT_TEXT, &p->trait, "NAME", "its name", 0, 0,
         DW_OPT_LIVE, NULL},
        {NULL, 0, "replace", DW_OPT_FLAG, &p->replace, NULL,
         "drop the traits that are there", 0, 0, 0, NULL},
    };
    const dw_tool tool = {
        .name = "dw-sim",
        .summary = "block stream in, the same with a simulated trait and its "
                   "truth out",
        .synopsis = "[OPTION]... [STREAM]",
        .opt = opt,
        .n_opts = DW_COUNT(opt),
        .max_args = 1,
        .library = {dw_payload_library},
        .run = run,
    };

    return dw_tool_main(&tool, &o, argc, argv);
}
