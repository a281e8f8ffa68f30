/*
 * z_plan: the ways from a row's numbers to its z, the best first.
 *
 * A row that lacks a number of the best way takes the next way that it has all
 * numbers of; one whose number is there and wrong (a standard error of 0) does
 * not: it has a reason.
 */
#ifndef DW_STUDY_Z_PLAN_H
#define DW_STUDY_Z_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "data/reason.h"
#include "study/study_source.h"

typedef enum dw_z_kind {
    DW_Z_OF_Z,
    DW_Z_OF_SE,     /* effect / SE */
    DW_Z_OF_LOG10P, /* -log10 p, with the sign of the effect */
    DW_Z_OF_LOGP,   /* log10 p */
    DW_Z_OF_CHISQ,
    DW_Z_OF_P,
    DW_Z_OF_INTERVAL, /* the effect over its interval's width / 2 / 1.96 */
} dw_z_kind;

typedef struct dw_z_way {
    dw_z_kind kind;
    bool odds;     /* the effect is an odds ratio: its log is taken */
    int by, upper; /* the column that makes it; the interval's upper end */
    int effect;    /* whose sign, or size, it takes; that of `by` for OF_Z */
} dw_z_way;

enum { DW_Z_WAYS_MAX = 16 };

typedef struct dw_z_plan {
    dw_z_way way[DW_Z_WAYS_MAX];
    size_t n;
} dw_z_plan;

/* Adds a way, unless it is there or there is no room. */
void dw_z_plan_add(dw_z_plan *plan, dw_z_way way);

/* z of the source's current row by the first way that has its numbers; *used is
 * that way.  Without one *reason is set.  0 or a fault. */
int dw_z_plan_make(const dw_z_plan *plan, const dw_study_source *source,
                   double *z, size_t *used, dw_reason *reason,
                   dw_err *err) DW_MUST_CHECK;
/* The same by one way. */
int dw_z_way_make(const dw_z_way *way, const dw_study_source *source, double *z,
                  dw_reason *reason, dw_err *err) DW_MUST_CHECK;

/* Adds "BETA / SE", "from P, with the sign of BETA" ... */
void dw_z_way_tell(const dw_z_way *way, const dw_study_source *source,
                   dw_buf *out);

#endif
