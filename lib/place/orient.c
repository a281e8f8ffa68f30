#include "place/orient.h"

#include <string.h>

#include "base/mem.h"
#include "data/action.h"
#include "data/allele.h"
#include "data/harmonise.h"

void dw_orient_init(dw_orient *o, size_t k)
{
    o->k = k;
    o->value = dw_alloc(k, sizeof *o->value);
}

void dw_orient_clear(dw_orient *o)
{
    dw_free(o->value);
    o->value = NULL;
}

static void swap(dw_orient *o, dw_row *row)
{
    dw_span a1 = row->a1;
    float *v = o->value;

    row->a1 = row->a2;
    row->a2 = a1;
    memcpy(v, row->value, o->k * sizeof *v);
    /* A z of 0 has no sign to change. */
    if (v[DW_STUDY_Z] != 0)
        v[DW_STUDY_Z] = -v[DW_STUDY_Z];
    v[DW_STUDY_EAF] = (float)(1 - (double)v[DW_STUDY_EAF]);
    row->value = v;
    row->actions |= DW_ACTION_BIT(DW_ACTION_SWAPPED);
}

static void complement(dw_orient *o, dw_row *row)
{
    dw_allele_reverse(&o->letter[0], row->a1);
    dw_allele_reverse(&o->letter[1], row->a2);
    row->a1 = (dw_span){&o->letter[0], 1};
    row->a2 = (dw_span){&o->letter[1], 1};
    row->actions |= DW_ACTION_BIT(DW_ACTION_STRAND);
}

static bool begins_with(dw_span bases, dw_span allele)
{
    return bases.n >= allele.n && memcmp(bases.s, allele.s, allele.n) == 0;
}

int dw_orient_row(dw_orient *o, dw_row *row, dw_reason *reason, dw_err *err)
{
    size_t n = row->a1.n > row->a2.n ? row->a1.n : row->a2.n;
    dw_span bases;
    int rc;

    if (dw_genome_length(o->genome, row->contig) == 0) {
        *reason = DW_REASON_FASTA_NO_CONTIG;
        return 0;
    }
    rc = dw_genome_bases(o->genome, row->contig, row->pos, n, &bases, err);
    if (rc < 0)
        return rc;
    if (n == 1 && !begins_with(bases, row->a1) && !begins_with(bases, row->a2))
        complement(o, row);
    if (begins_with(bases, row->a2))
        return 0;
    if (begins_with(bases, row->a1))
        swap(o, row);
    else
        *reason = DW_REASON_FASTA_MISMATCH;
    return 0;
}
