#include "study/sample_size.h"

#include <math.h>

#include "data/sumstat.h"

static bool has(const dw_sumstat_columns *c, dw_meaning m)
{
    return c->column[m] != DW_TABLE_NONE;
}

static bool has_cases(const dw_sumstat_columns *c)
{
    return has(c, DW_MEANING_NCAS) && has(c, DW_MEANING_NCON);
}

static void give_cases(dw_sample_size *s, dw_n_from from, double cases,
                       double controls)
{
    s->from = from;
    s->cases = cases;
    s->controls = controls;
    s->given = dw_sumstat_effective_n(cases, controls);
}

/* The columns, unless the user has named one; a half before the cases and
 * controls, since it sums what each study of a meta-analysis knows. */
static dw_n_from from_columns(const dw_sumstat_columns *c)
{
    if (has(c, DW_MEANING_N) && c->why[DW_MEANING_N] == DW_COLUMN_BY_USER)
        return DW_N_COLUMN;
    if (has(c, DW_MEANING_NHALF))
        return DW_N_COLUMN_HALF;
    if (has_cases(c))
        return DW_N_COLUMN_CASES;
    return has(c, DW_MEANING_N) ? DW_N_COLUMN : DW_N_NOWHERE;
}

void dw_sample_size_choose(dw_sample_size *s, const dw_sumstat_columns *c,
                           const dw_study_meta *meta, double n, double cases,
                           double controls, bool of_se)
{
    bool odds = !has(c, DW_MEANING_BETA) && has(c, DW_MEANING_OR);

    *s = (dw_sample_size){.scale = odds ? 4 : 1};
    if (of_se) {
        s->from = DW_N_OF_SE;
    } else if (n > 0) {
        s->from = DW_N_OPTION;
        s->given = n;
    } else if (cases > 0 && controls > 0) {
        give_cases(s, DW_N_OPTION_CASES, cases, controls);
    } else if ((s->from = from_columns(c)) != DW_N_NOWHERE) {
    } else if (c->cases > 0 && c->controls > 0) {
        give_cases(s, DW_N_NAMES, c->cases, c->controls);
    } else if (meta->cases > 0 && meta->controls > 0) {
        give_cases(s, DW_N_META_CASES, meta->cases, meta->controls);
    } else if (meta->n > 0) {
        s->from = DW_N_META;
        s->given = meta->n;
    }
    s->binary = s->from == DW_N_COLUMN_HALF || has_cases(c) ||
                (cases > 0 && controls > 0) || c->cases > 0 || odds ||
                meta->case_control || meta->cases > 0;
}

static int take(const dw_sumstat_columns *c, const dw_study_source *source,
                dw_meaning m, double *x, dw_err *err)
{
    return source->number(source->self, c->column[m], x, err);
}

static int make_of_cases(const dw_sumstat_columns *c,
                         const dw_study_source *source, double *n, dw_err *err)
{
    double cases, controls;
    int rc = take(c, source, DW_MEANING_NCAS, &cases, err);

    if (rc == 0)
        rc = take(c, source, DW_MEANING_NCON, &controls, err);
    if (rc == 0)
        *n = cases > 0 && controls > 0 ? dw_sumstat_effective_n(cases, controls)
                                       : NAN;
    return rc;
}

/* The variance of an effect on a trait of variance 1 is that of the genotype,
 * 2 f (1 - f), inverse, over N; that of a log odds ratio is 4 times as much
 * over the effective N. */
static int make_of_se(const dw_sample_size *s, const dw_sumstat_columns *c,
                      const dw_study_source *source, double *n, dw_err *err)
{
    double se, f;
    int rc = take(c, source, DW_MEANING_SE, &se, err);

    if (rc == 0)
        rc = take(c, source, DW_MEANING_EAF, &f, err);
    if (rc == 0)
        *n = f > 0 && f < 1 && se > 0 ? s->scale / (2 * f * (1 - f) * se * se)
                                      : NAN;
    return rc;
}

int dw_sample_size_make(const dw_sample_size *s, const dw_sumstat_columns *c,
                        const dw_study_source *source, double *n, dw_err *err)
{
    int rc;

    switch (s->from) {
    case DW_N_COLUMN: return take(c, source, DW_MEANING_N, n, err);
    case DW_N_COLUMN_HALF:
        rc = take(c, source, DW_MEANING_NHALF, n, err);
        *n *= 2;
        return rc;
    case DW_N_COLUMN_CASES: return make_of_cases(c, source, n, err);
    case DW_N_OF_SE: return make_of_se(s, c, source, n, err);
    default: *n = s->given; return 0;
    }
}

static const char *column_name(const dw_sumstat_columns *c,
                               const dw_study_source *source, dw_meaning m)
{
    return source->name(source->self, c->column[m]);
}

void dw_sample_size_tell(const dw_sample_size *s, const dw_sumstat_columns *c,
                         const dw_study_source *source, dw_buf *out)
{
    switch (s->from) {
    case DW_N_NOWHERE: dw_buf_adds(out, "no N"); break;
    case DW_N_OPTION: dw_buf_addf(out, "N %.10g as given", s->given); break;
    case DW_N_OPTION_CASES:
        dw_buf_addf(out, "N %.10g, effective", s->given);
        break;
    case DW_N_OF_SE:
        dw_buf_addf(out, "N%s inferred from %s and %s",
                    s->scale > 1 ? ", effective," : "",
                    column_name(c, source, DW_MEANING_SE),
                    column_name(c, source, DW_MEANING_EAF));
        break;
    case DW_N_COLUMN:
        dw_buf_addf(out, "N from %s", column_name(c, source, DW_MEANING_N));
        break;
    case DW_N_COLUMN_HALF:
        dw_buf_addf(out, "N effective, twice %s",
                    column_name(c, source, DW_MEANING_NHALF));
        break;
    case DW_N_COLUMN_CASES:
        dw_buf_addf(out, "N effective, from %s and %s",
                    column_name(c, source, DW_MEANING_NCAS),
                    column_name(c, source, DW_MEANING_NCON));
        break;
    case DW_N_NAMES:
        dw_buf_addf(out,
                    "N %.10g, effective, from the names FRQ_A_%.10g and "
                    "FRQ_U_%.10g",
                    s->given, s->cases, s->controls);
        break;
    case DW_N_META:
        dw_buf_addf(out, "N %.10g from the YAML file beside it", s->given);
        break;
    case DW_N_META_CASES:
        dw_buf_addf(out,
                    "N %.10g, effective, from the YAML file beside it (%.10g "
                    "cases, %.10g controls)",
                    s->given, s->cases, s->controls);
        break;
    }
}
