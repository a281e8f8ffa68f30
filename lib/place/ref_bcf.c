#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <htslib/vcf.h>

#include "base/mem.h"
#include "data/contig.h"
#include "input/bcf_file.h"
#include "place/ref_rows.h"

struct ref_bcf {
    dw_ref_rows *face;
    dw_bcf_file in;
    char *path;
    int alt; /* the one given last, from 1; 0: read a record */
    int rid; /* of `contig`; -1: none */
    char contig[DW_CONTIG_MAX], name[DW_CONTIG_MAX];
    dw_buf a1, a2;
    float value, *af;
    int n_af;
    int32_t *counts; /* AC, AN or genotypes, as htslib keeps them */
    int cap_counts;
};

/* ---- frequencies ---- */

/* AC / AN; bcf_calc_ac would end the program where they contradict. */
static float count_frequency(struct ref_bcf *b)
{
    int n = bcf_get_info_int32(b->in.header, b->in.rec, "AC", &b->counts,
                               &b->cap_counts);
    int32_t ac = n >= b->alt ? b->counts[b->alt - 1] : -1;
    int32_t an = 0;

    if (ac >= 0 && bcf_get_info_int32(b->in.header, b->in.rec, "AN", &b->counts,
                                      &b->cap_counts) == 1)
        an = b->counts[0];
    return an > 0 && ac <= an ? (float)((double)ac / an) : NAN;
}

static float genotype_frequency(struct ref_bcf *b)
{
    int n = b->in.rec->n_sample ? bcf_get_genotypes(b->in.header, b->in.rec,
                                                    &b->counts, &b->cap_counts)
                                : 0;
    size_t all = 0, alt = 0;

    for (int i = 0; i < n; i++) {
        int32_t gt = b->counts[i];

        if (gt == bcf_int32_vector_end || bcf_gt_is_missing(gt))
            continue;
        all++;
        alt += bcf_gt_allele(gt) == b->alt;
    }
    return all ? (float)((double)alt / (double)all) : NAN;
}

static float frequency_of(struct ref_bcf *b)
{
    int n = bcf_get_info_float(b->in.header, b->in.rec, "AF", &b->af, &b->n_af);
    float f;

    if (n >= b->alt && b->af[b->alt - 1] >= 0 && b->af[b->alt - 1] <= 1)
        return b->af[b->alt - 1]; /* a missing one is a NAN */
    f = count_frequency(b);
    return isnan(f) ? genotype_frequency(b) : f;
}

/* ---- records ---- */

static int take_place(struct ref_bcf *b, dw_err *err)
{
    const char *raw = bcf_hdr_id2name(b->in.header, b->in.rec->rid);

    if (b->in.rec->pos < -1 || b->in.rec->pos >= INT32_MAX)
        return dw_bcf_file_fail(&b->in, "has no position of 0 to 2147483647",
                                err);
    if (b->in.rec->rid != b->rid) {
        if (!raw ||
            dw_contig_name(dw_span_of(raw), DW_CONTIG_PLINK, b->contig) < 0)
            return dw_bcf_file_fail(&b->in, "is of no chromosome", err);
        b->rid = b->in.rec->rid;
    }
    strcpy(b->name, b->contig);
    dw_contig_settle(b->name, (uint32_t)(b->in.rec->pos + 1));
    return 0;
}

/* 1, 0, negative. */
static int read_record(struct ref_bcf *b, dw_err *err)
{
    int rc = dw_bcf_file_next(&b->in, BCF_UN_INFO, err);

    if (rc <= 0)
        return rc;
    if ((rc = take_place(b, err)) < 0)
        return rc;
    b->alt = 1;
    return 1;
}

static int next_row(void *self, dw_row *row, dw_err *err)
{
    struct ref_bcf *b = self;
    int rc;

    for (;;) {
        const bcf1_t *rec = b->in.rec;

        for (; b->alt && b->alt < rec->n_allele; b->alt++) {
            dw_span id = dw_span_of(rec->d.id ? rec->d.id : ".");

            *row = (dw_row){
                .contig = b->name,
                .pos = (uint32_t)(rec->pos + 1),
                .index = b->face->rows,
                .id = dw_text_is_na(id) ? dw_span_of(".") : id,
                .value = &b->value,
            };
            if (!dw_ref_take(b->face, row, dw_span_of(rec->d.allele[b->alt]),
                             dw_span_of(rec->d.allele[0]), &b->a1, &b->a2))
                continue;
            b->value = frequency_of(b);
            b->alt++;
            return 1;
        }
        b->alt = 0;
        if ((rc = read_record(b, err)) <= 0)
            return rc;
        if (b->in.rec->n_allele == 1) {
            *row = (dw_row){.contig = b->name,
                            .pos = (uint32_t)(b->in.rec->pos + 1),
                            .index = b->face->rows,
                            .id = dw_span_of(".")};
            (void)dw_ref_take(b->face, row, dw_span_of("."),
                              dw_span_of(b->in.rec->d.allele[0]), &b->a1,
                              &b->a2);
        }
    }
}

/* ---- opening ---- */

static int start(struct ref_bcf *b, dw_err *err)
{
    b->alt = 0;
    b->rid = -1;
    b->face->rows = 0;
    return dw_bcf_file_start(&b->in, err);
}

static int rewind_rows(void *self, dw_err *err)
{
    return start(self, err);
}

static dw_origin origin_of(const void *self)
{
    const struct ref_bcf *b = self;

    return (dw_origin){b->path, b->in.records, dw_digest_value(b->in.digest)};
}

static void weigh_contigs(const struct ref_bcf *b, dw_build_evidence *evidence)
{
    for (int i = 0; i < b->in.header->n[BCF_DT_CTG]; i++) {
        const bcf_idpair_t *c = &b->in.header->id[BCF_DT_CTG][i];
        uint64_t length = c->val ? c->val->info[0] : 0;
        char name[DW_CONTIG_MAX];

        if (c->key && length && length <= INT32_MAX &&
            dw_contig_name(dw_span_of(c->key), DW_CONTIG_PLINK, name) == 0)
            dw_build_evidence_size(evidence, name, (uint32_t)length);
    }
}

static void close_bcf(void *self)
{
    struct ref_bcf *b = self;

    dw_bcf_file_close(&b->in);
    dw_buf_clear(&b->a1);
    dw_buf_clear(&b->a2);
    free(b->af);
    free(b->counts);
    dw_free(b->path);
    dw_free(b);
}

int dw_ref_bcf_open(dw_ref_rows *r, const char *path,
                    dw_build_evidence *evidence, dw_err *err)
{
    struct ref_bcf *b = dw_alloc(1, sizeof *b);
    int rc;

    b->face = r;
    b->path = dw_strdup(path);
    b->in.path = b->path;
    r->reader = (dw_row_reader){b, 1, next_row, rewind_rows, origin_of};
    r->close = close_bcf;
    rc = start(b, err);
    if (rc == 0)
        weigh_contigs(b, evidence);
    return rc;
}
