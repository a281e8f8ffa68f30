/*
 * bound_model: a model that was given, or that is found in the stream before
 * its blocks, and where that stream has the annotations which it asks for.
 */
#ifndef DW_FLOW_BOUND_MODEL_H
#define DW_FLOW_BOUND_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "nn/model.h"
#include "record/rec_head.h"
#include "record/rec_stream.h"

/* {0} is one without a model. */
typedef struct dw_bound_model {
    dw_model model;
    /* The name of the trait that is asked for; NULL: the only one.  A model of
     * one trait serves all. */
    const char *wanted;
    size_t trait; /* which of the model's that is */
    bool there, bound;
    size_t *column; /* (model.n_inputs) set by dw_bound_model_bind */
} dw_bound_model;

/* The one model of a file (NULL or "-": stdin).  DW_EUSAGE, in both, if it is
 * of several traits and `wanted` is none of them. */
int dw_bound_model_read(dw_bound_model *b, const char *path,
                        dw_err *err) DW_MUST_CHECK;
/* The models of n files, which are to be of one trait; of none where n is 0.
 * *model (n, but 1 where that is 0) is set, whatever comes of it, for
 * dw_bound_models_free. */
int dw_bound_models_read(const char *const *path, size_t n, const char *wanted,
                         dw_bound_model **model, dw_err *err) DW_MUST_CHECK;
void dw_bound_models_free(dw_bound_model *model, size_t n); /* n as there */
/* The source's current chunk, a MODL: 1 when it was taken, 0 when there is a
 * model already, negative. */
int dw_bound_model_take(dw_bound_model *b, dw_source *src,
                        dw_err *err) DW_MUST_CHECK;
/* Looks the annotations up in a head, at the first call alone: the runs of a
 * stream agree in them. */
int dw_bound_model_bind(dw_bound_model *b, const dw_head *head,
                        dw_err *err) DW_MUST_CHECK;
void dw_bound_model_clear(dw_bound_model *b);

#endif
