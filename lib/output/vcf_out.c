#include "output/vcf_out.h"

#include <errno.h>

#include <htslib/hts_log.h>
#include <htslib/vcf.h>

#include "base/buf.h"
#include "base/mem.h"
#include "stream/outfile.h"

enum { CSI_SHIFT = 14 }; /* smallest bin of a .csi: what bcftools takes */

struct dw_vcf_out {
    dw_outfile *file, *index; /* own the names; htslib writes the bytes */
    htsFile *hts;
    bcf_hdr_t *header;
    bcf1_t *record;
    int32_t *gt; /* (2 x n) */
    size_t n;
    char *path;
};

static int cannot(const dw_vcf_out *out, dw_err *err)
{
    if (!errno)
        errno = EIO;
    return dw_fail_errno(err, "cannot write %s", out->path);
}

static int make_header(dw_vcf_out *out, const dw_texts *people,
                       const dw_vcf_contigs *contigs)
{
    int rc = 0;

    out->header = bcf_hdr_init("w");
    if (!out->header)
        return -1;
    rc |= bcf_hdr_printf(out->header, "##source=%s", contigs->source);
    for (size_t i = 0; i < contigs->name.n; i++)
        rc |=
            bcf_hdr_printf(out->header, "##contig=<ID=%s,length=%.0f>",
                           dw_texts_at(&contigs->name, i), contigs->length[i]);
    rc |= bcf_hdr_append(out->header, "##FORMAT=<ID=GT,Number=1,Type=String,"
                                      "Description=\"Phased genotype\">");
    for (size_t i = 0; i < people->n; i++)
        rc |= bcf_hdr_add_sample(out->header, dw_texts_at(people, i));
    return rc | bcf_hdr_sync(out->header);
}

static int open_files(dw_vcf_out *out, enum dw_vcf_kind kind, dw_err *err)
{
    dw_buf name = {0};

    dw_buf_addf(&name, "%s.%s", out->path, kind == DW_VCF_BCF ? "csi" : "tbi");
    out->file = dw_outfile_open(out->path, true, err);
    if (out->file)
        out->index = dw_outfile_open(name.s, true, err);
    dw_buf_clear(&name);
    if (!out->index)
        return -1;

    const char *temp = dw_outfile_path(out->file);

    hts_set_log_level(HTS_LOG_OFF); /* the caller tells what is to be told */
    errno = 0;
    if (temp)
        out->hts = hts_open(temp, kind == DW_VCF_BCF ? "wb" : "wz");
    return out->hts ? 0 : cannot(out, err);
}

dw_vcf_out *dw_vcf_out_open(const char *path, enum dw_vcf_kind kind,
                            const dw_texts *people,
                            const dw_vcf_contigs *contigs, dw_err *err)
{
    dw_vcf_out *out = dw_alloc(1, sizeof *out);
    const char *index;

    out->path = dw_strdup(path);
    out->n = people->n;
    out->gt = dw_alloc(2 * out->n, sizeof *out->gt);
    if (open_files(out, kind, err) < 0)
        goto fail;
    index = dw_outfile_path(out->index);
    out->record = bcf_init();
    if (!index || !out->record || make_header(out, people, contigs) < 0 ||
        bcf_hdr_write(out->hts, out->header) < 0 ||
        bcf_idx_init(out->hts, out->header, kind == DW_VCF_BCF ? CSI_SHIFT : 0,
                     index) < 0) {
        cannot(out, err);
        goto fail;
    }
    return out;
fail:
    dw_vcf_out_abandon(out);
    return NULL;
}

int dw_vcf_out_add(dw_vcf_out *out, const dw_variants *v, size_t i,
                   const int8_t *hap, dw_err *err)
{
    const char *allele[2] = {dw_texts_at(&v->ref, i), dw_texts_at(&v->alt, i)};
    bcf1_t *b = out->record;

    /* The second allele of a person carries the mark of phase. */
    for (size_t k = 0; k < 2 * out->n; k++)
        out->gt[k] = (hap[k] < 0 ? bcf_gt_missing : bcf_gt_unphased(hap[k])) |
                     (int32_t)(k & 1);
    errno = 0;
    bcf_clear(b);
    b->rid = bcf_hdr_name2id(out->header, v->contig);
    b->pos = (hts_pos_t)v->pos[i] - 1;
    if (b->rid < 0 ||
        bcf_update_id(out->header, b, dw_texts_at(&v->id, i)) < 0 ||
        bcf_update_alleles(out->header, b, allele, 2) < 0 ||
        bcf_update_genotypes(out->header, b, out->gt, (int)(2 * out->n)) < 0 ||
        bcf_write(out->hts, out->header, b) < 0)
        return cannot(out, err);
    return 0;
}

int dw_vcf_out_finish(dw_vcf_out *out, dw_err *err)
{
    int rc = 0;

    if (!out->hts)
        return 0;
    errno = 0;
    if (bcf_idx_save(out->hts) < 0)
        rc = cannot(out, err);
    if (hts_close(out->hts) < 0 && rc == 0)
        rc = cannot(out, err);
    out->hts = NULL;
    return rc;
}

int dw_vcf_out_close(dw_vcf_out *out, dw_err *err)
{
    int rc = dw_vcf_out_finish(out, err);

    if (rc == 0) {
        rc = dw_outfile_close(out->file, err);
        out->file = NULL;
    }
    if (rc == 0) { /* after it: an index older than its file is suspect */
        rc = dw_outfile_close(out->index, err);
        out->index = NULL;
    }
    dw_vcf_out_abandon(out);
    return rc;
}

void dw_vcf_out_abandon(dw_vcf_out *out)
{
    if (!out)
        return;
    if (out->hts)
        hts_close(out->hts);
    if (out->record)
        bcf_destroy(out->record);
    if (out->header)
        bcf_hdr_destroy(out->header);
    dw_outfile_abandon(out->file);
    dw_outfile_abandon(out->index);
    dw_free(out->gt);
    dw_free(out->path);
    dw_free(out);
}
