/*
 * calibration: observed and expected z^2 by decile of the expected one.
 */
#ifndef DW_SCORE_CALIBRATION_H
#define DW_SCORE_CALIBRATION_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "score/eval_block.h"

enum { DW_DECILES = 10 };

typedef struct dw_calibration {
    struct dw_calibration_item {
        double expected, observed;
    } * item;
    size_t n, cap;
} dw_calibration;

typedef struct dw_decile {
    size_t n;
    double low, high;          /* smallest and largest expected z^2 */
    double expected, observed; /* means; NAN when n is 0 */
} dw_decile;

/* Adds the observed core variants of a block; 16 bytes each are kept. */
int dw_calibration_add(dw_calibration *c, const float *z, size_t l,
                       const dw_eval *e, dw_err *err) DW_MUST_CHECK;
/* Sorts, and cuts into ten parts whose sizes differ by 1 at most. */
void dw_calibration_deciles(dw_calibration *c, dw_decile decile[DW_DECILES]);
/* Adds a table with a header line. */
void dw_calibration_print(dw_calibration *c, dw_buf *out);
void dw_calibration_clear(dw_calibration *c);

#endif
