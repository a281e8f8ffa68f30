#include "study/read_sumstats.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "data/allele.h"
#include "study/sumstats_parts.h"

static const char *column_name(const dw_sumstats *s, dw_meaning m)
{
    return s->source.name(s->source.self, s->col.column[m]);
}

static int number(const dw_sumstats *s, dw_meaning m, double *x, dw_err *err)
{
    *x = NAN;
    return dw_sumstats_has(s, m)
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
    bool odds = !dw_sumstats_has(s, DW_MEANING_BETA);
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

int dw_sumstats_rewind(dw_sumstats *s, dw_err *err)
{
    s->rows = 0;
    memset(s->by_way, 0, sizeof s->by_way);
    return s->source.rewind(s->source.self, err);
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
    return s->vcf || dw_sumstats_has(s, DW_MEANING_OA) || !s->col.format ||
           !s->col.format->other_of_ref;
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
        if (dw_sumstats_has(s, shown[i]))
            dw_buf_addf(out, "; %s %s", dw_meaning_words(shown[i]),
                        column_name(s, shown[i]));
    }
    dw_buf_adds(out, places[s->places]);
    dw_buf_adds(out, "; ");
    dw_sumstats_tell_n(s, out);
    if (s->sd)
        dw_buf_addf(out, "; sd of the trait %.3g", s->sd->trait);
}
