#include "sim/simulate.h"

#include <inttypes.h>
#include <math.h>
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
