#include "ld/distinct.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

/* Finds column `variant` among those seen, or adds it: DW_ENOMEM, or 0. */
static int place(dw_distinct *d, dw_map *map, const dw_genotypes *g,
                 size_t variant, size_t *of)
{
    const void *c = dw_genotypes_column(g, variant);
    uint64_t hash = dw_hash(c, g->bytes), *at;
    bool fresh;

    at = dw_map_put(map, &hash, sizeof hash, &fresh);
    if (!at)
        return DW_ENOMEM;
    /* Two columns of one hash that differ are two. */
    if (fresh ||
        memcmp(c, dw_genotypes_column(g, d->first[*at]), g->bytes) != 0) {
        *at = d->n;
        d->first[d->n++] = variant;
    }
    *of = (size_t)*at;
    return 0;
}

static int fit(dw_distinct *d, size_t m, size_t l)
{
    if (dw_try_grow((void **)&d->of, &d->cap_of, m, sizeof *d->of) < 0 ||
        dw_try_grow((void **)&d->first, &d->cap_first, m, sizeof *d->first) <
            0 ||
        dw_try_grow((void **)&d->weight, &d->cap_weight, l, sizeof *d->weight) <
            0)
        return DW_ENOMEM;
    d->n = 0;
    return 0;
}

int dw_distinct_find(dw_distinct *d, const dw_genotypes *g, size_t begin,
                     size_t m, size_t core, size_t l)
{
    dw_map *map;
    int rc = fit(d, m, l);

    if (rc < 0)
        return rc;
    map = dw_map_new();
    for (size_t j = core; j < core + l && rc == 0; j++)
        rc = place(d, map, g, begin + j, &d->of[j]);
    d->n_core = d->n;
    for (size_t j = 0; j < m && rc == 0; j++) {
        if (j < core || j >= core + l)
            rc = place(d, map, g, begin + j, &d->of[j]);
    }
    dw_map_free(map);
    for (size_t i = 0; i < d->n_core; i++)
        d->weight[i] = 0;
    for (size_t j = core; j < core + l && rc == 0; j++)
        d->weight[d->of[j]]++;
    for (size_t i = 0; i < d->n_core; i++)
        d->weight[i] = sqrt(d->weight[i]);
    return rc;
}

void dw_distinct_clear(dw_distinct *d)
{
    dw_free(d->of);
    dw_free(d->first);
    dw_free(d->weight);
    *d = (dw_distinct){0};
}
