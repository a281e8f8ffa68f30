/*
 * snapshot: a fit stopped on its way, complete enough to go on as if it had not
 * been.
 *
 * Everything before training by steps is a chain of passes over the data whose
 * results are few numbers: the journal holds these, in order, and with it the
 * same chain is gone through again without the data.  Training is what stands
 * behind n_params.
 */
#ifndef DW_NN_SNAPSHOT_H
#define DW_NN_SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "nn/real.h"

/* Whole numbers of the training: epoch and step at hand (so many steps of
 * the epoch are done; one more than it has: it is the last, and told), steps in
 * all, the epoch that is best, the one whose
 * validation was highest, faults in all, epochs since the rate was lowered. */
enum dw_snapshot_count {
    DW_AT_EPOCH,
    DW_AT_STEP,
    DW_AT_STEPS,
    DW_AT_BEST_EPOCH,
    DW_AT_HIGHEST_EPOCH,
    DW_AT_FAULTS,
    DW_AT_LOWERED_EPOCH,
    DW_AT_COUNTS
};

/* Numbers, NAN where there is none: validation of the best, the highest; what
 * the learning rate is multiplied by; sums of the epoch so far. */
enum dw_snapshot_number {
    DW_AT_BEST,
    DW_AT_HIGHEST,
    DW_AT_FACTOR,
    DW_AT_VALUE,
    DW_AT_H2,
    DW_AT_LR,
    DW_AT_NORM,
    DW_AT_NUMBERS
};

typedef struct dw_snapshot {
    char *options;  /* those that bear on the result */
    uint64_t data;  /* digest of what is fitted to */
    double seconds; /* worked so far */
    char *log;      /* rows of the table of epochs so far */
    double *journal;
    size_t n_journal, cap_journal;
    /* Training; n_params 0: it has not begun. */
    size_t n_params, n_traits;
    uint64_t count[DW_AT_COUNTS];
    double number[DW_AT_NUMBERS];
    double *noise, *best_noise; /* (2 n_traits) s2 and tau of each */
    dw_real *param, *best;      /* (n_params) */
    /* dw_adamw_moments: (2 n_params + 2) and (4 n_traits + 2) */
    double *moment, *noise_moment;
} dw_snapshot;

void dw_snapshot_clear(dw_snapshot *s); /* {0} again */
/* Takes memory for a training; DW_ENOMEM. */
int dw_snapshot_shape(dw_snapshot *s, size_t n_params, size_t n_traits,
                      dw_err *err) DW_MUST_CHECK;

#endif
