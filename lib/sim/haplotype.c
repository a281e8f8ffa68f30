#include "sim/haplotype.h"

#include <string.h>

#include "base/mem.h"
#include "sim/coalescent.h"

static int reserve(dw_haplotypes *h)
{
    size_t c1 = h->cap, c2 = h->cap, c3 = h->cap, c4 = h->cap, want = h->m + 1;

    if (dw_try_grow((void **)&h->pos, &c1, want, sizeof *h->pos) ||
        dw_try_grow((void **)&h->count, &c2, want, sizeof *h->count) ||
        dw_try_grow((void **)&h->age, &c3, want, sizeof *h->age) ||
        dw_try_grow((void **)&h->bits, &c4, want, h->words * sizeof *h->bits))
        return DW_ENOMEM;
    h->cap = c1;
    return 0;
}

/* One mutation at base `pos` of the present tree. */
static int mutate(dw_haplotypes *h, dw_coalescent *c, double pos,
                  size_t min_count)
{
    uint32_t node;
    double age;

    dw_coalescent_point(c, &node, &age);
    if (h->m && h->pos[h->m - 1] == (uint32_t)pos)
        return 0; /* this base has one already: a site has two alleles */
    if (reserve(h))
        return DW_ENOMEM;

    uint64_t *bits = h->bits + h->m * h->words;

    memset(bits, 0, h->words * sizeof *bits);

    size_t count = dw_coalescent_leaves(c, node, bits);

    if (count >= min_count && h->n - count >= min_count) {
        h->pos[h->m] = (uint32_t)pos;
        h->count[h->m] = (uint32_t)count;
        h->age[h->m++] = (float)age;
    }
    return 0;
}

int dw_haplotypes_draw(dw_haplotypes *h, size_t n, size_t min_count,
                       const dw_demography *demography, const dw_genmap *map,
                       double mutation, dw_rng rng)
{
    dw_coalescent *c = dw_coalescent_new(n, demography, rng);
    double length = dw_genmap_length(map), morgan = 0, at = 0;
    int rc = c ? 0 : DW_ENOMEM;

    dw_haplotypes_clear(h);
    h->n = n;
    h->words = (n + 63) / 64;
    while (rc == 0) {
        dw_rng *r = dw_coalescent_rng(c);
        double tree = dw_coalescent_length(c);

        morgan += dw_rng_exponential(r) / tree;

        double until = dw_genmap_bp(map, morgan); /* the next recombination */
        double end = until < length ? until : length;

        while (rc == 0) {
            at += dw_rng_exponential(r) / (tree * mutation);
            if (at >= end)
                break;
            rc = mutate(h, c, at, min_count);
        }
        if (until >= length)
            break;
        at = until; /* waiting has no memory: the next mutation is drawn anew */
        dw_coalescent_recombine(c);
    }
    dw_coalescent_free(c);
    if (rc)
        dw_haplotypes_clear(h);
    return rc;
}

void dw_haplotypes_thin(dw_haplotypes *h, size_t want, dw_rng *rng)
{
    size_t kept = 0, m = h->m;

    for (size_t i = 0; i < m && kept < want; i++) {
        if (dw_rng_below(rng, m - i) >= want - kept)
            continue;
        h->pos[kept] = h->pos[i];
        h->count[kept] = h->count[i];
        h->age[kept] = h->age[i];
        memmove(h->bits + kept * h->words, h->bits + i * h->words,
                h->words * sizeof *h->bits);
        kept++;
    }
    if (want < m)
        h->m = kept;
}

void dw_haplotypes_clear(dw_haplotypes *h)
{
    dw_free(h->pos);
    dw_free(h->count);
    dw_free(h->age);
    dw_free(h->bits);
    memset(h, 0, sizeof *h);
}
