#include "flow/fit_blocks.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/ranks.h"
#include "base/text.h"
#include "flow/pick_trait.h"

struct reading {
    const dw_fit_reading *how;
    dw_source *src;
    dw_pool *pool;
    dw_dataset *data;
    dw_head *head;
    dw_model *model;
    double **weight;
    dw_fit_column *column; /* (n_traits) in the run at hand */
    dw_block block;
    bool fresh;             /* a run whose head was not looked at */
    bool open;              /* a VARS was read that is ours */
    bool factored, tracked; /* its LDBK, its TRAK */
    size_t unobserved;
    dw_progress *progress;
};

/* ---- traits ---- */

enum { TRAITS_MAX = 1024 };

static int add_trait(struct reading *r, const dw_head *head, const char *name,
                     double weight, dw_err *err)
{
    dw_model *model = r->model;
    size_t n = model->n_traits, at;

    if (dw_trait_pick(head, dw_source_name(r->src), name, NULL, &at, err) < 0)
        return err->code;
    for (size_t t = 0; t < n; t++) {
        if (strcmp(model->trait[t].name, head->trait[at].name) == 0)
            return dw_fail(err, DW_EUSAGE, "--trait: %s a second time",
                           model->trait[t].name);
    }
    dw_model_add_trait(model, head->trait[at].name)->n = head->trait[at].n;
    *r->weight = dw_realloc(*r->weight, n + 1, sizeof **r->weight);
    (*r->weight)[n] = weight;
    return 0;
}

/* One item of the list: a name, or NAME=WEIGHT. */
static int add_item(struct reading *r, const dw_head *head, dw_span item,
                    dw_err *err)
{
    char *name = dw_strndup(item.s, item.n), *equals = strrchr(name, '=');
    double weight = 1;
    int rc = 0;

    if (equals && dw_head_find_trait(head, name) == SIZE_MAX) {
        if (dw_text_double(dw_span_of(equals + 1), &weight) < 0 ||
            !(weight > 0 && weight <= 1e6))
            rc = dw_fail(err, DW_EUSAGE, "--trait: \"%s\" is no weight above 0",
                         equals + 1);
        *equals = 0;
    }
    if (rc == 0)
        rc = add_trait(r, head, name, weight, err);
    dw_free(name);
    return rc;
}

static int add_traits(struct reading *r, const dw_head *head, dw_err *err)
{
    const char *list = r->how->traits;
    dw_span item[TRAITS_MAX];
    size_t n;

    if (!list || dw_head_find_trait(head, list) != SIZE_MAX)
        return add_trait(r, head, list, 1, err);
    n = dw_text_split(dw_span_of(list), ',', item, TRAITS_MAX);
    if (n > TRAITS_MAX)
        return dw_fail(err, DW_EUSAGE, "--trait: at most %d traits",
                       TRAITS_MAX);
    for (size_t i = 0; i < n; i++) {
        if (add_item(r, head, item[i], err) < 0)
            return err->code;
    }
    return 0;
}

/* Where they stand in a run, and their sample sizes in it. */
static int find_columns(struct reading *r, const dw_head *head, dw_err *err)
{
    const char *source = dw_source_name(r->src);

    for (size_t t = 0; t < r->model->n_traits; t++) {
        size_t at;

        if (dw_trait_pick(head, source, r->model->trait[t].name, NULL, &at,
                          err) < 0)
            return err->code;
        r->column[t] = (dw_fit_column){at, head->trait[at].n, 0};
    }
    return 0;
}

/* The first run of blocks says what the model is about. */
static int begin_run(struct reading *r, dw_err *err)
{
    const dw_head *head = dw_source_head(r->src);

    r->fresh = false;
    if (r->data->n == 0) {
        dw_head_copy(r->head, head);
        if (add_traits(r, head, err) < 0)
            return err->code;
        r->column = dw_alloc(r->model->n_traits, sizeof *r->column);
        r->data->n_traits = r->model->n_traits;
        r->data->p = r->how->annotations ? head->p : 0;
        r->data->keep_whole = r->how->keep_whole;
    }
    dw_head_join_history(r->head, head);
    return find_columns(r, head, err);
}

/* ---- progress ---- */

/* By bytes where the stream is a file, whose end is known. */
static bool read_so_far(const struct reading *r, uint64_t *mb, uint64_t *all)
{
    if (!dw_reader_read_so_far(dw_source_reader(r->src), mb, all))
        return false;
    *mb /= 1000000;
    *all = *all / 1000000 + 1;
    return true;
}

static dw_progress *begin_progress(const struct reading *r)
{
    uint64_t mb, all;

    return read_so_far(r, &mb, &all) ? dw_progress_begin("reading, MB", all)
                                     : dw_progress_begin("reading, block", 0);
}

static void show_progress(const struct reading *r)
{
    char blocks[32];
    uint64_t mb, all;

    snprintf(blocks, sizeof blocks, "block %zu", r->data->n + 1);
    if (read_so_far(r, &mb, &all))
        dw_progress_at(r->progress, mb, blocks);
    else
        dw_progress_at(r->progress, r->data->n + 1, NULL);
}

/* ---- blocks ---- */

static dw_part part_of(const dw_fit_reading *how, const char *contig)
{
    if (how->holdout && dw_text_in_list(how->holdout, contig))
        return DW_PART_HELDOUT;
    if (how->valid && dw_text_in_list(how->valid, contig))
        return DW_PART_VALID;
    return DW_PART_TRAIN;
}

static int find_room(struct reading *r, dw_err *err)
{
    dw_dataset *data = r->data;
    size_t beside;

    if (!r->how->memory)
        return 0;
    beside = r->how->beside(r->how->ctx, data);
    if (beside >= r->how->memory)
        return dw_fail(err, DW_ENOMEM,
                       "--memory %zuM is not enough: blocks of up to %zu "
                       "variants and rank %zu need %zuM in %zu threads, "
                       "without any block in memory",
                       r->how->memory / 1000000, data->max_m, data->max_k,
                       beside / 1000000 + 1, dw_pool_size(r->pool));
    data->room = r->how->memory - beside;
    return 0;
}

/* Blocks are observed some at a time, so that all threads have work. */
static int observe(struct reading *r, dw_err *err)
{
    r->unobserved = 0;
    if (find_room(r, err) < 0)
        return err->code;
    return dw_dataset_observe(r->data, r->pool, err);
}

static int take_block(struct reading *r, dw_err *err)
{
    const dw_head *head = dw_source_head(r->src);
    dw_ldblock *ld = &r->block.ld;

    r->open = false;
    show_progress(r);
    for (size_t t = 0; t < r->model->n_traits; t++)
        r->column[t].people =
            dw_trait_sampled(head, r->column[t].column, ld->people);
    if (ld->m > r->data->max_m)
        r->data->max_m = ld->m;
    if (ld->k > r->data->max_k)
        r->data->max_k = ld->k;
    if (dw_dataset_take(r->data, &r->block.var, ld, r->column,
                        part_of(r->how, ld->contig), err) < 0 ||
        (r->how->looks && dw_dataset_take_tracks(r->data, &r->block.var,
                                                 &r->block.tracks, err) < 0))
        return err->code;
    return ++r->unobserved < dw_pool_size(r->pool) ? 0 : observe(r, err);
}

/* The chunk at hand is part of the next block. */
static int note_place(struct reading *r, dw_err *err)
{
    dw_block_index *index = r->how->index;

    return index ? dw_block_index_note(index, r->data->n, err) : 0;
}

/* A block begins; those of other ranks are not unpacked. */
static int begin_block(struct reading *r, dw_err *err)
{
    if (!dw_source_head(r->src)->panel.name)
        return dw_fail(err, DW_EMISMATCH,
                       "%s holds variants without LD; dw-ldblock makes blocks "
                       "of them",
                       dw_source_name(r->src));
    if (r->fresh && begin_run(r, err) < 0)
        return err->code;
    r->open = dw_dataset_wants(r->data);
    r->factored = r->tracked = false;
    if (!r->open)
        return dw_dataset_skip(r->data, err);
    if (dw_source_variants(r->src, &r->block.var, err) < 0)
        return err->code;
    return note_place(r, err);
}

/* All ranks know what the first TRAK says of all. */
static int take_tracks(struct reading *r, dw_err *err)
{
    dw_tracks *shape = &r->data->shape;
    dw_net net = *r->how->looks;

    if (!r->open && shape->n)
        return 0;
    if (dw_source_tracks(r->src, &r->block.tracks, err) < 0 ||
        (!shape->n && dw_tracks_copy_shape(shape, &r->block.tracks, err) < 0) ||
        dw_net_set_tracks(&net, shape->n, shape->window, shape->bin, err) < 0)
        return err->code;
    r->tracked = true;
    return r->open ? note_place(r, err) : 0;
}

static int no_tracks(const struct reading *r, dw_err *err)
{
    return dw_fail(err, DW_EMISMATCH,
                   "%s: the model looks at signal tracks, which the blocks do "
                   "not have; dw-ingest --track adds them",
                   dw_source_name(r->src));
}

static int take_factor(struct reading *r, dw_err *err)
{
    if (dw_source_ldblock(r->src, &r->block.ld, err) < 0)
        return err->code;
    r->factored = true;
    return note_place(r, err);
}

/* A TRAK may stand on either side of the LDBK. */
static int take_chunk(struct reading *r, const dw_chunk *chunk, dw_err *err)
{
    int rc = 0;

    r->fresh = r->fresh || dw_chunk_is(chunk, "HEAD");
    if ((dw_chunk_is(chunk, "VARS") || dw_chunk_is(chunk, "TAIL")) && r->open)
        return no_tracks(r, err);
    if (dw_chunk_is(chunk, "VARS"))
        return begin_block(r, err);
    if (dw_chunk_is(chunk, "TRAK") && r->how->looks)
        rc = take_tracks(r, err);
    if (dw_chunk_is(chunk, "LDBK") && r->open)
        rc = take_factor(r, err);
    if (rc < 0)
        return rc;
    return r->open && r->factored && r->tracked == (r->how->looks != NULL)
               ? take_block(r, err)
               : 0;
}

static int read_blocks(struct reading *r, dw_err *err)
{
    dw_chunk chunk;
    int rc;

    r->progress = begin_progress(r);
    while ((rc = dw_source_next(r->src, &chunk, err)) > 0) {
        if ((rc = take_chunk(r, &chunk, err)) < 0)
            break;
    }
    dw_progress_end(r->progress);
    if (rc == 0 && r->data->n == 0)
        rc = dw_fail(err, DW_EDEGENERATE, "%s: no block in it",
                     dw_source_name(r->src));
    dw_block_clear(&r->block);
    return rc;
}

/* ---- the whole ---- */

/* Parts that were asked for have to be there. */
static int check_parts(const struct reading *r, dw_err *err)
{
    const dw_dataset *data = r->data;
    size_t n[DW_PARTS];

    for (int part = 0; part < DW_PARTS; part++)
        n[part] = dw_dataset_size(data, 0, (dw_part)part).blocks;
    if (n[DW_PART_TRAIN] == 0)
        return dw_fail(err, DW_EDEGENERATE,
                       "no block is left to train on: of %zu, %zu are for "
                       "validation and %zu held out",
                       data->n, n[DW_PART_VALID], n[DW_PART_HELDOUT]);
    for (size_t t = 0; t < data->n_traits; t++) {
        if (dw_dataset_size(data, t, DW_PART_TRAIN).k == 0)
            return dw_fail(err, DW_EDEGENERATE,
                           "no block with a z-score of %s is left to train on",
                           r->model->trait[t].name);
    }
    if (r->how->holdout && n[DW_PART_HELDOUT] == 0)
        dw_warn("--holdout-chrom %s: no block is there", r->how->holdout);
    if (r->how->valid && n[DW_PART_VALID] == 0)
        dw_warn("--valid-chrom %s: no block is there", r->how->valid);
    return 0;
}

static int complete(struct reading *r, dw_err *err)
{
    size_t n_empty = 0;
    int rc = dw_dataset_complete(r->data, r->pool, &n_empty, err);

    if (rc == 0)
        rc = find_room(r, err);
    if (rc == 0)
        rc = dw_dataset_make_room(r->data, err);
    if (n_empty)
        dw_note("%zu blocks without a z-score of %s are left out", n_empty,
                r->model->n_traits > 1 ? "any trait" : r->model->trait[0].name);
    if (dw_ranks_agree(rc, err) < 0)
        return err->code;
    return check_parts(r, err);
}

int dw_fit_read(const dw_fit_reading *how, dw_source *src, dw_pool *pool,
                dw_dataset *data, dw_head *head, dw_model *model,
                double **weight, dw_err *err)
{
    struct reading r = {.how = how,
                        .src = src,
                        .pool = pool,
                        .data = data,
                        .head = head,
                        .model = model,
                        .weight = weight};
    int rc = read_blocks(&r, err);

    if (rc == 0)
        rc = observe(&r, err);
    if (dw_ranks_agree(rc, err) < 0)
        rc = err->code;
    if (rc == 0)
        rc = complete(&r, err);
    dw_free(r.column);
    return rc;
}
