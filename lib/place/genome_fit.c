#include "place/genome_fit.h"

#include "data/allele.h"

/* Right positions fit nearly always, wrong ones half of the time; fewer rows
 * than these say nothing. */
static const double FITS = 0.8;
enum { FEW = 20 };

/* Is the base one of the row's? */
static bool is_of(const dw_row *row, char base)
{
    return base == *row->a1.s || base == *row->a2.s;
}

int dw_genome_fit_row(dw_genome_fit *f, dw_genome *g, const dw_row *row,
                      dw_err *err)
{
    dw_span bases;
    int rc;

    if (row->pos < 2 || !dw_allele_is_ambiguous(row->a1, row->a2))
        return 0;
    rc = dw_genome_bases(g, row->contig, row->pos - 1, 3, &bases, err);
    if (rc < 0 || bases.n < 3 || !dw_allele_is_acgt(bases))
        return rc;
    f->rows++;
    f->before += is_of(row, bases.s[0]);
    f->here += is_of(row, bases.s[1]);
    f->next += is_of(row, bases.s[2]);
    return 0;
}

int dw_genome_fit_check(const dw_genome_fit *f, const char *name,
                        const char *genome, dw_err *err)
{
    double n = (double)f->rows, here = (double)f->here / n;
    const char *why = "is it of another genome build?";

    if (f->rows < FEW || here >= FITS)
        return 0;
    if ((double)f->next >= FITS * n)
        why = "they do one base further on: does it count positions from 0?";
    else if ((double)f->before >= FITS * n)
        why = "they do one base before: are its positions one too large?";
    return dw_fail(err, DW_EMISMATCH,
                   "%s: of its A/T and C/G only %.0f %% fit %s; %s", name,
                   100 * here, genome, why);
}
