#include "place/lift.h"

#include <string.h>

#include "data/action.h"
#include "data/allele.h"

static dw_span reverse_in(dw_buf *b, dw_span a)
{
    dw_buf_reset(b);
    dw_buf_reserve(b, a.n + 1);
    dw_allele_reverse(b->s, a);
    b->n = a.n;
    b->s[b->n] = 0;
    return (dw_span){b->s, b->n};
}

/* Does the genome have the allele so that it ends at `end`? */
static int ends_at(dw_lift *l, const char *contig, dw_span allele, uint32_t end,
                   bool *yes, dw_err *err)
{
    dw_span bases = {"", 0};
    int rc = 0;

    if (end >= allele.n)
        rc = dw_genome_bases(l->genome, contig, end - (uint32_t)allele.n + 1,
                             allele.n, &bases, err);
    *yes = rc == 0 && dw_allele_eq(bases, allele);
    return rc;
}

/* The alleles of the other strand, of which `end` was the first base of both
 * and now is the last. */
static int turn(dw_lift *l, dw_row *row, uint32_t end, dw_reason *reason,
                dw_err *err)
{
    bool yes;
    int rc = 0;

    row->a1 = reverse_in(&l->a1, row->a1);
    row->a2 = reverse_in(&l->a2, row->a2);
    row->pos = end - (uint32_t)row->a2.n + 1;
    if (row->a1.n == row->a2.n)
        return 0;
    *reason = DW_REASON_LIFT_INDEL;
    if (!l->genome)
        return 0;
    rc = ends_at(l, row->contig, row->a2, end, &yes, err);
    if (rc == 0 && !yes) {
        row->pos = end - (uint32_t)row->a1.n + 1;
        rc = ends_at(l, row->contig, row->a1, end, &yes, err);
    }
    if (yes)
        *reason = DW_REASON_NONE;
    return rc;
}

int dw_lift_row(dw_lift *l, dw_row *row, dw_reason *reason, dw_err *err)
{
    bool code = dw_allele_is_indel_code(row->a1, row->a2);
    size_t n = row->a1.n > row->a2.n ? row->a1.n : row->a2.n;
    dw_lifted to;

    *reason = dw_chain_lift(l->chain, row->contig, row->pos, n, &to);
    if (*reason != DW_REASON_NONE)
        return 0;
    /* What stood under XY still does. */
    if (strcmp(row->contig, "XY") != 0 || strcmp(to.contig, "X") != 0)
        row->contig = to.contig;
    row->pos = to.pos;
    row->actions |= DW_ACTION_BIT(DW_ACTION_LIFTED);
    if (!to.reversed)
        return 0;
    row->actions |= DW_ACTION_BIT(DW_ACTION_REVERSED);
    return code ? 0 : turn(l, row, to.pos, reason, err);
}

void dw_lift_clear(dw_lift *l)
{
    dw_buf_clear(&l->a1);
    dw_buf_clear(&l->a2);
}
