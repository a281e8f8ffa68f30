#include "ld/core_order.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

void dw_core_order_clear(dw_core_order *o)
{
    dw_buf_clear(&o->ref);
    dw_buf_clear(&o->alt);
    *o = (dw_core_order){.pos = 0};
}

/* Several variants may stand at one position, some in this core, some in that.
 */
static bool is_behind(const dw_core_order *o, const dw_variants *v, size_t i)
{
    if (v->pos[i] != o->pos)
        return v->pos[i] > o->pos;
    return strcmp(dw_texts_at(&v->ref, i), o->ref.s) != 0 ||
           strcmp(dw_texts_at(&v->alt, i), o->alt.s) != 0;
}

static void keep(dw_buf *to, const char *text)
{
    dw_buf_reset(to);
    dw_buf_adds(to, text);
}

int dw_core_order_next(dw_core_order *o, const dw_variants *v,
                       const dw_ldblock *b, dw_err *err)
{
    size_t last = b->core + b->l - 1;

    if (!b->l)
        return 0;
    if (strcmp(o->contig, v->contig) == 0 && !is_behind(o, v, b->core))
        return dw_fail(err, DW_EFORMAT,
                       "contig %s: a core that begins at %" PRIu32
                       " stands behind one that ends at %" PRIu32
                       "; no variant may be in two cores",
                       v->contig, v->pos[b->core], o->pos);
    strcpy(o->contig, v->contig);
    o->pos = v->pos[last];
    keep(&o->ref, dw_texts_at(&v->ref, last));
    keep(&o->alt, dw_texts_at(&v->alt, last));
    return 0;
}
