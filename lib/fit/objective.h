/*
 * objective: what training climbs, one block at a time.
 *
 * A network gives each variant a variance, the likelihood (or LD-score
 * regression) gives back what a change of it would gain: here, as one vector,
 * is where they meet.  The larger the value the better, for either loss.
 */
#ifndef DW_FIT_OBJECTIVE_H
#define DW_FIT_OBJECTIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/par.h"
#include "fit/dataset.h"
#include "lik/marginal.h"
#include "nn/model.h"

enum dw_loss { DW_LOSS_LIKELIHOOD, DW_LOSS_LDSR };

/* The workspaces of all threads of a pool, for one data set and one network. */
typedef struct dw_objective dw_objective;

/* Borrows all that it is given.  LDSR: the data set kept its full factors. */
dw_objective *dw_objective_new(const dw_dataset *data, dw_pool *pool,
                               const dw_net *net, enum dw_loss loss,
                               const dw_solving *how,
                               dw_err *err) DW_MUST_CHECK;
void dw_objective_free(dw_objective *o); /* NULL is fine */

typedef struct dw_value {
    double value;     /* log p of the block (7), or minus its LDSR loss */
    double weight;    /* observations that it is a sum over */
    double h2;        /* sum of f over the core */
    double ds2, dtau; /* derivatives, where a gradient is wanted */
} dw_value;

/* What a block with a gradient leaves behind, lent until the thread's next. */
typedef struct dw_gradient {
    const double *f;     /* (m) F_j = N f_j */
    const double *slope; /* (m) d log F_j / d a_j */
    const double *d_a;   /* (m) d value / d a_j */
} dw_gradient;

/*
 * One block (its index in the data set) in thread t of the pool.
 *
 *   loss      which: an LDSR objective can tell the likelihood too
 *   dropout   NULL: none
 *   gradient  set; NULL: not wanted
 *
 * 0, or negative or positive as dw_marginal_block and dw_ldsr_loss return.
 */
int dw_objective_block(dw_objective *o, enum dw_loss loss, size_t t,
                       size_t block, const dw_model *model,
                       const dw_net_noise *dropout, dw_value *out,
                       dw_gradient *gradient) DW_MUST_CHECK;

/* d param += (d value / d param) scale for what the thread's last
 * dw_objective_block with a gradient was about. */
void dw_objective_backward(dw_objective *o, size_t t, size_t block,
                           const dw_model *model, const dw_net_noise *dropout,
                           double scale, dw_real *grad);

/* What went wrong in a block, for the user. */
int dw_objective_fail(const dw_objective *o, size_t block,
                      const dw_model *model, dw_err *err);

/* Tells the user of blocks that single precision or cg were not enough for. */
void dw_objective_tell(const dw_objective *o);

/* Sums over the blocks of each part, in block order. */
int dw_objective_parts(dw_objective *o, enum dw_loss loss,
                       const dw_model *model, const bool wanted[DW_PARTS],
                       dw_value sum[DW_PARTS], dw_err *err) DW_MUST_CHECK;

#endif
