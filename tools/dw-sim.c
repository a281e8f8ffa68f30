/*
 * dw-sim: block stream in, the same with a simulated trait and its truth out.
 * dw-sim(1).
 */
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/opts.h"
#include "record/rec_modl.h"
#include "record/rec_stream.h"
#include "record/rec_true.h"
#include "sim/planted.h"
#include "sim/simulate.h"
#include "stream/spool.h"

struct sim_opts {
    const char *truth, *trait;
    size_t n;
    double h2, tau;
    bool replace;
};

struct sim {
    const struct sim_opts *o;
    const dw_common *common;
    dw_study study;
    dw_planted *planted;
    /* The model behind it, if it is one. */
    dw_model model;
    size_t *column;
    dw_net_ws *ws;
    /* What all blocks together have. */
    struct core {
        size_t begin, end;
    } * core; /* of each block */
    size_t n_blocks, cap_blocks, n_core;
    dw_truth truth; /* of the block in hand */
    dw_buf payload;
};

/* ---- the truth ---- */

static void predict(void *ctx, const dw_variants *v, size_t begin, size_t end,
                    double *out)
{
    struct sim *s = ctx;

    dw_model_variances(&s->model, s->column, s->ws, end - begin,
                       v->annot + begin, v->m, out);
}

static int read_model(struct sim *s, const char *path, const dw_head *head,
                      dw_err *err)
{
    if (dw_modl_read(path, &s->model, err) < 0)
        return err->code;
    s->column = dw_alloc(s->model.n_inputs, sizeof *s->column);
    s->ws = dw_net_ws_new(&s->model.net);
    if (!s->ws)
        return dw_fail(err, DW_ENOMEM, "%s: not enough memory", path);
    s->planted = dw_planted_of(predict, s);
    return dw_modl_bind(&s->model, head, s->column, err);
}

static int read_truth(struct sim *s, const dw_head *head, dw_err *err)
{
    const char **name;

    if (strncmp(s->o->truth, "model:", 6) == 0)
        return read_model(s, s->o->truth + 6, head, err);
    name = dw_alloc(head->p, sizeof *name);
    for (size_t i = 0; i < head->p; i++)
        name[i] = head->annot[i].name;
    s->planted = dw_planted_new(s->o->truth, name, head->p, err);
    dw_free(name);
    return s->planted ? 0 : err->code;
}

/* ---- passes before the last ---- */

static int add_core(struct sim *s, const dw_ldblock *b, dw_err *err)
{
    void *core = s->core;

    if (dw_try_grow(&core, &s->cap_blocks, s->n_blocks + 1, sizeof *s->core))
        return dw_fail(err, DW_ENOMEM, "not enough memory for the blocks");
    s->core = core;
    s->core[s->n_blocks++] = (struct core){b->core, b->core + b->l};
    s->n_core += b->l;
    return 0;
}

/* Where the cores are; all chunks are found whole.  Passes after this one need
 * not unpack the factors. */
static int find_cores(struct sim *s, const char *path, dw_err *err)
{
    dw_source *src = dw_source_open(path, err);
    dw_block block = {0};
    int rc = src ? 0 : err->code;

    while (src && (rc = dw_source_block(src, &block, err)) > 0) {
        if (s->n_blocks == 0 &&
            (rc = read_truth(s, dw_source_head(src), err)) < 0)
            break;
        if ((rc = add_core(s, &block.ld, err)) < 0)
            break;
    }
    if (rc == 0 && s->n_core == 0)
        rc = dw_fail(err, DW_EDEGENERATE, "%s holds no block with variants",
                     dw_source_name(src));
    dw_block_clear(&block);
    dw_source_close(src);
    return rc;
}

static int one_pass(struct sim *s, size_t pass, const char *path, dw_err *err)
{
    dw_source *src = dw_source_open(path, err);
    dw_variants v = {0};
    dw_chunk chunk;
    size_t block = 0;
    int rc = src ? 0 : err->code;

    while (src && (rc = dw_source_next(src, &chunk, err)) > 0) {
        if (!dw_chunk_is(&chunk, "VARS"))
            continue;
        if (block == s->n_blocks)
            rc = dw_fail(err, DW_EIO, "%s changed while it was read", path);
        else
            rc = dw_source_variants(src, &v, err);
        if (rc < 0)
            break;
        if (dw_planted_show(s->planted, pass, &v, s->core[block].begin,
                            s->core[block].end) < 0) {
            rc = dw_fail(err, DW_ENOMEM, "block %zu: no memory", block + 1);
            break;
        }
        block++;
    }
    dw_variants_clear(&v);
    dw_source_close(src);
    return rc;
}

/* The truth learns what it needs to know of all variants. */
static int prepare(struct sim *s, const char *path, dw_err *err)
{
    int rc = 0;

    for (size_t i = 0; i < dw_planted_passes(s->planted) && rc == 0; i++) {
        rc = one_pass(s, i, path, err);
        if (rc == 0)
            rc = dw_planted_learn(s->planted, i, err);
    }
    return rc;
}

/* ---- the last pass ---- */

/* `in` without its traits. */
static void copy_without_traits(dw_head *head, const dw_head *in)
{
    dw_head_set_build(head, in->build);
    for (size_t i = 0; i < in->p; i++)
        dw_head_add_annot(head, in->annot[i].name, in->annot[i].unit);
    dw_head_set_panel(head, in->panel.name, in->panel.people, in->panel.how);
    dw_head_join_history(head, in);
}

static int begin_run(struct sim *s, const dw_head *in, dw_sink *sink,
                     dw_err *err)
{
    dw_head head = {0};
    bool blocks = in->panel.name != NULL;
    int rc = 0;

    if (blocks && s->o->replace)
        copy_without_traits(&head, in);
    else
        dw_head_copy(&head, in);
    if (blocks && dw_head_find_trait(&head, s->o->trait) != SIZE_MAX)
        rc = dw_fail(err, DW_EMISMATCH,
                     "the stream has a trait \"%s\" already: give another name "
                     "by --trait, or --replace",
                     s->o->trait);
    if (blocks && rc == 0)
        dw_head_add_trait(&head, s->o->trait, "simulated", (double)s->o->n);
    dw_head_add_step(&head, "dw-sim", dw_version(), s->common->history);
    if (rc == 0)
        rc = dw_sink_begin(sink, &head, err);
    dw_head_clear(&head);
    return rc;
}

/* VARS with the trait, and its truth.  `ahead` reads the same stream and is
 * asked for the block, so that its LDBK can be passed on as it stands. */
static int put_block(struct sim *s, dw_source *ahead, dw_block *block,
                     dw_sink *sink, dw_err *err)
{
    dw_variants *v = &block->var;
    int rc = dw_source_block(ahead, block, err);

    if (rc == 0)
        rc = dw_fail(err, DW_EIO, "%s changed while it was read",
                     dw_source_name(ahead));
    if (rc < 0 || (rc = dw_truth_resize(&s->truth, v->m, err)) < 0)
        return rc;
    memcpy(s->truth.contig, v->contig, sizeof s->truth.contig);
    dw_planted_variances(s->planted, s->o->h2, v, 0, v->m, s->truth.var);
    if (dw_simulate_trait(&s->study, v, &block->ld, s->o->replace ? 0 : v->t,
                          s->truth.var, s->truth.effect) < 0)
        return dw_fail(err, DW_ENOMEM, "block %zu: no memory", block->index);
    if ((rc = dw_sink_variants(sink, v, err)) < 0)
        return rc;
    dw_buf_reset(&s->payload);
    dw_truth_pack(&s->truth, &s->payload);
    return dw_sink_chunk(sink, "true", DW_TRUE_VERSION, s->truth.m, &s->payload,
                         err);
}

static int put_chunk(struct sim *s, const dw_chunk *chunk, dw_source *src,
                     dw_source *ahead, dw_block *block, dw_sink *sink,
                     dw_err *err)
{
    if (dw_chunk_is(chunk, "HEAD"))
        return begin_run(s, dw_source_head(src), sink, err);
    if (dw_chunk_is(chunk, "TAIL"))
        return dw_sink_end(sink, src, "dw-sim", NULL, err);
    if (dw_chunk_is(chunk, "VARS"))
        return put_block(s, ahead, block, sink, err);
    if (dw_chunk_is(chunk, "true") && s->o->replace)
        return 0; /* of a trait that is dropped */
    return dw_sink_pass(sink, src, err);
}

static int write_all(struct sim *s, const char *path, dw_err *err)
{
    dw_source *src = dw_source_open(path, err);
    dw_source *ahead = src ? dw_source_open(path, err) : NULL;
    dw_sink *sink = ahead ? dw_sink_open(s->common->out, err) : NULL;
    dw_block block = {0};
    dw_chunk chunk;
    int rc = sink ? 0 : err->code;

    while (rc == 0 && (rc = dw_source_next(src, &chunk, err)) > 0)
        rc = put_chunk(s, &chunk, src, ahead, &block, sink, err);
    if (rc == 0) {
        rc = dw_sink_close(sink, err);
        sink = NULL;
    }
    dw_sink_abandon(sink);
    dw_block_clear(&block);
    dw_source_close(ahead);
    dw_source_close(src);
    return rc;
}

static void sim_clear(struct sim *s)
{
    dw_planted_free(s->planted);
    dw_model_clear(&s->model);
    dw_net_ws_free(s->ws);
    dw_truth_clear(&s->truth);
    dw_buf_clear(&s->payload);
    dw_free(s->column);
    dw_free(s->core);
}

static int run(void *opts, const dw_common *common, dw_err *err)
{
    const struct sim_opts *o = opts;
    struct sim s = {.o = o, .common = common};
    dw_spool *in = dw_spool_open(common->n_args ? common->arg[0] : NULL, err);
    int rc = in ? 0 : err->code;

    /* Traits of different names are different ones, of the same seed too. */
    s.study =
        (dw_study){.seed = common->seed + dw_hash(o->trait, strlen(o->trait)),
                   .n = (double)o->n,
                   .tau = o->tau};
    s.truth.trait = dw_strdup(o->trait);
    if (rc == 0)
        rc = find_cores(&s, dw_spool_path(in), err);
    if (rc == 0)
        rc = prepare(&s, dw_spool_path(in), err);
    if (rc == 0)
        rc = write_all(&s, dw_spool_path(in), err);
    if (rc == 0)
        dw_note("%s: %zu blocks, %zu variants, N %zu, h2 %g, %g a variant",
                o->trait, s.n_blocks, s.n_core, o->n, o->h2,
                o->h2 / (double)s.n_core);
    sim_clear(&s);
    dw_spool_close(in);
    return rc;
}

int main(int argc, char **argv)
{
    struct sim_opts o = {
        .truth = "const", .trait = "sim", .n = 100000, .h2 = 0.5};
    const dw_opt opt[] = {
        {"Trait", 0, "truth", DW_OPT_TEXT, &o.truth, "WHAT",
         "const, enrich:COL=X,..., mlp:SEED[,SD], model:FILE", 0, 0,
         DW_OPT_LIVE, NULL},
        {NULL, 'n', "n", DW_OPT_SIZE, &o.n, "INT", "people in the study", 1,
         1e12, DW_OPT_LIVE, NULL},
        {NULL, 0, "h2", DW_OPT_REAL, &o.h2, "X",
         "heritability: variance of all core variants together", 0, 1,
         DW_OPT_LIVE, NULL},
        {NULL, 0, "tau", DW_OPT_REAL, &o.tau, "X",
         "variance of noise added to each z, outside LD", 0, 1e6, DW_OPT_LIVE,
         NULL},
        {NULL, 0, "trait", DW_OPT_TEXT, &o.trait, "NAME", "its name", 0, 0,
         DW_OPT_LIVE, NULL},
        {NULL, 0, "replace", DW_OPT_FLAG, &o.replace, NULL,
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
        .library = {dw_frame_library},
        .run = run,
    };

    return dw_tool_main(&tool, &o, argc, argv);
}
