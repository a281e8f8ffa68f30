#include "study/gwas_vcf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <htslib/hts_log.h>
#include <htslib/kstring.h>
#include <htslib/vcf.h>

#include "base/mem.h"
#include "data/sumstat.h"
#include "input/bcf_file.h"
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
    dw_lines *lines; /* of a VCF; NULL: it is a BCF */
    dw_bcf_file in;  /* of a VCF its header and its record alone */
    kstring_t line;
    int sample;             /* the study's place among those in the records */
    int tag[N_TAGS];        /* id in the header, or -1 */
    bcf_fmt_t *fmt[N_TAGS]; /* of the current record */
    int alt;                /* the current ALT, from 1 */
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

/* ---- a row ---- */

static int fail_here(const dw_gwas_vcf *v, const char *what, dw_err *err)
{
    if (v->lines)
        return dw_lines_fail(v->lines, err, DW_EFORMAT, NULL, "%s", what);
    return dw_bcf_file_fail(&v->in, what, err);
}

static int read_record(dw_gwas_vcf *v, dw_err *err)
{
    const int which = BCF_UN_STR | BCF_UN_FMT;
    dw_span line;
    int rc;

    if (!v->lines)
        return dw_bcf_file_next(&v->in, which, err);
    do {
        if ((rc = dw_lines_next(v->lines, &line, err)) <= 0)
            return rc;
    } while (line.n == 0);
    v->line.l = 0;
    if (kputsn(line.s, line.n, &v->line) < 0)
        return dw_fail(err, DW_ENOMEM, "%s: no memory for a line", v->path);
    if (vcf_parse(&v->line, v->in.header, v->in.rec) < 0 ||
        bcf_unpack(v->in.rec, which) < 0 || v->in.rec->errcode)
        return fail_here(v, "is no proper VCF record", err);
    return 1;
}

/* The first FORMAT field of each tag. */
static void find_fields(dw_gwas_vcf *v)
{
    for (int i = 0; i < N_TAGS; i++)
        v->fmt[i] = NULL;
    for (int k = (int)v->in.rec->n_fmt - 1; k >= 0; k--) {
        bcf_fmt_t *f = &v->in.rec->d.fmt[k];

        for (int i = 0; i < N_TAGS; i++) {
            if (v->tag[i] == f->id)
                v->fmt[i] = f;
        }
    }
}

/* Reads on to a record, and finds its FORMAT fields. */
static int next_record(dw_gwas_vcf *v, dw_err *err)
{
    int rc = read_record(v, err);

    if (rc <= 0)
        return rc;
    if (v->in.rec->rid < 0 || v->in.rec->pos < -1 ||
        v->in.rec->pos >= INT32_MAX)
        return fail_here(v, "its position is out of range", err);
    find_fields(v);
    v->alt = 0;
    return 1;
}

static int next_row(void *self, dw_row *row, dw_reason *reason, dw_err *err)
{
    dw_gwas_vcf *v = self;
    const char *id;
    int rc;

    if (v->alt + 1 >= (int)v->in.rec->n_allele &&
        (rc = next_record(v, err)) <= 0)
        return rc;
    v->alt++;
    *reason = DW_REASON_NONE;
    id = v->in.rec->d.id;
    dw_row_begin(row, "", 0, dw_span_of(id && *id ? id : "."));
    row->a2 = dw_span_of(v->in.rec->n_allele ? v->in.rec->d.allele[0] : ".");
    row->a1 = dw_span_of(
        v->alt < (int)v->in.rec->n_allele ? v->in.rec->d.allele[v->alt] : ".");
    if (v->in.rec->pos < 0 ||
        dw_contig_cache_take(
            &v->contig,
            dw_span_of(bcf_hdr_id2name(v->in.header, v->in.rec->rid)),
            DW_CONTIG_PLINK) < 0) {
        *reason = DW_REASON_NO_PLACE;
        return 1;
    }
    row->contig = v->contig.name;
    row->pos = (uint32_t)v->in.rec->pos + 1;
    return 1;
}

/* ---- its numbers ---- */

/* Value i of a FORMAT field of the study at that place. */
static double value_of(const bcf_fmt_t *f, int sample, int i)
{
    const uint8_t *p = f->p + (size_t)sample * (size_t)f->size;

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

    return f && f->p ? value_of(f, v->sample, f->n > 1 ? v->alt - 1 : 0) : NAN;
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
    if (whole && !v->in.header) {
        v->in.header = bcf_hdr_init("r");
        if (!v->in.header || bcf_hdr_parse(v->in.header, text.s) < 0)
            rc = dw_fail(err, DW_EFORMAT,
                         "%s: its VCF header cannot be understood", v->path);
    } else if (!whole && rc >= 0) {
        rc = dw_fail(err, DW_EFORMAT, "%s: has no line of VCF columns (#CHROM)",
                     v->path);
    }
    free(text.s);
    return rc < 0 ? rc : 0;
}

/* The study's column: the one that is asked for, or the only one. */
static int choose_study(dw_gwas_vcf *v, const char *study, dw_err *err)
{
    int n = bcf_hdr_nsamples(v->in.header);
    dw_buf names = {0};
    int found = -1;

    for (int i = 0; i < n; i++) {
        const char *is = v->in.header->samples[i];

        if (study ? strcmp(is, study) == 0 : n == 1)
            found = i;
        if (i < 20)
            dw_buf_addf(&names, "%s%.60s", i ? " " : "", is);
    }
    if (found >= 0)
        v->study = dw_strdup(v->in.header->samples[found]);
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
    v->sample = found;
    if (!v->lines || n == 1)
        return 0;
    /* Of a text the others are not read at all. */
    v->sample = 0;
    if (bcf_hdr_set_samples(v->in.header, v->study, 0) != 0)
        return dw_fail(err, DW_EFORMAT, "%s: the study %s cannot be chosen",
                       v->path, v->study);
    return 0;
}

static int find_tags(dw_gwas_vcf *v, dw_err *err)
{
    for (int i = 0; i < N_TAGS; i++) {
        int id = bcf_hdr_id2int(v->in.header, BCF_DT_ID, column_names[i]);

        v->tag[i] =
            bcf_hdr_idinfo_exists(v->in.header, BCF_HL_FMT, id) ? id : -1;
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
        bcf_hdr_get_hrec(v->in.header, BCF_HL_STR, "ID", v->study, "SAMPLE");
    int type = hrec ? bcf_hrec_find_key((bcf_hrec_t *)hrec, "StudyType") : -1;

    v->cases = meta_number(hrec, "TotalCases");
    v->controls = meta_number(hrec, "TotalControls");
    v->binary = v->cases > 0 ||
                (type >= 0 && strcmp(hrec->vals[type], "CaseControl") == 0);
    for (int i = 0; i < v->in.header->nhrec && !v->build; i++) {
        bcf_hrec_t *h = v->in.header->hrec[i];
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
    dw_bcf_file_close(&v->in);
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

    bcf_clear(v->in.rec);
    v->alt = 0;
    if (v->lines) {
        rc = dw_lines_rewind(v->lines, err);
        return rc < 0 ? rc : read_text_header(v, err);
    }
    rc = dw_bcf_file_start(&v->in, err);
    if (rc == 0 && (v->sample >= bcf_hdr_nsamples(v->in.header) ||
                    strcmp(v->in.header->samples[v->sample], v->study) != 0))
        rc = dw_fail(err, DW_EFORMAT, "%s: changed while it was read", v->path);
    return rc;
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
    v->in.path = v->path;
    if (!lines) {
        rc = dw_bcf_file_start(&v->in, err);
    } else {
        v->in.rec = bcf_init();
        rc = dw_lines_rewind(lines, err);
        if (rc == 0)
            rc = read_text_header(v, err);
    }
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
    return (dw_origin){v->path, v->in.records, dw_digest_value(v->in.digest)};
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
