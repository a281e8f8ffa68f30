#include "fit/room.h"

/* The program itself, its libraries, and what BLAS takes for a thread. */
static const double BASE = 24e6, A_THREAD = 12e6;

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* The largest of the stages, in doubles of one thread: the constant model's
 * (components, a Gram matrix), that and the likelihood where blocks have noise
 * of their own, the linear model's (marginal, information), LD-score
 * regression's beside the likelihood's; reading (observe). */
static double workspace(double m, double k, double d, bool own_noise)
{
    double marginal = k * m + 1.6 * k * k;
    double constant = 4 * k * k + (own_noise ? marginal : m);
    double linear = marginal + 2 * k * k + k * (d + 2);
    double regression = marginal + k * k + 512 * k;
    double reading = k * m + 3 * k * k;

    return larger(larger(constant, linear), larger(regression, reading));
}

/* Numbers that the tracks of any block so far take. */
static double most_signals(const dw_dataset *data)
{
    size_t most = 0;

    for (size_t i = 0; i < data->n && data->shape.n; i++) {
        size_t n = dw_fit_signals_size(data, &data->block[i]);

        most = n > most ? n : most;
    }
    return (double)most;
}

size_t dw_fit_room(const dw_fit_plan *plan, const dw_dataset *data,
                   size_t threads)
{
    double m = (double)data->max_m, k = (double)data->max_k;
    double p = 2 * (double)data->p, t = (double)threads;
    double heads = (double)data->n_traits, d = p + 3;
    double body =
        (heads + 1) * k * m + m * (double)data->p + most_signals(data);
    double bytes = BASE + t * A_THREAD, n_params = 1;
    const dw_model shaped = {.n_inputs = 2 * data->p,
                             .n_traits = data->n_traits,
                             .n_tracks = data->shape.n,
                             .window = data->shape.window,
                             .bin = data->shape.bin};
    const dw_fit_noise *noise = &plan->train.noise;
    bool own_noise = noise->block_s2 || noise->block_tau;
    bool scores = plan->train.loss == DW_LOSS_LDSR || plan->train.both_losses;
    dw_err ignored;
    dw_net net;

    if (dw_model_net(&shaped, plan->spec, &net, &ignored) == 0) {
        n_params = (double)dw_net_n_params(&net);
        bytes += t * (double)dw_net_ws_bytes(&net);
    }
    /* Workspaces; a block on its way: packed, unpacked, its variants; where
     * blocks may be away, one in each thread and as many ahead. */
    bytes += t * 8 * workspace(m, k, d, own_noise);
    bytes += 3 * 4 * (k * m + m * p + most_signals(data));
    bytes += data->origin.read ? 2 * t * 4 * (body + m * p) : 0;
    /* Information and bend of a group of blocks, and of ten folds; gradients of
     * a batch, AdamW's moments, and their copies. */
    bytes += 8 * d * d *
             (2 * (double)dw_linear_fit_group(data->n, (size_t)d) + 10 + 6);
    bytes += n_params * (4 * (double)plan->train.batch + 8 * 6 + 4 * 4);
    /* What is known of each block: y, L and z, LD scores, moments. */
    bytes += (double)data->n * (heads * (16 * k + (scores ? 12 : 4) * m) +
                                16 * p + sizeof(dw_fit_block));
    return (size_t)bytes;
}
