/*
 * rec_true: `true`, what a simulation knows of the variants of the VARS before
 * it, to bytes and back.  dw-stream(5), "true".
 */
#ifndef DW_RECORD_REC_TRUE_H
#define DW_RECORD_REC_TRUE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "data/contig.h"

enum { DW_TRUE_VERSION = 1 };

typedef struct dw_truth {
    char *trait;
    char contig[DW_CONTIG_MAX];
    size_t m;
    double *var;    /* (m) variance of the effect of a standardised genotype */
    double *effect; /* (m) that effect */
} dw_truth;

/* Makes the arrays fit m variants; contents undefined. */
int dw_truth_resize(dw_truth *t, size_t m, dw_err *err) DW_MUST_CHECK;
void dw_truth_clear(dw_truth *t);

void dw_truth_pack(const dw_truth *t, dw_buf *out);
int dw_truth_unpack(dw_truth *t, unsigned version, const unsigned char *p,
                    size_t n, dw_err *err) DW_MUST_CHECK;

#endif
