/*
 * fit_show: what a fit shows while it works: a line of progress on a terminal,
 * and with -v a line for each thing found.
 */
#ifndef DW_FLOW_FIT_SHOW_H
#define DW_FLOW_FIT_SHOW_H

#include <stddef.h>

#include "base/buf.h"
#include "base/log.h"
#include "fit/fit_model.h"

typedef struct dw_fit_show {
    const dw_model *model;
    const dw_fit_report *report;
    /* Its own. */
    dw_progress *line;
    dw_buf text; /* scratch */
    /* Passes of a stage, and when the one at hand began. */
    const char *stage; /* NULL while training */
    size_t pass, done;
    double began, loglik;
    /* Training: the block that it began with; the last gains. */
    size_t first, n_epochs;
    double valid, best, heldout;
} dw_fit_show;

/* Borrows both. */
void dw_fit_show_begin(dw_fit_show *s, const dw_model *model,
                       const dw_fit_report *report);
void dw_fit_show_end(dw_fit_show *s);

/* As dw_fit_watch and dw_fit_passing have them; each takes a dw_fit_show. */
void dw_fit_show_stage(dw_fit_show *s, const char *stage);
void dw_fit_show_passing(void *show, size_t done, size_t n);
void dw_fit_show_constant(dw_fit_show *s, size_t trait, const dw_constant *c);
void dw_fit_show_linear(dw_fit_show *s, size_t step, double loglik);
void dw_fit_show_train(dw_fit_show *s, const dw_net *net, size_t n_blocks,
                       size_t n_epochs);
void dw_fit_show_step(dw_fit_show *s, size_t epoch, size_t done, size_t n);
void dw_fit_show_epoch(dw_fit_show *s, const dw_epoch *e);

#endif
