/*
 * predict: what a model, and a block's z-scores, say of each variant.
 *
 * Several models are an ensemble: f_j, s2 and tau are the means of theirs.
 *
 *     f_j                         prior variance, from the annotations
 *     E[b_j | z], sd(b_j | z)     posterior (9), over sqrt(N): the effect of a
 *                                 standardised genotype on a standardised trait
 *     w_j = E[b_j | z] / sqrt(2 q_j (1 - q_j))     of one ALT allele,
 *                                 of frequency q_j
 */
#ifndef DW_SCORE_PREDICT_H
#define DW_SCORE_PREDICT_H

#include <stddef.h>

#include "base/err.h"
#include "data/ldblock.h"
#include "data/track.h"
#include "data/variant.h"
#include "lik/lik_factor.h"
#include "nn/model.h"

/* Of variants [begin, end) of a table; {0} to begin with.  All NAN but f where
 * there is no block; w NAN where q is missing, 0 or 1. */
typedef struct dw_prediction {
    size_t begin, end;
    double *f, *mean, *sd, *w; /* (m) by the variant's row */
    size_t cap;
} dw_prediction;

void dw_prediction_clear(dw_prediction *p);

/* A model's trait `head`; `column` (model->n_inputs) from dw_model_bind. */
typedef struct dw_predictor {
    const dw_model *model;
    size_t head;
    const size_t *column;
} dw_predictor;

/* Workspace of one thread, for some models; grows with the blocks. */
typedef struct dw_predict_ws dw_predict_ws;

/* n is 1 at least; what they point to is borrowed. */
dw_predict_ws *dw_predict_ws_new(const dw_predictor *of, size_t n);
void dw_predict_ws_free(dw_predict_ws *ws); /* NULL is fine */

/* Noise, and its variances over blocks (lik/own_noise), that go with f. */
dw_noise dw_predict_noise(const dw_predict_ws *ws, double spread[2]);

/* f of all variants of a table, whose tracks a network may look at
 * (score/track_inputs).  DW_ENOMEM or DW_EMISMATCH. */
int dw_predict_prior(dw_predict_ws *ws, const dw_variants *var,
                     const dw_tracks *tracks, dw_prediction *out,
                     dw_err *err) DW_MUST_CHECK;

/* All of the core of a block, whether or not a variant has a z, from the z of
 * the table's trait `trait`, whose sample size is n.  The message of a fault
 * does not name the block. */
int dw_predict_block(dw_predict_ws *ws, const dw_variants *var,
                     const dw_tracks *tracks, const dw_ldblock *ld,
                     size_t trait, double n, dw_prediction *out,
                     dw_err *err) DW_MUST_CHECK;

#endif
