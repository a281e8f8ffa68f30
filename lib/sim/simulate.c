#include "sim/simulate.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/rng.h"

/* Draws of one purpose tell nothing about those of another. */
enum purpose { EFFECT, LONE_NOISE, SHARED_NOISE };

/* The random numbers of variant contig:pos:ref:alt.  The alleles are hashed for
 * themselves, so that an indel may be of any length. */
static dw_rng rng_of(const dw_study *study, const dw_variants *v, size_t i,
                     enum purpose purpose)
{
    const char *ref = dw_texts_at(&v->ref, i), *alt = dw_texts_at(&v->alt, i);
    char key[DW_CONTIG_MAX + 64];
    int n = snprintf(
        key, sizeof key, "%s:%" PRIu32 ":%016" PRIx64 ":%016" PRIx64, v->contig,
        v->pos[i], dw_hash(ref, strlen(ref)), dw_hash(alt, strlen(alt)));

    return dw_rng_init(study->seed,
                       dw_hash(key, (size_t)n) + (uint64_t)purpose);
}

double dw_simulate_effect(const dw_study *study, const dw_variants *v, size_t i,
                          double var)
{
    dw_rng rng = rng_of(study, v, i, EFFECT);

    return sqrt(var) * dw_rng_normal(&rng);
}

static dw_rng rng_of_block(const dw_study *study, const dw_ldblock *b)
{
    char key[DW_CONTIG_MAX + 64];
    int n = snprintf(key, sizeof key, "%s:%" PRIu32 "-%" PRIu32, b->contig,
                     b->start, b->end);

    return dw_rng_init(study->seed, dw_hash(key, (size_t)n) + SHARED_NOISE);
}

int dw_simulate_block(const dw_study *study, const dw_variants *v,
                      const dw_ldblock *b, const double *effect, double *z)
{
    double *w = dw_try_alloc(b->k, sizeof *w); /* sqrt(N) Q b + eps */
    dw_rng rng = rng_of_block(study, b);
    double root = sqrt(study->n);

    if (!w)
        return DW_ENOMEM;
    for (size_t i = 0; i < b->k; i++)
        w[i] = dw_rng_normal(&rng);
    for (size_t j = 0; j < b->m; j++) {
        const float *q = b->q + j * b->k;
        double x = root * effect[j];

        for (size_t i = 0; i < b->k; i++)
            w[i] += x * (double)q[i];
    }
    for (size_t j = 0; j < b->l; j++) {
        const float *q = b->q + (b->core + j) * b->k;
        double sum = 0;

        for (size_t i = 0; i < b->k; i++)
            sum += (double)q[i] * w[i];
        z[j] = sum;
        if (study->tau > 0) {
            rng = rng_of(study, v, b->core + j, LONE_NOISE);
            z[j] += sqrt(study->tau) * dw_rng_normal(&rng);
        }
    }
    dw_free(w);
    return 0;
}

/* Room for column t, the last; those before it stay. */
static int set_last_trait(dw_variants *v, size_t t)
{
    void *z = dw_try_realloc(v->z, v->m, (t + 1) * sizeof *v->z);
    void *n;

    if (!z)
        return DW_ENOMEM;
    v->z = z;
    n = dw_try_realloc(v->n, v->m, (t + 1) * sizeof *v->n);
    if (!n)
        return DW_ENOMEM;
    v->n = n;
    v->t = t + 1;
    return 0;
}

int dw_simulate_trait(const dw_study *study, dw_variants *v,
                      const dw_ldblock *b, size_t t, const double *var,
                      double *effect)
{
    double *z = dw_try_alloc(b->l, sizeof *z);
    int rc = DW_ENOMEM;

    assert(t <= v->t && b->m == v->m);
    for (size_t i = 0; i < v->m; i++)
        effect[i] = dw_simulate_effect(study, v, i, var[i]);
    if (!z || set_last_trait(v, t) < 0 ||
        dw_simulate_block(study, v, b, effect, z) < 0)
        goto out;
    for (size_t i = 0; i < v->m; i++) {
        bool core = i >= b->core && i < b->core + b->l;

        v->z[t * v->m + i] = core ? (float)z[i - b->core] : NAN;
        v->n[t * v->m + i] = core ? (float)study->n : NAN;
    }
    rc = 0;
out:
    dw_free(z);
    return rc;
}
