/*
 * checkpoint: the file that a fit can go on from.
 *
 * It is written beside its name and renamed, every so often, and when the first
 * SIGINT or SIGTERM comes, which then ends the fit (DW_ESTOPPED); a second one
 * ends it at once.  It is there only while the fit is not done.
 */
#ifndef DW_FLOW_CHECKPOINT_H
#define DW_FLOW_CHECKPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "fit/keeper.h"
#include "record/rec_head.h"

typedef struct dw_checkpoint_opts {
    const char *path;    /* NULL: none of it */
    double minutes;      /* between two; 0: whenever one can be made */
    bool resume;         /* go on from the one that is there, if one is */
    const char *options; /* that bear on the result */
} dw_checkpoint_opts;

typedef struct dw_checkpoint dw_checkpoint;

/* Reads the one that is there.  DW_EMISMATCH if there is one and nobody asked
 * to go on, or if it is of other options.  NULL with err->code 0: no path.
 * Catches signals from here to dw_checkpoint_end. */
dw_checkpoint *dw_checkpoint_begin(const dw_checkpoint_opts *opts,
                                   dw_err *err) DW_MUST_CHECK;
void dw_checkpoint_end(dw_checkpoint *c); /* NULL is fine */

/* The keeper to fit with; NULL of NULL. */
dw_keeper *dw_checkpoint_keeper(dw_checkpoint *c);
/* What the fit is about: the head of its blocks and a digest of all data, which
 * has to be the file's (DW_EMISMATCH); log grows on, and gets the rows that
 * were there.  Borrows head and log. */
int dw_checkpoint_data(dw_checkpoint *c, const dw_head *head, uint64_t data,
                       dw_buf *log, dw_err *err) DW_MUST_CHECK;
/* Seconds worked, those before included. */
double dw_checkpoint_seconds(const dw_checkpoint *c);
/* Removes the file: the fit is done.  Of a path without a fit too. */
void dw_checkpoint_remove(const char *path);

#endif
