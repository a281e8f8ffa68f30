#include "input/read_vcf.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <htslib/bgzf.h>
#include <htslib/hts.h>
#include <htslib/kstring.h>
#include <htslib/tbx.h>
#include <htslib/vcf.h>

#include "base/buf.h"
#include "base/mem.h"
#include "input/bcf_file.h"
#include "input/site_text.h"
#include "input/vcf_genotype.h"

struct dw_vcf {
    char *path;
    htsFile *file;
    bcf_hdr_t *header;
    bcf1_t *rec;
    dw_people people;
    bool dosage;
    const dw_regions *regions;
    uint64_t records, unplaced;

    /* By index: the parts of the contig that are asked for, one at a time. */
    hts_idx_t *csi; /* of a BCF */
    tbx_t *tbx;     /* of a VCF */
    hts_itr_t *part;
    kstring_t line;     /* of a VCF; htslib has cut it up to its ALT */
    const char *format; /* its column FORMAT and what is behind */
    const char *raw; /* the contig's name in the file; NULL: no contig open */
    size_t next_part, end_part;
    uint32_t part_start, part_end;

    bool sought;  /* dw_vcf_seek was called */
    size_t walk;  /* the next of the regions' contigs, when not sought */
    bool pending; /* rec was read and not yet looked at */
    bool at_end;  /* of the whole file */
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

/* Opens the file at its start, and reads its header if that was not done. */
static int start(dw_vcf *v, dw_err *err)
{
    v->file = dw_bcf_file_open(v->path, &v->header, err);
    if (!v->file)
        return err->code;
    v->pending = v->at_end = false;
    v->rid = -1;
    v->contig[0] = 0;
    v->n_seen = 0;
    v->records = 0;
    return 0;
}

static int read_people(dw_vcf *v, dw_err *err)
{
    int n = bcf_hdr_nsamples(v->header);
    const char *tag = v->dosage ? "DS" : "GT";
    const char *other = v->dosage ? "GT" : "DS";

    if (n == 0)
        return dw_fail(err, DW_EFORMAT, "%s: has no genotypes of anybody",
                       v->path);
    for (int i = 0; i < n; i++)
        dw_people_add(&v->people, dw_span_of("0"),
                      dw_span_of(v->header->samples[i]));
    for (int i = 0; i < 2; i++) {
        const char *t = i ? other : tag;
        int id = bcf_hdr_id2int(v->header, BCF_DT_ID, t);
        bool there = bcf_hdr_idinfo_exists(v->header, BCF_HL_FMT, id);

        if (there && i == 0)
            return 0;
        if (there)
            return dw_fail(err, DW_EFORMAT,
                           "%s: has no %s, but %s: read it %s --dosage",
                           v->path, tag, t, v->dosage ? "without" : "with");
    }
    return dw_fail(err, DW_EFORMAT, "%s: has neither GT nor DS", v->path);
}

/* An index, if there is one, for files that can be sought in. */
static void load_index(dw_vcf *v)
{
    const htsFormat *format = hts_get_format(v->file);

    if (format->compression != bgzf || strcmp(v->path, "-") == 0)
        return;
    if (format->format == bcf)
        v->csi = bcf_index_load3(v->path, NULL, HTS_IDX_SILENT_FAIL);
    else
        v->tbx = tbx_index_load3(v->path, NULL, HTS_IDX_SILENT_FAIL);
}

dw_vcf *dw_vcf_open(const char *path, const dw_geno_query *query, dw_err *err)
{
    dw_vcf *v = dw_alloc(1, sizeof *v);

    v->path = dw_strdup(path);
    v->dosage = query->dosage;
    v->regions = query->regions;
    v->rec = bcf_init();
    if (!v->rec || start(v, err) < 0 || read_people(v, err) < 0 ||
        dw_people_select(&v->people, query->samples, path, err) < 0) {
        dw_vcf_close(v);
        return NULL;
    }
    load_index(v);
    return v;
}

void dw_vcf_close(dw_vcf *v)
{
    if (!v)
        return;
    hts_itr_destroy(v->part);
    if (v->csi)
        hts_idx_destroy(v->csi);
    if (v->tbx)
        tbx_destroy(v->tbx);
    free(v->line.s);
    free(v->ds);
    if (v->rec)
        bcf_destroy(v->rec);
    if (v->header)
        bcf_hdr_destroy(v->header);
    if (v->file)
        (void)!hts_close(v->file); /* only ever read */
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

static bool is_indexed(const dw_vcf *v)
{
    return v->csi || v->tbx;
}

static int bad_record(const dw_vcf *v, const char *what, dw_err *err)
{
    if (v->rid < 0)
        return dw_fail(err, DW_EFORMAT, "%s: record %" PRIu64 " %s", v->path,
                       v->records, what);
    return dw_fail(err, DW_EFORMAT,
                   "%s: record %" PRIu64 ", at or behind %s:%" PRIu32 ", %s",
                   v->path, v->records, v->contig, v->last_pos, what);
}

/* Reads the line of a VCF, up to its ALT; what is behind is read when asked
 * for. */
static int parse_line(dw_vcf *v)
{
    const char *p = v->line.s;

    for (int tabs = 0; p && tabs < 8; tabs++)
        p = (p = strchr(p, '\t')) ? p + 1 : NULL;
    if (!p)
        return -1;
    v->format = p;
    v->rec->max_unpack = BCF_UN_STR;
    return vcf_parse(&v->line, v->header, v->rec);
}

/* The next record of the part: 1, 0 at its end, negative. */
static int read_of_part(dw_vcf *v, dw_err *err)
{
    int rc;

    if (v->csi) {
        rc = bcf_itr_next(v->file, v->part, v->rec);
    } else {
        rc = tbx_itr_next(v->file, v->tbx, v->part, &v->line);
        if (rc >= 0 && parse_line(v) < 0)
            rc = -2;
    }
    if (rc < -1)
        return bad_record(v, "cannot be read", err);
    return rc >= 0;
}

/* The next record of the file, as htslib counts: 0, -1 at the end, below. */
static int read_in_order(dw_vcf *v)
{
    int rc;

    if (hts_get_format(v->file)->format == bcf)
        return bcf_read(v->file, v->header, v->rec);
    do {
        rc = hts_getline(v->file, '\n', &v->line);
    } while (rc >= 0 && v->line.l == 0);
    return rc < 0 ? rc : parse_line(v) < 0 ? -2 : 0;
}

/* Begins the next part of the contig that is open: 1, 0 when all were read. */
static int next_part(dw_vcf *v, dw_err *err)
{
    int id;

    hts_itr_destroy(v->part);
    v->part = NULL;
    if (!v->raw || v->next_part == v->end_part)
        return 0;
    v->part_start = 0;
    v->part_end = INT32_MAX;
    if (v->regions) {
        const dw_region *r = &v->regions->item[v->next_part];

        v->part_start = r->start;
        v->part_end = r->end;
        /* Regions that overlap are read as one. */
        while (v->next_part + 1 < v->end_part && r[1].start <= v->part_end) {
            v->next_part++;
            if ((++r)->end > v->part_end)
                v->part_end = r->end;
        }
    }
    v->next_part++;
    id = v->csi ? bcf_hdr_name2id(v->header, v->raw)
                : tbx_name2id(v->tbx, v->raw);
    v->part = v->csi ? bcf_itr_queryi(v->csi, id, v->part_start, v->part_end)
                     : tbx_itr_queryi(v->tbx, id, v->part_start, v->part_end);
    if (!v->part)
        return dw_fail(err, DW_EFORMAT,
                       "%s: its index does not lead to %s:%" PRIu32 "-%" PRIu32
                       "; make it anew with bcftools index -f",
                       v->path, v->raw, v->part_start + 1, v->part_end);
    return 1;
}

/* The next record, by whatever way: 1, 0, negative. */
static int read_record(dw_vcf *v, dw_err *err)
{
    int rc;

    if (v->raw || v->part) {
        for (;;) {
            if (!v->part && (rc = next_part(v, err)) <= 0)
                return rc;
            rc = read_of_part(v, err);
            if (rc < 0)
                return rc;
            if (rc == 0) {
                hts_itr_destroy(v->part);
                v->part = NULL;
                continue;
            }
            /* Long records reach into parts in which they do not begin. */
            if (v->rec->pos >= (hts_pos_t)v->part_start &&
                v->rec->pos < (hts_pos_t)v->part_end)
                return 1;
        }
    }
    rc = read_in_order(v);
    if (rc < -1)
        return bad_record(v, "cannot be read: the file is broken or cut short",
                          err);
    v->at_end = rc == -1;
    return rc == 0;
}

/* The record begins a contig: notes it; one that comes a second time is out of
 * order. */
static int enter_contig(dw_vcf *v, dw_err *err)
{
    const char *raw = bcf_hdr_id2name(v->header, v->rec->rid);
    void *p = v->seen;

    if (!raw || dw_contig_name(dw_span_of(raw), DW_CONTIG_PLINK, v->contig) < 0)
        return bad_record(v, "is of no chromosome", err);
    v->rid = v->rec->rid;
    v->last_pos = 0;
    for (size_t i = 0; i < v->n_seen && !is_indexed(v); i++) {
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
    if (v->at_end || (rc = read_record(v, err)) == 0)
        return 0;
    if (rc < 0)
        return rc;
    if (v->rec->rid != v->rid && (rc = enter_contig(v, err)) < 0)
        return rc;
    if (v->rec->pos < 0 || v->rec->pos >= INT32_MAX)
        return bad_record(v, "has no position of 1 to 2147483647", err);
    if ((uint32_t)v->rec->pos + 1 < v->last_pos)
        return bad_record(v, "is out of order; bcftools sort mends that", err);
    v->last_pos = (uint32_t)v->rec->pos + 1;
    if (bcf_unpack(v->rec, BCF_UN_STR) < 0)
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
    const bcf1_t *rec = v->rec;
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
    bool walks = v->regions && is_indexed(v) && !v->sought;

    if (v->sought && !v->wanted[0])
        return 0;
    for (;;) {
        int rc;

        if (v->alt && give_alt(v, site))
            return 1;
        if (walks && !v->raw && !walk_on(v))
            return 0;
        rc = load_record(v, err);
        if (rc < 0 || (rc == 0 && !walks))
            return rc;
        if (rc == 0) {
            v->raw = NULL;
            continue;
        }
        if (v->sought && strcmp(v->contig, v->wanted) != 0) {
            v->pending = true;
            return 0;
        }
        if (v->regions && !dw_regions_hold(v->regions, v->contig, v->last_pos))
            continue;
        if (give_alt(v, site))
            return 1;
    }
}

/* ---- seeking ---- */

/* Names of the contigs that the index knows, as the file writes them. */
static const char **raw_names(const dw_vcf *v, int *n)
{
    *n = 0;
    return v->tbx ? tbx_seqnames(v->tbx, n)
                  : bcf_index_seqnames(v->csi, v->header, n);
}

/* The contig's name as the file writes it, or NULL. */
static const char *raw_name(const dw_vcf *v, const char *contig)
{
    const char **names, *found = NULL;
    char name[DW_CONTIG_MAX];
    int n;

    names = raw_names(v, &n);
    for (int i = 0; i < n && !found; i++) {
        if (dw_contig_name(dw_span_of(names[i]), DW_CONTIG_PLINK, name) == 0 &&
            strcmp(name, contig) == 0)
            found = names[i];
    }
    free(names);
    return found;
}

bool dw_vcf_contigs(const dw_vcf *v, dw_contig_set *set)
{
    const char **names;
    char name[DW_CONTIG_MAX];
    bool done = is_indexed(v);
    int n;

    if (!done)
        return false;
    names = raw_names(v, &n);
    for (int i = 0; i < n && done; i++)
        done =
            dw_contig_name(dw_span_of(names[i]), DW_CONTIG_PLINK, name) < 0 ||
            dw_contig_set_add(set, name) != SIZE_MAX;
    free(names);
    return done;
}

/* Opens a contig by index; false when the file or the regions have none of that
 * name. */
static bool open_contig(dw_vcf *v, const char *contig)
{
    hts_itr_destroy(v->part);
    v->part = NULL;
    v->pending = v->at_end = false;
    v->alt = 0;
    v->rid = -1;
    v->raw = raw_name(v, contig);
    v->next_part = 0;
    v->end_part = 1;
    if (v->regions) {
        size_t c = dw_regions_contig(v->regions, contig);

        if (c == SIZE_MAX)
            v->raw = NULL;
        else {
            v->next_part = v->regions->contig[c].first;
            v->end_part = v->regions->contig[c].end;
        }
    }
    return v->raw != NULL;
}

static bool walk_on(dw_vcf *v)
{
    while (v->walk < v->regions->n_contigs) {
        if (open_contig(v, v->regions->contig[v->walk++].name))
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
    (void)!hts_close(v->file);
    v->file = NULL;
    return start(v, err);
}

int dw_vcf_seek(dw_vcf *v, const char *contig, dw_err *err)
{
    int rc;

    v->sought = true;
    v->wanted[0] = 0;
    if (is_indexed(v)) {
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

    if (hts_get_format(v->file)->format == bcf) {
        if (bcf_unpack(v->rec, BCF_UN_FMT) < 0)
            wrong = "has genotypes that cannot be read";
        else if (v->dosage)
            wrong = dw_vcf_dosage(v->header, v->rec, v->alt, &v->people, &v->ds,
                                  &v->n_ds, column);
        else
            wrong =
                dw_vcf_packed(v->header, v->rec, v->alt, &v->people, column);
    } else if (v->dosage) {
        wrong = dw_vcf_text_dosage(v->format, v->alt, v->rec->n_allele - 1u,
                                   &v->people, column);
    } else {
        wrong = dw_vcf_text_packed(v->format, v->alt, (int)v->rec->n_allele - 1,
                                   &v->people, column);
    }
    return wrong ? bad_record(v, wrong, err) : 0;
}
