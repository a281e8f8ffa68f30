#include "base/hash.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/mem.h"

uint64_t dw_hash(const void *p, size_t n)
{
    return XXH64(p, n, 0);
}

struct dw_digest {
    XXH64_state_t state;
};

dw_digest *dw_digest_new(void)
{
    dw_digest *d = dw_alloc(1, sizeof *d);

    XXH64_reset(&d->state, 0);
    return d;
}

void dw_digest_free(dw_digest *d)
{
    dw_free(d);
}

void dw_digest_add(dw_digest *d, const void *p, size_t n)
{
    XXH64_update(&d->state, p, n);
}

uint64_t dw_digest_value(const dw_digest *d)
{
    return XXH64_digest(&d->state);
}

/* Open addressing, linear probing; keys lie one behind the other in a pool, so
 * that ten million of them cost ten million keys and not as many mallocs. */
struct slot {
    uint64_t hash;
    size_t key; /* where in the pool; its length stands before it */
    uint64_t value;
    bool used;
};

struct dw_map {
    struct slot *slot;
    size_t n_slots; /* a power of two */
    size_t n;
    unsigned char *pool;
    size_t n_pool, cap_pool;
};

dw_map *dw_map_new(void)
{
    return dw_alloc(1, sizeof(dw_map));
}

void dw_map_free(dw_map *map)
{
    if (!map)
        return;
    dw_free(map->slot);
    dw_free(map->pool);
    dw_free(map);
}

size_t dw_map_size(const dw_map *map)
{
    return map->n;
}

static bool slot_holds(const dw_map *map, const struct slot *s, uint64_t hash,
                       const void *key, size_t n)
{
    size_t length;

    if (s->hash != hash)
        return false;
    memcpy(&length, map->pool + s->key, sizeof length);
    return length == n &&
           memcmp(map->pool + s->key + sizeof length, key, n) == 0;
}

/* The slot that holds the key, or the free one where it would go. */
static struct slot *find_slot(const dw_map *map, uint64_t hash, const void *key,
                              size_t n)
{
    size_t mask = map->n_slots - 1;

    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct slot *s = &map->slot[i];

        if (!s->used || slot_holds(map, s, hash, key, n))
            return s;
    }
}

static int grow_slots(dw_map *map)
{
    size_t n_new = map->n_slots ? map->n_slots * 2 : 64, mask = n_new - 1;
    struct slot *fresh = dw_try_alloc(n_new, sizeof *fresh);

    if (!fresh)
        return DW_ENOMEM;
    for (size_t j = 0; j < map->n_slots; j++) {
        size_t i = map->slot[j].hash & mask;

        if (!map->slot[j].used)
            continue;
        while (fresh[i].used)
            i = (i + 1) & mask;
        fresh[i] = map->slot[j];
    }
    dw_free(map->slot);
    map->slot = fresh;
    map->n_slots = n_new;
    return 0;
}

uint64_t *dw_map_put(dw_map *map, const void *key, size_t n, bool *fresh)
{
    uint64_t hash = dw_hash(key, n);
    size_t need = map->n_pool + sizeof n + n;
    void *pool = map->pool;
    struct slot *s;

    if (map->n + 1 > map->n_slots / 4 * 3 && grow_slots(map) < 0)
        return NULL;
    s = find_slot(map, hash, key, n);
    *fresh = !s->used;
    if (s->used)
        return &s->value;
    if (dw_try_grow(&pool, &map->cap_pool, need, 1) < 0)
        return NULL;
    map->pool = pool;
    memcpy(map->pool + map->n_pool, &n, sizeof n);
    if (n)
        memcpy(map->pool + map->n_pool + sizeof n, key, n);
    *s = (struct slot){hash, map->n_pool, 0, true};
    map->n_pool = need;
    map->n++;
    return &s->value;
}

uint64_t *dw_map_get(const dw_map *map, const void *key, size_t n)
{
    struct slot *s;

    if (!map->n)
        return NULL;
    s = find_slot(map, dw_hash(key, n), key, n);
    return s->used ? &s->value : NULL;
}
