#include "study/z_plan.h"

#include <math.h>

#include "data/sumstat.h"

/* The 97.5th percentile of the normal distribution. */
static const double Z_975 = 1.959963984540054;

/* In words: @ stands for the column that makes it, % for the interval's upper
 * end, ^ for the effect. */
static const struct words {
    const char *plain, *odds;
} words[] = {
    [DW_Z_OF_Z] = {"@", "@"},
    [DW_Z_OF_SE] = {"^ / @", "log(^) / @"},
    [DW_Z_OF_LOG10P] = {"from @, with the sign of ^",
                        "from @, with the sign of log(^)"},
    [DW_Z_OF_LOGP] = {"from @, with the sign of ^",
                      "from @, with the sign of log(^)"},
    [DW_Z_OF_CHISQ] = {"sign(^) sqrt(@)", "sign(log(^)) sqrt(@)"},
    [DW_Z_OF_P] = {"from @, with the sign of ^",
                   "from @, with the sign of log(^)"},
    [DW_Z_OF_INTERVAL] = {"^ over its interval @ to %",
                          "log(^) over its interval @ to %"},
};

void dw_z_plan_add(dw_z_plan *plan, dw_z_way way)
{
    for (size_t i = 0; i < plan->n; i++) {
        const dw_z_way *w = &plan->way[i];

        if (w->kind == way.kind && w->by == way.by && w->effect == way.effect)
            return;
    }
    if (plan->n < DW_Z_WAYS_MAX)
        plan->way[plan->n++] = way;
}

static int take(const dw_study_source *s, int column, double *x, dw_err *err)
{
    return s->number(s->self, column, x, err);
}

/* The effect, or the log of an odds ratio. */
static int take_effect(const dw_z_way *way, const dw_study_source *s, double *x,
                       dw_reason *reason, dw_err *err)
{
    int rc = take(s, way->effect, x, err);

    if (rc < 0)
        return rc;
    if (isnan(*x)) {
        *reason = DW_REASON_Z_MISSING;
    } else if (way->odds) {
        if (*x <= 0)
            *reason = DW_REASON_OR_NOT_POSITIVE;
        *x = log(*x);
    }
    return 0;
}

/* |z| of log10 p. */
static void z_of_log10p(double log10p, double *z, dw_reason *reason)
{
    if (isnan(log10p))
        *reason = DW_REASON_Z_MISSING;
    else if (log10p > 0)
        *reason = DW_REASON_P_OUT_OF_RANGE;
    else if (isinf(log10p))
        *reason = DW_REASON_P_ZERO;
    else
        *z = dw_sumstat_z_of_log10p(log10p);
}

static void z_of_ratio(double effect, double se, double *z, dw_reason *reason)
{
    if (isnan(se))
        *reason = DW_REASON_Z_MISSING;
    else if (isinf(se) || isinf(effect))
        *reason = DW_REASON_NOT_FINITE;
    else if (se <= 0)
        *reason = DW_REASON_SE_NOT_POSITIVE;
    else
        *z = effect / se;
}

static int z_of_interval(const dw_z_way *way, const dw_study_source *s,
                         double effect, double *z, dw_reason *reason,
                         dw_err *err)
{
    double lo, hi;
    int rc = take(s, way->by, &lo, err);

    if (rc == 0)
        rc = take(s, way->upper, &hi, err);
    if (rc < 0)
        return rc;
    if (way->odds && (lo <= 0 || hi <= 0)) {
        *reason = DW_REASON_OR_NOT_POSITIVE;
        return 0;
    }
    if (way->odds) {
        lo = log(lo);
        hi = log(hi);
    }
    z_of_ratio(effect, (hi - lo) / (2 * Z_975), z, reason);
    return 0;
}

static inline int make(const dw_z_way *way, const dw_study_source *s, double *z,
                       dw_reason *reason, dw_err *err)
{
    double effect = 0, x = NAN;
    int rc;

    *z = 0;
    *reason = DW_REASON_NONE;
    if (way->kind != DW_Z_OF_Z &&
        ((rc = take_effect(way, s, &effect, reason, err)) < 0 ||
         *reason != DW_REASON_NONE))
        return rc;
    if (way->kind == DW_Z_OF_INTERVAL)
        return z_of_interval(way, s, effect, z, reason, err);
    rc = way->kind == DW_Z_OF_P ? s->log10(s->self, way->by, &x, err)
                                : take(s, way->by, &x, err);
    if (rc < 0)
        return rc;
    switch (way->kind) {
    case DW_Z_OF_SE: z_of_ratio(effect, x, z, reason); return 0;
    case DW_Z_OF_Z:
        *z = x;
        if (isnan(x))
            *reason = DW_REASON_Z_MISSING;
        return 0;
    case DW_Z_OF_CHISQ:
        if (isnan(x))
            *reason = DW_REASON_Z_MISSING;
        else if (x <= 0)
            *reason = DW_REASON_CHISQ_NOT_POSITIVE;
        else
            *z = sqrt(x);
        break;
    case DW_Z_OF_LOG10P: z_of_log10p(-x, z, reason); break;
    default: z_of_log10p(x, z, reason); break;
    }
    *z = dw_sumstat_signed(effect, *z);
    return 0;
}

int dw_z_way_make(const dw_z_way *way, const dw_study_source *source, double *z,
                  dw_reason *reason, dw_err *err)
{
    return make(way, source, z, reason, err);
}

/* May another way be tried?  A p-value that is printed as 0 says no more than
 * one that is not there. */
static bool is_missing(dw_reason reason)
{
    return reason == DW_REASON_Z_MISSING || reason == DW_REASON_P_ZERO;
}

int dw_z_plan_make(const dw_z_plan *plan, const dw_study_source *source,
                   double *z, size_t *used, dw_reason *reason, dw_err *err)
{
    dw_reason first = DW_REASON_Z_MISSING;

    for (size_t i = 0; i < plan->n; i++) {
        int rc = make(&plan->way[i], source, z, reason, err);

        *used = i;
        if (rc < 0 || !is_missing(*reason))
            return rc;
        if (i == 0 || *reason == DW_REASON_P_ZERO)
            first = *reason;
    }
    *reason = first;
    return 0;
}

void dw_z_way_tell(const dw_z_way *way, const dw_study_source *source,
                   dw_buf *out)
{
    const struct words *w = &words[way->kind];

    for (const char *c = way->odds ? w->odds : w->plain; *c; c++) {
        if (*c == '@')
            dw_buf_adds(out, source->name(source->self, way->by));
        else if (*c == '%')
            dw_buf_adds(out, source->name(source->self, way->upper));
        else if (*c == '^')
            dw_buf_adds(out, source->name(source->self, way->effect));
        else
            dw_buf_addc(out, *c);
    }
}
