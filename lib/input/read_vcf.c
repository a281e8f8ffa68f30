#include "input/read_vcf.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <htslib/vcf.h>

#include "base/buf.h"
#include "base/mem.h"
#include "input/site_text.h"
#include "input/vcf_genotype.h"
#include "input/vcf_records.h"

struct dw_vcf {
    char *path;
    dw_vcf_records in;
    dw_people people;
    bool dosage;
    uint64_t records, unplaced;

    bool sought;  /* dw_vcf_seek was called */
    size_t walk;  /* the next of the regions' contigs, when not sought */
    bool pending; /* rec was read and not yet looked at */
    int alt;      /* the current ALT, from 1; 0: none of rec was given */
    int rid;      /* of the last record, -1 before the first */
    char contig[DW_CONTIG_MAX]; /* its contig */
    uint32_t last_pos;
    char wanted[DW_CONTIG_MAX]; /* the contig sought; "": none is there */
    /* Contigs seen since the file was opened, to find one that comes twice. */
    char (*seen)[DW_CONTIG_MAX];
    size_t n_seen, cap_seen;

    dw_buf text; /* the current variant's id and alleles */
    float *ds;   /* of all people, as htslib keeps it */
    int n_ds;
};

/* ---- opening ---- */

static int start(dw_vcf *v, dw_err *err)
{
    v->pending = false;
    v->rid = -1;
    v->contig[0] = 0;
    v->n_seen = 0;
    v->records = 0;
    return dw_vcf_records_start(&v->in, err);
}

static int read_people(dw_vcf *v, dw_err *err)
{
    int n = bcf_hdr_nsamples(v->in.header);
    const char *tag = v->dosage ? "DS" : "GT";
    const char *other = v->dosage ? "GT" : "DS";

    if (n == 0)
        return dw_fail(err, DW_EFORMAT, "%s: has no genotypes of anybody",
                       v->path);
    for (int i = 0; i < n; i++)
        dw_people_add(&v->people, dw_span_of("0"),
                      dw_span_of(v->in.header->samples[i]));
    for (int i = 0; i < 2; i++) {
        const char *t = i ? other : tag;
        int id = bcf_hdr_id2int(v->in.header, BCF_DT_ID, t);
        bool there = bcf_hdr_idinfo_exists(v->in.header, BCF_HL_FMT, id);

        if (there && i == 0)
            return 0;
        if (there)
            return dw_fail(err, DW_EFORMAT,
                           "%s: has no %s, but %s: read it %s --dosage",
                           v->path, tag, t, v->dosage ? "without" : "with");
    }
    return dw_fail(err, DW_EFORMAT, "%s: has neither GT nor DS", v->path);
}

dw_vcf *dw_vcf_open(const char *path, const dw_geno_query *query, dw_err *err)
{
    dw_vcf *v = dw_alloc(1, sizeof *v);

    v->path = dw_strdup(path);
    v->dosage = query->dosage;
    v->in = (dw_vcf_records){.path = v->path, .regions = query->regions};
    if (start(v, err) < 0 || read_people(v, err) < 0 ||
        dw_people_select(&v->people, query->samples, path, err) < 0) {
        dw_vcf_close(v);
        return NULL;
    }
    dw_vcf_records_index(&v->in);
    return v;
}

void dw_vcf_close(dw_vcf *v)
{
    if (!v)
        return;
    dw_vcf_records_close(&v->in);
    free(v->ds);
    dw_people_clear(&v->people);
    dw_buf_clear(&v->text);
    dw_free(v->seen);
    dw_free(v->path);
    dw_free(v);
}

const dw_people *dw_vcf_people(const dw_vcf *v)
{
    return &v->people;
}

uint64_t dw_vcf_unplaced(const dw_vcf *v)
{
    return v->unplaced;
}

/* ---- records ---- */

static int bad_record(const dw_vcf *v, const char *what, dw_err *err)
{
    if (v->rid < 0)
        return dw_fail(err, DW_EFORMAT, "%s: record %" PRIu64 " %s", v->path,
                       v->records, what);
    return dw_fail(err, DW_EFORMAT,
                   "%s: record %" PRIu64 ", at or behind %s:%" PRIu32 ", %s",
                   v->path, v->records, v->contig, v->last_pos, what);
}

/* The record begins a contig: notes it; one that comes a second time is out of
 * order. */
static int enter_contig(dw_vcf *v, dw_err *err)
{
    const char *raw = bcf_hdr_id2name(v->in.header, v->in.rec->rid);
    void *p = v->seen;

    if (!raw || dw_contig_name(dw_span_of(raw), DW_CONTIG_PLINK, v->contig) < 0)
        return bad_record(v, "is of no chromosome", err);
    v->rid = v->in.rec->rid;
    v->last_pos = 0;
    for (size_t i = 0; i < v->n_seen && !dw_vcf_records_indexed(&v->in); i++) {
        if (strcmp(v->seen[i], v->contig) == 0)
            return bad_record(v,
                              "comes back to this chromosome: the file is not "
                              "sorted; bcftools sort mends that",
                              err);
    }
    if (dw_try_grow(&p, &v->cap_seen, v->n_seen + 1, sizeof *v->seen) < 0)
        return dw_fail(err, DW_ENOMEM, "%s: too many chromosomes", v->path);
    v->seen = p;
    strcpy(v->seen[v->n_seen++], v->contig);
    return 0;
}

/* Reads a record up to its alleles and checks its order: 1, 0, negative. */
static int load_record(dw_vcf *v, dw_err *err)
{
    int rc;

    if (v->pending) {
        v->pending = false;
        return 1;
    }
    v->records++;
    rc = dw_vcf_records_next(&v->in, err);
    if (rc < 0 && v->in.wrong)
        return bad_record(v, v->in.wrong, err);
    if (rc <= 0)
        return rc;
    if (v->in.rec->rid != v->rid && (rc = enter_contig(v, err)) < 0)
        return rc;
    if (v->in.rec->pos < 0 || v->in.rec->pos >= INT32_MAX)
        return bad_record(v, "has no position of 1 to 2147483647", err);
    if ((uint32_t)v->in.rec->pos + 1 < v->last_pos)
        return bad_record(v, "is out of order; bcftools sort mends that", err);
    v->last_pos = (uint32_t)v->in.rec->pos + 1;
    if (bcf_unpack(v->in.rec, BCF_UN_STR) < 0)
        return bad_record(v, "cannot be read", err);
    return 1;
}

/* ---- variants ---- */

/* Stands for a variant, not for anything or for a deletion told elsewhere. */
static bool is_variant(const char *alt)
{
    return dw_site_is_allele(dw_span_of(alt)) && strcmp(alt, "*") &&
           strcmp(alt, "<*>") && strcmp(alt, "<NON_REF>");
}

/* The record's next ALT: 1, 0 when there is none left. */
static int give_alt(dw_vcf *v, dw_site *site)
{
    const bcf1_t *rec = v->in.rec;
    size_t ref, alt;

    while (++v->alt < (int)rec->n_allele) {
        if (!is_variant(rec->d.allele[v->alt]) ||
            !dw_site_is_allele(dw_span_of(rec->d.allele[0]))) {
            v->unplaced++;
            continue;
        }
        dw_buf_reset(&v->text);
        dw_site_text(&v->text, dw_span_of(rec->d.id ? rec->d.id : ""), false);
        ref = dw_site_text(&v->text, dw_span_of(rec->d.allele[0]), true);
        alt = dw_site_text(&v->text, dw_span_of(rec->d.allele[v->alt]), true);
        strcpy(site->contig, v->contig);
        site->pos = v->last_pos;
        site->id = v->text.s;
        site->ref = v->text.s + ref;
        site->alt = v->text.s + alt;
        return 1;
    }
    v->alt = 0;
    return 0;
}

/* Opens the next contig of the regions; false when there is none left. */
static bool walk_on(dw_vcf *v);

int dw_vcf_next(dw_vcf *v, dw_site *site, dw_err *err)
{
    bool walks = v->in.regions && dw_vcf_records_indexed(&v->in) && !v->sought;

    if (v->sought && !v->wanted[0])
        return 0;
    for (;;) {
        int rc;

        if (v->alt && give_alt(v, site))
            return 1;
        if (walks && !v->in.opened && !walk_on(v))
            return 0;
        rc = load_record(v, err);
        if (rc < 0 || (rc == 0 && !walks))
            return rc;
        if (rc == 0) {
            v->in.opened = false;
            continue;
        }
        if (v->sought && strcmp(v->contig, v->wanted) != 0) {
            v->pending = true;
            return 0;
        }
        if (v->in.regions &&
            !dw_regions_hold(v->in.regions, v->contig, v->last_pos))
            continue;
        if (give_alt(v, site))
            return 1;
    }
}

/* ---- seeking ---- */

bool dw_vcf_contigs(const dw_vcf *v, dw_contig_set *set)
{
    return dw_vcf_records_indexed(&v->in) &&
           dw_vcf_records_contigs(&v->in, set);
}

/* Opens a contig by index; false when the file or the regions have none of that
 * name. */
static bool open_contig(dw_vcf *v, const char *contig)
{
    v->pending = false;
    v->alt = 0;
    v->rid = -1;
    return dw_vcf_records_seek(&v->in, contig);
}

static bool walk_on(dw_vcf *v)
{
    while (v->walk < v->in.regions->n_contigs) {
        if (open_contig(v, v->in.regions->contig[v->walk++].name))
            return true;
    }
    return false;
}

/* From the start again, for a contig that was passed. */
static int reopen(dw_vcf *v, const char *contig, dw_err *err)
{
    if (strcmp(v->path, "-") == 0)
        return dw_fail(err, DW_EMISMATCH,
                       "%s: its chromosomes come in another order (%s is asked "
                       "for behind %s), and stdin cannot be read twice",
                       v->path, contig, v->contig);
    return start(v, err);
}

int dw_vcf_seek(dw_vcf *v, const char *contig, dw_err *err)
{
    int rc;

    v->sought = true;
    v->wanted[0] = 0;
    if (dw_vcf_records_indexed(&v->in)) {
        if (!open_contig(v, contig))
            return 0;
        strcpy(v->wanted, contig);
        return 1;
    }
    for (size_t i = 0; i < v->n_seen; i++) {
        bool here = v->pending && strcmp(v->contig, contig) == 0;

        if (!here && strcmp(v->seen[i], contig) == 0) {
            if ((rc = reopen(v, contig, err)) < 0)
                return rc;
            break;
        }
    }
    v->alt = 0;
    while ((rc = load_record(v, err)) > 0) {
        if (strcmp(v->contig, contig) == 0) {
            v->pending = true;
            strcpy(v->wanted, contig);
            return 1;
        }
    }
    return rc;
}

int dw_vcf_column(dw_vcf *v, void *column, dw_err *err)
{
    const char *wrong;

    if (v->in.is_bcf) {
        if (bcf_unpack(v->in.rec, BCF_UN_FMT) < 0)
            wrong = "has genotypes that cannot be read";
        else if (v->dosage)
            wrong = dw_vcf_dosage(v->in.header, v->in.rec, v->alt, &v->people,
                                  &v->ds, &v->n_ds, column);
        else
            wrong = dw_vcf_packed(v->in.header, v->in.rec, v->alt, &v->people,
                                  column);
    } else if (v->dosage) {
        wrong = dw_vcf_text_dosage(
            v->in.format, v->alt, v->in.rec->n_allele - 1u, &v->people, column);
    } else {
        wrong = dw_vcf_text_packed(v->in.format, v->alt,
                                   (int)v->in.rec->n_allele - 1, &v->people,
                                   column);
    }
    return wrong ? bad_record(v, wrong, err) : 0;
}
