/*
 * room: the memory that a fit takes, before it takes it.
 */
#ifndef DW_FIT_ROOM_H
#define DW_FIT_ROOM_H

#include <stddef.h>

#include "fit/fit_model.h"

/*
 * Bytes that fitting by a plan takes at most beside the blocks that are held
 * in memory: workspaces of all threads, gradients and their moments, what is
 * known of each block, and one block on its way.  From data->max_m, max_k, p,
 * n and n_traits, and the model's traits and tracks.
 */
size_t dw_fit_room(const dw_fit_plan *plan, const dw_dataset *data,
                   const dw_model *model, size_t threads);

#endif
