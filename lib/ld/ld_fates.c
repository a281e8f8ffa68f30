#include "ld/ld_fates.h"

#include <string.h>

#include "base/mem.h"

void dw_ld_fates_clear(dw_ld_fates *f)
{
    dw_free(f->fate);
    *f = (dw_ld_fates){0};
}

/* ---- rows ---- */

int dw_ld_fates_push(dw_ld_fates *f, dw_err *err)
{
    void *fate = f->fate;

    if (dw_try_grow(&fate, &f->cap, f->n + 1, 1) < 0)
        return dw_fail(err, DW_ENOMEM,
                       "not enough memory for a window of %zu variants",
                       f->n + 1);
    f->fate = fate;
    f->fate[f->n++] = 0;
    return 0;
}

void dw_ld_fates_mark(dw_ld_fates *f, const dw_ld_matches *m)
{
    for (size_t i = m->begin; i < m->end; i++)
        f->fate[i] |= m->fate[i - m->begin] | DW_LD_NEAR;
    for (size_t i = 0; m->core && i < m->n; i++)
        f->fate[m->row[i]] |= DW_LD_USED;
}

static void count(dw_ld_fates *f, unsigned fate)
{
    if (fate & DW_LD_FOUND) {
        f->taken++;
        f->outside += !(fate & DW_LD_USED);
    } else if (fate & DW_LD_LOW) {
        f->low++;
    } else if (fate & DW_LD_OTHER) {
        f->other++;
    } else {
        f->absent++;
        f->beyond += !(fate & DW_LD_NEAR);
    }
}

void dw_ld_fates_miss(dw_ld_fates *f)
{
    count(f, 0);
}

void dw_ld_fates_drop(dw_ld_fates *f, size_t rows)
{
    for (size_t i = 0; i < rows; i++)
        count(f, f->fate[i]);
    f->n -= rows;
    if (f->n)
        memmove(f->fate, f->fate + rows, f->n);
}

void dw_ld_fates_core(dw_ld_fates *f, const dw_ld_matches *m,
                      const dw_scope *scope, const dw_variants *v,
                      const dw_ldblock *b)
{
    for (size_t i = b->core; i < b->core + b->l; i++) {
        const char *why = dw_scope_reason(scope, v->contig, v->pos[i]);

        if (m->fate[i] != DW_LD_SCOPE)
            count(f, m->fate[i] | DW_LD_USED);
        else if (strcmp(why, "excluded") == 0)
            f->excluded++;
        else
            f->off++;
    }
}

/* ---- counts ---- */

static void tell(dw_tally *tally, const char *reason, uint64_t *n)
{
    if (*n)
        dw_tally_add(tally, reason, *n);
    *n = 0;
}

void dw_ld_fates_tell(dw_ld_fates *f, dw_tally *tally)
{
    tell(tally, "taken", &f->taken);
    tell(tally, "not_in_panel", &f->absent);
    tell(tally, "alleles_differ", &f->other);
    tell(tally, "contig_not_in_panel", &f->no_contig);
    tell(tally, "low_maf", &f->low);
    tell(tally, "outside_region", &f->off);
    tell(tally, "excluded", &f->excluded);
    tell(tally, "outside_blocks", &f->outside);
}
