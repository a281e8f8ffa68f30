#include "score/score_text.h"

#include <math.h>

static const char *const tsv_head =
    "CHR\tPOS\tID\tREF\tALT\tEAF\tPRIOR_VAR\tPOST_MEAN\tPOST_SD\tWEIGHT\n";

void dw_score_text_head(enum dw_score_format format, const char *trait,
                        const char *build, dw_buf *out)
{
    switch (format) {
    case DW_SCORE_TSV: dw_buf_adds(out, tsv_head); break;
    case DW_SCORE_SNPVAR:
        dw_buf_adds(out, "CHR\tSNP\tBP\tA1\tA2\tSNPVAR\n");
        break;
    case DW_SCORE_PGS:
        dw_buf_addf(out,
                    "###PGS CATALOG SCORING FILE - see "
                    "https://www.pgscatalog.org/downloads/#dl_ftp_scoring for "
                    "additional information\n"
                    "#format_version=2.0\n"
                    "##POLYGENIC SCORE (PGS) INFORMATION\n"
                    "#pgs_name=dw_%s\n"
                    "#trait_reported=%s\n"
                    "#weight_type=beta\n"
                    "#genome_build=%s\n"
                    "rsID\tchr_name\tchr_position\teffect_allele\tother_allele"
                    "\teffect_weight\tallelefrequency_effect\n",
                    trait, trait, build[0] == '.' ? "NR" : build);
        break;
    }
}

static void add(dw_buf *out, double x)
{
    if (isfinite(x))
        dw_buf_addf(out, "\t%.9g", x);
    else
        dw_buf_adds(out, "\tNA");
}

static void add_tsv(const dw_variants *v, size_t j, const dw_prediction *p,
                    dw_buf *out)
{
    dw_buf_addf(out, "%s\t%u\t%s\t%s\t%s", v->contig, (unsigned)v->pos[j],
                dw_texts_at(&v->id, j), dw_texts_at(&v->ref, j),
                dw_texts_at(&v->alt, j));
    add(out, v->eaf[j]);
    add(out, p->f[j]);
    add(out, p->mean[j]);
    add(out, p->sd[j]);
    add(out, p->w[j]);
    dw_buf_addc(out, '\n');
}

static void add_pgs(const dw_variants *v, size_t j, const dw_prediction *p,
                    dw_buf *out)
{
    const char *id = dw_texts_at(&v->id, j);

    /* An rsID that is not known is an empty field there. */
    dw_buf_addf(out, "%s\t%s\t%u\t%s\t%s", id[0] == '.' && !id[1] ? "" : id,
                v->contig, (unsigned)v->pos[j], dw_texts_at(&v->alt, j),
                dw_texts_at(&v->ref, j));
    add(out, p->w[j]);
    add(out, v->eaf[j]);
    dw_buf_addc(out, '\n');
}

static void add_snpvar(const dw_variants *v, size_t j, const dw_prediction *p,
                       dw_buf *out)
{
    dw_buf_addf(out, "%s\t%s\t%u\t%s\t%s", v->contig, dw_texts_at(&v->id, j),
                (unsigned)v->pos[j], dw_texts_at(&v->alt, j),
                dw_texts_at(&v->ref, j));
    add(out, p->f[j]);
    dw_buf_addc(out, '\n');
}

size_t dw_score_text_rows(enum dw_score_format format, const dw_variants *var,
                          const dw_prediction *p, dw_buf *out)
{
    size_t n = 0;

    for (size_t j = p->begin; j < p->end; j++) {
        if (format == DW_SCORE_PGS && !isfinite(p->w[j]))
            continue;
        if (format == DW_SCORE_TSV)
            add_tsv(var, j, p, out);
        else if (format == DW_SCORE_PGS)
            add_pgs(var, j, p, out);
        else
            add_snpvar(var, j, p, out);
        n++;
    }
    return n;
}
