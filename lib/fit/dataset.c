#include "fit/dataset.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/ranks.h"
#include "base/rng.h"

/* ---- blocks ---- */

void dw_fit_block_clear(dw_fit_block *b, size_t n_traits)
{
    for (size_t i = 0; b->of && i < n_traits; i++) {
        dw_free(b->of[i].lambda);
        dw_free(b->of[i].y);
        dw_free(b->of[i].z);
        if (b->of[i].own_q)
            dw_free(b->of[i].q);
    }
    dw_free(b->of);
    dw_free(b->moment);
    dw_free(b->q);
    dw_free(b->lambda);
    dw_free(b->annot);
    dw_free(b->x);
    dw_free(b->sums);
    dw_free(b->pos);
    dw_tracks_clear(&b->tracks);
    *b = (dw_fit_block){0};
}

void dw_dataset_clear(dw_dataset *data)
{
    for (size_t i = 0; i < data->n; i++)
        dw_fit_block_clear(&data->block[i], data->n_traits);
    dw_fit_lending_free(data->lending);
    dw_shelf_free(data->shelf);
    dw_free(data->block);
    dw_free(data->column);
    dw_free(data->which);
    dw_tracks_clear(&data->shape);
    *data = (dw_dataset){0};
}

void dw_fit_block_name(const dw_fit_block *b, char name[DW_FIT_BLOCK_NAME])
{
    snprintf(name, DW_FIT_BLOCK_NAME, "block %.63s:%u-%u", b->contig,
             (unsigned)b->start, (unsigned)b->end);
}

dw_noise dw_fit_block_noise(const dw_fit_block *b, size_t trait, double s2,
                            double tau)
{
    return dw_own_noise_of(&b->of[trait].own, (dw_noise){s2, tau});
}

dw_factor dw_fit_block_factor(const dw_fit_block *b, size_t trait)
{
    const dw_fit_trait *t = &b->of[trait];

    return (dw_factor){.m = b->m,
                       .k = t->k,
                       .lambda = t->lambda,
                       .y = t->y,
                       .q32 = t->q,
                       .id = dw_ldblock_id(b->contig, b->start, b->end)};
}

int dw_fit_block_no_memory(const dw_fit_block *b, dw_err *err)
{
    char name[DW_FIT_BLOCK_NAME];

    dw_fit_block_name(b, name);
    return dw_fail(err, DW_ENOMEM, "no memory for %s of %zu variants", name,
                   b->m);
}

/* ---- taking ---- */

static size_t owner(size_t index)
{
    return index % dw_ranks_n();
}

bool dw_dataset_wants(const dw_dataset *data)
{
    return owner(data->n) == dw_ranks_me();
}

bool dw_dataset_mine(const dw_dataset *data, size_t i)
{
    return owner(data->block[i].index) == dw_ranks_me();
}

static int add(dw_dataset *data, dw_fit_block *b, dw_err *err)
{
    b->index = data->n;
    if (dw_try_grow((void **)&data->block, &data->cap, data->n + 1, sizeof *b) <
        0) {
        int rc = dw_fit_block_no_memory(b, err);

        dw_fit_block_clear(b, data->n_traits);
        return rc;
    }
    data->block[data->n++] = *b;
    return 0;
}

int dw_dataset_skip(dw_dataset *data, dw_err *err)
{
    return add(data, &(dw_fit_block){0}, err);
}

static uint64_t digest_of(const dw_fit_block *b, size_t n_traits, size_t p)
{
    dw_digest *d = dw_digest_new();
    uint64_t value;

    dw_digest_add(d, b->contig, strlen(b->contig));
    dw_digest_add(d, &b->start, sizeof b->start);
    dw_digest_add(d, &b->core, sizeof b->core);
    dw_digest_add(d, b->lambda, b->k * sizeof *b->lambda);
    dw_digest_add(d, b->q, b->k * b->m * sizeof *b->q);
    if (b->annot)
        dw_digest_add(d, b->annot, b->m * p * sizeof *b->annot);
    for (size_t i = 0; i < n_traits; i++) {
        dw_digest_add(d, &b->of[i].n, sizeof b->of[i].n);
        dw_digest_add(d, b->of[i].z, b->l * sizeof *b->of[i].z);
    }
    value = dw_digest_value(d);
    dw_digest_free(d);
    return value;
}

int dw_dataset_take(dw_dataset *data, const dw_variants *var, dw_ldblock *ld,
                    const dw_fit_column *trait, dw_part part, dw_err *err)
{
    size_t n_traits = data->n_traits;
    dw_fit_block b = {.start = ld->start,
                      .end = ld->end,
                      .part = part,
                      .m = ld->m,
                      .k = ld->k,
                      .core = ld->core,
                      .l = ld->l,
                      .whole = true,
                      .of = dw_alloc(n_traits, sizeof *b.of)};
    bool ok = true;

    snprintf(b.contig, sizeof b.contig, "%s", ld->contig);
    for (size_t i = 0; i < n_traits; i++) {
        dw_fit_trait *t = &b.of[i];

        t->n = trait[i].n;
        t->people = trait[i].people;
        t->z = dw_try_alloc(b.l, sizeof *t->z);
        ok = ok && t->z;
        if (t->z)
            memcpy(t->z, var->z + trait[i].column * b.m + b.core,
                   b.l * sizeof *t->z);
        for (size_t j = 0; t->z && j < b.l; j++)
            data->gaps |= isnan(t->z[j]);
    }
    if (data->p)
        b.annot = dw_try_alloc(b.m, data->p * sizeof *b.annot);
    if (!ok || (data->p && !b.annot)) {
        int rc = dw_fit_block_no_memory(&b, err);

        dw_fit_block_clear(&b, n_traits);
        return rc;
    }
    if (data->p)
        memcpy(b.annot, var->annot, b.m * data->p * sizeof *b.annot);
    b.q = ld->q;
    b.lambda = ld->lambda;
    ld->q = NULL;
    ld->lambda = NULL;
    dw_ldblock_clear(ld);
    b.digest = digest_of(&b, n_traits, data->p);
    return add(data, &b, err);
}

/* ---- parts ---- */

size_t dw_dataset_set_aside(dw_dataset *data, uint64_t seed)
{
    size_t n_train = dw_dataset_size(data, 0, DW_PART_TRAIN).blocks;
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

dw_part_size dw_dataset_size(const dw_dataset *data, size_t trait, dw_part part)
{
    dw_part_size s = {0};

    for (size_t i = 0; i < data->n; i++) {
        const dw_fit_block *b = &data->block[i];

        if (b->part != part)
            continue;
        s.blocks++;
        s.variants += b->l;
        s.observed += b->of[trait].n_observed;
        s.k += b->of[trait].k;
    }
    return s;
}

uint64_t dw_dataset_digest(const dw_dataset *data)
{
    dw_digest *d = dw_digest_new();
    uint64_t value;

    for (size_t i = 0; i < data->n; i++)
        dw_digest_add(d, &data->block[i].digest, sizeof data->block[i].digest);
    value = dw_digest_value(d);
    dw_digest_free(d);
    return value;
}

/* ---- what all ranks know ---- */

void dw_dataset_share(const dw_dataset *data, const size_t *list, size_t n,
                      void *item, size_t size)
{
    if (dw_ranks_n() == 1)
        return;
    for (size_t i = 0; i < n; i++) {
        size_t block = list ? list[i] : i;

        dw_ranks_share(owner(data->block[block].index), (char *)item + i * size,
                       size);
    }
}

static void share_block(const dw_dataset *data, dw_fit_block *b)
{
    size_t from = owner(b->index), p = data->p;
    bool mine = from == dw_ranks_me();
    dw_fit_block said = *b;

    dw_ranks_share(from, &said, sizeof said);
    if (!mine) {
        said.of = dw_alloc(data->n_traits, sizeof *said.of);
        said.moment = dw_alloc(p, sizeof *said.moment);
        said.sums = dw_alloc(data->shape.n, sizeof *said.sums);
        said.q = said.annot = said.x = NULL;
        said.pos = NULL;
        said.tracks = (dw_tracks){0};
        said.lambda = NULL;
        *b = said;
    }
    for (size_t i = 0; i < data->n_traits; i++) {
        dw_fit_trait t = b->of[i];

        dw_ranks_share(from, &t, sizeof t);
        if (mine)
            continue;
        t.lambda = t.y = NULL;
        t.z = t.q = NULL;
        t.own_q = false;
        b->of[i] = t;
    }
    dw_ranks_share(from, b->moment, p * sizeof *b->moment);
    if (data->shape.n)
        dw_ranks_share(from, b->sums, data->shape.n * sizeof *b->sums);
}

static bool is_empty(const dw_fit_block *b, size_t n_traits)
{
    for (size_t i = 0; i < n_traits; i++) {
        if (b->of[i].k)
            return false;
    }
    return true;
}

int dw_dataset_complete(dw_dataset *data, dw_pool *pool, size_t *n_empty,
                        dw_err *err)
{
    size_t n = 0;

    *n_empty = 0;
    if (dw_dataset_observe(data, pool, err) < 0)
        return err->code;
    for (size_t i = 0; i < data->n && dw_ranks_n() > 1; i++)
        share_block(data, &data->block[i]);
    for (size_t i = 0; i < data->n; i++) {
        dw_fit_block *b = &data->block[i];

        if (is_empty(b, data->n_traits)) {
            data->bytes -= b->away ? 0 : dw_fit_block_bytes(data, b);
            dw_fit_block_clear(b, data->n_traits);
            ++*n_empty;
            continue;
        }
        if (b->m > data->max_m)
            data->max_m = b->m;
        for (size_t t = 0; t < data->n_traits; t++) {
            if (b->of[t].k > data->max_k)
                data->max_k = b->of[t].k;
        }
        if (b->whole && b->k > data->max_k)
            data->max_k = b->k;
        data->block[n++] = *b;
    }
    data->n = data->n_observed = n;
    data->n_threads = dw_pool_size(pool);
    return dw_dataset_make_room(data, err);
}
