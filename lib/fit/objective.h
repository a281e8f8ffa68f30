/*
 * objective: what training climbs, one block at a time.
 *
 * A network gives each variant a variance for each trait, the likelihood (or
 * LD-score regression) gives back what a change of it would gain: here, as one
 * vector, is where they meet.  The larger the value the better, for either
 * loss.
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

typedef struct dw_objective_opts {
    enum dw_loss loss;
    dw_solving how;
    /* The trait of the data that the network's first head is for; the others
     * follow. */
    size_t first_trait;
    bool fixed_noise; /* derivatives by s2 and tau are not wanted: they are 0 */
} dw_objective_opts;

/* Borrows all that it is given.  LDSR: the data set kept its whole factors. */
dw_objective *dw_objective_new(const dw_dataset *data, dw_pool *pool,
                               const dw_net *net, const dw_objective_opts *opts,
                               dw_err *err) DW_MUST_CHECK;
void dw_objective_free(dw_objective *o); /* NULL is fine */

/* Of one trait in one block, or summed. */
typedef struct dw_value {
    double value;  /* log p of the block (7), or minus its LDSR loss */
    double weight; /* observations that it is a sum over */
    double h2;     /* sum of f over the core */
    /* Derivatives by the model's s2 and tau, of the likelihood where a gradient
     * is wanted; of LDSR's loss the second ones, by s2, by both and by tau. */
    double ds2, dtau, curvature[3];
} dw_value;

/* What a block with a gradient leaves behind, lent until the thread's next. */
typedef struct dw_gradient {
    const double *f;     /* (m) F_j = N f_j of the last head */
    const double *slope; /* (m) d log F_j / d a_j of the last head */
    const double *bend;  /* (m) g''/g' at a_j of the last head (nn/link) */
    const double *d_a;   /* (m x heads) d value / d a_j */
} dw_gradient;

/*
 * One block, as it was lent to thread t of the pool; `index` is its own in the
 * data set.
 *
 *   loss      which: an LDSR objective can tell the likelihood too
 *   dropout   NULL: none
 *   out       (heads) set; a trait without a z in the block has only h2
 *   gradient  set; NULL: not wanted
 *
 * 0, or negative or positive as dw_marginal_block and dw_ldsr_loss return.
 */
int dw_objective_block(dw_objective *o, enum dw_loss loss, size_t t,
                       size_t index, const dw_fit_block *b,
                       const dw_model *model, const dw_net_noise *dropout,
                       dw_value *out, dw_gradient *gradient) DW_MUST_CHECK;

/* d param += sum over heads of (d value / d param) scale[head], for what the
 * thread's last dw_objective_block with a gradient was about. */
void dw_objective_backward(dw_objective *o, size_t t, const dw_fit_block *b,
                           const dw_model *model, const dw_net_noise *dropout,
                           const double *scale, dw_real *grad);

/* What went wrong in a block (rc as above, or DW_EIO), for the user. */
int dw_objective_fail(const dw_objective *o, size_t index, int rc,
                      const dw_model *model, dw_err *err);

/* Seconds of a core, of all threads since the workspaces were made, that went
 * into the network and into the loss. */
typedef struct dw_phases {
    double net, loss;
} dw_phases;
dw_phases dw_objective_phases(const dw_objective *o);

/* Tells the user of blocks that single precision or cg were not enough for.
 */
void dw_objective_tell(const dw_objective *o);

/* Sums over the blocks of each part, in block order: of head h and part q in
 * sum[h * DW_PARTS + q]. */
int dw_objective_parts(dw_objective *o, enum dw_loss loss,
                       const dw_model *model, const bool wanted[DW_PARTS],
                       dw_value *sum, dw_err *err) DW_MUST_CHECK;

#endif
