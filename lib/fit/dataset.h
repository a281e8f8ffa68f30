/*
 * dataset: the blocks that a model is fitted to.
 *
 * Each block is made once into what (6) needs: Q in float32, y and L of the
 * variants that have a z, and the inputs of the network.  Several traits share
 * Q, unless variants without a z had to be taken out of it.  Blocks stay in
 * memory as far as there is room; the others are away: read again, by a thread
 * of its own, shortly before they are worked on.  Each block belongs to one of
 * the ranks, which alone works on it: of the others' only what is said below to
 * be known to all is here.
 */
#ifndef DW_FIT_DATASET_H
#define DW_FIT_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/par.h"
#include "data/ldblock.h"
#include "data/track_windows.h"
#include "data/variant.h"
#include "fit/shelf.h"
#include "lik/lik_factor.h"
#include "lik/own_noise.h"
#include "nn/model.h"

/* What a block is for.  Held-out blocks take no part in training, in
 * standardisation, nor in when to stop. */
typedef enum dw_part {
    DW_PART_TRAIN,
    DW_PART_VALID,
    DW_PART_HELDOUT,
    DW_PARTS
} dw_part;

/* One trait in a block. */
typedef struct dw_fit_trait {
    /* Known to all ranks.  k and n_observed 0: it has no z here. */
    size_t k, n_observed;
    uint64_t people; /* of the panel; 0: nothing is to be taken off r^2 */
    double n;        /* sample size of the trait */
    bool own_q;
    dw_own_noise own; /* {0} but for fit/block_noise */
    /* */
    double *lambda, *y; /* (k) */
    float *z;           /* (l) NAN where there is none */
    float *q;           /* (k x m) its own, or the block's */
} dw_fit_trait;

/* Of one annotation over the core, missing values apart. */
typedef struct dw_moment {
    double n, n_missing, mean, m2; /* m2: sum of squares about the mean */
} dw_moment;

typedef struct dw_fit_block {
    /* Known to all ranks. */
    char contig[DW_CONTIG_MAX];
    uint32_t start, end;
    dw_part part;
    size_t index; /* in the stream, from 0 */
    size_t m, core, l, k;
    bool whole;          /* is q kept? */
    uint64_t digest;     /* of all that it holds */
    dw_fit_trait *of;    /* (n_traits) */
    dw_moment *moment;   /* (p) until standardised */
    dw_track_sums *sums; /* (data->shape.n) of its tracks */
    /* */
    bool away;        /* q, annot, x and tracks are not here */
    uint64_t at;      /* of the traits' own q, on the shelf */
    float *q;         /* (k x m) the factor of the whole core */
    double *lambda;   /* (k) of that, until observed */
    float *annot;     /* (m x p) as read, until standardised */
    float *x;         /* (n_inputs x m) from then on */
    uint32_t *pos;    /* (m) positions, where there are tracks */
    dw_tracks tracks; /* as they were read; rescaled once standardised */
    size_t runs;      /* of all of them */
} dw_fit_block;

/* Where blocks come from, for those that memory has no room for. */
typedef struct dw_fit_origin {
    /* Block `index` of the stream once more: its variants, its factor, its
     * tracks, each unless NULL.  One at a time, in any thread. */
    int (*read)(void *ctx, size_t index, dw_variants *var, dw_ldblock *ld,
                dw_tracks *tracks, dw_err *err);
    void *ctx;
} dw_fit_origin;

/* Told in the caller's thread while a pass goes over n blocks. */
typedef struct dw_fit_passing {
    void (*at)(void *ctx, size_t done, size_t n); /* NULL: nobody asks */
    void *ctx;
} dw_fit_passing;

typedef struct dw_dataset {
    dw_fit_block *block;
    size_t n, cap;
    size_t p;             /* annotations of a variant */
    dw_tracks shape;      /* of the tracks that blocks have; n 0: of none */
    size_t n_traits;      /* at least 1 */
    bool keep_whole;      /* q even where no trait takes it */
    size_t room;          /* bytes that blocks may take in memory; 0: all */
    dw_fit_origin origin; /* where room is not 0 */
    dw_fit_passing passing;
    size_t bytes;        /* that blocks in memory take */
    size_t max_m, max_k; /* of any block, with any q */
    bool gaps;           /* does a variant of a core lack a z? */
    /* The dataset's own. */
    size_t n_observed;
    size_t n_threads; /* of the pool, once complete */
    dw_shelf *shelf;
    struct dw_fit_lending *lending; /* NULL: no block is away */
    const dw_model *model;
    size_t *column; /* (model->n_inputs) */
    size_t *which;  /* (model->n_tracks) of the blocks' */
} dw_dataset;

void dw_dataset_clear(dw_dataset *data);

/* Is the next block of the stream, or block i, this rank's? */
bool dw_dataset_wants(const dw_dataset *data);
bool dw_dataset_mine(const dw_dataset *data, size_t i);

/* Where a trait stands in a stream. */
typedef struct dw_fit_column {
    size_t column; /* of its variants' z */
    double n;
    uint64_t people;
} dw_fit_column;

/*
 * Adds a block: z-scores of the traits in `trait` (n_traits), the annotations
 * if data->p is not 0.  Takes the arrays of `ld`, which is empty afterwards.
 */
int dw_dataset_take(dw_dataset *data, const dw_variants *var, dw_ldblock *ld,
                    const dw_fit_column *trait, dw_part part,
                    dw_err *err) DW_MUST_CHECK;
/* Gives the block that was added last its tracks, which are of data->shape and
 * empty afterwards. */
int dw_dataset_take_tracks(dw_dataset *data, const dw_variants *var,
                           dw_tracks *tracks, dw_err *err) DW_MUST_CHECK;
/* Adds one that is another rank's. */
int dw_dataset_skip(dw_dataset *data, dw_err *err) DW_MUST_CHECK;

/* Makes y of all blocks that were added since the last time, in parallel
 * (lik/observe); sends away what there is no room for. */
int dw_dataset_observe(dw_dataset *data, dw_pool *pool,
                       dw_err *err) DW_MUST_CHECK;

/* After the last block: what is known to all is told to all; blocks without a
 * single z are taken out, *n_empty says how many. */
int dw_dataset_complete(dw_dataset *data, dw_pool *pool, size_t *n_empty,
                        dw_err *err) DW_MUST_CHECK;

/* Moves a tenth of the training blocks, chosen by the seed, to validation, if
 * there are at least ten.  Returns how many. */
size_t dw_dataset_set_aside(dw_dataset *data, uint64_t seed);

/*
 * Sets model->input from the core variants of the training blocks: `name` (p)
 * are the annotations.  One that is constant or never there becomes no input.
 * Or, unless `like` is NULL or constant, to that model's, by the names of
 * annotations; DW_EMISMATCH if one is not there.  Then makes x of all blocks,
 * and lets go of annot.  Borrows the model.
 */
int dw_dataset_standardise(dw_dataset *data, dw_model *model,
                           const char *const *name, const dw_model *like,
                           dw_err *err) DW_MUST_CHECK;

/*
 * Sets model->track, window and bin in the same way, after that: tracks that
 * are constant over the training blocks, or have no data, are not looked at.
 * Then rescales all tracks.
 */
int dw_dataset_scale_tracks(dw_dataset *data, dw_model *model,
                            const dw_model *like, dw_err *err) DW_MUST_CHECK;

/* Sends blocks away, the last ones first, until the others fit in data->room.
 * What of them is not in the stream and took long to make, the traits' own q,
 * is laid on a shelf. */
int dw_dataset_make_room(dw_dataset *data, dw_err *err) DW_MUST_CHECK;

typedef struct dw_part_size {
    size_t blocks, variants, observed, k; /* variants: of cores */
} dw_part_size;

/* observed and k: of one trait. */
dw_part_size dw_dataset_size(const dw_dataset *data, size_t trait,
                             dw_part part);
/* Over all that is fitted to, in order. */
uint64_t dw_dataset_digest(const dw_dataset *data);

/* ---- passes ---- */

/* One pass, or a portion of one: fn(ctx, t, i) for i from 0 to n - 1, which is
 * about block list[i], or block i if list is NULL. */
typedef struct dw_pass {
    const size_t *list;
    size_t n;
    /* Will fn ask for that block?  NULL: if it is this rank's. */
    bool (*asks)(const void *ctx, size_t i);
    bool portion; /* of what was announced */
    dw_pool_fn *fn;
    void *ctx;
} dw_pass;

/* Runs it in parallel, blocks with most to do first, so that no thread is left
 * with a large one at the end.  Those that are away are read ahead in that
 * order. */
void dw_dataset_run(const dw_dataset *data, dw_pool *pool, const dw_pass *pass);
/* The portions of a pass will ask for these n blocks: the i-th portion for
 * those from list[first[i]] on, up to list[first[i + 1]]. */
void dw_dataset_announce(const dw_dataset *data, const size_t *list,
                         const size_t *first, size_t portions);
/* Tells data->passing. */
void dw_dataset_passing(const dw_dataset *data, size_t done, size_t n);

/* Block i with all that it holds, in thread t of the pool, until that thread's
 * next or the next pass.  NULL if it is not this rank's or cannot be read
 * again. */
const dw_fit_block *dw_dataset_lend(const dw_dataset *data, size_t t, size_t i);
/* What the user is told of block i, which its rank could not read again: that
 * one says it, and all ask. */
int dw_dataset_fail(const dw_dataset *data, size_t i, dw_err *err);
/* item i (of n, `size` bytes each) is about block list[i], or i if list is
 * NULL: what its rank has found becomes known to all. */
void dw_dataset_share(const dw_dataset *data, const size_t *list, size_t n,
                      void *item, size_t size);

/* A trait in a block as lik takes it; borrows. */
dw_factor dw_fit_block_factor(const dw_fit_block *b, size_t trait);
/* The noise of a trait in a block, where the model's is s2 and tau. */
dw_noise dw_fit_block_noise(const dw_fit_block *b, size_t trait, double s2,
                            double tau);
/* What goes into a network that looks at windows of the block's tracks; they
 * lie in *windows. */
dw_net_input dw_fit_block_input(const dw_dataset *data, const dw_fit_block *b,
                                const dw_net *net, dw_track_windows *windows);
/* "block 6:20000000-21000000", for messages. */
enum { DW_FIT_BLOCK_NAME = 96 };
void dw_fit_block_name(const dw_fit_block *b, char name[DW_FIT_BLOCK_NAME]);

/* What the parts of a dataset have in common. */
void dw_fit_block_clear(dw_fit_block *b, size_t n_traits);
int dw_fit_block_no_memory(const dw_fit_block *b, dw_err *err);
size_t dw_fit_block_bytes(const dw_dataset *data, const dw_fit_block *b);
/* Numbers of four bytes that a block's tracks take. */
size_t dw_fit_signals_size(const dw_dataset *data, const dw_fit_block *b);
/* Rescales them, if that has come. */
void dw_fit_signals_rescale(const dw_dataset *data, dw_tracks *tracks);
/* Blocks will be lent in this order. */
void dw_fit_lending_plan(const dw_dataset *data, const size_t *block, size_t n);
void dw_fit_lending_free(struct dw_fit_lending *lending); /* NULL is fine */

#endif
