#include "fit/judge.h"

#include <math.h>

#include "base/mem.h"

void dw_judge_begin(dw_judge *j, dw_objective *objective,
                    const dw_train_opts *opts, dw_model *model)
{
    *j = (dw_judge){objective, opts, model, NULL};
    j->noise = dw_alloc(model->n_traits, sizeof *j->noise);
    for (size_t h = 0; h < model->n_traits; h++)
        j->noise[h] = (dw_noise){model->trait[h].s2, model->trait[h].tau};
}

void dw_judge_end(dw_judge *j)
{
    dw_free(j->noise);
    *j = (dw_judge){0};
}

/* To the likelihood's noise, and back. */
static void swap_noise(dw_judge *j)
{
    for (size_t h = 0; h < j->model->n_traits; h++) {
        dw_model_trait *trait = &j->model->trait[h];
        dw_noise was = {trait->s2, trait->tau};

        trait->s2 = j->noise[h].s2;
        trait->tau = j->noise[h].tau;
        j->noise[h] = was;
    }
}

/* A part over all traits by their weights: *sum of values; the mean over
 * observations is returned.  NAN, both, where there are none. */
static double over_traits(const dw_judge *j, const dw_value *of, int part,
                          double *sum)
{
    const double *w = j->opts->weight;
    double value = 0, n = 0;

    for (size_t h = 0; h < j->model->n_traits; h++) {
        const dw_value *v = &of[h * DW_PARTS + (size_t)part];

        value += (w ? w[h] : 1) * v->value;
        n += (w ? w[h] : 1) * v->weight;
    }
    *sum = n > 0 ? value : NAN;
    return *sum / n;
}

static int by_likelihood(dw_judge *j, const bool wanted[DW_PARTS], dw_value *of,
                         dw_epoch *e, dw_err *err)
{
    bool other = j->opts->loss == DW_LOSS_LDSR;
    int rc;

    if (other)
        swap_noise(j);
    rc = dw_objective_parts(j->objective, DW_LOSS_LIKELIHOOD, j->model, wanted,
                            of, err);
    if (other)
        swap_noise(j);
    for (int part = 0; part < DW_PARTS && rc == 0; part++) {
        if (wanted[part])
            (void)over_traits(j, of, part, &e->loglik[part]);
        if (wanted[part] && !other)
            e->value[part] = e->loglik[part];
        for (size_t h = 0; h < j->model->n_traits; h++)
            e->h2 += of[h * DW_PARTS + (size_t)part].h2;
    }
    return rc;
}

static int by_ldsr(dw_judge *j, const bool wanted[DW_PARTS], dw_value *of,
                   dw_epoch *e, dw_err *err)
{
    bool trained = j->opts->loss == DW_LOSS_LDSR;
    dw_err why = {0};
    int rc = dw_objective_parts(j->objective, DW_LOSS_LDSR, j->model, wanted,
                                of, &why);

    /* What is only looked at has no say in the training: where it is not
     * finite there is nothing to tell, and that is all. */
    if (rc == DW_EDEGENERATE && !trained)
        return 0;
    if (rc < 0) {
        *err = why;
        return rc;
    }
    for (int part = 0; part < DW_PARTS; part++) {
        double sum, mean = over_traits(j, of, part, &sum);

        if (wanted[part] && trained)
            e->value[part] = sum;
        if (part != DW_PART_TRAIN)
            e->ldsr[part] = -mean;
    }
    return 0;
}

int dw_judge_epoch(dw_judge *j, bool training, dw_epoch *e, dw_err *err)
{
    bool trained = j->opts->loss == DW_LOSS_LDSR;
    bool wanted[DW_PARTS] = {training, true, true};
    dw_value *of = dw_alloc(j->model->n_traits * DW_PARTS, sizeof *of);
    int rc = by_likelihood(j, wanted, of, e, err);

    for (int part = 0; part < DW_PARTS; part++)
        e->ldsr[part] = NAN;
    wanted[DW_PART_TRAIN] = training && trained;
    if (rc == 0 && (trained || j->opts->both_losses))
        rc = by_ldsr(j, wanted, of, e, err);
    dw_free(of);
    return rc;
}
