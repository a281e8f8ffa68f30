#include "study/gwas_vcf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <htslib/bgzf.h>
#include <htslib/hts.h>
#include <htslib/hts_log.h>
#include <htslib/kstring.h>
#include <htslib/vcf.h>

#include "base/hash.h"
#include "base/mem.h"
#include "data/sumstat.h"
#include "input/contig_cache.h"

enum { HEADER_MAX = 64 << 20 };

/* What a source's columns are here: FORMAT fields, then what is made of
 * several, then the key. */
enum {
    ES,
    SE,
    LP,
    EZ,
    AF,
    SI,
    NE,
    NS,
    SS,
    NC,
    N_TAGS,
    SIZE = N_TAGS,
    CHROM,
    POS,
    ID,
    REF,
    ALT,
    N_COLUMNS
};

static const char *const column_names[N_COLUMNS] = {
    "ES", "SE", "LP",         "EZ",    "AF",  "SI", "NE",  "NS",
    "SS", "NC", "NS, SS, NC", "CHROM", "POS", "ID", "REF", "ALT"};

static const dw_study_format gwas_vcf = {.name = "gwasvcf",
                                         .program = "GWAS-VCF"};

struct dw_gwas_vcf {
    char *path;
    dw_lines *lines; /* of a VCF */
    htsFile *file;   /* of a BCF */
    uint64_t digest; /* of a BCF: of its unpacked bytes */
    bcf_hdr_t *header;
    bcf1_t *rec;
    kstring_t line;
    int tag[N_TAGS];        /* id in the header, or -1 */
    bcf_fmt_t *fmt[N_TAGS]; /* of the current record */
    size_t records;
    int alt; /* the current ALT, from 1 */
    double cases, controls;
    bool binary;
    char *study, *build;
    dw_contig_cache contig;
};

bool dw_gwas_vcf_is_header(const dw_table *t)
{
    static const char *const names[] = {"CHROM", "POS",  "ID",     "REF",
                                        "ALT",   "QUAL", "FILTER", "INFO"};

    if (dw_table_width(t) < DW_COUNT(names))
        return false;
    for (size_t i = 0; i < DW_COUNT(names); i++) {
        if (strcmp(dw_table_name(t, i), names[i]) != 0)
            return false;
    }
    return true;
}

bool dw_gwas_vcf_is_bcf(const char *path)
{
    htsFile *f;
    bool is;

    hts_set_log_level(HTS_LOG_OFF); /* faults are told by us, once */
    f = strcmp(path, "-") ? hts_open(path, "r") : NULL;
    is = f && hts_get_format(f)->format == bcf;

    if (f)
        (void)!hts_close(f);
    return is;
}

/* ---- a row ---- */

static int fail_here(const dw_gwas_vcf *v, const char *what, dw_err *err)
{
    if (v->lines)
        return dw_lines_fail(v->lines, err, DW_EFORMAT, NULL, "%s", what);
    return dw_fail(err, DW_EFORMAT, "%s: record %zu: %s", v->path, v->records,
                   what);
}

static int read_record(dw_gwas_vcf *v, dw_err *err)
{
    dw_span line;
    int rc;

    if (!v->lines) {
        rc = bcf_read(v->file, v->header, v->rec);
        v->records++;
        if (rc < -1)
            return fail_here(v, "cannot be read: is it cut short?", err);
        return rc == 0;
    }
    do {
        if ((rc = dw_lines_next(v->lines, &line, err)) <= 0)
            return rc;
    } while (line.n == 0);
    v->records++;
    v->line.l = 0;
    if (kputsn(line.s, line.n, &v->line) < 0)
        return dw_fail(err, DW_ENOMEM, "%s: no memory for a line", v->path);
    if (vcf_parse(&v->line, v->header, v->rec) < 0)
        return fail_here(v, "is no proper VCF record", err);
    return 1;
}

/* Reads on to a record, and finds its FORMAT fields. */
static int next_record(dw_gwas_vcf *v, dw_err *err)
{
    int rc = read_record(v, err);

    if (rc <= 0)
        return rc;
    if (bcf_unpack(v->rec, BCF_UN_STR | BCF_UN_FMT) < 0 || v->rec->errcode)
        return fail_here(v, "is no proper VCF record", err);
    if (v->rec->rid < 0 || v->rec->pos < -1 || v->rec->pos >= INT32_MAX)
        return fail_here(v, "its position is out of range", err);
    for (int i = 0; i < N_TAGS; i++)
        v->fmt[i] = v->tag[i] < 0 ? NULL : bcf_get_fmt_id(v->rec, v->tag[i]);
    v->alt = 0;
    return 1;
}

static int next_row(void *self, dw_row *row, dw_reason *reason, dw_err *err)
{
    dw_gwas_vcf *v = self;
    const char *id;
    int rc;

    if (v->alt + 1 >= (int)v->rec->n_allele && (rc = next_record(v, err)) <= 0)
        return rc;
    v->alt++;
    *reason = DW_REASON_NONE;
    id = v->rec->d.id;
    *row = (dw_row){.contig = ""};
    row->id = dw_span_of(id && *id ? id : ".");
    row->a2 = dw_span_of(v->rec->n_allele ? v->rec->d.allele[0] : ".");
    row->a1 = dw_span_of(
        v->alt < (int)v->rec->n_allele ? v->rec->d.allele[v->alt] : ".");
    if (v->rec->pos < 0 ||
        dw_contig_cache_take(
            &v->contig, dw_span_of(bcf_hdr_id2name(v->header, v->rec->rid)),
            DW_CONTIG_PLINK) < 0) {
        *reason = DW_REASON_NO_PLACE;
        return 1;
    }
    row->contig = v->contig.name;
    row->pos = (uint32_t)v->rec->pos + 1;
    return 1;
}

/* ---- its numbers ---- */

/* Value i of a FORMAT field of the one study that is read. */
static double value_of(const bcf_fmt_t *f, int i)
{
    const uint8_t *p = f->p;

    if (i >= f->n)
        return NAN;
    switch (f->type) {
    case BCF_BT_FLOAT: {
        float x;

        memcpy(&x, p + 4 * i, 4);
        return bcf_float_is_missing(x) || bcf_float_is_vector_end(x) ? NAN : x;
    }
    case BCF_BT_INT8: {
        int8_t x = (int8_t)p[i];

        return x <= bcf_int8_vector_end ? NAN : x;
    }
    case BCF_BT_INT16: {
        int16_t x;

        memcpy(&x, p + 2 * i, 2);
        return x <= bcf_int16_vector_end ? NAN : x;
    }
    case BCF_BT_INT32: {
        int32_t x;

        memcpy(&x, p + 4 * i, 4);
        return x <= bcf_int32_vector_end ? NAN : x;
    }
    default: return NAN;
    }
}

static double tag_value(const dw_gwas_vcf *v, int tag)
{
    const bcf_fmt_t *f = v->fmt[tag];

    return f && f->p ? value_of(f, f->n > 1 ? v->alt - 1 : 0) : NAN;
}

/* The sample size that counts: what the record says, else the header. */
static double sample_size(const dw_gwas_vcf *v)
{
    double n = tag_value(v, NE), cases = tag_value(v, NC);

    if (!isnan(n))
        return n;
    n = tag_value(v, NS);
    if (isnan(n))
        n = tag_value(v, SS);
    if (cases > 0 && cases < n)
        return dw_sumstat_effective_n(cases, n - cases);
    if (v->cases > 0 && v->controls > 0)
        return dw_sumstat_effective_n(v->cases, v->controls);
    if (isnan(n) && v->cases + v->controls > 0)
        return v->cases + v->controls;
    return n;
}

static int number(const void *self, int column, double *x, dw_err *err)
{
    const dw_gwas_vcf *v = self;

    (void)err;
    *x = column == SIZE ? sample_size(v) : tag_value(v, column);
    return 0;
}

/* Never asked for: LP is one already. */
static int log10_of(const void *self, int column, double *x, dw_err *err)
{
    int rc = number(self, column, x, err);

    *x = log10(*x);
    return rc;
}

static const char *name(const void *self, int column)
{
    (void)self;
    return column_names[column];
}

/* ---- opening ---- */

/* The header lines of a VCF as one text, and what htslib makes of it. */
static int read_text_header(dw_gwas_vcf *v, dw_err *err)
{
    kstring_t text = KS_INITIALIZE;
    bool whole = false;
    dw_span line;
    int rc;

    while (!whole && (rc = dw_lines_next(v->lines, &line, err)) > 0 &&
           text.l < HEADER_MAX) {
        if (line.n == 0)
            continue;
        whole = line.n > 1 && line.s[0] == '#' && line.s[1] != '#';
        if (line.s[0] != '#' || kputsn(line.s, line.n, &text) < 0 ||
            kputc('\n', &text) < 0)
            break;
    }
    if (whole && !v->header) {
        v->header = bcf_hdr_init("r");
        if (!v->header || bcf_hdr_parse(v->header, text.s) < 0)
            rc = dw_fail(err, DW_EFORMAT,
                         "%s: its VCF header cannot be understood", v->path);
    } else if (!whole && rc >= 0) {
        rc = dw_fail(err, DW_EFORMAT, "%s: has no line of VCF columns (#CHROM)",
                     v->path);
    }
    free(text.s);
    return rc < 0 ? rc : 0;
}

static int open_bcf(dw_gwas_vcf *v, dw_err *err)
{
    bcf_hdr_t *header;

    v->file = hts_open(v->path, "r");
    if (!v->file)
        return dw_fail_errno(err, "%s", v->path);
    if (hts_check_EOF(v->file) == 0)
        return dw_fail(err, DW_EFORMAT,
                       "%s: is cut short: its last block is missing", v->path);
    header = bcf_hdr_read(v->file);
    if (!header)
        return dw_fail(err, DW_EFORMAT, "%s: its header cannot be read",
                       v->path);
    if (v->header)
        bcf_hdr_destroy(v->header);
    v->header = header;
    if (v->study && bcf_hdr_set_samples(header, v->study, 0) != 0)
        return dw_fail(err, DW_EFORMAT, "%s: changed while it was read",
                       v->path);
    return 0;
}

/* htslib does not show a BCF's bytes on the way: they are read once more. */
static int digest_bcf(dw_gwas_vcf *v, dw_err *err)
{
    enum { PART = 1 << 16 };
    BGZF *f = bgzf_open(v->path, "r");
    dw_digest *d = dw_digest_new();
    char *part = dw_alloc(PART, 1);
    ssize_t n = -1;

    while (f && (n = bgzf_read(f, part, PART)) > 0)
        dw_digest_add(d, part, (size_t)n);
    v->digest = dw_digest_value(d);
    dw_digest_free(d);
    dw_free(part);
    if (f)
        (void)!bgzf_close(f);
    return n < 0 ? dw_fail(err, DW_EFORMAT, "%s: cannot be read", v->path) : 0;
}

/* The study's column: the one that is asked for, or the only one. */
static int choose_study(dw_gwas_vcf *v, const char *study, dw_err *err)
{
    int n = bcf_hdr_nsamples(v->header);
    dw_buf names = {0};
    int found = -1;

    for (int i = 0; i < n; i++) {
        const char *is = v->header->samples[i];

        if (study ? strcmp(is, study) == 0 : n == 1)
            found = i;
        if (i < 20)
            dw_buf_addf(&names, "%s%.60s", i ? " " : "", is);
    }
    if (found >= 0)
        v->study = dw_strdup(v->header->samples[found]);
    else if (n == 0)
        dw_fail(err, DW_EFORMAT, "%s: is a VCF without a column of a study",
                v->path);
    else if (study)
        dw_fail(err, DW_EFORMAT, "%s: has no study %s; it has: %s%s", v->path,
                study, names.s, n > 20 ? " ..." : "");
    else
        dw_fail(err, DW_EFORMAT,
                "%s: has %d studies: choose one with --study: %s%s", v->path, n,
                names.s, n > 20 ? " ..." : "");
    dw_buf_clear(&names);
    if (found < 0)
        return err->code;
    if (bcf_hdr_set_samples(v->header, v->study, 0) != 0)
        return dw_fail(err, DW_EFORMAT, "%s: the study %s cannot be chosen",
                       v->path, v->study);
    return 0;
}

static int find_tags(dw_gwas_vcf *v, dw_err *err)
{
    for (int i = 0; i < N_TAGS; i++) {
        int id = bcf_hdr_id2int(v->header, BCF_DT_ID, column_names[i]);

        v->tag[i] = bcf_hdr_idinfo_exists(v->header, BCF_HL_FMT, id) ? id : -1;
    }
    if (v->tag[EZ] >= 0 ||
        (v->tag[ES] >= 0 && (v->tag[SE] >= 0 || v->tag[LP] >= 0)))
        return 0;
    return dw_fail(err, DW_EFORMAT,
                   "%s: is a VCF, but no GWAS-VCF: its header declares no "
                   "FORMAT fields ES with SE or LP, or EZ",
                   v->path);
}

static double meta_number(const bcf_hrec_t *hrec, const char *key)
{
    int i = hrec ? bcf_hrec_find_key((bcf_hrec_t *)hrec, key) : -1;
    double x;

    return i >= 0 && dw_text_double(dw_span_of(hrec->vals[i]), &x) == 0 &&
                   x > 0 && x < 1e9
               ? x
               : 0;
}

/* What the header says of the study: ##SAMPLE, and the contigs' assembly. */
static void read_meta(dw_gwas_vcf *v)
{
    const bcf_hrec_t *hrec =
        bcf_hdr_get_hrec(v->header, BCF_HL_STR, "ID", v->study, "SAMPLE");
    int type = hrec ? bcf_hrec_find_key((bcf_hrec_t *)hrec, "StudyType") : -1;

    v->cases = meta_number(hrec, "TotalCases");
    v->controls = meta_number(hrec, "TotalControls");
    v->binary = v->cases > 0 ||
                (type >= 0 && strcmp(hrec->vals[type], "CaseControl") == 0);
    for (int i = 0; i < v->header->nhrec && !v->build; i++) {
        bcf_hrec_t *h = v->header->hrec[i];
        int at = h->type == BCF_HL_CTG ? bcf_hrec_find_key(h, "assembly") : -1;

        if (at >= 0)
            v->build = dw_strdup(h->vals[at]);
    }
}

static void set_columns(const dw_gwas_vcf *v, dw_sumstat_columns *c)
{
    static const struct {
        dw_meaning meaning;
        int column;
    } of[] = {
        {DW_MEANING_CHR, CHROM}, {DW_MEANING_POS, POS}, {DW_MEANING_ID, ID},
        {DW_MEANING_EA, ALT},    {DW_MEANING_OA, REF},  {DW_MEANING_EAF, AF},
        {DW_MEANING_BETA, ES},   {DW_MEANING_SE, SE},   {DW_MEANING_Z, EZ},
        {DW_MEANING_LOG10P, LP}, {DW_MEANING_INFO, SI}, {DW_MEANING_N, SIZE},
    };

    *c = (dw_sumstat_columns){
        .format = &gwas_vcf, .ref = DW_TABLE_NONE, .alt = DW_TABLE_NONE};
    for (size_t i = 0; i < DW_MEANING_COUNT; i++)
        c->column[i] = DW_TABLE_NONE;
    for (size_t i = 0; i < DW_FORMAT_ROWS; i++)
        c->rows[i] = DW_TABLE_NONE;
    for (size_t i = 0; i < DW_COUNT(of); i++) {
        if (of[i].column >= N_TAGS || v->tag[of[i].column] >= 0)
            c->column[of[i].meaning] = of[i].column;
        c->why[of[i].meaning] = DW_COLUMN_BY_FORMAT;
    }
    if (v->tag[ES] >= 0 && v->tag[SE] >= 0)
        dw_z_plan_add(&c->plan, (dw_z_way){DW_Z_OF_SE, false, SE, SE, ES});
    if (v->tag[EZ] >= 0)
        dw_z_plan_add(&c->plan, (dw_z_way){DW_Z_OF_Z, false, EZ, EZ, EZ});
    if (v->tag[ES] >= 0 && v->tag[LP] >= 0)
        dw_z_plan_add(&c->plan, (dw_z_way){DW_Z_OF_LOG10P, false, LP, LP, ES});
}

static void close_study(void *self)
{
    dw_gwas_vcf *v = self;

    if (!v)
        return;
    dw_lines_close(v->lines);
    if (v->file)
        (void)!hts_close(v->file);
    if (v->header)
        bcf_hdr_destroy(v->header);
    if (v->rec)
        bcf_destroy(v->rec);
    free(v->line.s);
    dw_free(v->path);
    dw_free(v->study);
    dw_free(v->build);
    dw_free(v);
}

static int rewind_rows(void *self, dw_err *err)
{
    dw_gwas_vcf *v = self;
    int rc;

    bcf_clear(v->rec);
    v->alt = 0;
    v->records = 0;
    if (v->lines) {
        rc = dw_lines_rewind(v->lines, err);
        return rc < 0 ? rc : read_text_header(v, err);
    }
    (void)!hts_close(v->file);
    return open_bcf(v, err);
}

dw_gwas_vcf *dw_gwas_vcf_open(dw_lines *lines, const char *path,
                              const char *study, dw_sumstat_columns *c,
                              dw_err *err)
{
    dw_gwas_vcf *v = dw_alloc(1, sizeof *v);
    int rc;

    hts_set_log_level(HTS_LOG_OFF); /* faults are told by us, once */
    v->lines = lines;
    v->path = dw_strdup(lines ? dw_lines_name(lines) : path);
    v->rec = bcf_init();
    if (lines)
        rc = dw_lines_rewind(lines, err);
    else
        rc = digest_bcf(v, err);
    if (rc == 0)
        rc = lines ? read_text_header(v, err) : open_bcf(v, err);
    if (rc == 0 && choose_study(v, study, err) == 0 && find_tags(v, err) == 0) {
        read_meta(v);
        set_columns(v, c);
        return v;
    }
    close_study(v);
    return NULL;
}

/* ---- what is told ---- */

static dw_origin origin(const void *self)
{
    const dw_gwas_vcf *v = self;

    if (v->lines)
        return dw_lines_origin(v->lines);
    return (dw_origin){v->path, v->records, v->digest};
}

/* A BCF is unpacked by htslib. */
static void share(void *self, dw_crew *crew)
{
    dw_gwas_vcf *v = self;

    if (v->lines)
        dw_lines_share(v->lines, crew);
}

dw_study_source dw_gwas_vcf_source(dw_gwas_vcf *v)
{
    return (dw_study_source){v,           next_row, number, log10_of,   name,
                             rewind_rows, origin,   share,  close_study};
}

const char *dw_gwas_vcf_study(const dw_gwas_vcf *v)
{
    return v->study;
}

bool dw_gwas_vcf_is_binary(const dw_gwas_vcf *v)
{
    return v->binary;
}

const char *dw_gwas_vcf_build(const dw_gwas_vcf *v)
{
    return v->build ? v->build : "";
}

void dw_gwas_vcf_tell_n(const dw_gwas_vcf *v, dw_buf *out)
{
    bool fields = v->tag[NE] >= 0 || v->tag[NS] >= 0 || v->tag[SS] >= 0;
    bool meta = v->cases + v->controls > 0;

    if (fields)
        dw_buf_adds(out, v->tag[NE] >= 0   ? "NE"
                         : v->tag[NS] >= 0 ? "NS"
                                           : "SS");
    if (fields && v->binary && v->tag[NC] >= 0)
        dw_buf_adds(out, " and NC, effective,");
    if (meta)
        dw_buf_addf(out, "%s##SAMPLE (%.10g cases, %.10g controls)",
                    fields ? ", where missing from " : "", v->cases,
                    v->controls);
    if (!fields && !meta)
        dw_buf_adds(out, "nothing: the file has none");
}
