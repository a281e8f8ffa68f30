/*
 * model: a network with all that turns a variant's annotations into its
 * variance.
 *
 *     f_jt = c_t g(net(x_j)_t)   variance of variant j's standardised effect
 *                                on trait t, which has a head of the net
 *
 * x_j are inputs made from annotations: (value - mean) / sd, 0 where missing;
 * and for an annotation that was missing somewhere in training, a second input
 * that is 1 where it is missing.  Mean and sd are those of the training part.
 *
 * A network that looks at signal tracks has their windows too: of each, (log -
 * mean) / sd bin by bin, 0 where there are no data, with log the signed one,
 * log(1 + v) or -log(1 - v).
 */
#ifndef DW_NN_MODEL_H
#define DW_NN_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "nn/link.h"
#include "nn/net.h"

typedef struct dw_input {
    char *name;   /* of the annotation */
    bool missing; /* is it its value, or whether it is missing? */
    double mean, sd;
} dw_input;

typedef struct dw_model_track {
    char *name;
    double mean, sd; /* of its signed logarithm */
} dw_model_track;

typedef struct dw_model_trait {
    char *name;
    double n;       /* sample size of the training part */
    double c;       /* variance per variant of the constant model */
    double s2, tau; /* noise, DESIGN (3) */
    /* Variance over blocks of log s2 and log tau (lik/own_noise); 0: the same
     * in all. */
    double spread[2];
} dw_model_trait;

typedef struct dw_model {
    dw_net net;      /* net.p is n_inputs, but 0 for const; a head a trait */
    dw_real *param;  /* (dw_net_n_params) */
    dw_input *input; /* (n_inputs) */
    size_t n_inputs;
    /* (n_tracks) that a network may look at, and what the stream's windows are,
     * 0 where the specification says it; of none once a model was shaped that
     * does not look at any. */
    dw_model_track *track;
    size_t n_tracks, window, bin;
    dw_link link;
    dw_model_trait *trait; /* (n_traits) at least one */
    size_t n_traits;
} dw_model;

void dw_model_clear(dw_model *model); /* {0} again */

/* Adds a trait, before the model is shaped: lent until the next, all 0 but its
 * name. */
dw_model_trait *dw_model_add_trait(dw_model *model, const char *name);

/* Adds a track, before the model is shaped. */
void dw_model_add_track(dw_model *model, const char *name, double mean,
                        double sd);

/* The network of a specification, of model->n_inputs inputs, the model's tracks
 * and a head for each trait.  DW_EUSAGE. */
int dw_model_net(const dw_model *model, const char *spec, dw_net *net,
                 dw_err *err) DW_MUST_CHECK;
/* Makes that the model's, with param all 0. */
int dw_model_shape(dw_model *model, const char *spec,
                   dw_err *err) DW_MUST_CHECK;

/* column (n_inputs) <- which of the n annotations each input is made from.
 * DW_EMISMATCH, naming it, if one is not there; others are ignored. */
int dw_model_bind(const dw_model *model, size_t n, const char *const *name,
                  size_t *column, dw_err *err) DW_MUST_CHECK;

/* which (n_tracks) <- where each of the model's tracks stands among n of them,
 * whose windows are of `window` bases.  DW_EMISMATCH if one is not there, or
 * windows are too narrow. */
int dw_model_bind_tracks(const dw_model *model, size_t n,
                         const char *const *name, size_t window, size_t *which,
                         dw_err *err) DW_MUST_CHECK;

/* x (n_inputs x m) from the columns of annot (ld `ld`, NAN where missing) that
 * `column` names. */
void dw_model_inputs(const dw_model *model, const size_t *column, size_t m,
                     const float *annot, size_t ld, dw_real *x);

/* f (m) <- c g(a) of one trait, from all outputs a (heads x m); d log f / d a
 * is dw_link_slope. */
void dw_model_link(const dw_model *model, size_t trait, size_t m,
                   const dw_real *a, double *f);

/*
 * f (m) <- variance of each variant, for one trait.  `column` from
 * dw_model_bind, `ws` from dw_net_ws_new of model->net: one a thread.  Windows
 * {0} where the network looks at none.
 */
void dw_model_variances(const dw_model *model, size_t trait,
                        const size_t *column, dw_net_ws *ws, size_t m,
                        const float *annot, size_t ld, dw_net_windows windows,
                        double *f);

#endif
