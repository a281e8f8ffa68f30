#include "foreign/ld_block.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"

/* Beyond this share of the trace below 0 a matrix is no one's correlations. */
static const double NEGATIVE_MOST = 0.1;
/* From this share on it is worth a warning. */
static const double NEGATIVE_TOLD = 0.001;

void dw_ld_block_clear(dw_ld_block *w)
{
    dw_ld_order_clear(&w->order);
    dw_corr_clear(&w->corr);
    dw_corr_ws_free(w->ws);
    dw_free(w->why);
    *w = (dw_ld_block){0};
}

int dw_ld_block_begin(dw_ld_block *w, dw_err *err)
{
    const dw_ld_order *o = &w->order;

    return dw_corr_begin(&w->corr, o->l, o->m, o->core, err);
}

static int settle(dw_ld_block *w, dw_tally *tally, dw_err *err)
{
    void *why = w->why;
    int rc = dw_try_grow(&why, &w->cap_why, w->order.m, sizeof *w->why);

    w->why = why;
    if (rc < 0)
        return dw_fail(err, DW_ENOMEM, "not enough memory for %zu variants",
                       w->order.m);
    if ((rc = dw_corr_settle(&w->corr, w->why, tally, err)) == 0)
        dw_ld_order_drop(&w->order, w->why);
    return rc;
}

static int tell_negative(const dw_ld_block *w, const char *contig,
                         const dw_corr_found *found, dw_tally *tally,
                         dw_err *err)
{
    double part = found->negative_part;

    if (found->negative == 0)
        return 0;
    if (part > NEGATIVE_MOST)
        return dw_fail(err, DW_EFORMAT,
                       "eigenvalues below 0 (%zu) are %.1f %% of the trace: "
                       "these are no correlations of one set of people",
                       found->negative, 100 * part);
    dw_tally_add(tally, "negative_eigen", found->negative);
    dw_tally_add(tally, "negative_trace_1e6", (uint64_t)(1e6 * part + 0.5));
    if (part > NEGATIVE_TOLD)
        dw_warn("block %s:%" PRIu32 "-%" PRIu32 ": %zu eigenvalue%s below 0, "
                "%.2f %% of the trace, %s dropped",
                contig, w->order.start, w->order.end, found->negative,
                found->negative == 1 ? "" : "s", 100 * part,
                found->negative == 1 ? "is" : "are");
    return 0;
}

/* Nothing of the core is left. */
static int make_nothing(dw_variants *v, dw_ldblock *b, dw_err *err)
{
    if (dw_variants_resize(v, 0, 0, 0, err) < 0 ||
        dw_ldblock_resize(b, 0, 0, err) < 0)
        return err->code;
    strcpy(v->contig, b->contig);
    b->core = b->l = 0;
    b->trace = 0;
    return 0;
}

int dw_ld_block_make(dw_ld_block *w, const dw_ld_list *list, size_t begin,
                     const dw_factor_cut *cut, dw_variants *v, dw_ldblock *b,
                     dw_tally *tally, dw_err *err)
{
    dw_corr *c = &w->corr;
    dw_corr_found found;

    if (settle(w, tally, err) < 0)
        return err->code;
    if (dw_ld_list_contig(list, begin, begin + w->order.n, b->contig, err) < 0)
        return err->code;
    b->start = w->order.start;
    b->end = w->order.end;
    b->people = 0;
    if (w->order.l == 0)
        return make_nothing(v, b, err);
    if (dw_ld_order_variants(&w->order, list, begin, v, err) < 0)
        return err->code;
    w->ws = w->ws ? w->ws : dw_corr_ws_new();
    if (dw_factor_corr(w->ws, c->l, c->m, c->core, c->r, cut, DW_CORR_AUTO,
                       &found, b, err) < 0)
        return err->code;
    if (found.left > cut->min_eigen)
        dw_tally_add(tally, "coarse_blocks", 1);
    return tell_negative(w, v->contig, &found, tally, err);
}
