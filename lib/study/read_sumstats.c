#include "study/read_sumstats.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "data/allele.h"
#include "data/harmonise.h"
#include "data/sumstat.h"
#include "input/contig_cache.h"
#include "input/table.h"
#include "study/sumstat_format.h"

/* No study has more people; what claims to is a mistaken column. */
static const double N_LIMIT = 1e9;

typedef enum n_way {
    N_OPTION,
    N_OPTION_CASES,
    N_COLUMN,
    N_COLUMN_CASES,
} n_way;

struct dw_sumstats {
    dw_table *table;
    const dw_sumstats_opts *opts;
    dw_fates *fates;
    dw_sumstat_columns col;
    dw_row_reader reader;
    n_way n_from;
    double n_given;
    size_t rows;
    /* of the current row */
    dw_contig_cache contig;
    dw_buf a1, a2;
    float value[DW_STUDY_VALUES];
};

static bool has(const dw_sumstats *s, dw_meaning m)
{
    return s->col.column[m] != DW_TABLE_NONE;
}

static const char *column_name(const dw_sumstats *s, dw_meaning m)
{
    return dw_table_name(s->table, (size_t)s->col.column[m]);
}

/* ---- what a row holds: 0 and *reason, or a fault ---- */

/* The number of a meaning, NAN when missing. */
static int number(const dw_sumstats *s, dw_meaning m, double *x, dw_err *err)
{
    return dw_table_double(s->table, s->col.column[m], x, err);
}

static bool has_no_position(dw_span pos)
{
    if (pos.n && *pos.s >= '1' && *pos.s <= '9')
        return false; /* nearly all: no need to look further */
    return dw_text_is_na(pos) || dw_span_eq(pos, "0");
}

static int take_place(dw_sumstats *s, dw_row *row, dw_reason *reason,
                      dw_err *err)
{
    dw_span raw, pos;

    row->contig = "";
    row->pos = 0;
    if (!dw_sumstats_has_places(s))
        return 0;
    raw = dw_table_field(s->table, s->col.column[DW_MEANING_CHR]);
    pos = dw_table_field(s->table, s->col.column[DW_MEANING_POS]);
    if (dw_contig_cache_take(&s->contig, raw, DW_CONTIG_PLINK) < 0 ||
        has_no_position(pos)) {
        *reason = DW_REASON_NO_PLACE;
        return 0;
    }
    row->contig = s->contig.name;
    return dw_table_position(s->table, s->col.column[DW_MEANING_POS], &row->pos,
                             err);
}

static void take_alleles(dw_sumstats *s, dw_row *row, dw_reason *reason)
{
    dw_span ea = dw_table_field(s->table, s->col.column[DW_MEANING_EA]);
    dw_span oa = dw_table_field(s->table, s->col.column[DW_MEANING_OA]);

    row->a1 = dw_allele_upper_in(&s->a1, ea);
    row->a2 = dw_allele_upper_in(&s->a2, oa);
    if (*reason != DW_REASON_NONE)
        return;
    if (dw_allele_is_indel_code(row->a1, row->a2))
        return; /* I and D: the reference says of what */
    if (!dw_allele_is_acgt(row->a1) || !dw_allele_is_acgt(row->a2))
        *reason = dw_text_is_na(ea) || dw_text_is_na(oa)
                      ? DW_REASON_ALLELE_MISSING
                      : DW_REASON_ALLELE_NOT_ACGT;
    else if (dw_allele_eq(row->a1, row->a2))
        *reason = DW_REASON_ALLELES_EQUAL;
}

/* The number whose sign is z's: BETA, or log OR. */
static int take_sign(const dw_sumstats *s, double *sign, dw_reason *reason,
                     dw_err *err)
{
    bool odds = s->col.way == DW_Z_OR_SE || s->col.way == DW_Z_OR_LOGP ||
                s->col.way == DW_Z_OR_P;
    int rc = number(s, odds ? DW_MEANING_OR : DW_MEANING_BETA, sign, err);

    if (rc < 0)
        return rc;
    if (isnan(*sign)) {
        *reason = DW_REASON_Z_MISSING;
    } else if (odds) {
        if (*sign <= 0)
            *reason = DW_REASON_OR_NOT_POSITIVE;
        *sign = log(*sign);
    }
    return 0;
}

/* |z| of the p-value, read as text so that 1e-400 is not 0. */
static int z_of_p(const dw_sumstats *s, double *z, dw_reason *reason,
                  dw_err *err)
{
    dw_span p = dw_table_field(s->table, s->col.column[DW_MEANING_P]);
    double log10p, x;
    int rc;

    if (dw_text_log10(p, &log10p) < 0) {
        if ((rc = number(s, DW_MEANING_P, &x, err)) < 0)
            return rc;
        *reason = isnan(x) ? DW_REASON_Z_MISSING : DW_REASON_P_OUT_OF_RANGE;
        return 0;
    }
    if (log10p > 0)
        *reason = DW_REASON_P_OUT_OF_RANGE;
    else if (isinf(log10p))
        *reason = DW_REASON_P_ZERO;
    else
        *z = dw_sumstat_z_of_log10p(log10p);
    return 0;
}

static int z_of_log10p(const dw_sumstats *s, double *z, dw_reason *reason,
                       dw_err *err)
{
    double x;
    int rc = number(s, DW_MEANING_LOG10P, &x, err);

    if (rc < 0)
        return rc;
    if (isnan(x))
        *reason = DW_REASON_Z_MISSING;
    else if (isinf(x))
        *reason = DW_REASON_P_ZERO;
    else if (x < 0)
        *reason = DW_REASON_P_OUT_OF_RANGE;
    else
        *z = dw_sumstat_z_of_log10p(-x);
    return 0;
}

static int z_of_chisq(const dw_sumstats *s, double *z, dw_reason *reason,
                      dw_err *err)
{
    double x;
    int rc = number(s, DW_MEANING_CHISQ, &x, err);

    if (rc < 0)
        return rc;
    if (isnan(x))
        *reason = DW_REASON_Z_MISSING;
    else if (x <= 0)
        *reason = DW_REASON_CHISQ_NOT_POSITIVE;
    else
        *z = sqrt(x);
    return 0;
}

static int z_of_se(const dw_sumstats *s, double effect, double *z,
                   dw_reason *reason, dw_err *err)
{
    double se;
    int rc = number(s, DW_MEANING_SE, &se, err);

    if (rc < 0)
        return rc;
    if (isnan(se))
        *reason = DW_REASON_Z_MISSING;
    else if (isinf(se) || isinf(effect))
        *reason = DW_REASON_NOT_FINITE;
    else if (se <= 0)
        *reason = DW_REASON_SE_NOT_POSITIVE;
    else
        *z = effect / se;
    return 0;
}

static int make_z(const dw_sumstats *s, double *z, dw_reason *reason,
                  dw_err *err)
{
    double sign = 0;
    int rc;

    if (s->col.way == DW_Z_Z) {
        rc = number(s, DW_MEANING_Z, z, err);
        if (rc == 0 && isnan(*z))
            *reason = DW_REASON_Z_MISSING;
        return rc;
    }
    if ((rc = take_sign(s, &sign, reason, err)) < 0 ||
        *reason != DW_REASON_NONE)
        return rc;
    switch (s->col.way) {
    case DW_Z_BETA_SE:
    case DW_Z_OR_SE: return z_of_se(s, sign, z, reason, err);
    case DW_Z_CHISQ: rc = z_of_chisq(s, z, reason, err); break;
    case DW_Z_BETA_LOGP:
    case DW_Z_OR_LOGP: rc = z_of_log10p(s, z, reason, err); break;
    default: rc = z_of_p(s, z, reason, err); break;
    }
    *z = dw_sumstat_signed(sign, *z);
    return rc;
}

static int take_z(dw_sumstats *s, dw_reason *reason, dw_err *err)
{
    double z = 0;
    int rc = make_z(s, &z, reason, err);

    s->value[DW_STUDY_Z] = (float)z;
    if (rc == 0 && *reason == DW_REASON_NONE && !isfinite(s->value[DW_STUDY_Z]))
        *reason = DW_REASON_NOT_FINITE;
    return rc;
}

static int take_n(dw_sumstats *s, dw_reason *reason, dw_err *err)
{
    double n = s->n_given, cases, controls;
    int rc = 0;

    if (s->n_from == N_COLUMN)
        rc = number(s, DW_MEANING_N, &n, err);
    if (s->n_from == N_COLUMN_CASES &&
        (rc = number(s, DW_MEANING_NCAS, &cases, err)) == 0 &&
        (rc = number(s, DW_MEANING_NCON, &controls, err)) == 0)
        n = cases > 0 && controls > 0 ? dw_sumstat_effective_n(cases, controls)
                                      : NAN;
    s->value[DW_STUDY_N] = (float)n;
    if (!(n > 0 && n <= N_LIMIT))
        *reason = DW_REASON_N_MISSING;
    return rc;
}

static int take_frequency(dw_sumstats *s, dw_reason *reason, dw_err *err)
{
    double f = NAN, limit = s->opts->min_maf;
    int rc = has(s, DW_MEANING_EAF) ? number(s, DW_MEANING_EAF, &f, err) : 0;

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

/* The row, and the first reason not to take it. */
static int take_row(dw_sumstats *s, dw_row *row, dw_reason *reason, dw_err *err)
{
    int rc;

    *reason = DW_REASON_NONE;
    row->index = s->rows++;
    row->value = s->value;
    row->id = has(s, DW_MEANING_ID)
                  ? dw_table_field(s->table, s->col.column[DW_MEANING_ID])
                  : dw_span_of(".");
    if (dw_text_is_na(row->id))
        row->id = dw_span_of(".");
    if ((rc = take_place(s, row, reason, err)) < 0)
        return rc;
    take_alleles(s, row, reason);
    if (*reason == DW_REASON_NONE)
        rc = take_z(s, reason, err);
    if (rc == 0 && *reason == DW_REASON_NONE)
        rc = take_n(s, reason, err);
    if (rc == 0 && *reason == DW_REASON_NONE)
        rc = take_frequency(s, reason, err);
    if (rc == 0 && *reason == DW_REASON_NONE)
        rc = take_info(s, reason, err);
    return rc;
}

static int next_row(void *self, dw_row *row, dw_err *err)
{
    dw_sumstats *s = self;
    int rc;

    while ((rc = dw_table_next(s->table, err)) > 0) {
        dw_reason reason;

        if ((rc = take_row(s, row, &reason, err)) < 0)
            return rc;
        if (reason == DW_REASON_NONE)
            return 1;
        dw_fates_drop(s->fates, row, reason);
    }
    return rc;
}

/* ---- opening ---- */

static int rewind_rows(void *self, dw_err *err)
{
    dw_sumstats *s = self;

    s->rows = 0;
    return dw_table_rewind(s->table, err);
}

static dw_origin origin_of(const void *self)
{
    const dw_sumstats *s = self;

    return dw_lines_origin(dw_table_lines(s->table));
}

static int choose_n(dw_sumstats *s, dw_err *err)
{
    const dw_sumstats_opts *o = s->opts;

    if (o->n > 0) {
        s->n_from = N_OPTION;
        s->n_given = o->n;
    } else if (o->n_cases > 0 && o->n_controls > 0) {
        s->n_from = N_OPTION_CASES;
        s->n_given = dw_sumstat_effective_n(o->n_cases, o->n_controls);
    } else if (has(s, DW_MEANING_NCAS) && has(s, DW_MEANING_NCON)) {
        s->n_from = N_COLUMN_CASES;
    } else if (has(s, DW_MEANING_N)) {
        s->n_from = N_COLUMN;
    } else {
        return dw_fail(err, DW_EFORMAT,
                       "%s:%zu: no column for the sample size: give it with "
                       "--n N, --n-cases N --n-controls N, or --columns N=NAME",
                       dw_lines_name(dw_table_lines(s->table)),
                       dw_table_header_line(s->table));
    }
    return 0;
}

/* A filter needs its column. */
static int check_filter(const dw_sumstats *s, const char *option, double limit,
                        dw_meaning m, const char *meaning, dw_err *err)
{
    if (!(limit > 0) || has(s, m))
        return 0;
    return dw_fail(err, DW_EFORMAT,
                   "%s:%zu: %s asks for a column that is not there: name it "
                   "with --columns %s=NAME",
                   dw_lines_name(dw_table_lines(s->table)),
                   dw_table_header_line(s->table), option, meaning);
}

dw_sumstats *dw_sumstats_open(const char *path, const dw_sumstats_opts *opts,
                              dw_fates *fates, dw_err *err)
{
    dw_sumstats *s = dw_alloc(1, sizeof *s);

    s->opts = opts;
    s->fates = fates;
    s->reader =
        (dw_row_reader){s, DW_STUDY_VALUES, next_row, rewind_rows, origin_of};
    s->table = dw_table_open(path, err);
    if (s->table &&
        dw_sumstat_columns_find(&s->col, s->table, opts->format, opts->columns,
                                err) == 0 &&
        choose_n(s, err) == 0 &&
        check_filter(s, "--min-maf", opts->min_maf, DW_MEANING_EAF, "EAF",
                     err) == 0 &&
        check_filter(s, "--min-info", opts->min_info, DW_MEANING_INFO, "INFO",
                     err) == 0)
        return s;
    dw_sumstats_close(s);
    return NULL;
}

void dw_sumstats_close(dw_sumstats *s)
{
    if (!s)
        return;
    dw_table_close(s->table);
    dw_buf_clear(&s->a1);
    dw_buf_clear(&s->a2);
    dw_free(s);
}

void dw_sumstats_share(dw_sumstats *s, dw_crew *crew)
{
    dw_table_share(s->table, crew);
}

const dw_row_reader *dw_sumstats_reader(const dw_sumstats *s)
{
    return &s->reader;
}

bool dw_sumstats_has_places(const dw_sumstats *s)
{
    return has(s, DW_MEANING_POS);
}

bool dw_sumstats_has_frequency(const dw_sumstats *s)
{
    return has(s, DW_MEANING_EAF);
}

bool dw_sumstats_is_binary(const dw_sumstats *s)
{
    return s->n_from == N_OPTION_CASES || s->n_from == N_COLUMN_CASES;
}

uint64_t dw_sumstats_rows(const dw_sumstats *s)
{
    return s->rows;
}

void dw_sumstats_tell(const dw_sumstats *s, dw_buf *out)
{
    dw_sumstat_columns_tell(&s->col, s->table, out);
    if (!dw_sumstats_has_places(s))
        dw_buf_adds(out, "; places by id");
    switch (s->n_from) {
    case N_OPTION: dw_buf_addf(out, "; N %.10g as given", s->n_given); break;
    case N_OPTION_CASES:
        dw_buf_addf(out, "; N %.10g, effective", s->n_given);
        break;
    case N_COLUMN:
        dw_buf_addf(out, "; N from %s", column_name(s, DW_MEANING_N));
        break;
    case N_COLUMN_CASES:
        dw_buf_addf(out, "; N effective, from %s and %s",
                    column_name(s, DW_MEANING_NCAS),
                    column_name(s, DW_MEANING_NCON));
        break;
    }
}
