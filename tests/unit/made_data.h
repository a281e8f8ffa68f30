/*
 * made_data: datasets to fit, out of made blocks.
 */
#ifndef DW_TESTS_MADE_DATA_H
#define DW_TESTS_MADE_DATA_H

#include "fit/dataset.h"
#include "made_blocks.h"
#include "tap.h"

/* A block of the one trait of a dataset, whose z-scores are the first. */
static inline void made_take(dw_dataset *data, const panel *world,
                             const dw_variants *var, dw_ldblock *b,
                             dw_part part)
{
    const dw_fit_column column = {0, world->n, b->people};
    dw_err err = {0};

    if (dw_dataset_take(data, var, b, &column, part, &err) < 0)
        OK(0, "%s", err.msg);
}

/* After the last one; so many have no z. */
static inline void made_complete(dw_dataset *data, dw_pool *pool, size_t empty)
{
    size_t n = data->n, n_empty = 0;
    dw_err err = {0};

    if (dw_dataset_complete(data, pool, &n_empty, &err) < 0)
        OK(0, "%s", err.msg);
    OK(n_empty == empty && data->n == n - empty, "%zu blocks", data->n);
}

#endif
