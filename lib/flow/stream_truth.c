#include "flow/stream_truth.h"

#include <string.h>

#include "base/mem.h"
#include "flow/bound_model.h"
#include "record/rec_stream.h"
#include "score/track_inputs.h"

static const char MODEL[] = "model:";

struct dw_stream_truth {
    dw_planted *planted;
    /* The model behind it, if it is one. */
    dw_bound_model model;
    dw_net_ws *ws;
    dw_track_inputs tracks; /* of the variants that are shown */
    struct core {
        size_t begin, end;
    } * core; /* of each block */
    size_t n_blocks, cap_blocks, n_core;
};

/* ---- what is planted ---- */

/* Windows of variants from `begin` on. */
struct part {
    dw_net_windows all;
    size_t begin;
};

static void cut_part(void *ctx, size_t at, size_t n, float *to)
{
    const struct part *part = ctx;

    part->all.cut(part->all.ctx, part->begin + at, n, to);
}

static void predict(void *ctx, const dw_variants *v, size_t begin, size_t end,
                    double *out)
{
    dw_stream_truth *t = ctx;
    struct part part = {dw_track_inputs_windows(&t->tracks), begin};

    dw_model_variances(&t->model.model, t->model.trait, t->model.column, t->ws,
                       end - begin, v->annot + begin, v->m,
                       (dw_net_windows){cut_part, &part}, out);
}

static int read_model(dw_stream_truth *t, const char *path, const dw_head *head,
                      dw_err *err)
{
    if (dw_bound_model_read(&t->model, path, err) < 0)
        return err->code;
    t->ws = dw_net_ws_new(&t->model.model.net);
    if (!t->ws)
        return dw_fail(err, DW_ENOMEM, "%s: not enough memory", path);
    t->planted = dw_planted_of(predict, t);
    return dw_bound_model_bind(&t->model, head, err);
}

static int read_truth(dw_stream_truth *t, const char *truth,
                      const dw_head *head, dw_err *err)
{
    size_t prefix = sizeof MODEL - 1;
    const char **name;

    if (strncmp(truth, MODEL, prefix) == 0)
        return read_model(t, truth + prefix, head, err);
    name = dw_alloc(head->p, sizeof *name);
    for (size_t i = 0; i < head->p; i++)
        name[i] = head->annot[i].name;
    t->planted = dw_planted_new(truth, name, head->p, err);
    dw_free(name);
    return t->planted ? 0 : err->code;
}

/* ---- passes ---- */

static int add_core(dw_stream_truth *t, const dw_ldblock *b, dw_err *err)
{
    void *core = t->core;

    if (dw_try_grow(&core, &t->cap_blocks, t->n_blocks + 1, sizeof *t->core))
        return dw_fail(err, DW_ENOMEM, "not enough memory for the blocks");
    t->core = core;
    t->core[t->n_blocks++] = (struct core){b->core, b->core + b->l};
    t->n_core += b->l;
    return 0;
}

/* Where the cores are; all chunks are found whole.  Passes after this one need
 * not unpack the factors. */
static int find_cores(dw_stream_truth *t, const char *truth, const char *path,
                      dw_err *err)
{
    dw_source *src = dw_source_open(path, err);
    dw_block block = {0};
    int rc = src ? 0 : err->code;

    while (src && (rc = dw_source_block(src, &block, err)) > 0) {
        if (t->n_blocks == 0 &&
            (rc = read_truth(t, truth, dw_source_head(src), err)) < 0)
            break;
        if ((rc = add_core(t, &block.ld, err)) < 0)
            break;
    }
    if (rc == 0 && t->n_core == 0)
        rc = dw_fail(err, DW_EDEGENERATE, "%s holds no block with variants",
                     dw_source_name(src));
    dw_block_clear(&block);
    dw_source_close(src);
    return rc;
}

bool dw_stream_truth_looks(const dw_stream_truth *t)
{
    return dw_net_looks(&t->model.model.net);
}

int dw_stream_truth_tracks(dw_stream_truth *t, const dw_variants *v,
                           dw_tracks *tracks, dw_err *err)
{
    return dw_track_inputs_bind(&t->tracks, &t->model.model, v, tracks, err);
}

/* Block i, counted from 0, is shown. */
static int show(dw_stream_truth *t, size_t pass, size_t i, const dw_variants *v,
                dw_tracks *tracks, dw_err *err)
{
    if (dw_stream_truth_tracks(t, v, tracks, err) < 0)
        return dw_err_prefix(err, "block %zu", i + 1);
    if (dw_planted_show(t->planted, pass, v, t->core[i].begin,
                        t->core[i].end) == 0)
        return 0;
    return dw_fail(err, DW_ENOMEM, "block %zu: no memory", i + 1);
}

static int no_tracks(const char *path, dw_err *err)
{
    return dw_fail(err, DW_EMISMATCH,
                   "%s: the model looks at signal tracks, which the stream "
                   "does not have; dw-ingest --track adds them",
                   path);
}

static int one_pass(dw_stream_truth *t, size_t pass, const char *path,
                    dw_err *err)
{
    dw_source *src = dw_source_open(path, err);
    bool looks = dw_stream_truth_looks(t);
    dw_variants v = {0};
    dw_tracks tracks = {0};
    dw_chunk chunk;
    size_t block = 0;
    int rc = src ? 0 : err->code;

    while (src && (rc = dw_source_next(src, &chunk, err)) > 0) {
        if (dw_chunk_is(&chunk, "VARS"))
            rc = dw_source_variants(src, &v, err);
        else if (looks && dw_chunk_is(&chunk, "TRAK"))
            rc = dw_source_tracks(src, &tracks, err);
        else
            continue;
        if (rc == 0 && looks == dw_chunk_is(&chunk, "TRAK"))
            rc = block < t->n_blocks
                     ? show(t, pass, block++, &v, &tracks, err)
                     : dw_fail(err, DW_EIO, "%s changed while it was read",
                               path);
        if (rc < 0)
            break;
    }
    if (rc == 0 && block < t->n_blocks)
        rc = no_tracks(path, err);
    dw_variants_clear(&v);
    dw_tracks_clear(&tracks);
    dw_source_close(src);
    return rc;
}

dw_stream_truth *dw_stream_truth_new(const char *truth, const char *path,
                                     dw_err *err)
{
    dw_stream_truth *t = dw_alloc(1, sizeof *t);
    int rc = find_cores(t, truth, path, err);

    for (size_t i = 0; rc == 0 && i < dw_planted_passes(t->planted); i++) {
        rc = one_pass(t, i, path, err);
        if (rc == 0)
            rc = dw_planted_learn(t->planted, i, err);
    }
    if (rc == 0)
        return t;
    dw_stream_truth_free(t);
    return NULL;
}

void dw_stream_truth_free(dw_stream_truth *t)
{
    if (!t)
        return;
    dw_planted_free(t->planted);
    dw_bound_model_clear(&t->model);
    dw_net_ws_free(t->ws);
    dw_track_inputs_clear(&t->tracks);
    dw_free(t->core);
    dw_free(t);
}

/* ---- what came of it ---- */

const dw_planted *dw_stream_truth_planted(const dw_stream_truth *t)
{
    return t->planted;
}

size_t dw_stream_truth_blocks(const dw_stream_truth *t)
{
    return t->n_blocks;
}

size_t dw_stream_truth_core(const dw_stream_truth *t)
{
    return t->n_core;
}
