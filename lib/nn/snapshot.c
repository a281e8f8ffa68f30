#include "nn/snapshot.h"

#include "base/mem.h"

static void clear_training(dw_snapshot *s)
{
    dw_free(s->noise);
    dw_free(s->best_noise);
    dw_free(s->param);
    dw_free(s->best);
    dw_free(s->moment);
    dw_free(s->noise_moment);
    s->noise = s->best_noise = s->moment = s->noise_moment = NULL;
    s->param = s->best = NULL;
    s->n_params = s->n_traits = 0;
}

void dw_snapshot_clear(dw_snapshot *s)
{
    clear_training(s);
    dw_free(s->options);
    dw_free(s->log);
    dw_free(s->journal);
    *s = (dw_snapshot){0};
}

int dw_snapshot_shape(dw_snapshot *s, size_t n_params, size_t n_traits,
                      dw_err *err)
{
    clear_training(s);
    s->noise = dw_try_alloc(2 * n_traits, sizeof *s->noise);
    s->best_noise = dw_try_alloc(2 * n_traits, sizeof *s->best_noise);
    s->noise_moment = dw_try_alloc(4 * n_traits + 2, sizeof *s->noise_moment);
    s->param = dw_try_alloc(n_params, sizeof *s->param);
    s->best = dw_try_alloc(n_params, sizeof *s->best);
    s->moment = dw_try_alloc(2 * n_params + 2, sizeof *s->moment);
    if (!s->noise || !s->best_noise || !s->noise_moment || !s->param ||
        !s->best || !s->moment) {
        clear_training(s);
        return dw_fail(err, DW_ENOMEM,
                       "no memory for the training of %zu parameters",
                       n_params);
    }
    s->n_params = n_params;
    s->n_traits = n_traits;
    return 0;
}
