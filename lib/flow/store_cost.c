#include "flow/store_cost.h"

#include <inttypes.h>
#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/rng.h"
#include "lik/rounding.h"

#define BILLION 1e9

/* Where no z is there: about that of a polygenic trait whose study is as large
 * as the largest are. */
static const double DRAWN_VARIANCE = 0.05;
enum { DRAWN_SEED = 1 };

/* ---- z ---- */

/* The core's z of the first trait that has all of them; NULL if none has. */
static const float *own_z(const dw_variants *v, const dw_ldblock *b)
{
    for (size_t t = 0; t < v->t; t++) {
        const float *z = v->z + t * v->m + b->core;
        bool whole = true;

        for (size_t j = 0; j < b->l; j++)
            whole = whole && !isnan(z[j]);
        if (whole)
            return z;
    }
    return NULL;
}

/* z = Q_l' y with y_i ~ N(0, F L_i + 1), so that y is (5). */
static void draw_z(const dw_ldblock *b, double f, float *z)
{
    dw_rng rng = dw_rng_init(DRAWN_SEED, dw_hash(&b->start, sizeof b->start));
    float *y = dw_alloc(b->k, sizeof *y);

    for (size_t i = 0; i < b->k; i++)
        y[i] = (float)(sqrt(f * b->lambda[i] + 1) * dw_rng_normal(&rng));
    for (size_t j = 0; j < b->l; j++) {
        const float *q = b->q + (b->core + j) * b->k;
        double sum = 0;

        for (size_t i = 0; i < b->k; i++)
            sum += (double)q[i] * (double)y[i];
        z[j] = (float)sum;
    }
    dw_free(y);
}

/* ---- costs ---- */

static uint64_t billionths(double x)
{
    return (uint64_t)llround(fmin(fabs(x), 1e9) * BILLION);
}

static void raise(_Atomic uint64_t *most, uint64_t x)
{
    uint64_t seen = atomic_load(most);

    while (x > seen && !atomic_compare_exchange_weak(most, &seen, x))
        continue;
}

static void add(dw_store_cost *c, const dw_rounding *r)
{
    uint64_t loglik = billionths(r->loglik), slope = billionths(r->gradient);

    atomic_fetch_add(&c->blocks, 1);
    atomic_fetch_add(&c->loglik, loglik);
    atomic_fetch_add(&c->gradient, slope);
    raise(&c->most_loglik, loglik);
    raise(&c->most_gradient, slope);
}

static void measure(dw_store_cost *c, const dw_variants *v, const dw_ldblock *b,
                    const dw_ldblock *stored)
{
    const float *z = own_z(v, b);
    double f =
        z ? dw_rounding_variance(b->k, b->l, b->lambda, z) : DRAWN_VARIANCE;
    float *drawn = z ? NULL : dw_alloc(b->l, sizeof *drawn);
    double *work = dw_alloc(4 * b->k, sizeof *work);
    dw_rounding r;

    if (!z)
        draw_z(b, f, drawn);
    r = dw_rounding_of(b->k, b->l, b->q + b->core * b->k,
                       stored->q + b->core * b->k, b->lambda, z ? z : drawn, f,
                       work);
    add(c, &r);
    dw_free(drawn);
    dw_free(work);
}

int dw_store_cost_pack(dw_store_cost *c, const dw_variants *v,
                       const dw_ldblock *b, dw_buf *payload, unsigned *version,
                       dw_err *err)
{
    dw_ldblock stored = {0};
    int rc = 0;

    *version = dw_ldblock_pack_as(b, c->store, payload);
    if (*version == 1) /* as it is */
        return 0;
    rc = dw_ldblock_unpack(&stored, *version, (unsigned char *)payload->s,
                           payload->n, err);
    if (rc == 0)
        measure(c, v, b, &stored);
    dw_ldblock_clear(&stored);
    return rc;
}

/* ---- telling ---- */

void dw_store_cost_end(dw_store_cost *c, dw_tally *tally)
{
    uint64_t blocks = atomic_exchange(&c->blocks, 0);
    uint64_t loglik = atomic_exchange(&c->loglik, 0);
    uint64_t slope = atomic_exchange(&c->gradient, 0);

    if (!blocks)
        return;
    dw_tally_add(tally, c->store == DW_STORE_I8 ? "store_i8" : "store_f16",
                 blocks);
    dw_tally_add(tally, "store_log_p_millionths", loglik / 1000);
    dw_tally_add(tally, "store_gradient_millionths", slope / 1000);
    c->all_blocks += blocks;
    c->all_loglik += loglik;
    c->all_gradient += slope;
}

void dw_store_cost_note(const dw_store_cost *c)
{
    double n = (double)c->all_blocks * BILLION;

    if (!c->all_blocks)
        return;
    dw_note(
        "stored as %s: log p of a block changes by %.2g (at most %.2g), its "
        "gradient by %.2g %% (at most %.2g %%)",
        dw_store_name(c->store), (double)c->all_loglik / n,
        (double)c->most_loglik / BILLION, 100 * (double)c->all_gradient / n,
        100 * (double)c->most_gradient / BILLION);
}
