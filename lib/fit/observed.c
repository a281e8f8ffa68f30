/*
 * observed: blocks as they are read become blocks as they are fitted to.  Part
 * of fit/dataset.
 */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "fit/dataset.h"
#include "lik/observe.h"

struct observing {
    dw_dataset *data;
    dw_observe_ws **ws; /* a thread's own */
    size_t first;
    int *rc; /* of each block from the first on */
};

/* Copies what dw_observe lends. */
static int keep(dw_fit_block *b, dw_fit_trait *t, const dw_factor *out)
{
    t->k = out->k;
    t->own_q = out->q32 != b->q;
    t->y = dw_try_alloc(out->k, sizeof *t->y);
    t->lambda = dw_try_alloc(out->k, sizeof *t->lambda);
    t->q = t->own_q ? dw_try_alloc(out->k, out->m * sizeof *t->q) : b->q;
    if (!t->y || !t->lambda || !t->q)
        return DW_ENOMEM;
    memcpy(t->y, out->y, out->k * sizeof *t->y);
    memcpy(t->lambda, out->lambda, out->k * sizeof *t->lambda);
    for (size_t i = 0; t->own_q && i < out->k * out->m; i++)
        t->q[i] = out->q ? (float)out->q[i] : out->q32[i];
    return 0;
}

/* In two passes: a mean far from 0 costs the variance no digits. */
static dw_moment moment_of(const float *v, size_t n)
{
    dw_moment s = {0};
    double sum = 0;

    for (size_t j = 0; j < n; j++) {
        if (isnan(v[j])) {
            s.n_missing++;
        } else {
            s.n++;
            sum += v[j];
        }
    }
    s.mean = s.n > 0 ? sum / s.n : 0;
    for (size_t j = 0; j < n; j++) {
        double d = v[j] - s.mean;

        s.m2 += isnan(v[j]) ? 0 : d * d;
    }
    return s;
}

static int observe(const struct observing *o, size_t thread, dw_fit_block *b)
{
    const dw_dataset *data = o->data;
    bool shared = data->keep_whole;

    for (size_t i = 0; i < data->n_traits; i++) {
        dw_fit_trait *t = &b->of[i];
        dw_factor out;
        int rc = dw_observe(o->ws[thread], b->m, b->k, b->core, b->l, b->q,
                            b->lambda, t->z, DW_OBSERVE_MIN_EIGEN, &out,
                            &t->n_observed);

        if (rc < 0 || (rc = keep(b, t, &out)) < 0)
            return rc;
        shared = shared || !t->own_q;
    }
    dw_free(b->lambda);
    b->lambda = NULL;
    b->whole = shared;
    if (!shared) {
        dw_free(b->q);
        b->q = NULL;
    }
    b->moment = dw_alloc(data->p, sizeof *b->moment);
    for (size_t i = 0; i < data->p; i++)
        b->moment[i] = moment_of(b->annot + i * b->m + b->core, b->l);
    return 0;
}

static void observe_block(void *ctx, size_t t, size_t i)
{
    struct observing *o = ctx;
    dw_fit_block *b = &o->data->block[o->first + i];

    if (dw_dataset_mine(o->data, o->first + i))
        o->rc[i] = observe(o, t, b);
}

static int check(const struct observing *o, dw_err *err)
{
    dw_dataset *data = o->data;

    for (size_t i = o->first; i < data->n; i++) {
        dw_fit_block *b = &data->block[i];
        char name[DW_FIT_BLOCK_NAME];
        int rc = o->rc[i - o->first];

        dw_fit_block_name(b, name);
        if (rc == DW_ENOMEM)
            return dw_fit_block_no_memory(b, err);
        if (rc < 0)
            return dw_fail(err, rc, "%s: its z-scores or its LD are not finite",
                           name);
        if (dw_dataset_mine(data, i))
            data->bytes += dw_fit_block_bytes(data, b);
    }
    return 0;
}

static int make_workspaces(struct observing *o, size_t n_threads, dw_err *err)
{
    size_t m = 0, k = 0;

    for (size_t i = o->first; i < o->data->n; i++) {
        const dw_fit_block *b = &o->data->block[i];

        m = b->m > m ? b->m : m;
        k = b->k > k ? b->k : k;
    }
    for (size_t t = 0; t < n_threads; t++) {
        o->ws[t] = dw_observe_ws_new(m, k);
        if (!o->ws[t])
            return dw_fail(err, DW_ENOMEM,
                           "no memory for blocks of %zu variants", m);
    }
    return 0;
}

int dw_dataset_observe(dw_dataset *data, dw_pool *pool, dw_err *err)
{
    size_t n_threads = dw_pool_size(pool), n = data->n - data->n_observed;
    struct observing o = {.data = data, .first = data->n_observed};
    int rc;

    if (n == 0)
        return 0;
    o.ws = dw_alloc(n_threads, sizeof(*o.ws));
    o.rc = dw_alloc(n, sizeof *o.rc);
    rc = make_workspaces(&o, n_threads, err);
    if (rc == 0) {
        dw_pool_for(pool, n, observe_block, &o);
        data->n_observed = data->n;
        rc = check(&o, err);
    }
    for (size_t t = 0; t < n_threads; t++)
        dw_observe_ws_free(o.ws[t]);
    dw_free(o.ws);
    dw_free(o.rc);
    return rc == 0 ? dw_dataset_make_room(data, err) : rc;
}
