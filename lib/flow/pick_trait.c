#include "flow/pick_trait.h"

#include <string.h>

static void list(const dw_head *h, dw_buf *to)
{
    for (size_t t = 0; t < h->t; t++)
        dw_buf_addf(to, "%s%s", t ? ", " : "", h->trait[t].name);
}

int dw_trait_pick(const dw_head *h, const char *source, const char *name,
                  const char *other, size_t *trait, dw_err *err)
{
    dw_buf names = {0};
    int rc = 0;

    list(h, &names);
    if (!name && h->t > 1)
        name = other;
    *trait = name ? dw_head_find_trait(h, name) : 0;
    if (h->t == 0)
        rc = dw_fail(err, DW_EMISMATCH,
                     "%s holds no trait: z-scores come from dw-ingest or "
                     "dw-sim",
                     source);
    else if (!name && h->t > 1)
        rc = dw_fail(err, DW_EUSAGE,
                     "%s holds several traits: --trait NAME says which of %s",
                     source, names.s);
    else if (*trait >= h->t)
        rc = dw_fail(err, DW_EMISMATCH, "%s holds no trait %s; it holds %s",
                     source, name, names.s);
    else if (!(h->trait[*trait].n > 0))
        rc = dw_fail(err, DW_EMISMATCH,
                     "%s: the sample size of trait %s is not known; dw-ingest "
                     "--n gives it",
                     source, h->trait[*trait].name);
    dw_buf_clear(&names);
    return rc;
}

uint64_t dw_trait_sampled(const dw_head *h, size_t trait, uint64_t people)
{
    return strcmp(h->trait[trait].kind, "simulated") == 0 ? 0 : people;
}
