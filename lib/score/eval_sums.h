/*
 * eval_sums: what blocks add up to: figures of a genome, of chromosomes or of
 * blocks, and correlations.
 *
 * Both are fed block after block, in the order of the stream: the sums are then
 * the same for any number of threads.
 */
#ifndef DW_SCORE_EVAL_SUMS_H
#define DW_SCORE_EVAL_SUMS_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "score/eval_block.h"

typedef struct dw_scope {
    char name[DW_CONTIG_MAX];
    size_t m, k;               /* observed core variants, eigenpairs */
    double loglik, null, ldsr; /* ldsr: divide by m */
} dw_scope;

typedef struct dw_scopes {
    dw_scope *scope; /* in the order in which they first came */
    size_t n, cap;
} dw_scopes;

/* Adds a block to the scope of this name. */
int dw_scopes_add(dw_scopes *s, const char *name, const dw_eval *e,
                  dw_err *err) DW_MUST_CHECK;
/* Adds a line for each, without a header: name, M K LOGLIK NULL DELTA LDSR. */
void dw_scopes_print(const dw_scopes *s, dw_buf *out);
void dw_scopes_reset(dw_scopes *s);
void dw_scopes_clear(dw_scopes *s);

/* {0} to begin with. */
typedef struct dw_corr {
    size_t n;
    double mean_x, mean_y, sxx, syy, sxy;
} dw_corr;

void dw_corr_add(dw_corr *c, double x, double y);
/* NAN when either does not vary. */
double dw_corr_value(const dw_corr *c);
/* Adds a line: name, n, correlation. */
void dw_corr_print(const dw_corr *c, const char *name, dw_buf *out);

#endif
