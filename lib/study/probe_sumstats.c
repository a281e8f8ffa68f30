/* What looks wrong in a study's first rows: what a table says by its numbers
 * and not by its names. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "study/sumstats_parts.h"

enum { FIRST_ROWS = 1000 };
/* Fewer rows than this say nothing. */
static const size_t ENOUGH = 20;
/* Two ways to one z differ by their rounding; by more than this, one of them is
 * not what its column is called. */
static const double RATIO_LOW = 0.8, RATIO_HIGH = 1.25;
/* Where |z| is small the rounding is all that there is. */
static const double SMALL_Z = 0.5;

struct sample {
    double effect[FIRST_ROWS], ratio[FIRST_ROWS];
    size_t n_effects, n_ratios, positive, negative;
    size_t n_signs, other_sign; /* of z-scores, beside an effect */
    size_t n_frequencies, high_frequencies;
    size_t rows, p_out_of_range;
};

static int cmp(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *x, size_t n)
{
    qsort(x, n, sizeof *x, cmp);
    return n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}

static bool is_of_p(dw_z_kind kind)
{
    return kind == DW_Z_OF_P || kind == DW_Z_OF_LOG10P || kind == DW_Z_OF_LOGP;
}

/* A way to hold the first one against: one of a p-value, if that is none. */
static const dw_z_way *second_way(const dw_z_plan *plan)
{
    for (size_t i = 1; i < plan->n && !is_of_p(plan->way[0].kind); i++) {
        if (is_of_p(plan->way[i].kind))
            return &plan->way[i];
    }
    return NULL;
}

static int add_effect(const dw_sumstats *s, struct sample *a, dw_err *err)
{
    const dw_z_way *way = &s->col.plan.way[0];
    double x;
    int rc;

    if (way->kind == DW_Z_OF_Z)
        return 0;
    rc = s->source.number(s->source.self, way->effect, &x, err);
    if (rc == 0 && !isnan(x)) {
        a->effect[a->n_effects++] = x;
        a->positive += x > 0;
        a->negative += x < 0;
    }
    return rc;
}

/* The column of an effect beside that of z, and whether it is an odds ratio. */
static int effect_beside_z(const dw_sumstats *s, bool *odds)
{
    const int *column = s->col.column;

    if (s->col.plan.way[0].kind != DW_Z_OF_Z)
        return DW_TABLE_NONE;
    *odds = column[DW_MEANING_BETA] == DW_TABLE_NONE;
    return column[*odds ? DW_MEANING_OR : DW_MEANING_BETA];
}

static int add_sign(const dw_sumstats *s, struct sample *a, dw_err *err)
{
    const dw_study_source *source = &s->source;
    bool odds;
    int column = effect_beside_z(s, &odds), rc;
    double x, z;

    if (column == DW_TABLE_NONE)
        return 0;
    if ((rc = source->number(source->self, column, &x, err)) < 0 ||
        (rc = source->number(source->self, s->col.plan.way[0].by, &z, err)) < 0)
        return rc;
    x -= odds;
    a->n_signs += x * z > 0 || x * z < 0;
    a->other_sign += x * z < 0;
    return 0;
}

static int add_ratio(const dw_sumstats *s, struct sample *a, dw_err *err)
{
    const dw_z_way *second = second_way(&s->col.plan);
    dw_reason why, why2;
    double z, z2;
    int rc;

    if (!second)
        return 0;
    rc = dw_z_way_make(&s->col.plan.way[0], &s->source, &z, &why, err);
    if (rc == 0)
        rc = dw_z_way_make(second, &s->source, &z2, &why2, err);
    if (rc == 0 && why == DW_REASON_NONE && why2 == DW_REASON_NONE &&
        fabs(z2) > SMALL_Z && isfinite(z / z2))
        a->ratio[a->n_ratios++] = fabs(z / z2);
    return rc;
}

static int add_row(const dw_sumstats *s, struct sample *a, dw_reason reason,
                   dw_err *err)
{
    int eaf = s->col.column[DW_MEANING_EAF];
    double f = NAN;
    int rc;

    a->p_out_of_range += reason == DW_REASON_P_OUT_OF_RANGE;
    /* What is passed over may hold anything. */
    if (reason == DW_REASON_ROW_SPLIT || reason == DW_REASON_TEST_OTHER ||
        reason == DW_REASON_TEST_FAILED)
        return 0;
    if ((rc = add_effect(s, a, err)) < 0 || (rc = add_sign(s, a, err)) < 0 ||
        (rc = add_ratio(s, a, err)) < 0)
        return rc;
    if (eaf != DW_TABLE_NONE)
        rc = s->source.number(s->source.self, eaf, &f, err);
    a->n_frequencies += !isnan(f);
    a->high_frequencies += f > 0.5;
    return rc;
}

static void judge_effects(dw_sumstats *s, struct sample *a, dw_buf *out)
{
    const dw_z_way *way = &s->col.plan.way[0];
    const char *name;
    double middle;

    if (a->n_effects < ENOUGH)
        return;
    name = s->source.name(s->source.self, way->effect);
    middle = median(a->effect, a->n_effects);
    if (!way->odds && a->positive == a->n_effects && middle > 0.5 && middle < 2)
        dw_buf_addf(out,
                    "%s is above 0 everywhere and near 1 (median %.3g): an "
                    "odds ratio? then say --columns OR=%s\n",
                    name, middle, name);
    if (way->odds && a->negative * 5 > a->n_effects)
        dw_buf_addf(out,
                    "%s is below 0 in %zu of %zu rows: a log odds ratio? then "
                    "say --columns BETA=%s\n",
                    name, a->negative, a->n_effects, name);
}

/* Where the effect is small, its sign is lost by rounding. */
static void judge_signs(dw_sumstats *s, const struct sample *a, dw_buf *out)
{
    const dw_study_source *source = &s->source;
    bool odds;
    int column = effect_beside_z(s, &odds);

    if (a->n_signs < ENOUGH || a->other_sign * 20 < a->n_signs)
        return;
    dw_buf_addf(out, "%s has ",
                source->name(source->self, s->col.plan.way[0].by));
    dw_buf_addf(out,
                "another sign than %s in %zu of %zu rows: is it that of the "
                "effect allele?\n",
                source->name(source->self, column), a->other_sign, a->n_signs);
}

static void judge_ratio(dw_sumstats *s, struct sample *a, dw_buf *out)
{
    const dw_z_way *second = second_way(&s->col.plan);
    double middle;

    if (a->n_ratios < ENOUGH)
        return;
    middle = median(a->ratio, a->n_ratios);
    if (middle >= RATIO_LOW && middle <= RATIO_HIGH)
        return;
    dw_buf_adds(out, "z by ");
    dw_sumstats_tell_way(s, 0, out);
    dw_buf_addf(out, " is %.3g times (in the median) what ", middle);
    dw_buf_addf(out, "%s says: are these the right columns?%s\n",
                s->source.name(s->source.self, second->by),
                s->col.plan.way[0].odds
                    ? " (is that the error of the odds ratio itself?)"
                    : "");
}

static void judge(dw_sumstats *s, struct sample *a)
{
    dw_buf *out = &s->warnings;
    int eaf = s->col.column[DW_MEANING_EAF];

    judge_effects(s, a, out);
    judge_signs(s, a, out);
    judge_ratio(s, a, out);
    if (a->n_frequencies >= 5 * ENOUGH && a->high_frequencies == 0)
        dw_buf_addf(out,
                    "%s is never above 0.5: of the minor allele, and not of "
                    "the effect allele?\n",
                    s->source.name(s->source.self, eaf));
    if (a->p_out_of_range * 2 > a->rows)
        dw_buf_addf(out,
                    "most p-values are not within [0, 1]: is the column "
                    "-log10 p (--columns LOG10P=NAME) or log10 p (LOGP=NAME)?"
                    "\n");
}

int dw_sumstats_probe(dw_sumstats *s, dw_err *err)
{
    struct sample *a = dw_alloc(1, sizeof *a);
    dw_reason reason;
    dw_row row;
    int rc = 0;

    while (a->rows < FIRST_ROWS &&
           (rc = dw_sumstats_next(s, &row, &reason, err)) > 0) {
        a->rows++;
        if ((rc = add_row(s, a, reason, err)) < 0)
            break;
    }
    if (rc >= 0)
        judge(s, a);
    dw_free(a);
    return rc < 0 ? rc : dw_sumstats_rewind(s, err);
}
