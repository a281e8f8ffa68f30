#include "input/contig_cache.h"

#include <string.h>

int dw_contig_cache_set(dw_contig_cache *c, dw_span raw,
                        enum dw_contig_codes codes)
{
    c->raw_n = 0;
    if (dw_text_is_na(raw) || dw_contig_name(raw, codes, c->name) < 0) {
        c->name[0] = 0;
        return -1;
    }
    if (raw.n <= sizeof c->raw) {
        memcpy(c->raw, raw.s, raw.n);
        c->raw_n = raw.n;
    }
    return 0;
}
