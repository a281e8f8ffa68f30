/*
 * hash: XXH64 of bytes, and a map from keys to numbers.
 *
 * XXH64 with seed 0 is what zstd uses for its content checksum; `xxh64sum`
 * prints it.  The map keeps its own copy of the keys.
 */
#ifndef DW_BASE_HASH_H
#define DW_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

uint64_t dw_hash(const void *p, size_t n);

/* XXH64 of a text given piece by piece. */
typedef struct dw_digest dw_digest;
dw_digest *dw_digest_new(void);
void dw_digest_free(dw_digest *d);
void dw_digest_add(dw_digest *d, const void *p, size_t n);
uint64_t dw_digest_value(const dw_digest *d);

/* A map from byte strings to uint64_t. */
typedef struct dw_map dw_map;
dw_map *dw_map_new(void);
void dw_map_free(dw_map *map);
size_t dw_map_size(const dw_map *map);

/* The value's place for the key, made (and *fresh set, its value 0) if there
 * was none; NULL when memory is exhausted.  Valid until the next dw_map_put. */
uint64_t *dw_map_put(dw_map *map, const void *key, size_t n,
                     bool *fresh) DW_MUST_CHECK;
/* The value's place, or NULL when the key is not there. */
uint64_t *dw_map_get(const dw_map *map, const void *key, size_t n);

#endif
