#include "ld/ld_source.h"

#include "base/mem.h"

void dw_ld_source_close(dw_ld_source *s)
{
    if (!s)
        return;
    if (s->self)
        s->kind->close(s->self);
    dw_free(s->name);
    dw_free(s->how);
    dw_free(s);
}
