#include "fit/room.h"

#include <string.h>

#include "base/ranks.h"
#include "fit/grams.h"

/* The program itself, its libraries and all that is small; MPI. */
static const double BASE = 12e6, BASE_MPI = 12e6;

/* A thread: its stack, and what BLAS copies of two matrices to multiply them;
 * then for each column that it solves for.  OpenBLAS 0.3.21 takes 3,072 bytes a
 * column with AVX2, and 1 MB. */
static const double A_THREAD = 2.5e6, A_COLUMN = 3200;

enum { CHUNK = 256 }; /* columns that lik and fit widen at a time */

static double larger(double a, double b)
{
    return a > b ? a : b;
}

struct sizes {
    const dw_fit_plan *plan;
    const dw_dataset *data;
    double threads, m, k, p, n_inputs, heads;
    double signals;      /* numbers that the tracks of a block take */
    bool lines, network; /* stages of the plan */
};

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

static struct sizes sizes_of(const dw_fit_plan *plan, const dw_dataset *data,
                             size_t threads)
{
    bool steps = plan->train.loss == DW_LOSS_LDSR || plan->init;
    bool constant = strcmp(plan->spec, "const") == 0;

    return (struct sizes){
        .plan = plan,
        .data = data,
        .threads = (double)threads,
        .m = (double)data->max_m,
        .k = (double)data->max_k,
        .p = (double)data->p,
        .n_inputs = 2 * (double)data->p, /* each, and whether it is missing */
        .heads = (double)data->n_traits,
        .signals = most_signals(data),
        .lines = !constant && !steps,
        .network = !constant && (steps || strcmp(plan->spec, "linear") != 0),
    };
}

/* ---- blocks ---- */

/* A block as it is held: its Q, and those of traits with gaps. */
static double body(const struct sizes *s, double n_inputs)
{
    double copies = s->data->gaps ? s->heads + 1 : 1;

    return 4 * (copies * s->k * s->m + s->m * n_inputs + s->signals);
}

/* One on its way: packed, unpacked, its table of variants. */
static double on_its_way(const struct sizes *s)
{
    return 8 * (s->k * s->m + s->m * s->p + s->signals) +
           s->m * (4 * s->p + 100);
}

/* What is known of each block, in memory or not: y, L and z, LD scores,
 * moments. */
static double known(const struct sizes *s)
{
    const dw_dataset *data = s->data;
    double sum = 0;

    for (size_t i = 0; i < data->n; i++) {
        const dw_fit_block *b = &data->block[i];

        sum += s->heads * (double)(16 * b->k + 12 * b->l) +
               s->p * sizeof(dw_moment) + sizeof *b +
               s->heads * sizeof(dw_fit_trait);
    }
    return sum;
}

/* ---- stages ---- */

/* Q in double twice and an eigenproblem (lik/observe), where z are missing; and
 * blocks that nobody has counted yet. */
static double reading(const struct sizes *s)
{
    double gap = s->data->gaps ? 1 : 0, km = s->k * s->m;
    double observing = gap * 8 * (2 * km + 4 * s->k * s->k + 140 * s->k);
    double held = s->data->origin.read ? body(s, s->p) : gap * 4 * km;

    return on_its_way(s) + s->threads * (observing + held);
}

/* Of one thread, beside the network's. */
static double workspace(const struct sizes *s)
{
    const dw_fit_noise *noise = &s->plan->train.noise;
    size_t m = s->data->max_m, k = s->data->max_k;
    dw_solving how = s->plan->how;
    double squares = 8 * 3 * s->k * s->k, chunk = 8 * CHUNK * s->k;
    double in_double, most = squares + chunk + 8 * s->m; /* constant model */
    double scores = 8 * (s->k * s->k + 2 * CHUNK * s->k + s->m);

    how.precision = DW_PRECISION_DOUBLE;
    in_double = (double)dw_marginal_ws_bytes(m, k, &how);
    most = larger(most, in_double + scores);
    if (noise->block_s2 || noise->block_tau)
        most = larger(most, in_double + squares + chunk);
    if (s->lines)
        most = larger(most, in_double + squares + 2 * chunk +
                                8 * (s->k + 2 * CHUNK) * (s->n_inputs + 3));
    if (s->network && s->plan->how.precision == DW_PRECISION_SINGLE)
        most =
            larger(most, in_double + scores +
                             (double)dw_marginal_ws_bytes(m, k, &s->plan->how));
    return most + s->m * (12 * s->heads + 16);
}

/* Information and bend of a group of blocks, and of ten folds. */
static double information(const struct sizes *s)
{
    double d = s->n_inputs + 3;

    return 8 * d * d *
           (2 * (double)dw_linear_fit_group(s->data->n, (size_t)d) + 10 + 6);
}

static double network(const struct sizes *s)
{
    const dw_tracks *shape = &s->data->shape;
    const dw_model shaped = {.n_inputs = 2 * s->data->p,
                             .n_traits = s->data->n_traits,
                             .n_tracks = shape->n,
                             .window = shape->window,
                             .bin = shape->bin};
    dw_err ignored;
    dw_net net;

    if (dw_model_net(&shaped, s->plan->spec, &net, &ignored) < 0)
        return 0;
    /* Gradients of a batch; their sum, AdamW's moments, the best model, what a
     * step can be taken back to; a checkpoint. */
    return s->threads * (double)dw_net_ws_bytes(&net) +
           (double)dw_net_n_params(&net) *
               (4 * (double)s->plan->train.batch + 56 + 72);
}

/* Where blocks may be away, one in each thread and as many ahead. */
static double fitting(const struct sizes *s)
{
    double away = on_its_way(s) + 2 * s->threads * body(s, s->n_inputs);

    return s->threads * workspace(s) + (s->lines ? information(s) : 0) +
           network(s) + (s->data->origin.read ? away : 0);
}

/* ---- the whole ---- */

size_t dw_fit_room(const dw_fit_plan *plan, const dw_dataset *data,
                   size_t threads)
{
    struct sizes s = sizes_of(plan, data, threads);
    double base = BASE + (dw_ranks_n() > 1 ? BASE_MPI : 0);
    double blas = A_THREAD + A_COLUMN * larger(s.m, s.k);

    return (size_t)(base + s.threads * blas + known(&s) +
                    larger(reading(&s), fitting(&s)));
}

size_t dw_fit_journal_room(const dw_fit_plan *plan, const dw_dataset *data)
{
    struct sizes s = sizes_of(plan, data, 1);
    double d = s.n_inputs + 3;

    /* Ten folds, the bend and the scatter (fit/scoring). */
    return s.lines ? (size_t)(3 * 20 * s.heads * 8 * 12 * d * d) : 0;
}

/* Has any block no value of this annotation somewhere? */
static bool is_missing(const dw_dataset *data, size_t column)
{
    for (size_t i = 0; i < data->n; i++) {
        if (data->block[i].moment[column].n_missing > 0)
            return true;
    }
    return false;
}

size_t dw_fit_growth(const dw_dataset *data)
{
    size_t variants = 0, missing = 0, growth, left = data->room - data->bytes;

    for (size_t i = 0; i < data->n; i++)
        variants += dw_dataset_mine(data, i) ? data->block[i].m : 0;
    for (size_t c = 0; c < data->p; c++)
        missing += is_missing(data, c);
    growth = missing * variants * sizeof(float);
    for (size_t t = 0; t < data->n_traits; t++) {
        size_t kept = dw_grams_kept(data, t);

        growth = kept > growth ? kept : growth;
    }
    return data->room && growth > left ? left : growth;
}
