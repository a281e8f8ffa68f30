/*
 * inputs: annotations become inputs of a network.  Part of fit/dataset.
 */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "fit/dataset.h"

/* Of one annotation over all training blocks, from those of each (Chan, Golub
 * and LeVeque 1979). */
static dw_moment gather(const dw_dataset *data, size_t column)
{
    dw_moment s = {0};

    for (size_t i = 0; i < data->n; i++) {
        const dw_moment *b = &data->block[i].moment[column];
        double n = s.n + b->n, d = b->mean - s.mean;

        if (data->block[i].part != DW_PART_TRAIN)
            continue;
        s.n_missing += b->n_missing;
        if (b->n == 0)
            continue;
        s.mean += d * b->n / n;
        s.m2 += b->m2 + d * d * s.n * b->n / n;
        s.n = n;
    }
    return s;
}

static void add_input(dw_dataset *data, dw_model *model, size_t column,
                      const char *name, bool missing, double mean, double sd)
{
    data->column[model->n_inputs] = column;
    model->input[model->n_inputs++] =
        (dw_input){dw_strdup(name), missing, mean, sd};
}

static int make_inputs(const dw_dataset *data, dw_fit_block *b, dw_err *err)
{
    b->x = dw_try_alloc(b->m, data->model->n_inputs * sizeof *b->x);
    if (!b->x)
        return dw_fit_block_no_memory(b, err);
    dw_model_inputs(data->model, data->column, b->m, b->annot, b->m, b->x);
    dw_free(b->annot);
    b->annot = NULL;
    return 0;
}

/* From the training blocks. */
static void choose_inputs(dw_dataset *data, dw_model *model,
                          const char *const *name)
{
    model->input = dw_alloc(2 * data->p, sizeof *model->input);
    data->column = dw_alloc(2 * data->p, sizeof *data->column);
    for (size_t i = 0; i < data->p; i++) {
        dw_moment s = gather(data, i);
        double sd = s.n > 0 ? sqrt(s.m2 / s.n) : 0;

        /* Rounding alone makes a constant vary by 1e-7 of itself. */
        if (sd > 1e-6 * fabs(s.mean))
            add_input(data, model, i, name[i], false, s.mean, sd);
        if (s.n > 0 && s.n_missing > 0)
            add_input(data, model, i, name[i], true, 0, 1);
    }
}

/* As those of another model. */
static int copy_inputs(dw_dataset *data, dw_model *model,
                       const char *const *name, const dw_model *from,
                       dw_err *err)
{
    model->input = dw_alloc(from->n_inputs, sizeof *model->input);
    data->column = dw_alloc(from->n_inputs, sizeof *data->column);
    if (dw_model_bind(from, data->p, name, data->column, err) < 0)
        return err->code;
    for (size_t i = 0; i < from->n_inputs; i++) {
        const dw_input *in = &from->input[i];

        add_input(data, model, data->column[i], in->name, in->missing, in->mean,
                  in->sd);
    }
    return 0;
}

int dw_dataset_standardise(dw_dataset *data, dw_model *model,
                           const char *const *name, const dw_model *like,
                           dw_err *err)
{
    if (!like || like->net.kind == DW_NET_CONST)
        choose_inputs(data, model, name);
    else if (copy_inputs(data, model, name, like, err) < 0)
        return err->code;
    data->model = model;
    data->bytes = 0;
    for (size_t i = 0; i < data->n; i++) {
        dw_fit_block *b = &data->block[i];

        dw_free(b->moment);
        b->moment = NULL;
        if (!b->away && dw_dataset_mine(data, i))
            data->bytes += dw_fit_block_bytes(data, b);
    }
    if (dw_dataset_make_room(data, err) < 0)
        return err->code;
    for (size_t i = 0; i < data->n; i++) {
        dw_fit_block *b = &data->block[i];

        if (!b->away && dw_dataset_mine(data, i) &&
            make_inputs(data, b, err) < 0)
            return err->code;
    }
    return 0;
}
