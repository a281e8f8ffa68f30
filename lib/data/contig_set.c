#include "data/contig_set.h"

#include <string.h>

#include "base/mem.h"

void dw_contig_set_clear(dw_contig_set *s)
{
    dw_map_free(s->index);
    dw_free(s->name);
    *s = (dw_contig_set){0};
}

size_t dw_contig_set_add(dw_contig_set *s, const char *contig)
{
    size_t length = strlen(contig);
    void *p = s->name;
    bool fresh;
    uint64_t *at;

    if (!s->index)
        s->index = dw_map_new();
    if (dw_try_grow(&p, &s->cap, s->n + 1, sizeof *s->name) < 0)
        return SIZE_MAX;
    s->name = p;
    at = dw_map_put(s->index, contig, length, &fresh);
    if (!at)
        return SIZE_MAX;
    if (fresh) {
        memcpy(s->name[s->n], contig, length + 1);
        *at = s->n++;
    }
    return (size_t)*at;
}

size_t dw_contig_set_find(const dw_contig_set *s, const char *contig)
{
    const uint64_t *at =
        s->index ? dw_map_get(s->index, contig, strlen(contig)) : NULL;

    return at ? (size_t)*at : SIZE_MAX;
}
