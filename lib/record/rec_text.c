#include "record/rec_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "record/rec_lines.h"

void dw_text_number(dw_outfile *out, double x)
{
    if (isnan(x))
        dw_outfile_write(out, "\tNA", 3);
    else
        dw_outfile_printf(out, "\t%.9g", x);
}

void dw_text_name(dw_outfile *out, const char *before, const char *name)
{
    dw_buf b = {0};

    dw_rec_field(&b, name);
    dw_outfile_printf(out, "%s%s", before, b.n ? b.s : "");
    dw_buf_clear(&b);
}

/* CHR POS ID REF ALT. */
static void put_key(dw_outfile *out, const dw_variants *v, size_t i)
{
    dw_outfile_printf(out, "%s\t%" PRIu32 "\t%s\t%s\t%s", v->contig, v->pos[i],
                      dw_texts_at(&v->id, i), dw_texts_at(&v->ref, i),
                      dw_texts_at(&v->alt, i));
}

/* ---- variants ---- */

void dw_text_variants_head(dw_outfile *out, const dw_head *head)
{
    dw_outfile_printf(out, "BLOCK\tCORE\tCHR\tPOS\tID\tREF\tALT\tEAF");
    for (size_t j = 0; j < head->t; j++) {
        dw_text_name(out, "\tZ:", head->trait[j].name);
        dw_text_name(out, "\tN:", head->trait[j].name);
    }
    for (size_t j = 0; j < head->p; j++)
        dw_text_name(out, "\t", head->annot[j].name);
    dw_outfile_write(out, "\n", 1);
}

void dw_text_variants(dw_outfile *out, const dw_variants *v,
                      const dw_ldblock *ld, size_t block)
{
    for (size_t i = 0; i < v->m; i++) {
        bool core = !ld || (i >= ld->core && i - ld->core < ld->l);

        if (ld)
            dw_outfile_printf(out, "%zu\t%d\t", block, core);
        else
            dw_outfile_printf(out, ".\t1\t");
        put_key(out, v, i);
        dw_text_number(out, v->eaf[i]);
        for (size_t j = 0; j < v->t; j++) {
            dw_text_number(out, v->z[j * v->m + i]);
            dw_text_number(out, v->n[j * v->m + i]);
        }
        for (size_t j = 0; j < v->p; j++)
            dw_text_number(out, v->annot[j * v->m + i]);
        dw_outfile_write(out, "\n", 1);
    }
}

/* ---- blocks ---- */

void dw_text_block_head(dw_outfile *out)
{
    dw_outfile_printf(out, "BLOCK\tCHR\tSTART\tEND\tM\tCORE\tK\n");
}

void dw_text_block(dw_outfile *out, const dw_ldblock *ld, size_t block)
{
    dw_outfile_printf(out, "%zu\t%s\t%" PRIu32 "\t%" PRIu32 "\t%zu\t%zu\t%zu\n",
                      block, ld->contig, ld->start, ld->end, ld->m, ld->l,
                      ld->k);
}

/* ---- truth ---- */

void dw_text_truth_head(dw_outfile *out)
{
    dw_outfile_printf(out, "CHR\tPOS\tID\tREF\tALT\tTRUE_VAR\tTRUE_EFFECT\n");
}

void dw_text_truth(dw_outfile *out, const dw_variants *v, const dw_truth *t,
                   size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i++) {
        put_key(out, v, i);
        dw_text_number(out, t->var[i]);
        dw_text_number(out, t->effect[i]);
        dw_outfile_write(out, "\n", 1);
    }
}

/* ---- scores ---- */

void dw_text_scores_head(dw_outfile *out)
{
    dw_outfile_printf(out, "CHR\tPOS\tID\tREF\tALT\tEAF\tPRIOR_VAR\tPOST_MEAN\t"
                           "POST_SD\tWEIGHT\n");
}

void dw_text_scores(dw_outfile *out, const dw_scores *s)
{
    for (size_t i = 0; i < s->var.m; i++) {
        put_key(out, &s->var, i);
        dw_text_number(out, s->var.eaf[i]);
        for (size_t j = 0; j < DW_SCORES; j++)
            dw_text_number(out, s->score[j][i]);
        dw_outfile_write(out, "\n", 1);
    }
}
