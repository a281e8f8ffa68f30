/*
 * room: the memory that a fit takes, before it takes it.
 *
 * Each stage is counted as if it worked on blocks that are the largest in every
 * respect, in all threads at once; of the stages, which follow each other, the
 * largest counts.
 */
#ifndef DW_FIT_ROOM_H
#define DW_FIT_ROOM_H

#include <stddef.h>

#include "fit/fit_model.h"

/*
 * Bytes that reading and fitting by a plan takes at most beside the blocks that
 * are held in memory: workspaces of all threads, gradients and their moments,
 * what is known of each block, blocks on their way.  From data->max_m, max_k,
 * gaps, p, n_traits, its tracks, and its blocks so far.
 */
size_t dw_fit_room(const dw_fit_plan *plan, const dw_dataset *data,
                   size_t threads);

/* Bytes of what a checkpoint keeps of the passes of a linear model, of some
 * twenty: thrice, while it grows and is written. */
size_t dw_fit_journal_room(const dw_fit_plan *plan, const dw_dataset *data);

/* Bytes by which blocks that have been read grow at most while they are fitted
 * to, within data->room: by matrices of the constant model that are kept, later
 * by inputs that say what is missing. */
size_t dw_fit_growth(const dw_dataset *data);

#endif
