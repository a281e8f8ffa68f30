#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <htslib/hts.h>
#include <htslib/hts_log.h>
#include <htslib/vcf.h>

#include "base/hash.h"
#include "base/mem.h"
#include "data/contig.h"
#include "place/ref_rows.h"

struct ref_bcf {
    dw_ref_rows *face;
    char *path;
    htsFile *file;
    bcf_hdr_t *header;
    bcf1_t *rec;
    dw_digest *digest; /* of the header's text and of all records' bytes */
    uint64_t records;
    int alt; /* the one given last, from 1; 0: read a record */
    int rid; /* of `contig`; -1: none */
    char contig[DW_CONTIG_MAX], name[DW_CONTIG_MAX];
    dw_buf a1, a2;
    float value, *af;
    int n_af;
    int32_t *counts; /* AC, AN or genotypes, as htslib keeps them */
    int cap_counts;
};

int dw_ref_is_bcf(const char *path)
{
    struct stat st;
    htsFile *file;
    bool yes;

    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return 0;
    hts_set_log_level(HTS_LOG_OFF); /* faults are told by us, once */
    file = hts_open(path, "r");
    yes = file && hts_get_format(file)->format == bcf;
    if (file)
        (void)!hts_close(file); /* only ever read */
    return yes;
}

static int bad_record(const struct ref_bcf *b, const char *what, dw_err *err)
{
    return dw_fail(err, DW_EFORMAT, "%s: record %" PRIu64 " %s", b->path,
                   b->records, what);
}

/* ---- frequencies ---- */

/* AC / AN; bcf_calc_ac would end the program where they contradict. */
static float count_frequency(struct ref_bcf *b)
{
    int n =
        bcf_get_info_int32(b->header, b->rec, "AC", &b->counts, &b->cap_counts);
    int32_t ac = n >= b->alt ? b->counts[b->alt - 1] : -1;
    int32_t an = 0;

    if (ac >= 0 && bcf_get_info_int32(b->header, b->rec, "AN", &b->counts,
                                      &b->cap_counts) == 1)
        an = b->counts[0];
    return an > 0 && ac <= an ? (float)((double)ac / an) : NAN;
}

static float genotype_frequency(struct ref_bcf *b)
{
    int n = b->rec->n_sample ? bcf_get_genotypes(b->header, b->rec, &b->counts,
                                                 &b->cap_counts)
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
    int n = bcf_get_info_float(b->header, b->rec, "AF", &b->af, &b->n_af);
    float f;

    if (n >= b->alt && b->af[b->alt - 1] >= 0 && b->af[b->alt - 1] <= 1)
        return b->af[b->alt - 1]; /* a missing one is a NAN */
    f = count_frequency(b);
    return isnan(f) ? genotype_frequency(b) : f;
}

/* ---- records ---- */

static int take_place(struct ref_bcf *b, dw_err *err)
{
    const char *raw = bcf_hdr_id2name(b->header, b->rec->rid);

    if (b->rec->pos < -1 || b->rec->pos >= INT32_MAX)
        return bad_record(b, "has no position of 0 to 2147483647", err);
    if (b->rec->rid != b->rid) {
        if (!raw ||
            dw_contig_name(dw_span_of(raw), DW_CONTIG_PLINK, b->contig) < 0)
            return bad_record(b, "is of no chromosome", err);
        b->rid = b->rec->rid;
    }
    strcpy(b->name, b->contig);
    dw_contig_settle(b->name, (uint32_t)(b->rec->pos + 1));
    return 0;
}

/* 1, 0, negative. */
static int read_record(struct ref_bcf *b, dw_err *err)
{
    int rc = bcf_read(b->file, b->header, b->rec);

    if (rc == -1)
        return 0;
    b->records++;
    if (rc < 0 || b->rec->errcode || bcf_unpack(b->rec, BCF_UN_INFO) < 0)
        return bad_record(b, "cannot be read: the file is broken or cut short",
                          err);
    /* htslib believes each record, and reads past its end. */
    if (b->rec->n_sample && b->rec->n_sample != bcf_hdr_nsamples(b->header))
        return bad_record(b, "has another number of people than the header",
                          err);
    dw_digest_add(b->digest, b->rec->shared.s, b->rec->shared.l);
    dw_digest_add(b->digest, b->rec->indiv.s, b->rec->indiv.l);
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
        const bcf1_t *rec = b->rec;

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
        if (b->rec->n_allele == 1) {
            *row = (dw_row){.contig = b->name,
                            .pos = (uint32_t)(b->rec->pos + 1),
                            .index = b->face->rows,
                            .id = dw_span_of(".")};
            (void)dw_ref_take(b->face, row, dw_span_of("."),
                              dw_span_of(b->rec->d.allele[0]), &b->a1, &b->a2);
        }
    }
}

/* ---- opening ---- */

static void close_file(struct ref_bcf *b)
{
    if (b->header)
        bcf_hdr_destroy(b->header);
    if (b->file)
        (void)!hts_close(b->file); /* only ever read */
    b->header = NULL;
    b->file = NULL;
}

static int start(struct ref_bcf *b, dw_err *err)
{
    kstring_t text = {0};

    close_file(b);
    dw_digest_free(b->digest);
    b->digest = dw_digest_new();
    b->records = 0;
    b->alt = 0;
    b->rid = -1;
    b->face->rows = 0;
    b->file = hts_open(b->path, "r");
    if (!b->file)
        return dw_fail_errno(err, "%s", b->path);
    if (hts_check_EOF(b->file) == 0)
        return dw_fail(err, DW_EFORMAT,
                       "%s: is cut short: its last block is missing", b->path);
    b->header = bcf_hdr_read(b->file);
    if (!b->header || bcf_hdr_format(b->header, 1, &text) < 0) {
        free(text.s);
        return dw_fail(err, DW_EFORMAT, "%s: its header cannot be read",
                       b->path);
    }
    dw_digest_add(b->digest, text.s, text.l);
    free(text.s);
    return 0;
}

static int rewind_rows(void *self, dw_err *err)
{
    return start(self, err);
}

static dw_origin origin_of(const void *self)
{
    const struct ref_bcf *b = self;

    return (dw_origin){b->path, b->records, dw_digest_value(b->digest)};
}

static void weigh_contigs(const struct ref_bcf *b, dw_build_evidence *evidence)
{
    for (int i = 0; i < b->header->n[BCF_DT_CTG]; i++) {
        const bcf_idpair_t *c = &b->header->id[BCF_DT_CTG][i];
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

    close_file(b);
    if (b->rec)
        bcf_destroy(b->rec);
    dw_digest_free(b->digest);
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
    b->rec = bcf_init();
    r->reader = (dw_row_reader){b, 1, next_row, rewind_rows, origin_of};
    r->close = close_bcf;
    if (!b->rec)
        return dw_fail(err, DW_ENOMEM, "%s: no memory", path);
    rc = start(b, err);
    if (rc == 0)
        weigh_contigs(b, evidence);
    return rc;
}
