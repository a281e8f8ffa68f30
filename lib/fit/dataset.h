/*
 * dataset: the blocks that a model is fitted to, in memory.
 *
 * Each block is made once into what (6) needs: Q in float32, y and L of the
 * variants that have a z, and the inputs of the network.  Every pass over the
 * data then costs no reading.
 */
#ifndef DW_FIT_DATASET_H
#define DW_FIT_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/par.h"
#include "data/ldblock.h"
#include "data/variant.h"
#include "lik/lik_factor.h"
#include "nn/model.h"

/* What a block is for.  Held-out blocks take no part in training, in
 * standardisation, nor in when to stop. */
typedef enum dw_part {
    DW_PART_TRAIN,
    DW_PART_VALID,
    DW_PART_HELDOUT,
    DW_PARTS
} dw_part;

typedef struct dw_fit_block {
    char contig[DW_CONTIG_MAX];
    uint32_t start, end;
    dw_part part;
    size_t m, k, core, l;
    size_t n_observed; /* of the l */
    uint64_t people;
    double n;       /* sample size of the trait */
    double *lambda; /* (k) */
    double *y;      /* (k) */
    float *q;       /* (k x m) */
    float *z;       /* (l) NAN where there is none */
    float *annot;   /* (m x p) as read, until standardised */
    float *x;       /* (n_inputs x m) from then on */
    /* The factor of the whole core, which LD-score regression takes: q itself
     * unless variants without a z had to be taken out of it. */
    float *q_full; /* (k_full x m) */
    size_t k_full;
} dw_fit_block;

typedef struct dw_dataset {
    dw_fit_block *block;
    size_t n, cap;
    size_t p;            /* annotations of a variant */
    size_t max_m, max_k; /* of any block */
} dw_dataset;

void dw_dataset_clear(dw_dataset *data);

/*
 * Adds a block: z-scores of trait `trait`, its sample size n, the annotations
 * if data->p is not 0.  Takes the arrays of `ld`, which is empty afterwards.
 */
int dw_dataset_take(dw_dataset *data, const dw_variants *var, dw_ldblock *ld,
                    size_t trait, double n, dw_part part,
                    dw_err *err) DW_MUST_CHECK;

/* Makes y of all blocks (lik/observe), in parallel; keep_full: keeps q_full.
 * Blocks without a single z are taken out; *n_empty says how many. */
int dw_dataset_observe(dw_dataset *data, dw_pool *pool, bool keep_full,
                       size_t *n_empty, dw_err *err) DW_MUST_CHECK;

/* Moves a tenth of the training blocks, chosen by the seed, to validation, if
 * there are at least ten.  Returns how many. */
size_t dw_dataset_set_aside(dw_dataset *data, uint64_t seed);

/*
 * Sets model->input from the core variants of the training blocks: `name` (p)
 * are the annotations.  One that is constant or never there becomes no input.
 * Then makes x of all blocks, and lets go of annot.
 */
int dw_dataset_standardise(dw_dataset *data, dw_model *model,
                           const char *const *name, dw_err *err) DW_MUST_CHECK;

typedef struct dw_part_size {
    size_t blocks, variants, observed, k; /* variants: of cores */
} dw_part_size;

dw_part_size dw_dataset_size(const dw_dataset *data, dw_part part);
size_t dw_dataset_bytes(const dw_dataset *data, size_t n_inputs);

/* The block as lik takes it; borrows. */
dw_factor dw_fit_block_factor(const dw_fit_block *b);
/* "6:20000000-21000000", for messages. */
enum { DW_FIT_BLOCK_NAME = 96 };
void dw_fit_block_name(const dw_fit_block *b, char name[DW_FIT_BLOCK_NAME]);

#endif
