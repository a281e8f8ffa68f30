#include "annot/info_records.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <htslib/hts.h>
#include <htslib/vcf.h>

#include "annot/indexed.h"
#include "base/hash.h"
#include "base/mem.h"
#include "input/bcf_file.h"
#include "input/contig_cache.h"

enum { CHROM, POS, ID, REF, ALT, QUAL, FILTER, INFO, COLUMNS };

struct dw_info_input {
    dw_indexed *text; /* a VCF */

    htsFile *file; /* a BCF */
    bcf_hdr_t *bcf;
    bcf1_t *rec;
    hts_idx_t *csi;
    hts_itr_t *part;
    uint64_t digest;
    void *values; /* htslib's buffer, and its size */
    int n_values;
    char contig[DW_CONTIG_MAX]; /* that was sought */
    uint32_t first, last;

    dw_map *wanted; /* name of a tag to 1 + its field */
    dw_contig_cache name;
    size_t cap_alts;
};

/* ---- faults ---- */

int dw_info_records_fail(const dw_info_records *r, dw_err *err, int code,
                         const char *tag, const char *fmt, ...)
{
    dw_origin of = dw_info_records_origin(r);
    char text[DW_ERR_MAX];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (of.line)
        return dw_fail(err, code, "%s:%zu: %s%s%s%s", r->path, of.line,
                       tag ? "INFO " : "", tag ? tag : "", tag ? ": " : "",
                       text);
    return dw_fail(err, code, "%s: at %s:%" PRIu32 ": %s%s%s%s", r->path,
                   r->contig, r->pos, tag ? "INFO " : "", tag ? tag : "",
                   tag ? ": " : "", text);
}

static int bad_value(const dw_info_records *r, const dw_info_field *f,
                     dw_span value, int fault, dw_err *err)
{
    return dw_info_records_fail(r, err, DW_EFORMAT, f->tag->name,
                                "\"%.*s\"%s %s",
                                value.n > 40 ? 40 : (int)value.n, value.s,
                                value.n > 40 ? "..." : "", dw_ask_fault(fault));
}

static int no_memory(const dw_info_records *r, dw_err *err)
{
    return dw_fail(err, DW_ENOMEM, "%s: no memory for a record", r->path);
}

/* ---- values ---- */

static int make_room(dw_info_field *f, size_t n)
{
    void *p = f->x;
    int rc = dw_try_grow(&p, &f->cap, n, sizeof *f->x);

    f->x = p;
    return rc;
}

/* The values of a field, divided by commas. */
static int take_text(const dw_info_records *r, dw_info_field *f, dw_span text,
                     dw_err *err)
{
    const char *s = text.s, *end = text.s + text.n;

    f->there = true;
    f->n = 0;
    if (f->tag->number == DW_INFO_FLAG)
        return 0;
    for (;;) {
        const char *comma = s < end ? memchr(s, ',', (size_t)(end - s)) : NULL;
        dw_span item = {s, (size_t)((comma ? comma : end) - s)};
        int rc;

        if (make_room(f, f->n + 1) < 0)
            return no_memory(r, err);
        if ((rc = dw_ask_value(item, f->rule, &f->x[f->n])) < 0)
            return bad_value(r, f, item, rc, err);
        f->n++;
        if (!comma)
            return 0;
        s = comma + 1;
    }
}

/* INFO as text: KEY=value;KEY;.. */
static int take_info(dw_info_records *r, dw_span info, dw_err *err)
{
    const char *s = info.s, *end = info.s + info.n;

    while (s < end) {
        const char *to = memchr(s, ';', (size_t)(end - s));
        const char *equals;
        uint64_t *at;
        int rc;

        to = to ? to : end;
        equals = memchr(s, '=', (size_t)(to - s));
        at = dw_map_get(r->in->wanted, s, (size_t)((equals ? equals : to) - s));
        if (at) {
            dw_span value = {equals ? equals + 1 : to, 0};

            value.n = (size_t)(to - value.s);
            for (uint64_t i = *at; i; i = r->field[i - 1].next) {
                if ((rc = take_text(r, &r->field[i - 1], value, err)) < 0)
                    return rc;
            }
        }
        s = to + 1;
    }
    return 0;
}

/* Numbers as a BCF has them. */
static int take_numbers(dw_info_records *r, dw_info_field *f, int n,
                        dw_err *err)
{
    const struct dw_info_input *in = r->in;

    if (make_room(f, (size_t)n) < 0)
        return no_memory(r, err);
    f->n = 0;
    for (int i = 0; i < n; i++) {
        if (f->tag->is_integer) {
            int32_t x = ((const int32_t *)in->values)[i];

            if (x == bcf_int32_vector_end)
                break;
            f->x[f->n++] = x == bcf_int32_missing ? NAN : (float)x;
        } else {
            float x = ((const float *)in->values)[i];

            if (bcf_float_is_vector_end(x))
                break;
            f->x[f->n++] = isnan(x) ? NAN : x;
            if (isinf(x))
                return bad_value(r, f, dw_span_of("inf"), -2, err);
        }
    }
    f->there = f->n > 0;
    return 0;
}

static int take_bcf_field(dw_info_records *r, dw_info_field *f, dw_err *err)
{
    struct dw_info_input *in = r->in;
    int type = f->tag->number == DW_INFO_FLAG ? BCF_HT_FLAG
               : f->tag->type == DW_INFO_TEXT ? BCF_HT_STR
               : f->tag->is_integer           ? BCF_HT_INT
                                              : BCF_HT_REAL;
    int n = bcf_get_info_values(in->bcf, in->rec, f->tag->name, &in->values,
                                &in->n_values, type);

    if (n == -3 || n == -1) /* not there */
        return 0;
    if (n < 0)
        return dw_info_records_fail(r, err, DW_EFORMAT, f->tag->name,
                                    "is not of the type that the header says");
    if (type == BCF_HT_FLAG) {
        f->there = n == 1;
        return 0;
    }
    if (type == BCF_HT_STR)
        return take_text(r, f, (dw_span){in->values, (size_t)n}, err);
    return take_numbers(r, f, n, err);
}

static int take_fields(dw_info_records *r, dw_span info, dw_err *err)
{
    int rc = 0;

    for (size_t i = 0; i < r->n_fields; i++)
        r->field[i].there = false;
    if (r->in->text)
        return dw_span_eq(info, ".") ? 0 : take_info(r, info, err);
    for (size_t i = 0; i < r->n_fields && rc == 0; i++)
        rc = take_bcf_field(r, &r->field[i], err);
    return rc;
}

/* ---- a VCF ---- */

static int add_alt(dw_info_records *r, dw_span alt)
{
    void *p = r->alt;

    if (dw_try_grow(&p, &r->in->cap_alts, r->n_alts + 1, sizeof *r->alt) < 0)
        return DW_ENOMEM;
    r->alt = p;
    r->alt[r->n_alts++] = alt;
    return 0;
}

static int take_alts(dw_info_records *r, dw_span list, dw_err *err)
{
    const char *s = list.s, *end = list.s + list.n;

    r->n_alts = 0;
    for (;;) {
        const char *comma = s < end ? memchr(s, ',', (size_t)(end - s)) : NULL;

        if (add_alt(r, (dw_span){s, (size_t)((comma ? comma : end) - s)}) < 0)
            return no_memory(r, err);
        if (!comma)
            return 0;
        s = comma + 1;
    }
}

static int take_contig(dw_info_records *r, dw_span raw, dw_err *err)
{
    if (dw_contig_cache_take(&r->in->name, raw, DW_CONTIG_PLINK) < 0)
        return dw_info_records_fail(r, err, DW_EFORMAT, NULL,
                                    "CHROM \"%.*s\" is no chromosome",
                                    raw.n > 40 ? 40 : (int)raw.n, raw.s);
    r->contig = r->in->name.name;
    return 0;
}

/* A position; 0 is what a VCF calls the place before the first base. */
static int take_pos(dw_info_records *r, dw_span raw, dw_err *err)
{
    int64_t x;

    if (dw_text_int64(raw, &x) < 0 || x < 0 || x > INT32_MAX)
        return dw_info_records_fail(r, err, DW_EFORMAT, NULL,
                                    "POS \"%.*s\" is not a position",
                                    raw.n > 40 ? 40 : (int)raw.n, raw.s);
    r->pos = (uint32_t)x;
    return 0;
}

static int next_of_vcf(dw_info_records *r, dw_err *err)
{
    dw_span line, f[COLUMNS];
    size_t n = 0;
    int rc;

    do {
        if ((rc = dw_indexed_next(r->in->text, &line, err)) <= 0)
            return rc;
    } while (line.n == 0 || *line.s == '#');
    /* What stands behind INFO is not looked at. */
    for (const char *s = line.s, *end = line.s + line.n; n < COLUMNS; n++) {
        const char *tab = s < end ? memchr(s, '\t', (size_t)(end - s)) : NULL;

        f[n] = (dw_span){s, (size_t)((tab ? tab : end) - s)};
        if (!tab) {
            n++;
            break;
        }
        s = tab + 1;
    }
    if (n < COLUMNS)
        return dw_info_records_fail(r, err, DW_EFORMAT, NULL,
                                    "%zu field%s where a VCF has 8 or more", n,
                                    n == 1 ? "" : "s");
    if ((rc = take_contig(r, f[CHROM], err)) < 0 ||
        (rc = take_pos(r, f[POS], err)) < 0 ||
        (rc = take_alts(r, f[ALT], err)) < 0)
        return rc;
    r->ref = f[REF];
    rc = take_fields(r, f[INFO], err);
    return rc < 0 ? rc : 1;
}

static int open_vcf(dw_info_records *r, dw_err *err)
{
    dw_span line;
    int rc;

    r->in->text = dw_indexed_open(r->path, err);
    if (!r->in->text)
        return err->code;
    while (!r->header.ended) {
        if ((rc = dw_indexed_next(r->in->text, &line, err)) < 0)
            return rc;
        if (rc == 0 || dw_info_header_take(&r->header, line) < 0)
            return dw_fail(err, DW_EFORMAT,
                           "%s: is neither a VCF nor a BCF: no line #CHROM POS "
                           "ID REF ALT QUAL FILTER INFO",
                           r->path);
    }
    r->has_index = dw_indexed_columns(r->in->text) != NULL;
    return 0;
}

/* ---- a BCF ---- */

/* Its header, as a VCF would have it. */
static int take_bcf_header(dw_info_records *r, dw_err *err)
{
    kstring_t text = {0};
    dw_span line;

    if (bcf_hdr_format(r->in->bcf, 0, &text) < 0) {
        free(text.s);
        return no_memory(r, err);
    }
    for (const char *s = text.s, *end = text.s + text.l; s < end;
         s += line.n + 1) {
        const char *to = memchr(s, '\n', (size_t)(end - s));

        line = (dw_span){s, (size_t)((to ? to : end) - s)};
        if (dw_info_header_take(&r->header, line) < 0)
            break;
    }
    free(text.s);
    return 0;
}

static int open_bcf_index(dw_info_records *r, dw_err *err)
{
    struct dw_info_input *in = r->in;
    char *index = dw_index_find(r->path);
    int rc;

    if (!index)
        return dw_fail(err, DW_EFORMAT,
                       "%s: a BCF is read by its index, and has none: bcftools "
                       "index %s",
                       r->path, r->path);
    rc = dw_index_digest(index, &in->digest, err);
    if (rc == 0 &&
        !(in->csi = bcf_index_load3(r->path, index, HTS_IDX_SILENT_FAIL)))
        rc = dw_fail(err, DW_EFORMAT,
                     "%s: this index cannot be read: make it anew (bcftools "
                     "index -f)",
                     index);
    dw_free(index);
    return rc;
}

static int open_bcf(dw_info_records *r, dw_err *err)
{
    struct dw_info_input *in = r->in;

    in->file = dw_bcf_file_open(r->path, &in->bcf, err);
    if (!in->file)
        return err->code;
    in->rec = bcf_init();
    /* Nothing of any sample is unpacked. */
    if (!in->rec || bcf_hdr_set_samples(in->bcf, NULL, 0) < 0)
        return dw_fail(err, DW_EFORMAT, "%s: its header cannot be read",
                       r->path);
    r->has_index = true;
    r->contig = "";
    if (take_bcf_header(r, err) < 0)
        return err->code;
    return open_bcf_index(r, err);
}

static int next_of_bcf(dw_info_records *r, dw_err *err)
{
    struct dw_info_input *in = r->in;
    const char *raw;
    int rc;

    if (!in->part)
        return 0;
    rc = bcf_itr_next(in->file, in->part, in->rec);
    if (rc == -1)
        return 0;
    if (rc < -1 || bcf_unpack(in->rec, BCF_UN_INFO) < 0 || in->rec->errcode)
        return dw_fail(err, DW_EFORMAT,
                       "%s: a record at %s:%" PRIu32 "-%" PRIu32
                       " cannot be read: the file is broken, or is not that of "
                       "its index",
                       r->path, in->contig, in->first, in->last);
    raw = bcf_hdr_id2name(in->bcf, in->rec->rid);
    if ((rc = take_contig(r, dw_span_of(raw ? raw : ""), err)) < 0)
        return rc;
    if (in->rec->pos < -1 || in->rec->pos >= INT32_MAX)
        return dw_info_records_fail(r, err, DW_EFORMAT, NULL, "no position");
    r->pos = (uint32_t)(in->rec->pos + 1);
    r->n_alts = 0;
    r->ref = dw_span_of(in->rec->n_allele ? in->rec->d.allele[0] : "");
    for (int i = 1; i < (int)in->rec->n_allele; i++) {
        if (add_alt(r, dw_span_of(in->rec->d.allele[i])) < 0)
            return no_memory(r, err);
    }
    rc = take_fields(r, (dw_span){NULL, 0}, err);
    return rc < 0 ? rc : 1;
}

/* The contig's number in the header, or -1; of those that a header may have by
 * several names the one that has records. */
static int number_of(const struct dw_info_input *in)
{
    char name[DW_CONTIG_MAX];
    uint64_t records = 0, rest;
    int n = 0, found = -1;
    const char **names = bcf_hdr_seqnames(in->bcf, &n);

    for (int i = 0; names && i < n && records == 0; i++) {
        if (dw_contig_name(dw_span_of(names[i]), DW_CONTIG_PLINK, name) < 0 ||
            strcmp(name, in->contig) != 0)
            continue;
        found = bcf_hdr_name2id(in->bcf, names[i]);
        (void)!hts_idx_get_stat(in->csi, found, &records, &rest);
    }
    free(names);
    return found;
}

static int rewind_bcf(dw_info_records *r, dw_err *err)
{
    struct dw_info_input *in = r->in;
    int id = in->contig[0] ? number_of(in) : -1;

    hts_itr_destroy(in->part);
    in->part = NULL;
    if (id < 0)
        return 0;
    in->part = bcf_itr_queryi(in->csi, id, in->first - 1, in->last);
    return in->part ? 0
                    : dw_fail(err, DW_EFORMAT,
                              "%s: its index does not lead to %s:%" PRIu32
                              "-%" PRIu32 "; make it anew (bcftools index -f)",
                              r->path, in->contig, in->first, in->last);
}

/* ---- both ---- */

static int want_fields(dw_info_records *r, dw_err *err)
{
    r->in->wanted = dw_map_new();
    for (size_t i = 0; i < r->n_fields; i++) {
        const char *name = r->field[i].tag->name;
        bool fresh;
        uint64_t *at = dw_map_put(r->in->wanted, name, strlen(name), &fresh);

        if (!at)
            return no_memory(r, err);
        r->field[i].next = fresh ? 0 : (size_t)*at;
        *at = i + 1;
    }
    return 0;
}

int dw_info_records_open(dw_info_records *r, const char *path, dw_err *err)
{
    *r = (dw_info_records){.path = dw_strdup(path), .contig = ""};
    r->in = dw_alloc(1, sizeof *r->in);
    /* A pipe is text: a BCF has to be sought in. */
    return dw_bcf_file_is(path) ? open_bcf(r, err) : open_vcf(r, err);
}

void dw_info_records_close(dw_info_records *r)
{
    struct dw_info_input *in = r->in;

    if (in) {
        dw_indexed_close(in->text);
        hts_itr_destroy(in->part);
        if (in->csi)
            hts_idx_destroy(in->csi);
        if (in->rec)
            bcf_destroy(in->rec);
        if (in->bcf)
            bcf_hdr_destroy(in->bcf);
        if (in->file)
            (void)!hts_close(in->file); /* only ever read */
        free(in->values);
        dw_map_free(in->wanted);
        dw_free(in);
    }
    dw_info_header_clear(&r->header);
    dw_free(r->alt);
    dw_free(r->path);
    *r = (dw_info_records){0};
}

int dw_info_records_next(dw_info_records *r, dw_err *err)
{
    if (!r->in->wanted && want_fields(r, err) < 0)
        return err->code;
    return r->in->text ? next_of_vcf(r, err) : next_of_bcf(r, err);
}

int dw_info_records_rewind(dw_info_records *r, dw_err *err)
{
    return r->in->text ? dw_indexed_rewind(r->in->text, err)
                       : rewind_bcf(r, err);
}

void dw_info_records_seek(dw_info_records *r, const char *contig,
                          uint32_t first, uint32_t last)
{
    if (r->in->text) {
        dw_indexed_seek(r->in->text, contig, first, last);
        return;
    }
    strcpy(r->in->contig, contig);
    r->in->first = first;
    r->in->last = last;
}

dw_origin dw_info_records_origin(const dw_info_records *r)
{
    if (r->in->text)
        return dw_indexed_origin(r->in->text);
    return (dw_origin){r->path, 0, r->in->digest};
}
