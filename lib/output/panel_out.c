#include "output/panel_out.h"

#include "base/buf.h"
#include "base/mem.h"
#include "output/annot_out.h"
#include "output/plink_out.h"

struct dw_panel_out {
    const dw_panel_spec *spec;
    dw_plink_out *plink;
    dw_annot_out *annot;
    dw_vcf_out *vcf, *bcf;
    int8_t *hap[DW_PANEL_KINDS]; /* (2 x people) each */
};

static int open_files(dw_panel_out *out, const char *prefix, dw_err *err)
{
    const dw_panel_spec *spec = out->spec;
    dw_buf annot = {0}, vcf = {0}, bcf = {0};
    int rc = 0;

    dw_buf_addf(&annot, "%s.annot.gz", prefix);
    dw_buf_addf(&vcf, "%s.vcf.gz", prefix);
    dw_buf_addf(&bcf, "%s.bcf", prefix);
    if (!(out->plink = dw_plink_out_open(prefix, &spec->people, err)) ||
        !(out->annot = dw_annot_out_open(annot.s, &spec->columns, err)) ||
        (spec->want_vcf &&
         !(out->vcf = dw_vcf_out_open(vcf.s, DW_VCF_TEXT, &spec->people,
                                      &spec->contigs, err))) ||
        (spec->want_bcf &&
         !(out->bcf = dw_vcf_out_open(bcf.s, DW_VCF_BCF, &spec->people,
                                      &spec->contigs, err))))
        rc = -1;
    dw_buf_clear(&annot);
    dw_buf_clear(&vcf);
    dw_buf_clear(&bcf);
    return rc;
}

dw_panel_out *dw_panel_out_open(const char *prefix, const dw_panel_spec *spec,
                                dw_err *err)
{
    dw_panel_out *out = dw_alloc(1, sizeof *out);

    out->spec = spec;
    for (int kind = 0; kind < DW_PANEL_KINDS; kind++)
        out->hap[kind] = dw_alloc(2 * spec->people.n, 1);
    if (open_files(out, prefix, err) < 0) {
        dw_panel_out_abandon(out);
        return NULL;
    }
    return out;
}

bool dw_panel_out_wants(const dw_panel_out *out, enum dw_panel_kind kind)
{
    switch (kind) {
    case DW_PANEL_VCF: return out->vcf != NULL;
    case DW_PANEL_BCF: return out->bcf != NULL;
    default: return true;
    }
}

int dw_panel_out_add(dw_panel_out *out, enum dw_panel_kind kind,
                     const dw_variants *v, const double *cm,
                     dw_panel_fn *genotypes, const void *ctx, dw_err *err)
{
    int8_t *hap = out->hap[kind];
    int rc = 0;

    if (kind == DW_PANEL_ANNOT) {
        dw_annot_out_add(out->annot, v, cm);
        return 0;
    }
    for (size_t i = 0; i < v->m && rc == 0; i++) {
        genotypes(ctx, i, hap);
        if (kind == DW_PANEL_PLINK)
            dw_plink_out_add(out->plink, v, i, cm[i], hap);
        else
            rc = dw_vcf_out_add(kind == DW_PANEL_VCF ? out->vcf : out->bcf, v,
                                i, hap, err);
    }
    return rc;
}

/* Nothing is renamed before all is written. */
static int finish(dw_panel_out *out, dw_err *err)
{
    int rc = dw_plink_out_finish(out->plink, err);

    if (rc == 0)
        rc = dw_annot_out_finish(out->annot, err);
    if (rc == 0 && out->vcf)
        rc = dw_vcf_out_finish(out->vcf, err);
    if (rc == 0 && out->bcf)
        rc = dw_vcf_out_finish(out->bcf, err);
    return rc;
}

int dw_panel_out_close(dw_panel_out *out, dw_err *err)
{
    int rc = finish(out, err);

    if (rc == 0) {
        rc = dw_plink_out_close(out->plink, err);
        out->plink = NULL;
    }
    if (rc == 0) {
        rc = dw_annot_out_close(out->annot, err);
        out->annot = NULL;
    }
    if (rc == 0 && out->vcf) {
        rc = dw_vcf_out_close(out->vcf, err);
        out->vcf = NULL;
    }
    if (rc == 0 && out->bcf) {
        rc = dw_vcf_out_close(out->bcf, err);
        out->bcf = NULL;
    }
    dw_panel_out_abandon(out);
    return rc;
}

void dw_panel_out_abandon(dw_panel_out *out)
{
    if (!out)
        return;
    dw_plink_out_abandon(out->plink);
    dw_annot_out_abandon(out->annot);
    dw_vcf_out_abandon(out->vcf);
    dw_vcf_out_abandon(out->bcf);
    for (int kind = 0; kind < DW_PANEL_KINDS; kind++)
        dw_free(out->hap[kind]);
    dw_free(out);
}
