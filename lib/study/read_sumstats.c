#include "study/read_sumstats.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "data/allele.h"
#include "study/sumstats_parts.h"

static bool has(const dw_sumstats *s, dw_meaning m)
{
    return s->col.column[m] != DW_TABLE_NONE;
}

static const char *column_name(const dw_sumstats *s, dw_meaning m)
{
    return s->source.name(s->source.self, s->col.column[m]);
}

static int number(const dw_sumstats *s, dw_meaning m, double *x, dw_err *err)
{
    *x = NAN;
    return has(s, m)
               ? s->source.number(s->source.self, s->col.column[m], x, err)
               : 0;
}

/* ---- what a row holds: 0 and *reason, or a fault ---- */

static bool is_missing_allele(dw_span a)
{
    return dw_text_is_na(a) || dw_span_eq(a, "0");
}

static bool is_digit(dw_span a)
{
    return a.n == 1 && *a.s >= '1' && *a.s <= '4';
}

/* PLINK's 1, 2, 3, 4 for A, C, G, T. */
static dw_span letter_of(dw_buf *b)
{
    b->s[0] = "ACGT"[b->s[0] - '1'];
    return (dw_span){b->s, 1};
}

/* Two bases, as nearly all alleles are: they stay as they stand. */
static bool are_plain(dw_span a, dw_span b)
{
    return dw_allele_is_base(a) && dw_allele_is_base(b) && *a.s != *b.s;
}

static void take_alleles(dw_sumstats *s, dw_row *row, dw_reason *reason)
{
    dw_span ea = row->a1, oa = row->a2;

    if (are_plain(ea, oa))
        return;
    row->a1 = dw_allele_upper_in(&s->a1, ea);
    row->a2 = dw_allele_upper_in(&s->a2, oa);
    if (*reason != DW_REASON_NONE)
        return;
    if (is_digit(row->a1) && is_digit(row->a2)) {
        row->a1 = letter_of(&s->a1);
        row->a2 = letter_of(&s->a2);
    }
    if (dw_allele_is_indel_code(row->a1, row->a2))
        return; /* I and D: the reference says of what */
    if (dw_allele_is_unknown(row->a2) && dw_allele_is_acgt(row->a1))
        return; /* the reference says which it is */
    if (!dw_allele_is_acgt(row->a1) || !dw_allele_is_acgt(row->a2))
        *reason = is_missing_allele(ea) || is_missing_allele(oa)
                      ? DW_REASON_ALLELE_MISSING
                      : DW_REASON_ALLELE_NOT_ACGT;
    else if (dw_allele_eq(row->a1, row->a2))
        *reason = DW_REASON_ALLELES_EQUAL;
}

static int take_z(dw_sumstats *s, dw_reason *reason, dw_err *err)
{
    size_t way = 0;
    double z = 0;
    int rc = dw_z_plan_make(&s->col.plan, &s->source, &z, &way, reason, err);

    s->value[DW_STUDY_Z] = (float)z;
    if (rc < 0 || *reason != DW_REASON_NONE)
        return rc;
    if (!isfinite(s->value[DW_STUDY_Z]))
        *reason = DW_REASON_NOT_FINITE;
    s->by_way[way]++;
    return 0;
}

static int take_n(dw_sumstats *s, dw_reason *reason, dw_err *err)
{
    double n = NAN;
    int rc = dw_sample_size_make(&s->size, &s->col, &s->source, &n, err);

    s->value[DW_STUDY_N] = (float)n;
    if (!(n > 0 && n <= DW_N_LIMIT))
        *reason = DW_REASON_N_MISSING;
    return rc;
}

static int take_frequency(dw_sumstats *s, dw_reason *reason, dw_err *err)
{
    double f, limit = s->opts->min_maf;
    int rc = number(s, DW_MEANING_EAF, &f, err);

    s->value[DW_STUDY_EAF] = (float)f;
    if (rc < 0)
        return rc;
    if (f < 0 || f > 1)
        *reason = DW_REASON_EAF_OUT_OF_RANGE;
    else if (limit > 0 && isnan(f))
        *reason = DW_REASON_MAF_MISSING;
    else if (limit > 0 && fmin(f, 1 - f) < limit)
        *reason = DW_REASON_MAF_LOW;
    return 0;
}

static int take_info(const dw_sumstats *s, dw_reason *reason, dw_err *err)
{
    double info;
    int rc;

    if (!(s->opts->min_info > 0))
        return 0;
    if ((rc = number(s, DW_MEANING_INFO, &info, err)) < 0)
        return rc;
    if (isnan(info))
        *reason = DW_REASON_INFO_MISSING;
    else if (info < s->opts->min_info)
        *reason = DW_REASON_INFO_LOW;
    return 0;
}

/* Learns from the row, or holds it to what was learned. */
static int take_sd(dw_sumstats *s, dw_reason *reason, dw_err *err)
{
    bool odds = !has(s, DW_MEANING_BETA);
    double se, effect, info, f, n = s->value[DW_STUDY_N];
    int rc;

    if (!s->sd)
        return 0;
    if ((rc = number(s, DW_MEANING_SE, &se, err)) < 0 ||
        (rc = number(s, odds ? DW_MEANING_OR : DW_MEANING_BETA, &effect, err)) <
            0 ||
        (rc = number(s, DW_MEANING_INFO, &info, err)) < 0 ||
        (rc = number(s, DW_MEANING_EAF, &f, err)) < 0)
        return rc;
    if (odds)
        effect = log(effect);
    if (!s->sd->trait)
        dw_sd_check_add(s->sd, f, info, n, se, effect);
    else if (!dw_sd_check_is_right(s->sd, f, info, n, se, effect))
        *reason = DW_REASON_SD_MISMATCH;
    return 0;
}

/* What is made of the row's numbers, up to the first reason not to take it. */
static int take_numbers(dw_sumstats *s, dw_reason *reason, dw_err *err)
{
    int rc = take_z(s, reason, err);

    if (rc == 0 && *reason == DW_REASON_NONE)
        rc = take_n(s, reason, err);
    if (rc == 0 && *reason == DW_REASON_NONE)
        rc = take_frequency(s, reason, err);
    if (rc == 0 && *reason == DW_REASON_NONE)
        rc = take_info(s, reason, err);
    if (rc == 0 && *reason == DW_REASON_NONE)
        rc = take_sd(s, reason, err);
    return rc;
}

int dw_sumstats_next(dw_sumstats *s, dw_row *row, dw_reason *reason,
                     dw_err *err)
{
    int rc = s->source.next(s->source.self, row, reason, err);

    if (rc <= 0)
        return rc;
    row->index = s->rows++;
    row->value = s->value;
    take_alleles(s, row, reason);
    if (*reason == DW_REASON_NONE)
        rc = take_numbers(s, reason, err);
    return rc < 0 ? rc : 1;
}

static int next_row(void *self, dw_row *row, dw_err *err)
{
    dw_sumstats *s = self;
    dw_reason reason;
    int rc;

    while ((rc = dw_sumstats_next(s, row, &reason, err)) > 0 &&
           reason != DW_REASON_NONE)
        dw_fates_drop(s->fates, row, reason);
    return rc;
}

/* ---- opening ---- */

int dw_sumstats_rewind(dw_sumstats *s, dw_err *err)
{
    s->rows = 0;
    memset(s->by_way, 0, sizeof s->by_way);
    return s->source.rewind(s->source.self, err);
}

static int rewind_rows(void *self, dw_err *err)
{
    return dw_sumstats_rewind(self, err);
}

static dw_origin origin_of(const void *self)
{
    const dw_sumstats *s = self;

    return s->source.origin(s->source.self);
}

static int fail_header(const dw_sumstats *s, const char *text, dw_err *err)
{
    dw_origin of = origin_of(s);

    if (s->table)
        return dw_fail(err, DW_EFORMAT, "%s:%zu: %s", of.name,
                       dw_table_header_line(s->table), text);
    return dw_fail(err, DW_EFORMAT, "%s: %s", of.name, text);
}

static int choose_n(dw_sumstats *s, dw_err *err)
{
    const dw_sumstats_opts *o = s->opts;
    const char *why = s->col.format ? s->col.format->no_n : NULL;
    dw_buf text = {0};

    dw_sample_size_choose(&s->size, &s->col, &s->meta, o->n, o->n_cases,
                          o->n_controls, o->n_of_se);
    if (s->vcf)
        s->size.binary |= dw_gwas_vcf_is_binary(s->vcf);
    if (s->size.from == DW_N_OF_SE &&
        (!has(s, DW_MEANING_SE) || !has(s, DW_MEANING_EAF))) {
        s->size.from = DW_N_NOWHERE;
        return fail_header(
            s, "--n se needs columns for SE and for the frequency (EAF)", err);
    }
    if (s->size.from != DW_N_NOWHERE)
        return 0;
    dw_buf_addf(&text,
                "no column for the sample size%s%s%s: give it with --n N, "
                "--n-cases N --n-controls N, or --columns N=NAME",
                why ? " (" : "", why ? why : "", why ? ")" : "");
    fail_header(s, text.s, err);
    dw_buf_clear(&text);
    return DW_EFORMAT;
}

/* An option needs its column. */
static int check_option(const dw_sumstats *s, const char *option, bool given,
                        dw_meaning m, dw_err *err)
{
    dw_buf text = {0};

    if (!given || has(s, m))
        return 0;
    dw_buf_addf(&text,
                "%s asks for a column that is not there: name it with "
                "--columns %s=NAME",
                option, dw_meaning_name(m));
    fail_header(s, text.s, err);
    dw_buf_clear(&text);
    return DW_EFORMAT;
}

static int check_options(const dw_sumstats *s, dw_err *err)
{
    const dw_sumstats_opts *o = s->opts;
    dw_meaning effect = has(s, DW_MEANING_OR) ? DW_MEANING_OR : DW_MEANING_BETA;
    int rc = check_option(s, "--min-maf", o->min_maf > 0, DW_MEANING_EAF, err);

    if (rc == 0)
        rc = check_option(s, "--min-info", o->min_info > 0, DW_MEANING_INFO,
                          err);
    if (rc == 0)
        rc = check_option(s, "--check-sd", o->check_sd, DW_MEANING_SE, err);
    if (rc == 0)
        rc = check_option(s, "--check-sd", o->check_sd, DW_MEANING_EAF, err);
    return rc ? rc : check_option(s, "--check-sd", o->check_sd, effect, err);
}

static int open_vcf(dw_sumstats *s, dw_lines *lines, const char *path,
                    dw_err *err)
{
    const char *format = s->opts->format;
    bool other = format && strcmp(format, "gwasvcf") != 0;

    if (s->opts->columns || other) {
        dw_lines_close(lines);
        return dw_fail(err, DW_EUSAGE, "%s: %s is for tables; this is a VCF",
                       path, other ? "such a --format" : "--columns");
    }
    s->vcf = dw_gwas_vcf_open(lines, path, s->opts->study, &s->col, err);
    if (!s->vcf)
        return err->code;
    s->source = dw_gwas_vcf_source(s->vcf);
    return 0;
}

static int open_table(dw_sumstats *s, const char *path, dw_err *err)
{
    bool zero_based;
    dw_text_study *text;
    int rc;

    const char *format = s->opts->format;
    bool vcf = format && strcmp(format, "gwasvcf") == 0;

    if (s->opts->study || vcf)
        return dw_fail(err, DW_EUSAGE,
                       "%s: %s is for a GWAS-VCF; this is a table", path,
                       vcf ? "--format gwasvcf" : "--study");
    if ((rc = dw_study_meta_read(path, &s->meta, err)) < 0 ||
        (rc = dw_sumstat_columns_find(&s->col, s->table, s->opts->format,
                                      s->opts->columns, err)) < 0)
        return rc;
    zero_based = s->opts->zero_based || s->meta.zero_based;
    text = dw_text_study_new(s->table, &s->col, zero_based, err);
    if (!text) {
        s->table = NULL;
        return err->code;
    }
    s->source = dw_text_study_source(text);
    s->places = dw_text_study_places(text);
    return 0;
}

/* Learns what --check-sd holds rows to. */
static int learn_sd(dw_sumstats *s, dw_err *err)
{
    dw_reason reason;
    dw_row row;
    int rc;

    if (!s->opts->check_sd)
        return 0;
    s->sd = dw_alloc(1, sizeof *s->sd);
    if (!has(s, DW_MEANING_BETA)) {
        s->sd->trait = 2;
        return 0;
    }
    while ((rc = dw_sumstats_next(s, &row, &reason, err)) > 0)
        ;
    dw_sd_check_settle(s->sd);
    return rc < 0 ? rc : dw_sumstats_rewind(s, err);
}

int dw_sumstats_understand(dw_sumstats *s, const char *path,
                           const dw_sumstats_opts *opts, dw_err *err)
{
    dw_err why = {0};
    int rc;

    s->opts = opts;
    s->reader =
        (dw_row_reader){s, DW_STUDY_VALUES, next_row, rewind_rows, origin_of};
    s->table = dw_table_open(path, &why);
    if (!s->table && (why.code == DW_EIO || !dw_gwas_vcf_is_bcf(path))) {
        *err = why;
        return err->code;
    }
    if (!s->table) {
        rc = open_vcf(s, NULL, path, err);
    } else if (dw_gwas_vcf_is_header(s->table)) {
        dw_lines *lines = dw_table_take_lines(s->table);

        s->table = NULL;
        rc = open_vcf(s, lines, path, err);
    } else {
        rc = open_table(s, path, err);
    }
    if (rc == 0)
        rc = choose_n(s, err);
    if (rc == 0)
        rc = check_options(s, err);
    if (rc == 0)
        rc = dw_sumstats_probe(s, err);
    return rc < 0 ? rc : learn_sd(s, err);
}

dw_sumstats *dw_sumstats_open(const char *path, const dw_sumstats_opts *opts,
                              dw_fates *fates, dw_err *err)
{
    dw_sumstats *s = dw_alloc(1, sizeof *s);

    s->fates = fates;
    if (dw_sumstats_understand(s, path, opts, err) == 0)
        return s;
    dw_sumstats_close(s);
    return NULL;
}

void dw_sumstats_close(dw_sumstats *s)
{
    if (!s)
        return;
    if (s->source.self)
        s->source.close(s->source.self);
    else
        dw_table_close(s->table);
    dw_free(s->sd);
    dw_buf_clear(&s->warnings);
    dw_buf_clear(&s->a1);
    dw_buf_clear(&s->a2);
    dw_free(s);
}

void dw_sumstats_share(dw_sumstats *s, dw_crew *crew)
{
    s->source.share(s->source.self, crew);
}

/* ---- what is told ---- */

const dw_row_reader *dw_sumstats_reader(const dw_sumstats *s)
{
    return &s->reader;
}

bool dw_sumstats_has_places(const dw_sumstats *s)
{
    return s->places == DW_PLACES_IN_COLUMNS || s->places == DW_PLACES_IN_IDS;
}

bool dw_sumstats_has_other(const dw_sumstats *s)
{
    return s->vcf || has(s, DW_MEANING_OA) || !s->col.format ||
           !s->col.format->other_of_ref;
}

bool dw_sumstats_has_frequency(const dw_sumstats *s)
{
    return has(s, DW_MEANING_EAF);
}

bool dw_sumstats_is_binary(const dw_sumstats *s)
{
    return s->size.binary;
}

const char *dw_sumstats_build(const dw_sumstats *s)
{
    return s->vcf ? dw_gwas_vcf_build(s->vcf) : s->meta.build;
}

bool dw_sumstats_has_meta(const dw_sumstats *s, uint64_t *digest)
{
    *digest = s->meta.digest;
    return s->meta.there;
}

uint64_t dw_sumstats_rows(const dw_sumstats *s)
{
    return s->rows;
}

const char *dw_sumstats_warnings(const dw_sumstats *s)
{
    return s->warnings.n ? s->warnings.s : "";
}

void dw_sumstats_tell_way(const dw_sumstats *s, size_t way, dw_buf *out)
{
    dw_z_way_tell(&s->col.plan.way[way], &s->source, out);
}

void dw_sumstats_tell_n(const dw_sumstats *s, dw_buf *out)
{
    if (s->vcf && s->size.from == DW_N_COLUMN) {
        dw_buf_adds(out, "N from ");
        dw_gwas_vcf_tell_n(s->vcf, out);
    } else {
        dw_sample_size_tell(&s->size, &s->col, &s->source, out);
    }
}

void dw_sumstats_tell(const dw_sumstats *s, dw_buf *out)
{
    static const dw_meaning shown[] = {DW_MEANING_EA, DW_MEANING_EAF,
                                       DW_MEANING_INFO};
    static const char *const places[] = {[DW_PLACES_IN_COLUMNS] = "",
                                         [DW_PLACES_IN_IDS] =
                                             "; places from ids",
                                         [DW_PLACES_BY_ID] = "; places by id"};

    dw_buf_addf(out, "%s: z = ", dw_sumstat_format_name(&s->col));
    dw_sumstats_tell_way(s, 0, out);
    for (size_t i = 1; i < s->col.plan.n; i++) {
        if (!s->by_way[i])
            continue;
        dw_buf_addf(out, " (of %" PRIu64 " rows ", s->by_way[i]);
        dw_sumstats_tell_way(s, i, out);
        dw_buf_addc(out, ')');
    }
    for (size_t i = 0; i < DW_COUNT(shown); i++) {
        if (has(s, shown[i]))
            dw_buf_addf(out, "; %s %s", dw_meaning_words(shown[i]),
                        column_name(s, shown[i]));
    }
    dw_buf_adds(out, places[s->places]);
    dw_buf_adds(out, "; ");
    dw_sumstats_tell_n(s, out);
    if (s->sd)
        dw_buf_addf(out, "; sd of the trait %.3g", s->sd->trait);
}
