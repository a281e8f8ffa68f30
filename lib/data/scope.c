#include "data/scope.h"

#include <stddef.h>

const char *dw_scope_reason(const dw_scope *s, const char *contig, uint32_t pos)
{
    if (s->only && !dw_regions_hold(s->only, contig, pos))
        return "outside_region";
    if (s->except && dw_regions_hold(s->except, contig, pos))
        return "excluded";
    return NULL;
}
