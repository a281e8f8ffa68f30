/*
 * keeper: what a fit has worked out so far, kept so that it need not be again.
 *
 * Passes over the data note their results here.  A fit that goes on from a
 * snapshot recalls them in the same order, without a pass; behind the last of
 * them it works on.  When its owner wants the state it is handed over whole,
 * between two passes or two steps.  In all of this NULL is a keeper that keeps
 * nothing.
 */
#ifndef DW_FIT_KEEPER_H
#define DW_FIT_KEEPER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "nn/model.h"
#include "nn/snapshot.h"

typedef struct dw_keeper {
    dw_snapshot at;          /* {0}, or where to go on from */
    size_t recalled;         /* numbers of its journal */
    const dw_model *trained; /* once training is done; NULL */
    void *ctx;
    /* Is the state wanted now?  Asked often. */
    bool (*due)(void *ctx);
    /* Takes it; best: the model as it would be now, NULL before training.
     * Negative ends the fit. */
    int (*save)(void *ctx, const dw_snapshot *at, const dw_model *best,
                dw_err *err);
} dw_keeper;

void dw_keeper_clear(dw_keeper *k);

/* Some numbers of the result of a pass. */
typedef struct dw_piece {
    double *x;
    size_t n;
} dw_piece;

/* True: the pass has been made before, and the pieces are set. */
bool dw_keeper_recall(dw_keeper *k, const dw_piece *piece, size_t n_pieces);
/* Notes a pass that has been made; hands the state over if it is wanted. */
int dw_keeper_note(dw_keeper *k, const dw_piece *piece, size_t n_pieces,
                   dw_err *err) DW_MUST_CHECK;

/* Of a training: is there one to go on from? */
bool dw_keeper_training(const dw_keeper *k);
bool dw_keeper_due(const dw_keeper *k);

#endif
