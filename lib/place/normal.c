#include "place/normal.h"

#include <stdbool.h>

#include "data/allele.h"

/* An indel is moved so far at most: repeats are shorter, and a row that was
 * moved further would come far out of its order. */
enum { MAX_SHIFT = 1000 };

/* Does the genome have the allele at that position? */
static int fits(dw_normal *n, const dw_row *row, dw_span allele, bool *yes,
                dw_err *err)
{
    dw_span bases;
    int rc = dw_genome_bases(n->genome, row->contig, row->pos, allele.n, &bases,
                             err);

    *yes = rc == 0 && dw_allele_eq(bases, allele);
    return rc;
}

/* What the longer allele of a pure indel has more than the shorter one. */
struct inserted {
    dw_span s;
    uint32_t start; /* of its first base */
    bool in_a1;
};

/* Is the row, trimmed, a pure indel?  One base of the shorter allele is left,
 * before or behind what the longer one has more. */
static bool is_pure(const dw_row *row, struct inserted *in)
{
    dw_span l, s;

    in->in_a1 = row->a1.n > row->a2.n;
    l = in->in_a1 ? row->a1 : row->a2;
    s = in->in_a1 ? row->a2 : row->a1;
    in->start = row->pos;
    if (s.n != 1 || l.n == 1)
        return false;
    if (*l.s == *s.s) {
        in->start++;
        l.s++;
    } else if (l.s[l.n - 1] != *s.s) {
        return false;
    }
    in->s = (dw_span){l.s, l.n - 1};
    return true;
}

/* How far it can be moved to the left: as long as the base before it is its
 * last one, which then becomes its first.  A base before it has to remain. */
static int find_shift(dw_normal *n, const dw_row *row,
                      const struct inserted *in, uint32_t *shift, dw_err *err)
{
    uint32_t most = in->start - 2 < MAX_SHIFT ? in->start - 2 : MAX_SHIFT;
    dw_span before;
    int rc = dw_genome_bases(n->genome, row->contig, in->start - most, most,
                             &before, err);

    *shift = 0;
    if (rc < 0 || before.n < most)
        return rc;
    while (*shift < most && before.s[most - 1 - *shift] ==
                                in->s.s[in->s.n - 1 - *shift % in->s.n])
        ++*shift;
    return 0;
}

/* Moves it to the left, behind one base of the genome. */
static int move_left(dw_normal *n, dw_row *row, const struct inserted *in,
                     dw_err *err)
{
    dw_buf *longer = in->in_a1 ? &n->a1 : &n->a2;
    dw_buf *shorter = in->in_a1 ? &n->a2 : &n->a1;
    uint32_t shift, pos;
    size_t turn;
    dw_span base;
    int rc = find_shift(n, row, in, &shift, err);

    if (rc < 0)
        return rc;
    pos = in->start - shift - 1;
    rc = dw_genome_bases(n->genome, row->contig, pos, 1, &base, err);
    if (rc < 0 || !dw_allele_is_acgt(base) || pos == row->pos)
        return rc;
    turn = shift % in->s.n;
    dw_buf_reset(longer);
    dw_buf_reset(shorter);
    dw_buf_add(shorter, base.s, 1);
    dw_buf_add(longer, base.s, 1);
    dw_buf_add(longer, in->s.s + in->s.n - turn, turn);
    dw_buf_add(longer, in->s.s, in->s.n - turn);
    row->pos = pos;
    row->a1 = (dw_span){n->a1.s, n->a1.n};
    row->a2 = (dw_span){n->a2.s, n->a2.n};
    return 0;
}

int dw_normal_row(dw_normal *n, dw_row *row, dw_err *err)
{
    size_t before = row->a1.n;
    uint32_t pos = row->pos;
    struct inserted in;
    bool has = false;
    int rc = 0;

    if (row->a1.n == 1 && row->a2.n == 1)
        return 0;
    /* Trimmed first: what is written in two ways is asked for in one. */
    dw_allele_trim(&row->a1, &row->a2, &row->pos);
    if (n->genome)
        rc = fits(n, row, row->a1, &has, err);
    if (rc == 0 && n->genome && !has)
        rc = fits(n, row, row->a2, &has, err);
    if (rc == 0 && has && is_pure(row, &in) && in.start > 1)
        rc = move_left(n, row, &in, err);
    return rc < 0 ? rc : row->pos != pos || row->a1.n != before;
}

void dw_normal_clear(dw_normal *n)
{
    dw_buf_clear(&n->a1);
    dw_buf_clear(&n->a2);
}
