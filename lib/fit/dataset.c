#include "fit/dataset.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "lik/observe.h"

/* ---- blocks ---- */

static void clear_block(dw_fit_block *b)
{
    if (b->q_full != b->q)
        dw_free(b->q_full);
    dw_free(b->lambda);
    dw_free(b->y);
    dw_free(b->q);
    dw_free(b->z);
    dw_free(b->annot);
    dw_free(b->x);
    *b = (dw_fit_block){0};
}

void dw_dataset_clear(dw_dataset *data)
{
    for (size_t i = 0; i < data->n; i++)
        clear_block(&data->block[i]);
    dw_free(data->block);
    *data = (dw_dataset){0};
}

void dw_fit_block_name(const dw_fit_block *b, char name[DW_FIT_BLOCK_NAME])
{
    snprintf(name, DW_FIT_BLOCK_NAME, "block %.63s:%u-%u", b->contig,
             (unsigned)b->start, (unsigned)b->end);
}

dw_factor dw_fit_block_factor(const dw_fit_block *b)
{
    return (dw_factor){.m = b->m,
                       .k = b->k,
                       .lambda = b->lambda,
                       .y = b->y,
                       .q32 = b->q,
                       .id = dw_ldblock_id(b->contig, b->start, b->end)};
}

static int no_memory(const dw_fit_block *b, dw_err *err)
{
    char name[DW_FIT_BLOCK_NAME];

    dw_fit_block_name(b, name);
    return dw_fail(err, DW_ENOMEM, "no memory for %s of %zu variants", name,
                   b->m);
}

int dw_dataset_take(dw_dataset *data, const dw_variants *var, dw_ldblock *ld,
                    size_t trait, double n, dw_part part, dw_err *err)
{
    dw_fit_block b = {.start = ld->start,
                      .end = ld->end,
                      .part = part,
                      .m = ld->m,
                      .k = ld->k,
                      .core = ld->core,
                      .l = ld->l,
                      .people = ld->people,
                      .n = n};

    snprintf(b.contig, sizeof b.contig, "%s", ld->contig);
    b.z = dw_try_alloc(b.l, sizeof *b.z);
    if (data->p)
        b.annot = dw_try_alloc(b.m, data->p * sizeof *b.annot);
    if (!b.z || (data->p && !b.annot) ||
        dw_try_grow((void **)&data->block, &data->cap, data->n + 1, sizeof b) <
            0) {
        int rc = no_memory(&b, err);

        clear_block(&b);
        return rc;
    }
    memcpy(b.z, var->z + trait * b.m + b.core, b.l * sizeof *b.z);
    if (data->p)
        memcpy(b.annot, var->annot, b.m * data->p * sizeof *b.annot);
    b.q = ld->q;
    b.lambda = ld->lambda;
    ld->q = NULL;
    ld->lambda = NULL;
    dw_ldblock_clear(ld);
    data->block[data->n++] = b;
    if (b.m > data->max_m)
        data->max_m = b.m;
    if (b.k > data->max_k)
        data->max_k = b.k;
    return 0;
}

/* ---- observations ---- */

struct observing {
    dw_dataset *data;
    dw_observe_ws **ws; /* a thread's own */
    bool keep_full;
    int *rc; /* (n) */
};

/* Copies what dw_observe lends.  The factor of the whole core goes, unless it
 * is kept. */
static int keep(dw_fit_block *b, const dw_factor *out, bool keep_full)
{
    bool same = out->q32 == b->q;
    float *q = b->q;
    double *lambda = b->lambda;

    b->y = dw_try_alloc(out->k, sizeof *b->y);
    if (!same) {
        q = dw_try_alloc(out->k, out->m * sizeof *q);
        lambda = dw_try_alloc(out->k, sizeof *lambda);
    }
    if (!b->y || !q || !lambda) {
        if (!same) {
            dw_free(q);
            dw_free(lambda);
        }
        return DW_ENOMEM;
    }
    memcpy(b->y, out->y, out->k * sizeof *b->y);
    b->k_full = b->k;
    b->q_full = b->q;
    if (same)
        return 0;
    for (size_t i = 0; i < out->k * out->m; i++)
        q[i] = out->q ? (float)out->q[i] : out->q32[i];
    memcpy(lambda, out->lambda, out->k * sizeof *lambda);
    dw_free(b->lambda);
    b->lambda = lambda;
    b->q = q;
    b->k = out->k;
    if (!keep_full) {
        dw_free(b->q_full);
        b->q_full = q;
        b->k_full = b->k;
    }
    return 0;
}

static void observe_block(void *ctx, size_t t, size_t i)
{
    struct observing *o = ctx;
    dw_fit_block *b = &o->data->block[i];
    dw_factor out;
    int rc = dw_observe(o->ws[t], b->m, b->k, b->core, b->l, b->q, b->lambda,
                        b->z, DW_OBSERVE_MIN_EIGEN, &out, &b->n_observed);

    o->rc[i] = rc < 0 ? rc : keep(b, &out, o->keep_full);
}

static int observed(dw_dataset *data, const int *rc, size_t *n_empty,
                    dw_err *err)
{
    size_t n = 0;

    *n_empty = 0;
    for (size_t i = 0; i < data->n; i++) {
        char name[DW_FIT_BLOCK_NAME];

        dw_fit_block_name(&data->block[i], name);
        if (rc[i] == DW_ENOMEM)
            return no_memory(&data->block[i], err);
        if (rc[i] < 0)
            return dw_fail(err, rc[i], "%s: its z-scores or its LD are %s",
                           name, "not finite");
    }
    for (size_t i = 0; i < data->n; i++) {
        if (data->block[i].k == 0) {
            clear_block(&data->block[i]);
            ++*n_empty;
            continue;
        }
        data->block[n++] = data->block[i];
    }
    data->n = n;
    return 0;
}

int dw_dataset_observe(dw_dataset *data, dw_pool *pool, bool keep_full,
                       size_t *n_empty, dw_err *err)
{
    size_t n_threads = dw_pool_size(pool);
    struct observing o = {.data = data, .keep_full = keep_full};
    int rc = 0;

    o.ws = dw_alloc(n_threads, sizeof(*o.ws));
    o.rc = dw_alloc(data->n, sizeof(*o.rc));
    for (size_t t = 0; t < n_threads && rc == 0; t++) {
        o.ws[t] = dw_observe_ws_new(data->max_m, data->max_k);
        if (!o.ws[t])
            rc = dw_fail(err, DW_ENOMEM, "no memory for blocks of %zu variants",
                         data->max_m);
    }
    if (rc == 0) {
        dw_pool_for(pool, data->n, observe_block, &o);
        rc = observed(data, o.rc, n_empty, err);
    }
    for (size_t t = 0; t < n_threads; t++)
        dw_observe_ws_free(o.ws[t]);
    dw_free(o.ws);
    dw_free(o.rc);
    return rc;
}

/* ---- parts ---- */

size_t dw_dataset_set_aside(dw_dataset *data, uint64_t seed)
{
    size_t n_train = dw_dataset_size(data, DW_PART_TRAIN).blocks;
    size_t want = n_train / 10, left = n_train, still = want;
    dw_rng rng = dw_rng_init(seed, 0x76616c6964u);

    for (size_t i = 0; i < data->n && still; i++) {
        if (data->block[i].part != DW_PART_TRAIN)
            continue;
        /* Each subset of that size is as likely as any other. */
        if (dw_rng_below(&rng, left--) < still) {
            data->block[i].part = DW_PART_VALID;
            still--;
        }
    }
    return want;
}

dw_part_size dw_dataset_size(const dw_dataset *data, dw_part part)
{
    dw_part_size s = {0};

    for (size_t i = 0; i < data->n; i++) {
        const dw_fit_block *b = &data->block[i];

        if (b->part != part)
            continue;
        s.blocks++;
        s.variants += b->l;
        s.observed += b->n_observed;
        s.k += b->k;
    }
    return s;
}

size_t dw_dataset_bytes(const dw_dataset *data, size_t n_inputs)
{
    size_t n = 0;

    for (size_t i = 0; i < data->n; i++) {
        const dw_fit_block *b = &data->block[i];

        n += b->k * b->m * sizeof *b->q + b->l * sizeof *b->z +
             b->k * 2 * sizeof *b->y + b->m * n_inputs * sizeof *b->x;
        if (b->q_full != b->q)
            n += b->k_full * b->m * sizeof *b->q;
    }
    return n;
}

/* ---- inputs ---- */

struct moments {
    size_t n, n_missing;
    double mean, sd;
};

/* Of one annotation over the core of the training blocks, in two passes: a
 * mean far from 0 costs the variance no digits. */
static struct moments find_moments(const dw_dataset *data, size_t column)
{
    struct moments s = {0};
    double sum = 0;

    for (int pass = 0; pass < 2; pass++) {
        s.n = s.n_missing = 0;
        sum = 0;
        for (size_t i = 0; i < data->n; i++) {
            const dw_fit_block *b = &data->block[i];
            const float *v = b->annot + column * b->m + b->core;

            if (b->part != DW_PART_TRAIN)
                continue;
            for (size_t j = 0; j < b->l; j++) {
                double d = v[j] - s.mean;

                if (isnan(v[j])) {
                    s.n_missing++;
                    continue;
                }
                s.n++;
                sum += pass ? d * d : v[j];
            }
        }
        if (s.n == 0)
            return s;
        if (pass == 0)
            s.mean = sum / (double)s.n;
    }
    s.sd = sqrt(sum / (double)s.n);
    return s;
}

static void add_input(dw_model *model, const char *name, bool missing,
                      double mean, double sd)
{
    model->input[model->n_inputs++] =
        (dw_input){dw_strdup(name), missing, mean, sd};
}

static int make_inputs(dw_fit_block *b, const dw_model *model,
                       const size_t *column, dw_err *err)
{
    b->x = dw_try_alloc(b->m, model->n_inputs * sizeof *b->x);
    if (!b->x)
        return no_memory(b, err);
    dw_model_inputs(model, column, b->m, b->annot, b->m, b->x);
    dw_free(b->annot);
    b->annot = NULL;
    return 0;
}

int dw_dataset_standardise(dw_dataset *data, dw_model *model,
                           const char *const *name, dw_err *err)
{
    size_t *column = dw_alloc(2 * data->p, sizeof *column);
    int rc = 0;

    model->input = dw_alloc(2 * data->p, sizeof *model->input);
    for (size_t i = 0; i < data->p; i++) {
        struct moments s = find_moments(data, i);

        /* Rounding alone makes a constant vary by 1e-7 of itself. */
        if (s.n && s.sd > 1e-6 * fabs(s.mean)) {
            column[model->n_inputs] = i;
            add_input(model, name[i], false, s.mean, s.sd);
        }
        if (s.n && s.n_missing) {
            column[model->n_inputs] = i;
            add_input(model, name[i], true, 0, 1);
        }
    }
    for (size_t i = 0; i < data->n && rc == 0; i++)
        rc = make_inputs(&data->block[i], model, column, err);
    dw_free(column);
    return rc;
}
