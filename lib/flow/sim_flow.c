#include "flow/sim_flow.h"

#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"
#include "record/rec_true.h"
#include "sim/simulate.h"

struct job {
    const dw_sim_plan *plan;
    dw_stream_truth *truth_of;
    const dw_planted *planted; /* of it */
    dw_study study;
    /* `ahead` reads the same stream and is asked for blocks, while `src` gives
     * the chunks that are passed on as they stand. */
    dw_source *src, *ahead;
    dw_sink *sink;
    dw_block block;
    dw_truth truth; /* of the block in hand */
    dw_buf payload;
};

/* ---- heads ---- */

/* `in` without its traits. */
static void copy_without_traits(dw_head *head, const dw_head *in)
{
    dw_head_set_build(head, in->build);
    for (size_t i = 0; i < in->p; i++)
        dw_head_add_annot(head, in->annot[i].name, in->annot[i].unit,
                          in->annot[i].missing);
    dw_head_set_panel(head, in->panel.name, in->panel.people, in->panel.how);
    dw_head_join_history(head, in);
}

static int begin_run(struct job *j, dw_err *err)
{
    const dw_sim_plan *plan = j->plan;
    const dw_head *in = dw_source_head(j->src);
    dw_head head = {0};
    bool blocks = in->panel.name != NULL;
    int rc = 0;

    if (blocks && plan->replace)
        copy_without_traits(&head, in);
    else
        dw_head_copy(&head, in);
    if (blocks && dw_head_find_trait(&head, plan->trait) != SIZE_MAX)
        rc = dw_fail(err, DW_EMISMATCH,
                     "the stream has a trait \"%s\" already: give another name "
                     "by --trait, or --replace",
                     plan->trait);
    if (blocks && rc == 0)
        dw_head_add_trait(&head, plan->trait, "simulated", (double)plan->n);
    dw_head_add_step(&head, "dw-sim", plan->version, plan->args);
    if (rc == 0)
        rc = dw_sink_begin(j->sink, &head, err);
    dw_head_clear(&head);
    return rc;
}

/* ---- blocks ---- */

/* The block's next trait, and the truth of it. */
static int simulate(struct job *j, dw_err *err)
{
    dw_block *b = &j->block;
    dw_variants *v = &b->var;

    if (dw_truth_resize(&j->truth, v->m, err) < 0 ||
        dw_stream_truth_tracks(j->truth_of, v, &b->tracks, err) < 0)
        return err->code;
    memcpy(j->truth.contig, v->contig, sizeof j->truth.contig);
    dw_planted_variances(j->planted, j->plan->h2, v, 0, v->m, j->truth.var);
    if (dw_simulate_trait(&j->study, v, &b->ld, j->plan->replace ? 0 : v->t,
                          j->truth.var, j->truth.effect) < 0)
        return dw_fail(err, DW_ENOMEM, "block %zu: no memory", b->index);
    return 0;
}

/* VARS with the trait, and its truth; the LDBK comes by itself. */
static int put_block(struct job *j, dw_err *err)
{
    int rc = dw_source_block(j->ahead, &j->block, err);

    if (rc == 0)
        rc = dw_fail(err, DW_EIO, "%s changed while it was read",
                     dw_source_name(j->ahead));
    if (rc < 0 || (rc = simulate(j, err)) < 0 ||
        (rc = dw_sink_variants(j->sink, &j->block.var, err)) < 0)
        return rc;
    dw_buf_reset(&j->payload);
    dw_truth_pack(&j->truth, &j->payload);
    return dw_sink_chunk(j->sink, "true", DW_TRUE_VERSION, j->truth.m,
                         &j->payload, err);
}

static int put_chunk(struct job *j, const dw_chunk *chunk, dw_err *err)
{
    if (dw_chunk_is(chunk, "HEAD"))
        return begin_run(j, err);
    if (dw_chunk_is(chunk, "TAIL"))
        return dw_sink_end(j->sink, j->src, "dw-sim", NULL, err);
    if (dw_chunk_is(chunk, "VARS"))
        return put_block(j, err);
    if (dw_chunk_is(chunk, "true") && j->plan->replace)
        return 0; /* of a trait that is dropped */
    return dw_sink_pass(j->sink, j->src, err);
}

int dw_sim_run(const dw_sim_plan *plan, dw_stream_truth *truth,
               const char *path, dw_sink *sink, dw_err *err)
{
    /* Traits of different names are different ones, of the same seed too. */
    struct job j = {
        .plan = plan,
        .truth_of = truth,
        .planted = dw_stream_truth_planted(truth),
        .block = {.with_tracks = dw_stream_truth_looks(truth)},
        .study = {.seed =
                      plan->seed + dw_hash(plan->trait, strlen(plan->trait)),
                  .n = (double)plan->n,
                  .tau = plan->tau},
        .sink = sink,
        .truth = {.trait = dw_strdup(plan->trait)},
    };
    dw_chunk chunk;
    int rc = 0;

    if (!(j.src = dw_source_open(path, err)) ||
        !(j.ahead = dw_source_open(path, err)))
        rc = err->code;
    while (rc == 0 && (rc = dw_source_next(j.src, &chunk, err)) > 0)
        rc = put_chunk(&j, &chunk, err);
    dw_source_close(j.ahead);
    dw_source_close(j.src);
    dw_block_clear(&j.block);
    dw_truth_clear(&j.truth);
    dw_buf_clear(&j.payload);
    return rc;
}
