/*
 * contig_cache: the name of the chromosome that a row gives, which is mostly
 * that of the row before.
 */
#ifndef DW_INPUT_CONTIG_CACHE_H
#define DW_INPUT_CONTIG_CACHE_H

#include <stddef.h>
#include <string.h>

#include "base/text.h"
#include "data/contig.h"

enum { DW_CONTIG_CACHE_RAW = 32 };

/* {0} is an empty one. */
typedef struct dw_contig_cache {
    char raw[DW_CONTIG_CACHE_RAW]; /* as last written */
    size_t raw_n;
    char name[DW_CONTIG_MAX]; /* as dw_contig_name has it */
} dw_contig_cache;

/* Sets `name`; 0, or -1 with name "" when the text is no chromosome, or is a
 * missing value. */
int dw_contig_cache_set(dw_contig_cache *c, dw_span raw,
                        enum dw_contig_codes codes) DW_MUST_CHECK;
DW_MUST_CHECK static inline int dw_contig_cache_take(dw_contig_cache *c,
                                                     dw_span raw,
                                                     enum dw_contig_codes codes)
{
    if (raw.n && raw.n == c->raw_n && *raw.s == *c->raw &&
        (raw.n == 1 || memcmp(raw.s, c->raw, raw.n) == 0))
        return 0;
    return dw_contig_cache_set(c, raw, codes);
}

#endif
